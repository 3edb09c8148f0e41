"""Aspirations: one ticket for one wish, added to by its own reporter, seen by those it concerns."""

import dataclasses
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from gateway.aspirations import service, store
from gateway.aspirations.rules import Filing, State
from gateway.aspirations.store import Aspiration
from gateway.db import statement
from gateway.kernel.codes import make_ticket, show_ticket
from gateway.numbers import store as numbers
from gateway.runtime import Runtime

NUMBER, OTHER, MEDONO = "+6281234567890", "+6281200000001", "33.75.01.1002"
Make = Callable[..., Filing]
File = Callable[..., tuple[Aspiration, bool]]
Put = Callable[..., None]
Add = Callable[..., Aspiration | None]


def count(rt: Runtime) -> int:
    with rt.engine.begin() as conn:
        return int(conn.execute(statement("SELECT count(*) FROM aspirations")).scalar_one())


def test_a_filing_becomes_a_ticket_with_its_first_event(rt: Runtime, filing: Make, file: File) -> None:
    made, is_new = file(filing("inbound:1", rt="3", rw="", category=""))
    assert is_new
    assert (made.state, made.body, made.area, made.category) == (State.RECEIVED, "Lampu mati", MEDONO, None)
    assert (made.rt, made.rw, made.office, made.is_confidential) == ("3", None, None, False)
    assert made.due == date(2026, 11, 9)
    with rt.engine.begin() as conn:
        assert [(event.by, event.verb) for event in store.events(conn, made.id)] == [("resident", "received")]
    assert service.find(rt, show_ticket(made.ticket)) == made
    assert service.find(rt, made.ticket[:-1] + str((int(made.ticket[-1]) + 1) % 10)) is None
    assert service.find(rt, "apa saja") is None


@pytest.mark.parametrize(
    ("label", "again", "number", "minutes", "same"),
    [
        ("the same cause, much later", {"cause": "inbound:1", "words": "lain sekali"}, NUMBER, 600, True),
        ("the same words under another id", {"cause": "inbound:2"}, NUMBER, 9, True),
        ("the same words in capitals and spread", {"cause": "inbound:2", "words": " LAMPU   mati "}, NUMBER, 9, True),
        ("the same words after ten minutes", {"cause": "inbound:2"}, NUMBER, 10, False),
        ("other words", {"cause": "inbound:2", "words": "Lampu padam"}, NUMBER, 1, False),
        ("the same words from another number", {"cause": "inbound:2"}, OTHER, 1, False),
        ("the same words as a proposal", {"cause": "inbound:2", "kind": "proposal"}, NUMBER, 1, False),
    ],
)
def test_repeats(
    rt: Runtime,
    clock: Callable[[], datetime],
    label: str,
    again: dict[str, str],
    number: str,
    minutes: int,
    same: bool,
    filing: Make,
    file: File,
) -> None:
    first, _ = file(filing("inbound:1"))
    clock.ahead(minutes=minutes)  # type: ignore[attr-defined]
    second, is_new = file(filing(**again), number)
    assert (second.id == first.id, is_new) == (same, not same), label
    assert count(rt) == 2 - same


@pytest.mark.parametrize(
    ("label", "cause_of", "words_of", "numbers_of"),
    [
        ("the same hop or message twenty times", lambda at: "inbound:1", lambda at: "Lampu mati", lambda at: NUMBER),
        ("the same words under twenty ids", lambda at: f"inbound:{at}", lambda at: "Lampu mati", lambda at: NUMBER),
        (
            "one cause from two numbers",
            lambda at: "ussd:1",
            lambda at: "Lampu mati",
            lambda at: (NUMBER, OTHER)[at % 2],
        ),
    ],
)
def test_twenty_at_once_are_one_ticket(
    rt: Runtime,
    label: str,
    cause_of: Callable[[int], str],
    words_of: Callable[[int], str],
    numbers_of: Callable[[int], str],
    filing: Make,
    file: File,
) -> None:
    gate, made = threading.Barrier(10), []

    def go(at: int) -> None:
        gate.wait()
        for turn in (at, at + 10):
            made.append(file(filing(cause_of(turn), words_of(turn)), numbers_of(turn)))

    threads = [threading.Thread(target=go, args=(at,), daemon=True) for at in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(made) == 20, label
    assert len({aspiration.id for aspiration, _ in made}) == 1
    assert sum(is_new for _, is_new in made) == 1
    assert count(rt) == 1


def test_a_ticket_code_that_is_taken_is_drawn_again(rt: Runtime, filing: Make) -> None:
    drawn = iter([7, 7, 7, 8])
    fixed = dataclasses.replace(rt, below=lambda _: next(drawn))
    with rt.engine.begin() as conn:
        id = numbers.ensure(conn, rt.vault, NUMBER).id
        first, _ = service.file(fixed, conn, id, filing("inbound:1", "satu"))
        second, _ = service.file(fixed, conn, id, filing("inbound:2", "dua"))
    assert (first.ticket, second.ticket) == (make_ticket(lambda _: 7), make_ticket(lambda _: 8))


@pytest.mark.parametrize(
    ("label", "state", "days", "after", "verb"),
    [
        ("it waited for this", State.NEEDS_INFO, 1, State.VERIFYING, "inform"),
        ("it is being worked on", State.IN_PROGRESS, 1, State.IN_PROGRESS, "inform"),
        ("it was archived", State.ARCHIVED, 30, State.REOPENED, "reopen"),
        ("it was closed", State.CLOSED, 30, State.REOPENED, "reopen"),
        ("it was closed by the clock", State.CLOSED_AUTOMATICALLY, 1, State.REOPENED, "reopen"),
        ("it was closed long ago", State.CLOSED, 31, State.CLOSED, "inform"),
        ("it was declined", State.DECLINED, 1, State.DECLINED, "inform"),
        ("it was merged", State.MERGED, 1, State.MERGED, "inform"),
    ],
)
def test_words_added(
    rt: Runtime,
    clock: Callable[[], datetime],
    label: str,
    state: State,
    days: int,
    after: State,
    verb: str,
    filing: Make,
    file: File,
    put: Put,
    add: Add,
) -> None:
    made, _ = file(filing("inbound:1"))
    put(made, state)
    clock.ahead(days=days)  # type: ignore[attr-defined]
    for _ in range(2):
        added = add(made.ticket)
        assert added
        assert added.state is after, label
    with rt.engine.begin() as conn:
        assert [(event.verb, event.body) for event in store.events(conn, made.id)][1:] == [(verb, "di depan masjid")]


def test_nobody_adds_to_another_persons_ticket(rt: Runtime, filing: Make, file: File, add: Add) -> None:
    made, _ = file(filing("inbound:1"))
    assert add(made.ticket, number=OTHER) is None
    assert add("0000000") is None
    with rt.engine.begin() as conn:
        assert len(store.events(conn, made.id)) == 1


def test_a_numbers_own_tickets_come_newest_first(rt: Runtime, filing: Make, file: File) -> None:
    tickets = [file(filing(f"inbound:{at}", f"kata {at}"))[0] for at in range(3)]
    file(filing("inbound:9", "lain"), OTHER)
    assert service.own(rt, tickets[0].number_id) == tickets[::-1]


@pytest.mark.parametrize(
    ("label", "filed", "due", "provisional"),
    [
        ("on a Wednesday morning", datetime(2026, 11, 4, 3, tzinfo=UTC), date(2026, 11, 9), False),
        ("on a Friday", datetime(2026, 11, 6, 3, tzinfo=UTC), date(2026, 11, 11), False),
        ("late on Friday in UTC, which is Saturday here", datetime(2026, 11, 6, 18, tzinfo=UTC), date(2026, 11, 11),
         False),
        ("before Idulfitri", datetime(2027, 3, 5, 3, tzinfo=UTC), date(2027, 3, 18), False),
        ("before a year without decreed holidays", datetime(2027, 12, 30, 3, tzinfo=UTC), date(2028, 1, 4), True),
    ],
)  # fmt: skip
def test_due_dates(
    rt: Runtime,
    clock: Callable[[], datetime],
    label: str,
    filed: datetime,
    due: date,
    provisional: bool,
    filing: Make,
    file: File,
) -> None:
    clock.at(filed)  # type: ignore[attr-defined]
    made, _ = file(filing("1"))
    assert made.due == due, label
    with rt.engine.begin() as conn:
        kept = conn.execute(statement("SELECT is_due_provisional FROM aspirations")).scalar_one()
    assert kept is provisional
