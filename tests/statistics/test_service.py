"""Figures over a real database: what is counted in which month and area, and what is shown of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest

from gateway.db import connect, statement
from gateway.kernel.errors import Invalid
from gateway.local import postgres
from gateway.officials import service as people
from gateway.reference import service as reference
from gateway.runtime import Runtime
from gateway.statistics import service, store
from gateway.statistics.rules import Month

from .conftest import BARAT, BENDAN, CITY, MEDONO, Desk

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
MONDAY = datetime(2026, 10, 5, 3, 0, tzinfo=UTC)


def day(n: int) -> datetime:
    """A moment n days after the first Monday of October."""
    return MONDAY + timedelta(days=n)


def counted(rt: Runtime, area: str = MEDONO, month: Month = OCTOBER) -> dict[str, float]:
    """Everything that was counted of an area, before anything is hidden."""
    with rt.engine.begin() as conn:
        found = store.by_area(conn, service._span(rt, month), CITY, 14)
    return {what: median if what == "median" else n for code, what, n, median in found if code == area}


def test_what_happened_in_a_month_is_counted_for_the_area_and_all_above_it(rt: Runtime, desk: Desk) -> None:
    handled = (("verify", day(1)), ("resolve", day(3)), ("confirm", day(4)))
    desk.filed(6, day(0), *handled)
    desk.filed(7, day(0), *handled, area=BENDAN)
    done = ("received", "verified", "answered_on_time", "confirmed")
    assert counted(rt) == dict.fromkeys(done, 6) | {"median": 3.0}
    assert counted(rt, BARAT) == counted(rt, CITY) == dict.fromkeys(done, 13) | {"median": 3.0}


def test_a_thing_counts_in_the_month_of_the_city_it_happened_in(rt: Runtime, desk: Desk) -> None:
    last_evening = datetime(2026, 10, 31, 16, 59, tzinfo=UTC)
    desk.filed(5, last_evening - timedelta(seconds=10), ("verify", last_evening + timedelta(minutes=1)))
    assert counted(rt) == {"received": 5}
    assert counted(rt, month=NOVEMBER) == {"verified": 5}


def test_a_report_that_names_no_area_is_the_citys(rt: Runtime, desk: Desk) -> None:
    desk.filed(3, day(0), area="")
    assert counted(rt, CITY) == {"received": 3}
    assert counted(rt, BARAT) == {}


def test_late_is_after_fourteen_working_days_without_days_off(rt: Runtime, desk: Desk) -> None:
    with rt.engine.begin() as conn:
        conn.execute(statement("INSERT INTO holidays VALUES ('2026-10-07', 'kota', 'city', 'test')"))
    desk.filed(2, day(0), ("resolve", day(21)))
    desk.filed(3, day(0), ("resolve", day(22)))
    with rt.engine.begin() as conn:
        found = counted(rt)
        conn.execute(statement("DELETE FROM holidays WHERE day = '2026-10-07'"))
    assert (found["answered_on_time"], found["answered_late"], found["median"]) == (2, 3, 15)


def test_only_the_first_answer_of_a_report_counts_and_a_report_once(rt: Runtime, desk: Desk) -> None:
    again = (("resolve", day(2)), ("deny", day(3)), ("resolve", day(4)), ("deny", day(5)), ("confirm_partly", day(6)))
    desk.filed(2, day(0), *again)
    assert counted(rt) == {"received": 2, "answered_on_time": 2, "denied": 2, "median": 2.0}


def test_silence_after_an_answer_closes_and_after_a_question_does_not(rt: Runtime, desk: Desk) -> None:
    desk.filed(1, day(0), ("ask", day(1)), ("lapse", day(11)))
    assert "closed_automatically" not in counted(rt)
    desk.filed(
        2, day(0), ("ask", day(1)), ("inform", day(2)), ("resolve", day(3)), ("reply", day(4)), ("lapse", day(13))
    )
    found = counted(rt)
    assert found["closed_automatically"] == 2
    assert "confirmed" not in found


def test_an_area_with_few_is_hidden_and_with_it_what_would_give_it_away(rt: Runtime, desk: Desk) -> None:
    for kecamatan in rt_areas(rt, CITY):
        for kelurahan in rt_areas(rt, kecamatan):
            desk.filed(2 if kelurahan == MEDONO else 5 if kelurahan == BENDAN else 6, day(0), area=kelurahan)
    found = {one.area: one.counts["received"] for one in service.report(rt, OCTOBER).areas}
    assert [area for area, n in found.items() if n is None] == [MEDONO, BENDAN]
    assert found[BARAT] == 2 + 5 + 5 * 6


def test_made_up_reports_count_only_where_there_is_nothing_else(rt: Runtime, desk: Desk) -> None:
    desk.filed(5, day(0))
    with rt.engine.begin() as conn:
        conn.execute(statement("UPDATE aspirations SET is_demo = true"))
    span = service._span(rt, OCTOBER)
    for with_demo, wanted in ((True, 5), (False, 0)):
        chosen = store.Span(span.begins, span.ends, span.zone, with_demo)
        with rt.engine.begin() as conn:
            found = {(code, what): n for code, what, n, _ in store.by_area(conn, chosen, CITY, 14)}
        assert found.get((CITY, "received"), 0) == wanted


def test_rumours_are_counted_for_the_city(rt: Runtime, desk: Desk) -> None:
    author, approver = officials(rt)
    for n in range(6):
        desk.clock.at(day(n))
        with rt.engine.begin() as conn:
            conn.execute(statement("""
                INSERT INTO rumours (number, claim, claim_hash, state, label, summary, fact, author_id, approver_id,
                                     checked_at, created_at)
                VALUES (nextval('rumour_number'), :claim, sha256(:claim), 'published', 'salah', 'x', 'y', :author, :approver,
                        :now, :now)"""), {"claim": f"kabar {n}".encode(), "author": author, "approver": approver,
                                          "now": day(n)})  # fmt: skip
    rt.forget()
    found = service.report(rt, OCTOBER).rumours
    assert (found["asked"], found["judged"]) == (6, 6)


def test_a_first_word_is_on_time_or_late_by_the_desks_own_clock(make_database: Callable[[], str]) -> None:
    url = make_database()
    with psycopg.connect(postgres.plain(url), autocommit=True) as owner:
        for n, (due, word) in enumerate([(day(1), day(1)), (day(1), day(2)), (day(1), None), (day(30), day(29))]):
            owner.execute("INSERT INTO rumours (number, claim, claim_hash, state, created_at, due_at, first_word_at)"
                          " VALUES (%s, 'x', '', 'open', %s, %s, %s)", [n, day(0), due, word])  # fmt: skip
    engine = connect(url, pool=1)
    with engine.begin() as conn:
        found = store.rumours(conn, store.Span(*OCTOBER.bounds(ZoneInfo("Asia/Jakarta")), "Asia/Jakarta", True))
    engine.dispose()
    assert found == {"asked": 4, "judged": 0, "first_word_on_time": 1, "first_word_late": 2}


def test_reports_stand_in_the_words_of_lapor(rt: Runtime, desk: Desk) -> None:
    for at, state in enumerate(["in_progress"] * 6 + ["declined"] * 7 + ["reopened"] + ["verifying"] * 5):
        desk.stand(desk.file(day(0) + timedelta(seconds=at)), state)
    found = {(kind, state): n for kind, state, n in service.lapor(rt, OCTOBER)}
    assert (found["Pengaduan", "Bukan Wewenang"], found["Pengaduan", "Proses"]) == (7, 7)
    assert found["Pengaduan", "Terverifikasi"] is None
    assert found["Aspirasi", "Selesai"] is None


def test_an_area_is_shown_with_all_below_it(rt: Runtime, desk: Desk) -> None:
    assert service.areas_of(rt, OCTOBER, BARAT)[0].area == BARAT
    assert len(service.areas_of(rt, OCTOBER, BARAT)) == 8
    assert len(service.areas_of(rt, OCTOBER)) == 1 + 4 + 27
    for wrong in ("33.7", "x", "33.75.99"):
        with pytest.raises(Invalid):
            service.areas_of(rt, OCTOBER, wrong)


def test_lines_of_csv_hold_nothing_that_is_hidden(rt: Runtime, desk: Desk) -> None:
    desk.filed(6, day(0))
    desk.filed(2, day(0), area=BENDAN)
    header, *lines = service.as_csv(OCTOBER, service.areas_of(rt, OCTOBER)).splitlines()
    assert header.split(",") == list(service.HEADER)
    assert [line for line in lines if f",{BENDAN}," in line] == [f"2026-10,{BENDAN},Bendan Kergon,kelurahan,,,,,,,,,"]


def held(rt: Runtime, month: Month = OCTOBER) -> dict[tuple[str, str], float]:
    """Everything that was counted of offices, before anything is hidden."""
    with rt.engine.begin() as conn:
        found = store.by_office(conn, service._span(rt, month), 14)
    return {(code, what): median if what == "median" else n for code, what, n, median in found}


def test_an_event_is_that_of_the_office_which_held_the_report_then(rt: Runtime, desk: Desk) -> None:
    ticket = desk.file(day(0))
    desk.handed(ticket, "DPUPR", day(1))
    desk.did(ticket, ("resolve", day(3)), ("deny", day(4)))
    desk.handed(ticket, "DLH", day(5))
    desk.did(ticket, ("resolve", day(6)), ("confirm", day(7)))
    desk.filed(1, day(0), ("take", day(1)), ("resolve", day(2)), ("lapse", day(13)))
    assert held(rt) == {
        ("DPUPR", "forwarded"): 1, ("DPUPR", "answered_on_time"): 1, ("DPUPR", "median"): 3, ("DPUPR", "denied"): 1,
        ("DLH", "forwarded"): 1, ("DLH", "confirmed"): 1,
        ("", "answered_on_time"): 1, ("", "median"): 2, ("", "closed_automatically"): 1,
    }  # fmt: skip


def test_offices_add_up_to_the_citys_figures(rt: Runtime, desk: Desk) -> None:
    for n, office in enumerate(("DPUPR", "DLH", "DLH", "")):
        ticket = desk.file(day(n))
        if office:
            desk.handed(ticket, office, day(n))
        desk.did(ticket, ("resolve", day(n + 1)), ("confirm", day(n + 2)))
    city, offices = counted(rt, CITY), held(rt)
    for what in ("answered_on_time", "confirmed"):
        assert city[what] == sum(n for (_, of), n in offices.items() if of == what) == 4


def test_silence_of_nobody_is_none(rt: Runtime, desk: Desk) -> None:
    desk.filed(1, day(0), ("resolve", day(3)), ("lapse", day(13)))
    with rt.engine.begin() as conn:
        conn.execute(statement("UPDATE aspirations SET number_id = NULL, channel = 'lapor', lapor = ticket"))
    assert "closed_automatically" not in counted(rt)
    assert ("", "closed_automatically") not in held(rt)


def test_the_gap_is_shown_where_all_that_it_is_of_is_shown(rt: Runtime, desk: Desk) -> None:
    words = {"DPUPR": (8, 4, 4, 12), "DLH": (8, 4, 4, 12), "BPBD": (6, 6, 0, 6)}
    for office, counts in words.items():
        for word, n in zip(("confirm", "deny", "confirm_partly", "lapse"), counts, strict=True):
            for at in range(n):
                ticket = desk.file(day(0) + timedelta(seconds=at))
                desk.handed(ticket, office, day(1))
                desk.did(ticket, ("resolve", day(2)), (word, day(13)))
    report = service.report(rt, OCTOBER)
    found = {one.area: one for one in report.offices}
    assert list(found) == [*sorted(found.keys() - {""}), ""]
    dpupr, bpbd = found["DPUPR"], found["BPBD"]
    assert (dpupr.counts["confirmed"], dpupr.counts["denied"], dpupr.gap_percent) == (8, 8, 71)
    assert (bpbd.counts["confirmed"], bpbd.gap_percent) == (None, None)
    assert report.of(CITY).gap_percent == round(100 * 52 / 74)
    header, *lines = service.offices_as_csv(report).splitlines()
    assert header.split(",") == list(service.OFFICE_HEADER)
    assert "2026-10,DLH,Dinas Lingkungan Hidup,28,28,,8,8,12,2.0,71" in lines
    assert lines[-1] == '2026-10,,"KIM, lurah, desk",,,,,,,,'


def rt_areas(rt: Runtime, above: str) -> list[str]:
    return [area.code for area in reference.areas(rt).children(above)]


def officials(rt: Runtime) -> tuple[int, int]:
    found = [people.add(rt, name, "admin", CITY, f"+62812888000{n}").id for n, name in enumerate(("Ani", "Budi"))]
    return found[0], found[1]
