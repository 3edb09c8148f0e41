"""Tickets in SP4N-LAPOR's words by API."""

import csv
import io

from gateway.runtime import Runtime
from tests.web.conftest import BENDAN, MEDONO, Staff
from tests.web.test_api_aspirations import a_ticket


def test_tickets_are_downloaded_by_whoever_may_see_them(staff: Staff, rt: Runtime) -> None:
    ticket = a_ticket(rt, "Jalan berlubang di gang lapor")
    answer = staff("admin")("GET", "/lapor.csv")
    assert (answer.status_code, answer.content_type) == (200, "text/csv; charset=utf-8")
    rows = {row["tiket_kabar"]: row for row in csv.DictReader(io.StringIO(answer.text, newline=""))}
    assert rows[ticket]["isi"] == "Jalan berlubang di gang lapor"
    items = staff("admin")("GET", "/lapor.json?since=2020-01-01").json["items"]
    assert next(one for one in items if one["tiket_kabar"] == ticket)["kode_wilayah"] == BENDAN
    assert ticket not in staff("kim", MEDONO)("GET", "/lapor.csv").text


def test_a_day_that_is_none_is_refused(staff: Staff) -> None:
    for query, said in (
        ("since=kemarin", "2026-12-24"),
        ("since=2026-02-01&until=2026-01-01", "later"),
        ("x=1", "no parameter"),
    ):
        answer = staff("admin")("GET", f"/lapor.csv?{query}")
        assert answer.status_code == 400
        assert said in answer.json["detail"]
