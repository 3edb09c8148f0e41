"""The week by SMS: to whom, with which figures, when, and once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gateway.db import statement
from gateway.kim import service as kim
from gateway.numbers import store as numbers
from gateway.officials import service as officials
from gateway.runtime import Runtime
from gateway.statistics import digest

from .conftest import BENDAN, CITY, MEDONO, Desk

MONDAY = datetime(2026, 11, 9, 1, 30, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Jakarta")


def official(rt: Runtime, role: str, area: str, n: int) -> int:
    return officials.add(rt, f"Someone {n}", role, area, f"+62812666000{n:02d}").id


def sent(rt: Runtime) -> dict[int, str]:
    """Digests in the ledger, by the official they went to."""
    with rt.engine.begin() as conn:
        found = conn.execute(statement("SELECT cause, body FROM messages WHERE cause LIKE 'digest:%' ORDER BY id"))
        return {int(cause.rpartition(":")[2]): body for cause, body in found}


@pytest.mark.parametrize(
    ("local", "is_due"),
    [("2026-11-09T08:29", False), ("2026-11-09T08:30", True), ("2026-11-09T23:59", True), ("2026-11-10T08:30", False)],
)
def test_it_is_due_on_mondays_from_half_past_eight(local: str, is_due: bool) -> None:
    now = datetime.fromisoformat(local).replace(tzinfo=ZONE)
    assert (digest.week_due(now.astimezone(UTC), ZONE) is not None) == is_due


def test_whoever_serves_an_area_reads_of_it_once(rt: Runtime, desk: Desk) -> None:
    siti, lurah, chair = (
        official(rt, "kim", BENDAN, 1),
        official(rt, "lurah", MEDONO, 2),
        official(rt, "kim", CITY, 3),
    )
    shadow, admin = official(rt, "lurah", BENDAN, 4), official(rt, "admin", CITY, 5)
    kim.add(rt, "KIM Bendan Kergon", [BENDAN])
    desk.filed(2, MONDAY - timedelta(days=20), area=BENDAN)
    desk.filed(1, MONDAY - timedelta(days=3), ("confirm", MONDAY - timedelta(days=1)), area=BENDAN)
    desk.filed(1, MONDAY - timedelta(hours=2), ("confirm", MONDAY - timedelta(days=8)))
    for n, people in ((48, 2), (51, 1)):
        ask(rt, n, people)
    desk.clock.at(MONDAY)
    assert digest.tick(rt) == 3
    assert sent(rt) == {
        siti: "Bendan Kergon, minggu ini: laporan terbuka 3, lewat batas 2, selesai menurut warga 1. "
        "Kabar ditanya: C48 (2), C51 (1)",
        lurah: "Medono, minggu ini: laporan terbuka 1, lewat batas 0, selesai menurut warga 0. "
        "Kabar ditanya: C48 (2), C51 (1)",
        chair: "Kota Pekalongan, minggu ini: laporan terbuka 4, lewat batas 2, selesai menurut warga 1. "
        "Kabar ditanya: C48 (2), C51 (1)",
    }
    assert {shadow, admin}.isdisjoint(sent(rt))
    desk.clock.ahead(minutes=5)
    assert digest.tick(rt) == 0
    desk.clock.ahead(days=7)
    assert digest.tick(rt) == 3


def test_clocks_at_the_same_moment_write_once(rt: Runtime, desk: Desk) -> None:
    official(rt, "kim", CITY, 1)
    desk.clock.at(MONDAY)
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: digest.tick(rt), range(4))) == 1
    assert len(sent(rt)) == 1


def test_without_any_chair_the_citys_admins_read_of_the_city(rt: Runtime, desk: Desk) -> None:
    admin = official(rt, "admin", CITY, 1)
    desk.clock.at(MONDAY)
    digest.tick(rt)
    assert sent(rt)[admin].startswith("Kota Pekalongan, minggu ini: laporan terbuka 0, ")


def test_a_board_that_serves_several_areas_reads_of_them_together(rt: Runtime, desk: Desk) -> None:
    siti = official(rt, "kim", BENDAN, 1)
    id = kim.add(rt, "KIM Barat", [BENDAN, MEDONO])
    kim.seat(rt, id, siti, "chair", kim.rules.Span(kim.today(rt)))
    desk.filed(1, MONDAY - timedelta(hours=3), area=BENDAN)
    desk.filed(1, MONDAY - timedelta(hours=2))
    desk.clock.at(MONDAY)
    digest.tick(rt)
    assert sent(rt)[siti].startswith("2 kelurahan, minggu ini: laporan terbuka 2, ")


def test_quiet_hours_hold_it_back(rt: Runtime, desk: Desk) -> None:
    official(rt, "kim", CITY, 1)
    desk.clock.at(MONDAY.replace(hour=14))
    assert digest.tick(rt) == 1
    with rt.engine.begin() as conn:
        held = conn.execute(statement("SELECT not_before FROM messages WHERE cause LIKE 'digest:%'")).scalar_one()
    assert held.astimezone(ZONE).isoformat() == "2026-11-10T08:00:00+07:00"


def ask(rt: Runtime, number: int, people: int) -> None:
    """A claim of this week that so many people asked about."""
    with rt.engine.begin() as conn:
        id = conn.execute(statement("""
            INSERT INTO rumours (number, claim, claim_hash, state, created_at) VALUES (:n, 'x', '', 'open', :now)
            RETURNING id"""), {"n": number, "now": MONDAY - timedelta(days=1)}).scalar_one()  # fmt: skip
        for at in range(people):
            known = numbers.ensure(conn, rt.vault, f"+628125550{number}{at:02d}")
            conn.execute(statement("INSERT INTO rumour_askers VALUES (:id, :number_id, 'sms', :now)"),
                         {"id": id, "number_id": known.id, "now": MONDAY})  # fmt: skip
