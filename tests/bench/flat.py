"""What a hop must not grow with: the length of its session, the size of the menu, the number of residents."""

import io
import itertools
import shutil
import statistics
import string
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from config.figures import spoken
from config.settings import Settings
from gateway import runtime
from gateway.web.app import create_app
from menus import loader
from menus.book import Book
from tests.stack import Stack

Line = tuple[str, str]
SCREENS = 500
_SESSIONS, _LONG = 120, 60
_FORM = "application/x-www-form-urlencoded"


class Phones:
    """Residents who dial the application in this process, one after the other."""

    def __init__(self, made: Stack) -> None:
        self._rt = runtime.build(Settings.load(made.environment), process="bench")
        self._app = create_app(self._rt)
        self._query = f"token={made.environment['AFRICASTALKING_HOOK_TOKEN']}"
        self._names = (f"{time.time_ns()}-{at}" for at in itertools.count())
        self._turns: Iterator[int] = itertools.count()

    def close(self) -> None:
        """Give the connections back."""
        self._rt.close()

    def session(self, hops: int) -> list[float]:
        """Milliseconds of each hop of one session: home, then to the list of topics and back, again and again."""
        name, number = next(self._names), f"+62812{2 * (next(self._turns) % 400):08d}"
        inputs = ["1" if at % 2 else "0" for at in range(1, hops)]
        waits = []
        for at in range(hops):
            body = {"sessionId": name, "phoneNumber": number, "serviceCode": "*546#", "text": "*".join(inputs[:at])}
            environ = self._environ(urlencode(body).encode())
            began = time.perf_counter()
            answer = b"".join(self._app(environ, _ignore))
            waits.append(1000 * (time.perf_counter() - began))
            if not answer.startswith(b"CON "):
                raise RuntimeError("a hop was not answered with a screen")
        return waits

    def _environ(self, body: bytes) -> dict[str, Any]:
        return {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/hooks/africastalking/ussd",
            "QUERY_STRING": self._query,
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": _FORM,
            "HTTP_HOST": "bench",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http",
        }

    def many(self) -> tuple[float, float]:
        """Medians of the first hop and of those that follow, over many sessions."""
        sessions = [self.session(6) for _ in range(_SESSIONS)]
        return (
            statistics.median(waits[0] for waits in sessions),
            statistics.median(wait for waits in sessions for wait in waits[1:]),
        )


def _ignore(_status: str, _headers: list[tuple[str, str]], _error: Any = None) -> None:
    pass


def in_a_session(made: Stack) -> list[Line]:
    """A late hop beside an early one."""
    phones = Phones(made)
    try:
        phones.session(_LONG)
        waits = [phones.session(_LONG) for _ in range(12)]
    finally:
        phones.close()
    early = statistics.median(wait for one in waits for wait in one[1:11])
    late = statistics.median(wait for one in waits for wait in one[-10:])
    return [(f"hops {_LONG - 10}-{_LONG} of a session / hops 2-11 (target: flat)", f"{late / early:.2f}")]


def in_a_menu(made: Stack) -> list[Line]:
    """The same hops under a menu of `SCREENS` screens beside the book as it is, in turn."""
    folder = Path(tempfile.mkdtemp(prefix="kabar-menu-"))
    try:
        large = _grown(folder / "menus")
    finally:
        shutil.rmtree(folder)
    small, held, said = loader.standard(), loader.bound, spoken(Settings.load(made.environment))
    phones = Phones(made)
    ratios = []

    def under(book: Book) -> Callable[[object], Book]:
        filled = book.bound(said)
        return lambda _: filled

    try:
        for _ in range(5):
            loader.bound = under(small)  # type: ignore[assignment]
            before = phones.many()[1]
            loader.bound = under(large)  # type: ignore[assignment]
            ratios.append(phones.many()[1] / before)
    finally:
        loader.bound = held
        phones.close()
    label = f"hop with {len(large.screens)} screens / with {len(small.screens)} (target: flat)"
    return [(label, f"{statistics.median(ratios):.2f}")]


def _grown(folder: Path) -> Book:
    """The book with further screens hung under the account's, in every language."""
    shutil.copytree(loader.PACKAGE, folder, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    # Names of screens and texts are letters alone.
    names = ["".join(two) for two in itertools.product(string.ascii_lowercase, repeat=2)]
    names = names[: SCREENS - len(loader.standard().screens)]
    lines = ["screens:"]
    for name in names:
        lines += [f"  grown_{name}:", f"    text: grown.text_{name}", "    entry: true", "    options:"]
        lines += ["      1: {label: grown.home, go: home}"]
    (folder / "flows" / "grown.yaml").write_text("\n".join(lines) + "\n")
    for path in (folder / "lang").glob("*.yaml"):
        texts = ["  grown:", "    home: Menu", *(f"    text_{name}: Layar {name}" for name in names)]
        path.write_text(path.read_text().rstrip() + "\n" + "\n".join(texts) + "\n")
    return loader.load(folder)


def among_residents(made: Stack) -> tuple[float, float]:
    """Milliseconds of the first hop of a session and of those that follow, with the residents there are now."""
    phones = Phones(made)
    try:
        phones.many()
        return phones.many()
    finally:
        phones.close()


def set_beside(few: tuple[float, float], many: tuple[float, float], before: int, now: int) -> list[Line]:
    """The same hops among `now` residents as among `before`."""
    ratios = f"{many[0] / few[0]:.2f} and {many[1] / few[1]:.2f}"
    return [
        ("first hop of a session, hops that follow, in this process", f"{few[0]:.2f} and {few[1]:.2f} ms"),
        (f"the same among {now:,} residents / among {before:,} (target: flat)", ratios),
    ]
