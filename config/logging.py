"""Log lines: one JSON object a line on standard output, without phone numbers, secrets or message texts.

    {"at":"2026-11-24T04:41:03.120Z","level":"info","process":"web","logger":"gateway.web","event":"…","request":"…"}

Two rules keep people out of the log whatever a caller does: runs of seven or more digits are masked in everything that
is written, and of a foreign exception only its type and its frames are kept, because drivers quote values (PostgreSQL's
DETAIL, a parser's "invalid literal") in their texts.
"""

import json
import logging
import random
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
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
_ALPHABET = "abcdefghjkmnpqrstvwxyz"

_bound: ContextVar[Mapping[str, str | int]] = ContextVar("log fields", default=MappingProxyType({}))
_access = logging.getLogger("gateway.access")


def mask(text: str) -> str:
    """`text` with all but the last two digits of every run of seven or more replaced by stars."""
    return _DIGITS.sub(lambda run: "*" * (len(run[0]) - 2) + run[0][-2:], text)


def new_id() -> str:
    """A fresh id for a request or a run: twelve letters, so that masking never touches it."""
    # An id is no secret, and a secret one would cost a tenth of a USSD hop.
    return "".join(random.choices(_ALPHABET, k=12))  # noqa: S311


@contextmanager
def bind(**fields: str | int) -> Iterator[None]:
    """Adds `fields` (request=…, job=…) to every line written inside the `with`, in this thread or task."""
    token = _bound.set({**_bound.get(), **fields})
    try:
        yield
    finally:
        _bound.reset(token)


def access(path: str, status: int, millis: float) -> None:
    """Writes the line of one HTTP request: its path alone, as the query carries hook tokens."""
    _access.info("request", extra={"path": path.partition("?")[0], "status": status, "millis": round(millis, 1)})


def configure(process: str, stream: TextIO | None = None) -> None:
    """Sends all log lines of this process, named `process`, to `stream` (standard output if None) as JSON.

    Also takes warnings and exceptions nobody caught. May be called again, as after a fork.
    """
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(Lines(process))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    # A broken log line must not print its arguments to standard error.
    logging.raiseExceptions = False
    sys.excepthook = _log_uncaught


class Lines(logging.Formatter):
    """Formats a record as one line of JSON; `extra` and bound fields become fields of their own."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line: dict[str, object] = {
            "at": at,
            "level": record.levelname.lower(),
            "process": self._process,
            "logger": record.name,
            "event": mask(record.getMessage()),
        }
        extra = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        for name, value in {**_bound.get(), **extra}.items():
            line.setdefault(name, _shown(value))
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = describe(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


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
    text = mask(str(value))
    return value if isinstance(value, int) and text == str(value) else text


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("gateway").critical("stopped by an error", exc_info=(kind, error, trace))
