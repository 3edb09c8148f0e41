"""What `make up` prints works as printed."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from config.settings import CHECKOUT, Settings
from gateway.commands.start import announce
from gateway.runtime import Runtime

PATIENCE = 60.0
PROCESSES = (("gateway.web",), ("workers", "reply"), ("workers", "bulk"), ("workers.clock",))


@pytest.fixture
def running(environ: dict[str, str], rt: Runtime) -> Iterator[Settings]:
    """The web process, two workers and the clock over a city without quiet hours; its settings once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ |= {"PORT": str(port), "WEB_CONCURRENCY": "1", "QUIET_HOURS": "", "QUIET_FRIDAY": "", "UNDO_WINDOW": "0"}
    quiet = {"cwd": CHECKOUT, "env": environ, "stdout": subprocess.DEVNULL, "start_new_session": True}
    processes = [subprocess.Popen([sys.executable, "-m", *words], **quiet) for words in PROCESSES]  # type: ignore[call-overload]
    deadline = time.monotonic() + PATIENCE
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            break
        assert time.monotonic() < deadline, "the web process does not listen"
        time.sleep(0.1)
    yield Settings.load(environ)
    for process in processes:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        process.wait()


# The printed lines are for people who have curl, which `make up` itself does not need.
@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_every_line_works_as_printed(running: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    announce(running)
    printed = capsys.readouterr().out.splitlines()
    lines = [line for line in printed if "curl" in line]
    assert len(lines) == 8
    first, second, text, inbox, draft, submit, approve, status = [_shell(line) for line in lines]
    assert first.startswith("CON KIM Kota Pekalongan")
    assert second.startswith("CON INFO WARGA")
    assert text == "OK"
    assert inbox.startswith("[")
    assert '"state": "draft"' in draft
    assert '"state": "submitted"' in submit
    assert '"state": "approved"' in approve
    assert '"hash"' in status
    _until(lambda: '"state": "finished"' in _shell(lines[7]), "the broadcast is sent")
    _until(lambda: "Kode B" in _shell(lines[3]) and "INFO ROB" in _shell(lines[3]), "the phone has both texts")

    announce(running)
    assert '"state": "draft"' in _shell([line for line in capsys.readouterr().out.splitlines() if "curl" in line][4]), (
        "every start prints a broadcast of its own"
    )


def _shell(line: str) -> str:
    return subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=30, check=True).stdout


def _until(look: Callable[[], object], sentence: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not look():
        assert time.monotonic() < deadline, f"not true after {PATIENCE:.0f} s: {sentence}"
        time.sleep(0.2)
