"""Orders through crashes: code, act, answer and the message's mark are one, and what follows is found by the clock."""

import pytest

from gateway.broadcasts.service import approvals, decide, notices, start
from gateway.dialogue.text import understand_waiting
from gateway.inbox import store as inbox
from tests.broadcasts.town import CITY, Town
from tests.dialogue.officer import HOME, Officer, newest, queue_up, rows, submitted


class Crash(Exception):
    """A process that ends in the middle."""


def crash(*_: object, **__: object) -> None:
    raise Crash


def test_a_crash_before_the_commit_leaves_nothing_and_the_next_run_does_all(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    lurah = Officer(town.rt, "lurah", HOME)
    shown = lurah.says("BLAST BENDAN KERGON Air mati.")
    row = newest(town.rt)
    queue_up(lurah, f"YA B{row.number} {lurah.code_in(shown)}")
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "handled", crash)
        understand_waiting(town.rt)
    assert town.state(row.id) == "draft"
    assert rows(town.rt, "SELECT 1 FROM official_cards WHERE used_at IS NOT NULL") == []
    understand_waiting(town.rt)
    assert town.state(row.id) == "approved"
    assert "disetujui" in lurah.received[-1]
    assert len(rows(town.rt, "SELECT 1 FROM audit WHERE act = 'approve'")) == 1


def test_a_crash_after_the_commit_costs_a_second_the_clock_starts_the_emergency(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    joko, rini = Officer(town.rt, "emergency"), Officer(town.rt, "approver")
    id, code = submitted(town, joko, "emergency", CITY)
    digits = rini.code_in(rini.says(f"SETUJU {code}"))
    monkeypatch.setattr(decide, "start_soon", crash)
    assert "disetujui" in rini.says(f"SETUJU {code} {digits}")
    assert rows(town.rt, "SELECT 1 FROM inbound WHERE handled_at IS NULL") == []
    assert town.state(id) == "approved"
    assert start.start(town.rt, id), "as the clock has it done"


def test_approvers_are_asked_by_the_clock_where_the_process_ended_before_it_could(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    kim, lurah = Officer(town.rt, "kim", HOME), Officer(town.rt, "lurah", HOME)
    shown = kim.says("BLAST BENDAN KERGON Air mati.")
    with monkeypatch.context() as patch:
        patch.setattr(approvals, "ask", crash)
        kim.says(f"YA B{newest(town.rt).number} {kim.code_in(shown)}")
    sql = "SELECT body FROM messages WHERE number_id = :id AND cause LIKE 'approve:%'"
    assert rows(town.rt, sql, id=lurah.official.number_id) == []
    for _ in range(3):
        approvals.tick(town.rt)
    assert len(rows(town.rt, sql, id=lurah.official.number_id)) == 1


def test_a_report_that_was_cut_off_comes_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    author = Officer(town.rt, "lurah", HOME)
    id = town.approved(author.official)
    town.rt.now.ahead(minutes=3)  # type: ignore[attr-defined]
    start.start(town.rt, id)
    town.settle(town.claim(), 3)
    for _ in range(2):
        town.clock_ticks()
    sql = "SELECT body FROM messages WHERE number_id = :id AND cause LIKE 'told:%:finished:%'"
    with monkeypatch.context() as patch:
        patch.setattr(notices.words, "write_to", crash)
        with pytest.raises(Crash):
            notices.tick(town.rt)
    assert rows(town.rt, sql, id=author.official.number_id) == []
    for _ in range(3):
        notices.tick(town.rt)
    (report,) = rows(town.rt, sql, id=author.official.number_id)
    assert "sampai 3, gagal 0" in report.body


def test_with_redis_gone_nothing_is_lost(town: Town) -> None:
    kim, lurah = Officer(town.rt, "kim", HOME), Officer(town.rt, "lurah", HOME)
    id, code = submitted(town, kim)
    digits = lurah.code_in(lurah.says(f"SETUJU {code}"))
    town.rt.redis.flushall()
    assert "disetujui" in lurah.says(f"SETUJU {code} {digits}")
    assert town.state(id) == "approved"
