"""Many at the same moment: whoever asks while a result comes out is told once, and two clocks tell nobody twice."""

import threading
from collections.abc import Callable

from gateway.rumours import desk, tell
from gateway.rumours.rules import show_claim

from .conftest import Desk

CLAIM = "rob 3 meter malam ini"


def together(*acts: Callable[[], object]) -> None:
    """Run all of them at once; an exception of any fails the test."""
    failures: list[Exception] = []
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            act()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []


def test_the_same_claim_asked_at_once_is_one(hoax: Desk) -> None:
    together(*(lambda at=at: hoax.ask(at, CLAIM, "33.75.01.1006") for at in range(6)))
    (row,) = hoax.rows("SELECT askers, places FROM rumours")
    assert (row.askers, row.places) == (6, ["33.75.01.1006"])


def test_whoever_asks_while_the_result_comes_out_is_told_once(hoax: Desk) -> None:
    claim = hoax.ask(0, CLAIM)
    hoax.judge(hoax.official("kim"), claim)
    admin = hoax.official("admin")
    answered: dict[int, int] = {}

    def ask(at: int) -> None:
        answered[at] = int(hoax.ask(at, CLAIM).state == "published")

    together(
        lambda: desk.approve(hoax.rt, admin, show_claim(claim.number)),
        lambda: tell.tick(hoax.rt),
        *(lambda at=at: ask(at) for at in range(1, 6)),
    )
    tell.tick(hoax.rt)
    assert {at: len(hoax.sent(at)) + said for at, said in answered.items()} == dict.fromkeys(range(1, 6), 1)
    assert len(hoax.sent(0)) == 1


def test_clocks_at_the_same_moment_tell_nobody_twice(hoax: Desk) -> None:
    for at in range(8):
        claim = hoax.ask(at, CLAIM)
    hoax.publish(claim)
    together(*(lambda: tell.tick(hoax.rt) for _ in range(3)))
    tell.tick(hoax.rt)
    assert [len(hoax.sent(at)) for at in range(8)] == [1] * 8


def test_two_desks_that_merge_two_claims_into_each_other(hoax: Desk) -> None:
    one, other = hoax.ask(1, CLAIM), hoax.ask(2, "nanti malam rob 3 meter")
    kim, admin = hoax.official("kim"), hoax.official("admin")
    said: list[bool] = []

    def match(who: object, first: int, second: int) -> None:
        try:
            desk.match(hoax.rt, who, show_claim(first), show_claim(second))  # type: ignore[arg-type]
            said.append(True)
        except desk.Conflict:
            said.append(False)

    together(lambda: match(kim, one.number, other.number), lambda: match(admin, other.number, one.number))
    assert sorted(said) == [False, True]
    states = sorted(row.state for row in hoax.rows("SELECT state FROM rumours"))
    assert states == ["merged", "open"]
