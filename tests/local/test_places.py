"""Places: who runs the servers, where their data goes, and whose folders are refused."""

import os
import pwd
import stat
import subprocess
from pathlib import Path

import pytest

from gateway.local import places
from gateway.local.places import Account, LocalError

OURS = Account(pwd.getpwuid(os.getuid()).pw_name, os.getuid(), os.getgid())
NOBODY = Account("nobody", pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("nobody").pw_gid)
# These prepare folders of other owners, which nobody else may; what an ordinary user meets is tried by the tests below.
as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can hand folders to others")


@pytest.mark.parametrize(
    ("mode", "uid", "gid", "open_to_nobody"),
    [
        pytest.param(0o700, 0, 0, False, id="a folder closed to all but its owner"),
        pytest.param(0o711, 0, 0, True, id="a folder that may be passed, not listed"),
        pytest.param(0o755, 0, 0, True, id="a folder open to all"),
        pytest.param(0o700, NOBODY.uid, 0, True, id="its own folder"),
        pytest.param(0o677, NOBODY.uid, 0, False, id="its own folder that is closed to it alone"),
        pytest.param(0o710, 0, NOBODY.gid, True, id="its group's folder"),
        pytest.param(0o701, 0, NOBODY.gid, False, id="a folder closed to its group"),
    ],
)
@as_root
def test_a_folder_lets_an_account_pass_by_its_mode(
    data: Path, mode: int, uid: int, gid: int, open_to_nobody: bool
) -> None:
    middle, inner = data / "middle", data / "middle" / "inner"
    inner.mkdir(parents=True)
    inner.chmod(0o711)
    os.chown(middle, uid, gid)
    middle.chmod(mode)
    entered = (
        subprocess.run(["test", "-x", str(inner)], user=NOBODY.uid, group=NOBODY.gid, extra_groups=[]).returncode == 0
    )
    assert places.may_enter(inner, NOBODY) is open_to_nobody is entered
    assert places.may_enter(inner, OURS)


@as_root
def test_data_in_a_closed_folder_goes_where_the_servers_can_reach_it(data: Path) -> None:
    closed, fallback, said = data / "closed" / "var", data / "fallback", []
    closed.mkdir(parents=True)
    closed.parent.chmod(0o700)
    fallback.mkdir(mode=0o755)
    place = places.prepare(closed, said.append, (data / "absent", fallback))
    assert place.home.parent == fallback
    assert [line for line in said if str(closed) in line and str(place.home) in line] == said != []
    assert places.prepare(closed, said.append, (fallback,)).home == place.home
    assert stat.S_IMODE(place.home.stat().st_mode) == 0o711
    assert place.valkey.stat().st_uid == place.account.uid != 0


@as_root
def test_data_with_no_folder_to_go_to_is_a_clear_end(data: Path) -> None:
    data.chmod(0o700)
    (data / "var").mkdir()
    with pytest.raises(LocalError, match="set GATEWAY_DATA_DIR"):
        places.prepare(data / "var", print, ())


@as_root
def test_root_hands_data_back_to_the_account_that_made_it(data: Path) -> None:
    (data / "postgres").mkdir()
    os.chown(data / "postgres", NOBODY.uid, NOBODY.gid)
    assert places.choose_account(data) == NOBODY


def test_folders_are_ours_or_the_servers_alone(data: Path) -> None:
    place = places.prepare(data, print)
    for folder in (place.run, place.valkey):
        found = folder.stat()
        assert (stat.S_IMODE(found.st_mode), found.st_uid) == (0o700, place.account.uid)
    assert stat.S_IMODE(data.stat().st_mode) == (0o711 if place.drop else 0o700)
    assert (place.drop is None) is (os.getuid() != 0)


def test_a_path_too_long_for_a_socket_gets_a_short_run_folder(data: Path) -> None:
    long = data / ("x" * 90)
    place = places.prepare(long, print)
    try:
        assert place.run.parent == Path("/tmp")
        assert len(os.fsencode(place.run / ".s.PGSQL.5432.lock")) < 100
        assert stat.S_IMODE(place.run.stat().st_mode) == 0o700
        assert place.home == long
    finally:
        place.run.rmdir()


def test_a_link_in_the_place_of_a_folder_is_refused(data: Path) -> None:
    (data / "real").mkdir(mode=0o755)
    (data / "link").symlink_to(data / "real")
    with pytest.raises(LocalError, match="belongs to somebody else"):
        places.claim(data / "link", OURS)
    assert stat.S_IMODE((data / "real").stat().st_mode) == 0o755


@as_root
def test_a_folder_of_somebody_else_is_refused(data: Path) -> None:
    (data / "theirs").mkdir()
    os.chown(data / "theirs", NOBODY.uid, NOBODY.gid)
    with pytest.raises(LocalError, match="belongs to somebody else"):
        places.claim(data / "theirs", OURS)


def test_a_file_in_the_place_of_a_folder_is_refused(data: Path) -> None:
    (data / "file").touch()
    with pytest.raises(LocalError, match="belongs to somebody else"):
        places.claim(data / "file", OURS)


@as_root
def test_programs_in_a_closed_folder_are_copied_once_and_run_as_the_account(data: Path) -> None:
    place = places.prepare(data, print)
    package = place.postgres_programs.parent.parent
    copied = places.copy_programs(package, data / "programs") / places.PROGRAMS
    made = copied.stat().st_ctime_ns
    assert places.copy_programs(package, data / "programs") / places.PROGRAMS == copied
    assert copied.stat().st_ctime_ns == made
    # initdb needs the wheel's libraries, which PostgreSQL itself does not.
    for name in ("postgres", "initdb", "psql"):
        line = place.tethered("TERM", [str(copied / name), "--version"])
        done = subprocess.run(line, capture_output=True, text=True)
        assert done.stdout.startswith(f"{name} (PostgreSQL) 18"), done.stderr


@as_root
def test_a_copy_that_was_cut_off_is_made_again(data: Path) -> None:
    (data / "source").mkdir()
    (data / "source" / "program").touch(mode=0o700)
    (data / "target.partial").mkdir()
    (data / "target.partial" / "half").touch()
    copied = places.copy_open(data / "source", data / "target")
    assert [(path.name, stat.S_IMODE(path.stat().st_mode)) for path in copied.iterdir()] == [("program", 0o755)]
