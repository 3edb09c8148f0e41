"""What became of each message: masked, revealed for a reason and audited, and as a file of any length."""

import csv
import io

import pytest

from gateway.audit import store as audit
from gateway.broadcasts.service import result
from gateway.db import statement
from gateway.kernel.errors import Forbidden, Invalid, Missing
from gateway.numbers import store as numbers
from gateway.officials.rules import Role

WHY = "keluarga korban rob dicari"


def sent(town, people=7):
    town.people(people)
    id = town.started(town.official(Role.ADMIN), audience={"areas": [town.home]})
    rows = sorted(town.claim(), key=lambda row: row.number_id)
    town.settle(rows[:2], rank=2, code="30003")
    town.settle(rows[2:], rank=3)
    return id


def listed(town, id, official=None, limit=3, **more):
    """Every part of the list, put together."""
    found, after = [], 0
    while after is not None:
        items, after = result.page(town.rt, official or town.official(Role.AUDITOR), id, after, limit, **more)
        assert len(items) <= limit
        found += items
    return found


def test_every_recipient_stands_once_in_parts_of_any_size(town):
    id = sent(town)
    for limit in (1, 2, 3, 7, 8):
        assert len(listed(town, id, limit=limit)) == 7
    one = listed(town, id)[0]
    assert one["number"].startswith("+62812***")
    assert (one["status"], one["reason"], one["tries"], one["operator"]) == ("failed", "30003", 1, "Telkomsel")
    assert len({item["number"] for item in listed(town, id)}) == 7


def test_a_status_shows_those_alone(town):
    id = sent(town)
    assert len(listed(town, id, status="failed", limit=1)) == 2
    assert len(listed(town, id, status="delivered")) == 5
    with pytest.raises(Invalid, match="status must be one of"):
        listed(town, id, status="lost")


def test_before_the_fan_out_the_list_is_empty(town):
    town.people(2)
    assert listed(town, town.approved(town.official(Role.ADMIN))) == []


def test_what_one_may_not_see_is_not_there(town):
    id = sent(town)
    with pytest.raises(Missing):
        listed(town, id, town.official(Role.KIM, town.other))
    with pytest.raises(Missing):
        result.write_csv(town.rt, town.official(Role.KIM, town.other), id)


def trail(town, id):
    with town.rt.engine.begin() as conn:
        return [row for row in audit.of(conn, f"broadcast:{id}") if row["act"] in ("reveal", "export")]


@pytest.mark.parametrize("role", [Role.KIM, Role.LURAH, Role.APPROVER, Role.AUDITOR])
def test_these_roles_never_see_whole_numbers(town, role):
    id = sent(town)
    area = town.home if role in (Role.KIM, Role.LURAH) else "33.75"
    with pytest.raises(Forbidden, match="whole numbers"):
        listed(town, id, town.official(role, area), reveal=True, reason=WHY)
    assert trail(town, id) == []


@pytest.mark.parametrize("reason", ["", "     ", "audit", "x" * 201])
def test_no_number_is_revealed_without_a_reason(town, reason):
    id = sent(town)
    with pytest.raises(Invalid, match="Say why"):
        listed(town, id, town.official(Role.ADMIN), reveal=True, reason=reason)
    assert trail(town, id) == []


@pytest.mark.parametrize("role", [Role.ADMIN, Role.DPO])
def test_a_reveal_is_audited_with_its_count_and_for_each_person(town, role):
    id = sent(town)
    official = town.official(role)
    found = listed(town, id, official, limit=5, reveal=True, reason=WHY + " 081234567890")
    assert all(item["number"].startswith("+62812") and "*" not in item["number"] for item in found)
    rows = trail(town, id)
    counts = [row["detail"]["count"] for row in rows if "count" in row["detail"]]
    assert counts == [5, 2]
    assert {row["actor"] for row in rows} == {official.actor}
    assert "081234567890" not in repr(rows), "a reason holds no number"
    person = town.rows(id)[0][0]
    with town.rt.engine.begin() as conn:
        assert audit.count_views(conn, person) == 1


def test_an_erased_person_has_no_number_and_is_no_reveal(town):
    id = sent(town)
    with town.rt.engine.begin() as conn:
        numbers.forget(conn, town.rows(id)[0][0])
    first, *_ = listed(town, id, town.official(Role.ADMIN), limit=9, reveal=True, reason=WHY)
    assert first["number"] is None
    assert trail(town, id)[0]["detail"]["count"] == 6


def read(blocks):
    return list(csv.DictReader(io.StringIO("".join(blocks))))


def test_the_file_has_a_line_for_each_message(town):
    id = sent(town)
    broadcast, blocks = result.write_csv(town.rt, town.official(Role.ADMIN), id)
    rows = read(blocks)
    assert [row["status"] for row in rows] == ["failed"] * 2 + ["delivered"] * 5
    assert {row["broadcast"] for row in rows} == {f"B{broadcast.number}"}
    assert all(row["number"].startswith("'+62812***") for row in rows), "masked, and no formula"
    assert [row["act"] for row in trail(town, id)] == ["export"]


def test_the_file_is_read_block_by_block_and_holds_no_transaction_between(town, monkeypatch):
    monkeypatch.setattr(result, "BLOCK", 10)
    id = sent(town, 35)
    _, blocks = result.write_csv(town.rt, town.official(Role.ADMIN), id)
    sizes = []
    for block in blocks:
        sizes.append(block.count("\r\n"))
        assert town.rt.engine.pool.checkedout() == 0
    assert sizes == [1, 10, 10, 10, 5]


@pytest.mark.parametrize("said", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1", "\r=1"])
def test_no_words_of_a_company_become_a_formula(town, said):
    id = sent(town, 2)
    with town.rt.engine.begin() as conn:
        conn.execute(statement("UPDATE messages SET reason = :said"), {"said": said})
    _, blocks = result.write_csv(town.rt, town.official(Role.ADMIN), id)
    assert {row["reason"] for row in read(blocks)} == {f"'{said}"}


def test_words_with_commas_quotes_and_lines_stay_one_cell(town):
    id = sent(town, 2)
    with town.rt.engine.begin() as conn:
        conn.execute(statement("UPDATE messages SET reason = :said"), {"said": 'a, "b"\nc'})
    _, blocks = result.write_csv(town.rt, town.official(Role.ADMIN), id)
    assert [row["reason"] for row in read(blocks)] == ['a, "b"\nc'] * 2
