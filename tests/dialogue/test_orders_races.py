"""Orders at the same moment, over real threads, many times: exactly one wins, and everyone is told how it stands."""

from gateway.broadcasts.service import approvals, decide, draft, notices, start
from gateway.dialogue.text import understand_waiting
from gateway.officials import codes
from gateway.outbox.service import sweep
from gateway.runtime import Runtime
from tests.broadcasts.town import CITY, Town, at_once
from tests.dialogue.officer import HOME, Officer, drafted, newest, queue_up, rows, said, submitted

ROUNDS = 8


def test_two_approvers_by_sms_at_once_are_one(town: Town) -> None:
    kim = Officer(town.rt, "kim", HOME)
    approvers = [Officer(town.rt, "lurah", HOME), Officer(town.rt, "admin"), Officer(town.rt, "approver")]
    for _ in range(ROUNDS):
        id, code = submitted(town, kim)
        given = [(one, f"SETUJU {code} {one.code_in(one.says(f'SETUJU {code}'))}") for one in approvers]
        for one, body in given:
            queue_up(one, body)
        at_once(*[lambda: understand_waiting(town.rt)] * 3)
        understand_waiting(town.rt)
        assert town.state(id) == "approved"
        acts = rows(town.rt, "SELECT actor FROM audit WHERE act = 'approve' AND subject = :s", s=f"broadcast:{id}")
        assert len(acts) == 1
        last = [one.received[-1] for one in approvers]
        assert sum("mulai dikirim" in body for body in last) == 1
        assert sum(body == said("state", code, standing="approved") for body in last) == 2


def test_approve_against_cancel_by_sms(town: Town) -> None:
    joko, rini = Officer(town.rt, "emergency"), Officer(town.rt, "approver")
    for _ in range(ROUNDS):
        id, code = submitted(town, joko, "emergency", CITY)
        queue_up(rini, f"SETUJU {code} {rini.code_in(rini.says(f'SETUJU {code}'))}")
        queue_up(joko, f"BATAL {code}")
        at_once(*[lambda: understand_waiting(town.rt)] * 2)
        understand_waiting(town.rt)
        if town.state(id) != "cancelled":
            # The approval came first, so the cancel asked for a code.
            assert "BATAL" in joko.received[-1]
            assert "disetujui" in rini.received[-1]
            assert "dibatalkan" in joko.says(f"BATAL {code} {joko.code_in(joko.received[-1])}")
        assert town.state(id) == "cancelled"
        assert not start.start(town.rt, id)
    assert rows(town.rt, "SELECT 1 FROM messages WHERE batch_id IS NOT NULL") == []


def test_two_submissions_at_once_are_one(town: Town) -> None:
    kim = Officer(town.rt, "kim", HOME)
    for _ in range(ROUNDS):
        town.rt.now.ahead(minutes=20)  # type: ignore[attr-defined]
        shown = kim.says("BLAST BENDAN KERGON Air mati.")
        row = newest(town.rt)
        queue_up(kim, *[f"YA B{row.number} {kim.code_in(shown)}"] * 2)
        _, by_api = at_once(lambda: understand_waiting(town.rt),
                            lambda row=row: draft.submit(town.rt, kim.official, row.id))  # fmt: skip
        understand_waiting(town.rt)
        assert town.state(row.id) == "submitted"
        acts = rows(town.rt, "SELECT 1 FROM audit WHERE act = 'submit' AND subject = :s", s=f"broadcast:{row.id}")
        assert len(acts) == 1
        assert by_api is not None


def test_one_code_by_two_messages_at_once_counts_once(town: Town) -> None:
    lurah = Officer(town.rt, "lurah", HOME)
    for _ in range(ROUNDS):
        town.rt.now.ahead(minutes=20)  # type: ignore[attr-defined]
        id, code = drafted(town, lurah)
        digits = lurah.code_in(lurah.says(f"YA {code}"))
        wanted = find(town.rt, lurah, id)
        queue_up(lurah, f"YA {code} {digits}")

        def prove(wanted: codes.Ask = wanted, digits: str = digits) -> str:
            with town.rt.engine.begin() as conn:
                return codes.prove(town.rt, conn, lurah.official, wanted, digits).outcome

        _, proof = at_once(lambda: understand_waiting(town.rt), prove)
        used = rows(town.rt, "SELECT 1 FROM audit WHERE act = 'use code' AND subject = :s", s=f"broadcast:{id}")
        assert len(used) == 1
        assert (town.state(id) == "approved") is (proof != "ok")


def find(rt: Runtime, officer: Officer, id: int) -> codes.Ask:
    with rt.engine.begin() as conn:
        wanted = codes.find(conn, officer.official, "submit", f"broadcast:{id}")
    assert wanted
    return wanted


def test_clocks_at_once_ask_each_once_and_tell_the_author_once(town: Town) -> None:
    kim, lurah = Officer(town.rt, "kim", HOME), Officer(town.rt, "lurah", HOME)
    for _ in range(ROUNDS):
        id, _ = submitted(town, kim)
        at_once(*[lambda: approvals.tick(town.rt)] * 4)
        asked = rows(town.rt, "SELECT 1 FROM messages WHERE cause LIKE :c", c=f"approve:{id}:%")
        assert len(asked) == 1
        decide.reject(town.rt, lurah.official, id, "salah")
        at_once(*[lambda: notices.tick(town.rt)] * 4)
        assert len(rows(town.rt, "SELECT 1 FROM messages WHERE cause LIKE :c", c=f"told:{id}:%")) == 1


def test_asking_against_the_approvers_own_sms_never_locks_up(town: Town) -> None:
    kim, lurah = Officer(town.rt, "kim", HOME), Officer(town.rt, "lurah", HOME)
    for _ in range(ROUNDS):
        id, code = submitted(town, kim)
        queue_up(lurah, f"SETUJU {code}")
        results = at_once(lambda: approvals.tick(town.rt), lambda: understand_waiting(town.rt))
        assert all(not isinstance(result, Exception) for result in results)
        approvals.tick(town.rt)
        assert "disetujui" in lurah.orders("SETUJU", code)
        assert town.state(id) == "approved"


def test_pause_against_finish_by_sms(town: Town) -> None:
    lurah = Officer(town.rt, "lurah", HOME)
    for _ in range(ROUNDS):
        town.rt.now.ahead(days=8)  # type: ignore[attr-defined]
        id, code = drafted(town, lurah)
        lurah.orders("YA", code)
        town.rt.now.ahead(minutes=3)  # type: ignore[attr-defined]
        assert start.start(town.rt, id)
        queue_up(lurah, f"JEDA {code} {lurah.code_in(lurah.says(f'JEDA {code}'))}")
        town.settle(town.claim())
        at_once(lambda: understand_waiting(town.rt), lambda: sweep.finish(town.rt))
        for _ in range(2):
            town.clock_ticks()
        assert town.state(id) == "finished"
        assert lurah.received[-1] in (said("paused", code), said("state", code, standing="sending"))
