"""Registration by officials and from files: who becomes what, who is asked, and that a second time changes nothing."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pytest

from gateway.kernel.errors import Forbidden, Invalid
from gateway.numbers import store as numbers
from gateway.officials.rules import Official, Role
from gateway.residents import store
from gateway.residents.service import own
from gateway.residents.service.register import register
from gateway.runtime import Runtime

Person = Callable[..., Mapping[str, Any]]
Ask = Callable[..., list[tuple[Any, ...]]]
ADMIN = Official(1, "Sri", Role.ADMIN, "33.75", None, 1)
NUMBER, MEDONO = "+6281234567890", "33.75.01.1002"


def stop(rt: Runtime, number: str = NUMBER, *, everything: bool = False) -> None:
    with rt.engine.begin() as conn:
        id = numbers.ensure(conn, rt.vault, number).id
        own.stop(rt, conn, id, "id", "sms", "BERHENTI", everything=everything)


def results(rt: Runtime, *rows: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(result.result, result.column) for result in register(rt, ADMIN, list(rows))]


@pytest.mark.parametrize(
    ("label", "how", "result", "state"),
    [
        ("paper makes active at once", "paper", "created", "active"),
        ("an SMS makes active at once", "sms", "created", "active"),
        ("the menu makes active at once", "ussd", "created", "active"),
        ("words wait for YA", "verbal", "pending", "pending"),
        ("a meeting's sheet waits for YA", "sheet", "pending", "pending"),
    ],
)
def test_new_people(rt: Runtime, person: Person, ask: Ask, label: str, how: str, result: str, state: str) -> None:
    assert results(rt, person(NUMBER, how=how)) == [(result, "")], label
    assert ask("SELECT state FROM residents") == [(state,)]
    assert ask("SELECT how, given, by FROM consents") == [(how, True, "official:1")]
    asked = 1 if state == "pending" else 0
    assert ask("SELECT count(*) FROM questions WHERE kind = 'join'") == [(asked,)]
    assert ask("SELECT count(*) FROM messages WHERE wants_answer AND class = 'reply'") == [(asked,)]


def test_what_becomes_of_each_row_is_told_in_order(rt: Runtime, person: Person) -> None:
    register(rt, ADMIN, [person("+6281200000001"), person("+6281200000002")])
    stop(rt, "+6281200000002")
    found = register(
        rt,
        ADMIN,
        [
            person("+6281200000001", name="Siti"),
            person("+6281200000002"),
            person("+6281200000003"),
            person("+6281200000004", how="verbal"),
            person("0285421234"),
            person("+6281200000003"),
            person("+6281200000006", area="33.26"),
        ],
    )
    assert [(result.row, result.result, result.column) for result in found] == [
        (1, "updated", ""), (2, "updated", ""), (3, "created", ""), (4, "pending", ""), (5, "refused", "phone"),
        (6, "refused", "phone"), (7, "refused", "area"),
    ]  # fmt: skip
    assert "DAFTAR" in found[1].reason
    assert found[5].reason == "phone stands in row 3 already"
    assert all("+62" not in result.reason or "…" in result.reason for result in found)


@pytest.mark.parametrize(
    ("label", "role", "area", "outcome"),
    [
        ("admin everywhere", Role.ADMIN, "33.75", "created"),
        ("KIM in its area", Role.KIM, MEDONO, "created"),
        ("lurah in the area", Role.LURAH, MEDONO, "created"),
        ("camat in the kecamatan", Role.LURAH, "33.75.01", "created"),
        ("lurah of another area", Role.LURAH, "33.75.01.1003", "refused"),
        ("approver never", Role.APPROVER, "33.75", None),
        ("office never", Role.OFFICE, "33.75", None),
        ("BPBD never", Role.EMERGENCY, "33.75", None),
        ("auditor never", Role.AUDITOR, "33.75", None),
        ("DPO never", Role.DPO, "33.75", None),
    ],
)
def test_who_registers(rt: Runtime, person: Person, label: str, role: Role, area: str, outcome: str | None) -> None:
    official = Official(1, "Sri", role, area, None, 1)
    if outcome is None:
        with pytest.raises(Forbidden):
            register(rt, official, [person(NUMBER)])
    else:
        assert [result.result for result in register(rt, official, [person(NUMBER)])] == [outcome], label


@pytest.mark.parametrize("count", [0, 1001])
def test_no_call_takes_none_or_more_than_a_thousand(rt: Runtime, person: Person, count: int) -> None:
    with pytest.raises(Invalid):
        register(rt, ADMIN, [person(NUMBER)] * count)


def test_nothing_but_the_person_undoes_a_stop(rt: Runtime, person: Person, ask: Ask) -> None:
    register(rt, ADMIN, [person(NUMBER)])
    stop(rt)
    for how in ("paper", "sms", "verbal"):
        assert results(rt, person(NUMBER, how=how)) == [("updated", "")]
        assert ask("SELECT state FROM residents") == [("stopped",)]
    assert ask("SELECT count(*) FROM messages") == [(0,)]
    with rt.engine.begin() as conn:
        id = numbers.ensure(conn, rt.vault, NUMBER).id
        own.subscribe(rt, conn, id, MEDONO, "jv", "sms", "YA")
    assert ask("SELECT state, language FROM residents") == [("active", "jv")]
    assert ask("SELECT count(*) FROM suppressions") == [(0,)]


@pytest.mark.parametrize("everything", [False, True])
def test_a_number_that_stopped_before_it_was_registered_stays_stopped(
    rt: Runtime, person: Person, ask: Ask, everything: bool
) -> None:
    stop(rt, everything=everything)
    assert results(rt, person(NUMBER)) == [("updated", "")]
    assert results(rt, person(NUMBER, how="verbal")) == [("updated", "")]
    assert ask("SELECT state FROM residents") == [("stopped",)]
    assert ask("SELECT count(*) FROM messages") == [(0,)]


def test_someone_active_is_not_made_to_confirm_again_and_someone_pending_becomes_active_on_paper(
    rt: Runtime, person: Person, ask: Ask
) -> None:
    assert results(rt, person(NUMBER)) == [("created", "")]
    assert results(rt, person(NUMBER, how="verbal")) == [("updated", "")]
    assert results(rt, person("+6281200000001", how="sheet")) == [("pending", "")]
    assert results(rt, person("+6281200000001", how="paper")) == [("updated", "")]
    assert ask("SELECT DISTINCT state FROM residents") == [("active",)]


def test_what_a_later_list_leaves_out_stays(rt: Runtime, person: Person, ask: Ask) -> None:
    register(rt, ADMIN, [person(NUMBER, name="Siti", rt="3", rw="5", topics=["alert"], groups=["pkk"])])
    register(rt, ADMIN, [person(NUMBER, area="33.75.01.1003", language="jv")])
    assert ask("SELECT name, rt, rw, area, language, topics, groups FROM residents") == [
        ("Siti", "3", "5", "33.75.01.1003", "jv", [], [])
    ]


def test_who_waits_for_ya_is_asked_once_however_often_the_list_comes(
    rt: Runtime, clock: Callable[[], datetime], person: Person, ask: Ask
) -> None:
    for hours in (0, 1, 30, 71):
        clock.at(type(clock).START)  # type: ignore[attr-defined]
        clock.ahead(hours=hours)  # type: ignore[attr-defined]
        assert results(rt, person(NUMBER, how="verbal")) == [("pending", "")]
    assert ask("SELECT count(*) FROM questions") == [(1,)]
    assert ask("SELECT count(*) FROM messages") == [(1,)]
    clock.at(type(clock).START)  # type: ignore[attr-defined]
    clock.ahead(hours=73)  # type: ignore[attr-defined]
    results(rt, person(NUMBER, how="verbal"))
    assert ask("SELECT count(*) FROM messages") == [(2,)]
    assert ask("SELECT count(*) FROM consents") == [(1,)]


def test_the_question_waits_for_the_morning(
    rt: Runtime, clock: Callable[[], datetime], person: Person, ask: Ask
) -> None:
    clock.ahead(hours=11)  # type: ignore[attr-defined]
    register(rt, ADMIN, [person(NUMBER, how="verbal", language="jv")])
    ((language, body, not_before, expires_at),) = ask("SELECT language, body, not_before, expires_at FROM messages")
    assert language == "jv"
    assert "Medono" in body
    assert (not_before - rt.now()).total_seconds() == 11 * 3600
    assert (expires_at - rt.now()).total_seconds() == 72 * 3600


def test_two_lists_with_the_same_people_at_once_are_one(rt: Runtime, person: Person, ask: Ask) -> None:
    rows = [person(f"+62812{at:08d}", how="verbal") for at in range(100)]
    gate, failures = threading.Barrier(4), []

    def send(chosen: list[Mapping[str, Any]]) -> None:
        gate.wait()
        try:
            register(rt, ADMIN, chosen)
        except Exception as error:
            failures.append(error)

    threads = [
        threading.Thread(target=send, args=(chosen,)) for chosen in (rows, rows[::-1], rows[50:] + rows[:50], rows)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert ask("SELECT count(*) FROM residents") == [(100,)]
    assert ask("SELECT count(*) FROM messages") == [(100,)]
    assert ask("SELECT count(*) FROM consents") == [(100,)]
    assert ask("SELECT count(*) FROM questions WHERE closed_at IS NULL") == [(100,)]


def test_a_persons_own_choices(rt: Runtime, ask: Ask) -> None:
    with rt.engine.begin() as conn:
        id = numbers.ensure(conn, rt.vault, NUMBER).id
        assert not own.move(rt, conn, id, MEDONO)
        assert not own.set_language(rt, conn, id, "en")
        own.subscribe(rt, conn, id, MEDONO, "id", "ussd")
        assert own.move(rt, conn, id, "33.75.01.1003")
        assert own.set_language(rt, conn, id, "en")
        found = store.find(conn, id)
        assert found
        assert (found.area, found.language, found.state) == ("33.75.01.1003", "en", "active")
        own.stop(rt, conn, id, "en", "sms", "STOP", everything=True)
    assert ask("SELECT state FROM residents") == [("stopped",)]
    assert ask("SELECT scope FROM suppressions ORDER BY scope") == [("all",), ("notices",)]
    assert ask("SELECT how, given, answer FROM consents ORDER BY id") == [("ussd", True, None), ("sms", False, "STOP")]
    assert ask("SELECT act FROM audit ORDER BY id") == [("subscribe",), ("stop everything",)]


def test_forgetting_drops_the_person_and_keeps_the_proof_of_consent(rt: Runtime, person: Person, ask: Ask) -> None:
    register(rt, ADMIN, [person(NUMBER, name="Siti")])
    with rt.engine.begin() as conn:
        id = numbers.ensure(conn, rt.vault, NUMBER).id
        about = store.about(conn, id)
        assert (about["name"], len(about["consents"])) == ("Siti", 1)  # type: ignore[arg-type]
        store.forget(conn, id)
        assert store.find(conn, id) is None
        assert set(store.about(conn, id)) == {"consents"}
    assert ask("SELECT count(*) FROM consents") == [(1,)]
