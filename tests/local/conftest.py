"""A data folder, a view of the processes that use it, and patience, for the tests of what runs on one machine."""

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.settings import CHECKOUT

PATIENCE = 60.0
"""Seconds until something that should happen counts as not happening; no test depends on how long it took."""


@pytest.fixture
def data() -> Iterator[Path]:
    """An empty data folder that the account of the servers can reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="kabar-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _processes_of(folder: Path) -> set[int]:
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if os.fsencode(folder) in words and int(entry.name) != os.getpid():
            found.add(int(entry.name))
    return found


@pytest.fixture
def processes_of() -> Callable[[Path], set[int]]:
    """Numbers of the other processes that have a folder's path in their command line."""
    return _processes_of


@pytest.fixture
def eventually() -> Callable[[Callable[[], object], str], None]:
    """Waits until a look gives something true; fails with the sentence otherwise."""

    def wait(look: Callable[[], object], sentence: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not look():
            assert time.monotonic() < deadline, f"not true after {PATIENCE:.0f} s: {sentence}"
            time.sleep(0.05)

    return wait


@pytest.fixture
def open_python() -> tuple[str, dict[str, str]]:
    """A Python that every account may run, and the environment in which it finds our packages; skips without one."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    nobody = pwd.getpwnam("nobody")
    environ = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": os.pathsep.join([str(CHECKOUT), sysconfig.get_path("purelib")]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    line = ["-c", "import psycopg, redis"]
    for python in (sys.executable, f"/usr/bin/{name}", f"/usr/local/bin/{name}"):
        with contextlib.suppress(OSError):
            if not subprocess.run(
                [python, *line],
                user=nobody.pw_uid,
                group=nobody.pw_gid,
                extra_groups=[],
                env=environ,
                stderr=subprocess.DEVNULL,
            ).returncode:
                return python, environ
    pytest.skip(f"no {name} that an ordinary user may run and that finds our packages")
