"""Casework: every act from every state, by every role, with its clocks, its trail and what people are told."""

import dataclasses
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest

from gateway.aspirations import casework, follow, service, store
from gateway.aspirations.casework import Act
from gateway.aspirations.rules import TRANSITIONS, Clock, Filing, State, Verb, following
from gateway.aspirations.store import Aspiration
from gateway.db import statement
from gateway.kernel.codes import show_ticket
from gateway.kernel.errors import Conflict, Fault, Invalid
from gateway.numbers import store as numbers
from gateway.officials import store as officials
from gateway.officials.rules import Official, Role
from gateway.questions import store as questions
from gateway.runtime import Runtime

NUMBER, OTHER, THIRD = "+6281234567890", "+6281200000001", "+6281200000002"
MEDONO, CITY = "33.75.01.1002", "33.75"
Make = Callable[..., Filing]
File = Callable[..., tuple[Aspiration, bool]]
Put = Callable[..., None]
Hire = Callable[..., Official]
WHOLE = {
    Verb.ASK: Act(Verb.ASK, "Di mana?"),
    Verb.FORWARD: Act(Verb.FORWARD, office="DPUPR"),
    Verb.DECLINE: Act(Verb.DECLINE, "Tiang milik PLN", to="PLN"),
    Verb.REPLY: Act(Verb.REPLY, "Kami cek besok"),
    Verb.RESOLVE: Act(Verb.RESOLVE, "Lampu sudah diganti"),
    Verb.ARCHIVE: Act(Verb.ARCHIVE, "Sudah tidak ada"),
    Verb.REOPEN: Act(Verb.REOPEN, "Ternyata belum"),
}
_people = count(1)


def whole(verb: Verb, into: str = "") -> Act:
    return Act(verb, into=into) if verb is Verb.MERGE else WHOLE.get(verb, Act(verb))


@pytest.fixture
def hire(rt: Runtime) -> Hire:
    """A new official of a role, by area and office."""

    def act(role: Role, area: str = CITY, office: str | None = None) -> Official:
        with rt.engine.begin() as conn:
            number = numbers.ensure(conn, rt.vault, f"+62815{next(_people):08d}")
            office = office or ("DPUPR" if role is Role.OFFICE else None)
            id = officials.add(conn, "Siti", role, area, office, number.id, f"{number.id}".encode(), "", rt.now())
        return Official(id, "Siti", role, area, office, number.id)

    return act


def rows(rt: Runtime, sql: str, **values: object) -> list[Any]:
    with rt.engine.begin() as conn:
        return list(conn.execute(statement(sql), values))


def get(rt: Runtime, ticket: str) -> Aspiration:
    with rt.engine.begin() as conn:
        found = store.get(conn, ticket)
    assert found
    return found


def sent(rt: Runtime, number: str) -> list[str]:
    with rt.engine.begin() as conn:
        id = numbers.ensure(conn, rt.vault, number).id
    return [row.body for row in rows(rt, "SELECT body FROM messages WHERE number_id = :id ORDER BY id", id=id)]


ACTS = (*WHOLE, Verb.VERIFY, Verb.TAKE, Verb.START, Verb.MERGE)


@pytest.mark.parametrize("state", State)
def test_every_act_from_every_state(rt: Runtime, filing: Make, file: File, put: Put, hire: Hire, state: State) -> None:
    target = file(filing("target", "lain"), OTHER)[0]
    admin, kim = hire(Role.ADMIN), hire(Role.KIM, MEDONO)
    for verb in ACTS:
        made = file(filing(f"{verb}", f"kata {verb}"))[0]
        put(made, state)
        told, acted = len(sent(rt, NUMBER)), len(rows(rt, "SELECT id FROM audit"))
        by = kim if verb is Verb.TAKE else admin
        reached = TRANSITIONS.get((state, verb))
        if reached is None:
            with pytest.raises(Conflict):
                casework.act(rt, by, made.ticket, whole(verb, target.ticket))
            assert get(rt, made.ticket).state is state
            with rt.engine.begin() as conn:
                assert len(store.events(conn, made.id)) == 1
            assert (len(sent(rt, NUMBER)), len(rows(rt, "SELECT id FROM audit"))) == (told, acted)
            continue
        moved = casework.act(rt, by, made.ticket, whole(verb, target.ticket))
        assert moved == get(rt, made.ticket)
        assert moved.state is reached
        with rt.engine.begin() as conn:
            assert [(one.by, one.verb) for one in store.events(conn, made.id)][1:] == [(by.actor, verb.value)]
        (trail,) = rows(rt, "SELECT actor, act, subject, detail FROM audit ORDER BY id OFFSET :n", n=acted)
        assert (trail.actor, trail.act, trail.subject) == (by.actor, verb.value, f"ticket:{made.ticket}")
        assert "ampu" not in str(trail.detail)
        assert len(sent(rt, NUMBER)) - told == (verb is not Verb.VERIFY)


COURSES = [
    ("filed", [], Clock.VERIFY, date(2026, 11, 9), None),
    ("verified: the promise stays", [Verb.VERIFY], Clock.VERIFY, date(2026, 11, 9), None),
    ("asked: the resident's ten days", [Verb.VERIFY, Verb.ASK], None, None, 14),
    ("forwarded: first answer", [Verb.VERIFY, Verb.FORWARD], Clock.FIRST, date(2026, 11, 11), None),
    ("started: to be done, from the day it was handed over", [Verb.VERIFY, Verb.FORWARD, Verb.START], Clock.DONE,
     date(2026, 11, 24), None),
    ("replied: likewise", [Verb.VERIFY, Verb.FORWARD, Verb.REPLY], Clock.DONE, date(2026, 11, 24), None),
    ("replied again: the same day", [Verb.VERIFY, Verb.FORWARD, Verb.REPLY, Verb.REPLY], Clock.DONE, date(2026, 11, 24),
     None),
    ("resolved: the resident's ten days", [Verb.VERIFY, Verb.FORWARD, Verb.RESOLVE], None, None, 14),
    ("archived: nothing runs", [Verb.VERIFY, Verb.ARCHIVE], None, None, None),
    ("opened again", [Verb.VERIFY, Verb.ARCHIVE, Verb.REOPEN], Clock.AGAIN, date(2026, 11, 9), None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("verbs", "clock_name", "due", "waits"), [one[1:] for one in COURSES], ids=[one[0] for one in COURSES]
)
def test_clocks(rt: Runtime, filing: Make, file: File, hire: Hire, verbs: list[Verb], clock_name: Clock | None,
                due: date | None, waits: int | None) -> None:  # fmt: skip
    made, _ = file(filing("1"))
    admin = hire(Role.ADMIN)
    for verb in verbs:
        casework.act(rt, admin, made.ticket, whole(verb))
    course = get(rt, made.ticket).course
    assert (course.clock, course.due) == (clock_name, due)
    assert course.waits_until == (datetime(2026, 11, waits, 3, tzinfo=UTC) if waits else None)


def test_the_days_are_a_setting(rt: Runtime, filing: Make, file: File, hire: Hire) -> None:
    days = rt.settings.casework_days | {"first": 1}
    quick = dataclasses.replace(rt, settings=rt.settings.model_copy(update={"casework_days": days}))
    made, _ = file(filing("1"))
    admin = hire(Role.ADMIN)
    for verb in (Verb.VERIFY, Verb.FORWARD):
        casework.act(quick, admin, made.ticket, whole(verb))
    assert get(rt, made.ticket).due == date(2026, 11, 5)


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (Act(Verb.ASK, " \n "), "said_ask"),
        (Act(Verb.ASK, "a" * 151), "said_long"),
        (Act(Verb.FORWARD, office="DINASX"), "office_ask"),
        (Act(Verb.DECLINE, "x", to=""), "to_ask"),
        (Act(Verb.DECLINE, "x", to="y" * 41), "to_ask"),
        (Act(Verb.MERGE, into="0000000"), "into"),
        (Act(Verb.MERGE, into="x"), "into"),
    ],
)
def test_what_is_missing_or_wrong_changes_nothing(
    rt: Runtime, filing: Make, file: File, hire: Hire, what: Act, reason: str
) -> None:
    made, _ = file(filing("1"))
    admin = hire(Role.ADMIN)
    casework.act(rt, admin, made.ticket, Act(Verb.VERIFY))
    with pytest.raises(Invalid) as refused:
        casework.act(rt, admin, made.ticket, what)
    assert refused.value.reason == reason
    assert get(rt, made.ticket).state is State.VERIFYING
    assert sent(rt, NUMBER) == []


def test_an_officials_words_are_masked_and_end_like_a_sentence(
    rt: Runtime, filing: Make, file: File, hire: Hire
) -> None:
    made, _ = file(filing("1"))
    admin = hire(Role.ADMIN)
    casework.act(rt, admin, made.ticket, Act(Verb.VERIFY))
    casework.act(rt, admin, made.ticket, Act(Verb.ASK, "Hubungi 081234567890, NIK 3375011203900001"))
    (body,) = sent(rt, NUMBER)
    assert "Hubungi [no HP], NIK [NIK]. Balas: TAMBAH" in body.replace("<", "[")


def test_merging_loses_nobody(rt: Runtime, filing: Make, file: File, hire: Hire) -> None:
    target, one, two = (
        file(filing(str(at), f"kata {at}"), number)[0] for at, number in enumerate((NUMBER, OTHER, THIRD))
    )
    admin = hire(Role.ADMIN)
    with rt.engine.begin() as conn:
        follow.support(rt, conn, numbers.ensure(conn, rt.vault, "+6281200000009").id, two.ticket, "s")
    for ticket, into in ((two, one), (one, target)):
        casework.act(rt, admin, ticket.ticket, Act(Verb.VERIFY))
        casework.act(rt, admin, ticket.ticket, Act(Verb.MERGE, into=into.ticket))
    for verb in (Verb.VERIFY, Verb.FORWARD, Verb.REPLY, Verb.RESOLVE):
        casework.act(rt, admin, target.ticket, whole(verb))
    for number in (OTHER, THIRD, "+6281200000009"):
        told = [body for body in sent(rt, number) if show_ticket(target.ticket) in body]
        assert [body.split()[2] for body in told if "yg Anda ikuti" not in body][-2:] == ["diteruskan", "kabar"]
        assert "menyatakan SELESAI, Lampu sudah diganti." in told[-1]
    assert "Benar? Balas 1 YA" in sent(rt, NUMBER)[-1]
    with rt.engine.begin() as conn:
        third = numbers.ensure(conn, rt.vault, THIRD).id
        now = follow.current(conn, get(rt, two.ticket))
        assert now.id == target.id
        assert follow.is_concerned(conn, third, now)
        added = follow.add_words(rt, conn, third, two.ticket, "masih gelap", "inbound:77")
        assert added
        assert added.id == target.id
        assert [event.body for event in store.events(conn, target.id)][-1] == "masih gelap"
        assert follow.hurry(rt, conn, third, two.ticket, "inbound:78") == "ok"


@pytest.mark.parametrize(
    ("state", "confidential"), [(State.CLOSED, False), (State.ANSWERED, False), (State.RECEIVED, True)]
)
def test_some_tickets_take_no_others(
    rt: Runtime, filing: Make, file: File, put: Put, hire: Hire, state: State, confidential: bool
) -> None:
    one, target = file(filing("1"))[0], file(filing("2", "lain", is_confidential=confidential), OTHER)[0]
    admin = hire(Role.ADMIN)
    put(target, state)
    casework.act(rt, admin, one.ticket, Act(Verb.VERIFY))
    with pytest.raises(Conflict):
        casework.act(rt, admin, one.ticket, Act(Verb.MERGE, into=target.ticket))
    with pytest.raises(Invalid):
        casework.act(rt, admin, one.ticket, Act(Verb.MERGE, into=one.ticket))


def test_a_confidential_ticket_is_neutral_by_sms(rt: Runtime, filing: Make, file: File, hire: Hire) -> None:
    made, _ = file(filing("1", "pungli di pasar", is_confidential=True))
    admin = hire(Role.ADMIN)
    acts = [Act(Verb.VERIFY), Act(Verb.ASK, "Pasar mana?"), Act(Verb.FORWARD, office="DINSOS")]
    casework.act(rt, admin, made.ticket, acts[0])
    casework.act(rt, admin, made.ticket, acts[1])
    with rt.engine.begin() as conn:
        follow.add_words(rt, conn, made.number_id, made.ticket, "Pasar Banjarsari", "inbound:2")
    for what in (
        acts[2],
        Act(Verb.REPLY, "Pungli diperiksa"),
        Act(Verb.RESOLVE, "Pelaku pungli ditegur"),
    ):
        casework.act(rt, admin, made.ticket, what)
    with rt.engine.begin() as conn:
        follow.confirm(rt, conn, made.number_id, made.ticket, "yes", "inbound:3")
    casework.act(rt, admin, made.ticket, Act(Verb.REOPEN, "Pungli lagi"))
    told = " ".join(sent(rt, NUMBER))
    assert len(sent(rt, NUMBER)) == 5
    for word in ("ungli", "asar", "elaku", "ansos", "Bansos"):
        assert word not in told


def test_the_reporter_is_asked_once_and_older_questions_close(
    rt: Runtime, filing: Make, file: File, hire: Hire
) -> None:
    made, _ = file(filing("1"))
    admin = hire(Role.ADMIN)
    for verb in (Verb.VERIFY, Verb.ASK):
        casework.act(rt, admin, made.ticket, whole(verb))
    with rt.engine.begin() as conn:
        follow.add_words(rt, conn, made.number_id, made.ticket, "gg 5", "inbound:2")
    for verb in (Verb.FORWARD, Verb.RESOLVE):
        casework.act(rt, admin, made.ticket, whole(verb))
    with rt.engine.begin() as conn:
        assert [one.kind for one in questions.open_for(conn, made.number_id, rt.now())] == ["close"]


def test_an_act_within_anothers_transaction_goes_back_with_it(
    rt: Runtime, filing: Make, file: File, hire: Hire
) -> None:
    made, _ = file(filing("1"))
    admin = hire(Role.ADMIN)
    with rt.engine.begin() as conn:
        casework.act(rt, admin, made.ticket, Act(Verb.VERIFY), within=conn)
        conn.rollback()
    assert get(rt, made.ticket).state is State.RECEIVED


def test_of_two_at_once_one_is_refused(rt: Runtime, filing: Make, file: File, hire: Hire) -> None:
    made, _ = file(filing("1"))
    people = [hire(Role.KIM, MEDONO) for _ in range(6)]
    casework.act(rt, people[0], made.ticket, Act(Verb.VERIFY))
    gate, ends = threading.Barrier(6), list[str]()

    def go(official: Official) -> None:
        gate.wait()
        try:
            casework.act(rt, official, made.ticket, Act(Verb.TAKE))
        except Fault as fault:
            ends.append(fault.reason)
        else:
            ends.append(official.actor)

    threads = [threading.Thread(target=go, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(ends)[:1] != ["state"]
    assert ends.count("state") == 5
    taker = get(rt, made.ticket).held_by
    assert f"official:{taker}" in ends
    assert len(sent(rt, NUMBER)) == 1


def test_a_taken_ticket_is_its_takers_alone(rt: Runtime, filing: Make, file: File, hire: Hire) -> None:
    made, _ = file(filing("1"))
    taker, other = hire(Role.KIM, MEDONO), hire(Role.KIM, MEDONO)
    for verb in (Verb.VERIFY, Verb.TAKE):
        casework.act(rt, taker, made.ticket, Act(verb))
    with pytest.raises(Fault) as refused:
        casework.act(rt, other, made.ticket, Act(Verb.RESOLVE, "Beres"))
    assert refused.value.reason == "role"
    shown = service.read(rt, other, made.ticket)
    assert (shown["state"], shown["suggested"]) == ("local", "DPUPR")
    assert "ditangani KIM Medono" in sent(rt, NUMBER)[0]
    assert casework.act(rt, taker, made.ticket, Act(Verb.RESOLVE, "Beres")).state is State.ANSWERED


def test_what_follows_is_what_the_table_says() -> None:
    assert following(State.CLOSED, Verb.REOPEN) is State.REOPENED
    assert following(State.DECLINED, Verb.REOPEN) is None
