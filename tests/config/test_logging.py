"""Log lines: their shape, and that no number, secret or text of a person gets into one."""

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest

from config import logging as lines
from gateway.local.places import LocalError
from tests.stack import until

NUMBER = "+6281234567890"


@pytest.fixture
def output() -> Iterator[io.StringIO]:
    """What a process named `test` logs; the logging of this process is put back afterwards."""
    root, hook, raises = logging.getLogger(), sys.excepthook, logging.raiseExceptions
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    lines.configure("test", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    sys.excepthook, logging.raiseExceptions = hook, raises


def read(output: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        pytest.param("dari +6281234567890.", "dari +***********90.", id="an international number"),
        pytest.param("3375010101900001", "**************01", id="an identity number"),
        pytest.param("1234567", "*****67", id="seven digits are masked"),
        pytest.param("123456", "123456", id="six digits are a count"),
        pytest.param("271-908-9", "271-908-9", id="a ticket stays readable"),
        pytest.param("a1234567b7654321", "a*****67b*****21", id="every run is masked"),
    ],
)
def test_runs_of_digits_are_masked(text: str, masked: str) -> None:
    assert lines.mask(text) == masked


def test_a_line_is_one_json_object(output: io.StringIO) -> None:
    logging.getLogger("gateway.web").info("started\nfor %s", NUMBER, extra={"count": 12, "number": 6281234567890})
    (line,) = read(output)
    at = str(line.pop("at"))
    assert at.endswith("Z")
    assert "T" in at
    assert line == {
        "level": "info",
        "process": "test",
        "logger": "gateway.web",
        "event": "started\nfor +***********90",
        "count": 12,
        "number": "***********90",
    }


def test_bound_fields_are_on_every_line_inside_and_on_none_after(output: io.StringIO) -> None:
    log = logging.getLogger("gateway")
    with lines.bind(request="abc"), lines.bind(job="j1"):
        log.info("inside")
    log.info("after")
    inside, after = read(output)
    assert (inside["request"], inside["job"]) == ("abc", "j1")
    assert "request" not in after


def test_a_field_cannot_take_the_place_of_ours(output: io.StringIO) -> None:
    with lines.bind(level="hidden"):
        logging.getLogger("gateway").error("loud")
    assert read(output)[0]["level"] == "error"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param(ValueError(f"invalid literal: Jalan rusak {NUMBER}"), "builtins.ValueError", id="a foreign text"),
        pytest.param(KeyError(NUMBER), "builtins.KeyError", id="a key"),
        pytest.param(LocalError(f"busy {NUMBER}"), "gateway.local.places.LocalError: busy +***********90", id="ours"),
        pytest.param(
            ConnectionRefusedError(111, "refused", "x"), "builtins.ConnectionRefusedError: refused", id="errno"
        ),
        pytest.param(
            TypeError("f() takes no arguments"), "builtins.TypeError: f() takes no arguments", id="about code"
        ),
    ],
)
def test_an_exception_keeps_its_frames_and_no_foreign_text(output: io.StringIO, error: Exception, said: str) -> None:
    try:
        raise error
    except Exception:
        logging.getLogger("gateway").exception("failed")
    told = str(read(output)[0]["error"])
    assert told.splitlines()[0] == said
    assert "test_logging.py" in told
    assert "Jalan" not in output.getvalue()
    assert "81234567" not in output.getvalue()


def test_causes_are_told_without_their_texts(output: io.StringIO) -> None:
    try:
        try:
            raise ValueError("Jalan rusak")
        except ValueError as cause:
            raise LocalError("stopped") from cause
    except LocalError:
        logging.getLogger("gateway").exception("failed")
    told = str(read(output)[0]["error"])
    assert "LocalError: stopped" in told
    assert "after builtins.ValueError\n" in told


def test_an_exception_nobody_caught_is_a_line(output: io.StringIO) -> None:
    try:
        raise ValueError("Jalan rusak")
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    (line,) = read(output)
    assert line["level"] == "critical"
    assert "Jalan" not in output.getvalue()


@pytest.mark.parametrize("name", ["twilio.http_client", "urllib3.connectionpool", "rq.worker", "africastalking"])
def test_libraries_that_log_requests_are_held_back(output: io.StringIO, name: str) -> None:
    logging.getLogger(name).info("body=Jalan rusak")
    assert output.getvalue() == ""


def as_in_a_process(patch: pytest.MonkeyPatch) -> None:
    """Takes the handlers away that pytest sets for the body of a test: requests' lines are gathered by ours alone."""
    patch.setattr(logging.root, "handlers", logging.root.handlers[:1])


def test_an_access_line_carries_the_path_alone(output: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    as_in_a_process(monkeypatch)
    lines.access("/hooks/africastalking/sms?token=secret", 200, 3.14159)
    lines.access(f"/simulator/inbox/{NUMBER}", 404, 1)
    until(10, lambda: len(read(output)) == 2, "both lines, without another to push them")
    first, second = read(output)
    assert (first["path"], first["status"], first["millis"]) == ("/hooks/africastalking/sms", 200, 3.1)
    assert second["path"] == "/simulator/inbox/+***********90"


def test_what_is_logged_stands_below_the_requests_before_it(
    output: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_in_a_process(monkeypatch)
    lines.access("/one", 200, 1)
    lines.access("/two", 200, 1)
    logging.getLogger("gateway").info("then")
    assert [line.get("path") or line["event"] for line in read(output)] == ["/one", "/two", "then"]


class Full(io.StringIO):
    """A disk without room."""

    def write(self, _: str) -> int:
        raise OSError(28, "No space left on device")


def test_lines_that_cannot_be_written_do_not_pile_up(output: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    as_in_a_process(monkeypatch)
    (ours,) = logging.root.handlers
    monkeypatch.setattr(ours, "stream", Full())
    for _ in range(3):
        lines.access("/lost", 200, 1)
    ours.flush()
    monkeypatch.setattr(ours, "stream", output)
    lines.access("/kept", 200, 1)
    ours.flush()
    assert [line["path"] for line in read(output)] == ["/kept"]


# A worker of the web server ends as a forked child does, without what an interpreter does at its exit (`atexit`).
ENDS = """
import multiprocessing, threading
from config import logging
def work():
    logging.configure("test")
    asking = threading.Thread(target=logging.access, args=("/one", 200, 1), daemon={daemon})
    asking.start()
    asking.join()
worker = multiprocessing.get_context("fork").Process(target=work)
worker.start()
worker.join()
"""


@pytest.mark.parametrize("daemon", [False, True], ids=["a thread of ours", "a thread that Python did not start"])
def test_a_worker_that_ends_writes_what_it_gathered(daemon: bool) -> None:
    ended = subprocess.run([sys.executable, "-c", ENDS.format(daemon=daemon)], check=True, capture_output=True)
    assert json.loads(ended.stdout)["path"] == "/one"


def test_a_broken_call_does_not_print_its_arguments(output: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("gateway").info("one %s", "Jalan", "rusak")
    assert "Jalan" not in capsys.readouterr().err


def test_ids_are_never_masked() -> None:
    made = {lines.new_id() for _ in range(50)}
    assert len(made) == 50
    assert all(lines.mask(name) == name and len(name) == 12 for name in made)
