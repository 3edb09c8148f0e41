"""A broadcast by the commands and the API of a running stack, as officials do it, and a watch over its counts."""

import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.stack import CHECKOUT, HOME, Stack, ask, credentials, write_people

AUTHOR, APPROVER = "+6285100000001", "+6285100000002"


def taken_by_people(made: Stack, broadcasts: int = 1) -> Counter[str]:
    """How many messages the companies took for each number, without the officials, who are told how it goes.

    Of these none is doubled either: the author hears of each broadcast's approval and end, the approver is asked once.
    """
    taken = Counter(made.counts()["accepted"])
    author, approver = taken.pop(AUTHOR, 0), taken.pop(APPROVER, 0)
    assert author <= 2 * broadcasts, "the author was told something twice"
    assert approver <= broadcasts, "the approver was asked twice"
    return taken


def command(made: Stack, *arguments: str) -> str:
    """What `python -m gateway …` printed; fails where it failed."""
    done = subprocess.run(
        [sys.executable, "-m", "gateway", *arguments],
        cwd=CHECKOUT,
        env=made.environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class Watch:
    """Looks at a broadcast's counts again and again: they must sum to the total at every moment."""

    def __init__(self, made: Stack, id: int, token: str) -> None:
        self.looks = 0
        self.wrong: list[dict[str, Any]] = []
        self._made, self._id, self._token = made, id, token
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._stop.wait(0.25):
            try:
                status, seen = ask(f"{self._made.base}/api/v1/broadcasts/{self._id}", token=self._token)
            except OSError:
                continue
            if status == 200:
                self.looks += 1
                if sum(seen["counts"].values()) != seen["total"]:
                    self.wrong.append(seen)

    def end(self) -> None:
        self._stop.set()
        self._thread.join()


def register(made: Stack, tmp_path: Path, count: int, *, first: int = 0, area: str = HOME) -> None:
    """Register `count` people of an area, whose numbers begin with the one at `first`."""
    people = tmp_path / f"people-{first}.csv"
    write_people(people, count, first, area)
    command(made, "residents", "import", str(people))


def alarm(made: Stack, area: str, tokens: tuple[str, str]) -> int:
    """Draft an emergency to an area, submit it and have another approve it, however often the web dies meanwhile; its id."""
    url = made.base + "/api/v1/broadcasts"
    body = {
        "level": "emergency",
        "texts": {"id": "Tanggul jebol, naik ke lantai 2"},
        "audience": {"areas": [area]},
        "reason": "rob",
    }
    author, approver = tokens
    id = persist(lambda: ask(url, body, author, Idempotency_Key="alarm-1"), 201)["id"]
    persist(lambda: ask(f"{url}/{id}/submit", {}, author), 200, over="submitted")
    persist(lambda: ask(f"{url}/{id}/approve", {}, approver), 200, over="approved")
    return int(id)


def persist(call: Callable[[], tuple[int, Any]], wanted: int, over: str = "") -> dict[str, Any]:
    """Ask until it is answered as wanted; an act that was done, though its answer was lost, is refused as being over."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            status, answer = call()
        except OSError:
            status, answer = 0, "no answer"
        if status == wanted:
            return dict(answer)
        if status == 409 and over:
            return {}
        time.sleep(0.5)
    raise TimeoutError(f"{status}: {answer}")


def blast(made: Stack, tmp_path: Path, count: int) -> tuple[int, str, str]:
    """Register people, draft, submit and have a second official approve; the id and both tokens."""
    register(made, tmp_path, count)
    add = ("officials", "add")
    admin = credentials(command(made, *add, "Admin", "--role", "admin", "--area", "33.75", "--phone", AUTHOR))
    second = credentials(command(made, *add, "Kabid", "--role", "approver", "--area", "33.75", "--phone", APPROVER))
    body = {"level": "important", "texts": {"id": "Air naik"}, "audience": {"areas": [HOME]}}
    url = made.base + "/api/v1/broadcasts"
    status, drafted = ask(url, body, admin["token"], Idempotency_Key="flood-1")
    assert status == 201, drafted
    assert drafted["preview"]["recipients"] == count
    assert ask(f"{url}/{drafted['id']}/submit", {}, admin["token"])[0] == 200
    return drafted["id"], admin["token"], second["token"]


def status_of(made: Stack, id: int, token: str) -> dict[str, Any]:
    """The API's view of a broadcast."""
    status, seen = ask(f"{made.base}/api/v1/broadcasts/{id}", token=token)
    assert status == 200, seen
    return seen
