"""A broadcast by the commands and the API of a running stack, as officials do it, and a watch over its counts."""

import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

from tests.stack import CHECKOUT, Stack, ask, credentials, write_people

AUTHOR, APPROVER = "+6285100000001", "+6285100000002"


def taken_by_people(made: Stack) -> Counter[str]:
    """How many messages the companies took for each number, without the officials, who are told how it goes.

    Of these none is doubled either: the author hears of the approval and of the end, the approver is asked once.
    """
    taken = Counter(made.counts()["accepted"])
    author, approver = taken.pop(AUTHOR, 0), taken.pop(APPROVER, 0)
    assert author <= 2, "the author was told something twice"
    assert approver <= 1, "the approver was asked twice"
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
        while not self._stop.wait(0.2):
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


def blast(made: Stack, tmp_path: Path, count: int) -> tuple[int, str, str]:
    """Register people, draft, submit and have a second official approve; the id and both tokens."""
    people = tmp_path / "people.csv"
    write_people(people, count)
    command(made, "residents", "import", str(people))
    add = ("officials", "add")
    admin = credentials(command(made, *add, "Admin", "--role", "admin", "--area", "33.75", "--phone", AUTHOR))
    second = credentials(command(made, *add, "Kabid", "--role", "approver", "--area", "33.75", "--phone", APPROVER))
    body = {"level": "important", "texts": {"id": "Air naik"}, "audience": {"areas": ["33.75.01.1006"]}}
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
