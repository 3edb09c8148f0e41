"""Log lines: one JSON object a line on standard output, without phone numbers, secrets or message texts.

    {"at":"2026-11-24T04:41:03.120Z","level":"info","process":"web","logger":"gateway.web","event":"…","request":"…"}

Two rules keep people out of the log whatever a caller does: runs of seven or more digits are masked in everything that
is written, and of a foreign exception only its type and its frames are kept, because drivers quote values (PostgreSQL's
DETAIL, a parser's "invalid literal") in their texts.

Requests' own lines are gathered for a tenth of a second and written together, as nginx does with a buffer. A line of any
other kind, and the end of the process, has them written first; only a kill loses what was gathered.
"""

import json
import logging
import random
import re
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from contextvars import ContextVar
from types import MappingProxyType, TracebackType
from typing import Final, TextIO

OURS: Final = ("config", "gateway", "menus", "workers")
"""Packages whose exceptions speak for themselves: we write their texts."""

_DIGITS = re.compile(r"[0-9]{7,}")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# Their texts name code, not data.
_ABOUT_CODE = (AttributeError, ImportError, NameError, TypeError)
# These write requests with their bodies, or a line for every job, below this level.
_TALKATIVE = (
    "africastalking",
    "httpx",
    "rq",
    "twilio",
    "urllib3",
    "sqlalchemy",
    "alembic",
    "rq.worker",
    "rq.job",
    "rq.queue",
)
_LETTERS = str.maketrans("0123456789", "ghjkmnpqrs")

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_LONG = 1_000_000
GATHERED: Final = 0.1
"""Seconds for which requests' lines are gathered."""
_bound: ContextVar[Mapping[str, str | int]] = ContextVar("log fields", default=MappingProxyType({}))
_access = logging.getLogger("gateway.access")


def mask(text: str) -> str:
    """`text` with all but the last two digits of every run of seven or more replaced by stars."""
    return _DIGITS.sub(lambda run: "*" * (len(run[0]) - 2) + run[0][-2:], text)


def new_id() -> str:
    """A fresh id for a request or a run: twelve letters, so that masking never touches it."""
    # An id is no secret, and a secret one would cost a tenth of a USSD hop.
    return random.randbytes(6).hex().translate(_LETTERS)  # noqa: S311


class bind:
    """Adds `fields` (request=…, job=…) to every line written inside the `with`, in this thread or task."""

    def __init__(self, **fields: str | int) -> None:
        self._fields = fields

    def __enter__(self) -> None:
        self._token = _bound.set({**_bound.get(), **self._fields})

    def __exit__(self, *_: object) -> None:
        _bound.reset(self._token)


def access(path: str, status: int, millis: float) -> None:
    """Writes the line of one HTTP request: its path alone, as the query carries hook tokens."""
    fields = {"path": path.partition("?")[0], "status": status, "millis": round(millis, 1)}
    match logging.root.handlers:
        case [_Gathering() as handler]:
            handler.gather(time.time(), {**_bound.get(), **fields})
        case _:
            _access.info("request", extra=fields)


def configure(process: str, stream: TextIO | None = None) -> None:
    """Sends all log lines of this process, named `process`, to `stream` (standard output if None) as JSON.

    Also takes warnings and exceptions nobody caught. May be called again, as after a fork.
    """
    handler = _Gathering(stream or sys.stdout, Lines(process))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    # A broken log line must not print its arguments to standard error.
    logging.raiseExceptions = False
    sys.excepthook = _log_uncaught


class _Gathering(logging.StreamHandler[TextIO]):
    """Writes records at once, and requests' lines a moment later and together.

    A record of its own, its way through the loggers, and a write, for which a thread gives the interpreter up and queues
    for it again, would cost a fifth of a USSD hop.
    """

    def __init__(self, stream: TextIO, lines: "Lines") -> None:
        super().__init__(stream)
        self.setFormatter(lines)
        self._lines = lines
        self._gathered: deque[tuple[float, Mapping[str, object]]] = deque()
        self._is_due = False

    def gather(self, at: float, fields: Mapping[str, object]) -> None:
        """Writes the line of a request within GATHERED seconds, however the process ends, a kill apart."""
        self._gathered.append((at, fields))
        if not self._is_due:
            self._is_due = True
            timer = threading.Timer(GATHERED, self.flush)
            # The interpreter waits for it at its end; a thread that Python did not start would make it a daemon.
            timer.daemon = False
            timer.start()

    def emit(self, record: logging.LogRecord) -> None:
        self.flush()
        super().emit(record)

    def flush(self) -> None:
        with self.lock or nullcontext(), suppress(OSError, ValueError):
            # Before they are taken: a line that comes meanwhile is taken too, or has a timer of its own.
            self._is_due = False
            # All before the first is written: where writing fails they are gone, and do not pile up.
            taken = [self._gathered.popleft() for _ in range(len(self._gathered))]
            lines = (self._lines.line(at, "info", _access.name, "request", fields) for at, fields in taken)
            self.stream.write("".join(f"{line}\n" for line in lines))
            super().flush()


class Lines(logging.Formatter):
    """Formats a record as one line of JSON; `extra` and bound fields become fields of their own."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        extra = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        fields = {**_bound.get(), **extra}
        error = record.exc_info[1] if record.exc_info else None
        level = record.levelname.lower()
        return self.line(record.created, level, record.name, mask(record.getMessage()), fields, error)

    def line(
        self,
        created: float,
        level: str,
        logger: str,
        event: str,
        fields: Mapping[str, object],
        error: BaseException | None = None,
    ) -> str:
        """The line of what is known of an event at `created`, in seconds since 1970."""
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(created)) + f".{int(created * 1000) % 1000:03d}Z"
        line: dict[str, object] = {
            "at": at,
            "level": level,
            "process": self._process,
            "logger": logger,
            "event": event,
        }
        for name, value in fields.items():
            line.setdefault(name, _shown(value))
        if error is not None:
            line["error"] = describe(error)
        return _encode(line)


def describe(error: BaseException) -> str:
    """Type, frames and causes of `error` over several lines, masked; its text only where it cannot quote data."""
    parts: list[str] = []
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        frames = traceback.extract_tb(link.__traceback__)
        where = "".join(f"\n  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)
        parts.append(f"{type(link).__module__}.{type(link).__qualname__}{_text_of(link)}{where}")
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return mask("\nafter ".join(parts))


def _text_of(error: BaseException) -> str:
    if isinstance(error, OSError):
        return f": {error.strerror}" if error.strerror else ""
    if isinstance(error, _ABOUT_CODE) or type(error).__module__.partition(".")[0] in OURS:
        return f": {error}"
    state = getattr(error, "sqlstate", None)
    return f": SQLSTATE {state}" if isinstance(state, str) else ""


def _shown(value: object) -> object:
    """A number too long to be a count may be a phone number, so it is masked as text is."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int) and abs(value) < _LONG:
        return value
    return mask(str(value))


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("gateway").critical("stopped by an error", exc_info=(kind, error, trace))
