"""The exchange with SP4N-LAPOR: what leaves for whom, and what becomes of each row that comes in."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from gateway.aspirations import casework, follow, lapor, lapor_rules, service, store
from gateway.aspirations.casework import Act
from gateway.aspirations.lapor import Result
from gateway.aspirations.rules import KINDS, Clock, Filing, State, Verb
from gateway.aspirations.store import Aspiration
from gateway.kernel.codes import parse_ticket, show_ticket
from gateway.kernel.errors import Conflict, Forbidden, Invalid
from gateway.numbers import store as numbers
from gateway.officials.rules import Official
from gateway.runtime import Runtime
from tests.desks import BENDAN, MEDONO, Officials

Make = Callable[..., Filing]
File = Callable[..., tuple[Aspiration, bool]]
Put = Callable[..., None]
HEAD = ("nomor_lapor", "tanggal", "klasifikasi", "kategori", "kelurahan", "instansi", "status", "rahasia", "isi")
PLAIN = {
    "nomor_lapor": "5001234", "tanggal": "2026-11-02", "klasifikasi": "Pengaduan", "kategori": "Jalan/lampu",
    "kelurahan": "Medono", "instansi": "", "status": "Belum Terverifikasi", "rahasia": "tidak", "isi": "Lampu jalan mati",
}  # fmt: skip


@pytest.fixture
def desks(rt: Runtime) -> Officials:
    return Officials(rt)


@pytest.fixture
def admin(desks: Officials) -> Official:
    return desks.official("admin")


@pytest.fixture
def take(rt: Runtime, admin: Official, tmp_path: Path) -> Callable[..., list[Result]]:
    """Imports rows, each a PLAIN one with other cells, and gives what became of them."""

    def act(*given: dict[str, str], by: Official = admin) -> list[Result]:
        file = tmp_path / "lapor.csv"
        with file.open("w", encoding="utf-8", newline="") as written:
            writer = csv.DictWriter(written, [*HEAD, "tiket_kabar", "kode_wilayah", "nama", "nomor_hp"])
            writer.writeheader()
            writer.writerows(PLAIN | row for row in given)
        return list(lapor.import_csv(rt, by, file))

    return act


def exported(rt: Runtime, by: Official, **span: object) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(lapor.as_csv(lapor.export(rt, by, **span))), newline="")))  # type: ignore[arg-type]


def imported(rt: Runtime, number: str) -> Aspiration:
    with rt.engine.begin() as conn:
        ticket = conn.exec_driver_sql("SELECT ticket FROM aspirations WHERE lapor = %s", (number,)).scalar_one()
        found = store.get(conn, ticket)
    assert found
    return found


def test_every_kind_and_state_has_its_word() -> None:
    assert set(lapor_rules.KINDS) == set(KINDS)
    assert set(lapor_rules.STATES) == set(State)


def test_a_ticket_leaves_in_the_words_of_lapor(rt: Runtime, admin: Official, file: File, filing: Make) -> None:
    one, _ = file(filing("x:1", words="=HYPERLINK lampu mati"))
    casework.act(rt, admin, one.ticket, Act(Verb.VERIFY))
    casework.act(rt, admin, one.ticket, Act(Verb.FORWARD, office="DPUPR"))
    casework.act(rt, admin, one.ticket, Act(Verb.REPLY, "Besok diganti"))
    (row,) = exported(rt, admin)
    assert row["tiket_kabar"] == show_ticket(one.ticket)
    assert list(row) == list(lapor_rules.COLUMNS)
    wanted = {
        "nomor_lapor": "", "klasifikasi": "Pengaduan", "kategori": "Jalan/lampu", "kelurahan": "Medono",
        "kode_wilayah": MEDONO, "instansi": "DPUPR", "status": "Terdisposisi", "status_kabar": "forwarded", "rahasia": "tidak",
        "isi": "'=HYPERLINK lampu mati", "tindak_lanjut": "Besok diganti.",
    }  # fmt: skip
    assert {name: row[name] for name in wanted} == wanted
    assert json.loads("".join(lapor.as_json(lapor.export(rt, admin))))["items"][0]["isi"] == "=HYPERLINK lampu mati"


@pytest.mark.parametrize(
    ("role", "area", "rows", "words"),
    [
        ("admin", "33.75", 3, 2), ("approver", "33.75", 3, 2), ("kim", MEDONO, 2, 1), ("lurah", MEDONO, 2, 1),
        ("kim", BENDAN, 1, 1), ("office", "33.75", 1, 1), ("emergency", "33.75", 3, 2), ("auditor", "33.75", 3, 0),
        ("dpo", "33.75", 3, 0),
    ],
)  # fmt: skip
def test_each_role_gets_its_tickets_and_no_number(
    rt: Runtime, desks: Officials, file: File, filing: Make, put: Put, role: str, area: str, rows: int, words: int
) -> None:
    file(filing("x:1", words="Ada pungli di pasar", is_confidential=True))
    put(file(filing("x:2", words="Jalan rusak"))[0], State.FORWARDED, "DPUPR")
    file(filing("x:3", words="Sampah menumpuk", area=BENDAN))
    official = desks.official(role, area)
    written = "".join(lapor.as_csv(lapor.export(rt, official)))
    found = list(csv.DictReader(io.StringIO(written, newline="")))
    assert (len(found), sum(bool(row["isi"]) for row in found)) == (rows, words)
    assert "pungli" not in written
    assert "81234567890" not in written
    assert desks.rows("SELECT act, subject FROM audit WHERE actor = :by", by=official.actor)[-1] == (
        "export tickets",
        "aspirations",
    )


def test_days_bound_what_is_exported_and_must_stand_in_order(
    rt: Runtime, admin: Official, file: File, filing: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lapor, "BLOCK", 2)
    for n in range(5):
        file(filing(f"x:{n}", words=f"Jalan rusak nomor {n}"))
    day = rt.now().astimezone(rt.settings.timezone).date()
    assert [row["isi"][-1] for row in exported(rt, admin, since=day, until=day)] == list("01234")
    assert exported(rt, admin, since=day.replace(year=day.year + 1)) == []
    assert len(exported(rt, admin, since=date.min, until=date.max)) == 5
    assert len(json.loads("".join(lapor.as_json(lapor.export(rt, admin))))["items"]) == 5
    with pytest.raises(Invalid):
        lapor.export(rt, admin, until=day.replace(year=1999))


def test_rows_become_tickets_once_and_keep_nobody(
    rt: Runtime, take: Callable[..., list[Result]], desks: Officials
) -> None:
    rows = (
        {"nama": "Slamet Riyadi", "nomor_hp": "081299998888", "isi": "Lampu mati, hubungi 081299998888"},
        {
            "nomor_lapor": "5001235",
            "status": "Terverifikasi",
            "klasifikasi": "Aspirasi",
            "kelurahan": "",
            "kategori": "Taman",
        },
        {"nomor_lapor": "5001236", "status": "Terdisposisi", "kategori": "Sampah", "isi": "Sampah menumpuk"},
        {
            "nomor_lapor": "5001237",
            "status": "Proses",
            "instansi": "dinas kesehatan",
            "rahasia": "ya",
            "kode_wilayah": BENDAN,
        },
    )
    assert [one.result for one in take(*rows)] == ["created"] * 4
    again = take(*rows)
    assert [(one.result, "is ticket" in one.reason) for one in again] == [("unchanged", True)] * 4
    first, second, third, fourth = (imported(rt, f"500123{n}") for n in (4, 5, 6, 7))
    assert (first.state, first.number_id, first.area, first.category, first.office) == (
        State.RECEIVED,
        None,
        MEDONO,
        "roads",
        None,
    )
    assert (second.kind, second.state, second.area) == ("proposal", State.VERIFYING, None)
    assert (third.state, third.office, third.course.clock) == (State.FORWARDED, "DLH", Clock.FIRST)
    assert (fourth.office, fourth.is_confidential, fourth.area) == ("DINKES", True, BENDAN)
    assert str(first.course.start) == "2026-11-02"
    for sql in ("SELECT body FROM aspirations", "SELECT body FROM aspiration_events", "SELECT detail::text FROM audit"):
        kept = str(desks.rows(sql))
        assert "99998888" not in kept
        assert "Slamet" not in kept
    acts = desks.rows("SELECT act FROM audit WHERE subject = :of", of=f"ticket:{first.ticket}")
    assert acts == [("import",)]


FAULTS = {
    "no number": ({"nomor_lapor": ""}, "nomor_lapor", "LAPOR's own number"),
    "a number that is none": ({"nomor_lapor": "9" * 41}, "nomor_lapor", "at most"),
    "a ticket with a slip": ({"tiket_kabar": "271-908-8"}, "tiket_kabar", "digits is wrong"),
    "a ticket of nobody": ({"tiket_kabar": "000-000-0"}, "tiket_kabar", "names no ticket"),
    "a day that is none": ({"tanggal": "2/11/2026"}, "tanggal", "2026-11-24"),
    "a number of other letters": ({"nomor_lapor": "№ 5001234"}, "nomor_lapor", "plain letters"),
    "a day of another century": ({"tanggal": "0001-01-01"}, "tanggal", "before 2011"),
    "a day to come": ({"tanggal": "2099-01-01"}, "tanggal", "future"),
    "a kind that is none": ({"klasifikasi": "Pengadaan"}, "klasifikasi", "Permintaan Informasi"),
    "an area that is none": ({"kelurahan": "Medono Kulon"}, "kelurahan", "no area"),
    "a code that is none": ({"kode_wilayah": "33.76"}, "kode_wilayah", "no area"),
    "an office that is none": ({"instansi": "PLN"}, "instansi", "no office"),
    "a question there": ({"status": "Tunda"}, "status", "waits for its reporter"),
    "over there": ({"status": "Selesai (Otomatis)"}, "status", "nothing is left"),
    "a state that is none": ({"status": "Didisposisikan"}, "status", "no counterpart"),
    "neither ya nor tidak": ({"rahasia": "mungkin"}, "rahasia", "ya or tidak"),
    "no words": ({"isi": "  "}, "isi", "empty"),
}


@pytest.mark.parametrize(("cells", "column", "reason"), FAULTS.values(), ids=FAULTS)
def test_a_faulty_row_is_told_with_its_column_and_stops_no_other(
    take: Callable[..., list[Result]], cells: dict[str, str], column: str, reason: str
) -> None:
    good = {"nomor_lapor": "5009999"}
    refused, taken = take(cells, good)
    assert (refused.row, refused.result, refused.column) == (1, "refused", column)
    assert reason in refused.reason
    assert taken == Result(2, "created")


def test_the_numbers_of_lapor_come_home_in_our_own_file(
    rt: Runtime, admin: Official, take: Callable[..., list[Result]], file: File, filing: Make, desks: Officials
) -> None:
    one, other = file(filing("x:1"))[0], file(filing("x:2", words="Sampah menumpuk"))[0]
    casework.act(rt, admin, one.ticket, Act(Verb.VERIFY))
    casework.act(rt, admin, one.ticket, Act(Verb.DECLINE, "Tiang milik PLN", to="PLN"))
    mine, others = show_ticket(one.ticket), show_ticket(other.ticket)
    found = take(
        {"tiket_kabar": mine, "nomor_lapor": "7001234", "status": ""},
        {"tiket_kabar": others, "nomor_lapor": ""},
        {"tiket_kabar": others, "nomor_lapor": "7001234"},
        {"tiket_kabar": mine, "nomor_lapor": "700-2"},
    )
    assert [one.result for one in found] == ["linked", "unchanged", "refused", "refused"]
    assert f"that of ticket {mine}" in found[2].reason
    assert take({"tiket_kabar": mine, "nomor_lapor": "7001234"})[0].result == "unchanged"
    assert "differs" in take({"tiket_kabar": mine, "nomor_lapor": "700-3"})[0].reason
    assert take({"nomor_lapor": "7001234"})[0].result == "unchanged"
    assert {row["tiket_kabar"]: row["nomor_lapor"] for row in exported(rt, admin)} == {mine: "7001234", others: ""}
    told = desks.rows("SELECT body FROM messages WHERE number_id = :id ORDER BY id", id=one.number_id)
    assert [body for (body,) in told if "700-123-4" in body] == [
        f"Tiket {mine} kini bernomor 700-123-4 di SP4N-LAPOR. Anda tdk perlu lapor ulang."
    ]
    assert service.read(rt, admin, mine)["lapor"] == "7001234"


def test_only_an_admin_of_the_whole_city_imports(
    rt: Runtime, desks: Officials, take: Callable[..., list[Result]]
) -> None:
    for role in ("approver", "kim", "lurah", "office", "emergency", "auditor", "dpo"):
        with pytest.raises(Forbidden):
            take({}, by=desks.official(role))
    with pytest.raises(Forbidden):
        take({}, by=desks.official("admin", "33.75.01"))


def test_a_file_without_the_columns_is_none(rt: Runtime, admin: Official, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("nomor_lapor;isi\n1;x\n")
    with pytest.raises(Invalid, match="tanggal, klasifikasi, status"):
        list(lapor.import_csv(rt, admin, tmp_path / "x.csv"))


def test_a_ticket_of_lapor_lives_without_anyone_to_write_to(
    rt: Runtime, admin: Official, take: Callable[..., list[Result]], file: File, filing: Make, desks: Officials
) -> None:
    take({})
    one = imported(rt, "5001234")
    with rt.engine.begin() as conn:
        mine = numbers.ensure(conn, rt.vault, "+6281234567890").id
        alike = follow.find_alike(rt, conn, mine, "complaint", "roads", MEDONO, "lampu jalan mati")
        assert alike
        assert alike.ticket == one.ticket
        assert follow.support(rt, conn, mine, one.ticket, "x:support")
    mine_too = file(filing("x:9", words="Lampu padam semua"))[0]
    for ticket in (one.ticket, mine_too.ticket):
        casework.act(rt, admin, ticket, Act(Verb.VERIFY))
    with pytest.raises(Conflict, match="ask there"):
        casework.act(rt, admin, one.ticket, Act(Verb.ASK, "Di mana?"))
    casework.act(rt, admin, mine_too.ticket, Act(Verb.MERGE, into=show_ticket(one.ticket)))
    casework.act(rt, admin, one.ticket, Act(Verb.FORWARD, office="DPUPR"))
    casework.act(rt, admin, one.ticket, Act(Verb.RESOLVE, "Lampu diganti"))
    assert desks.rows("SELECT count(*) FROM questions WHERE subject = :ticket", ticket=one.ticket) == [(0,)]
    told = [body for (body,) in desks.rows("SELECT body FROM messages WHERE number_id = :id ORDER BY id", id=mine)]
    assert sum("Lampu diganti" in body for body in told) == 1


def test_a_report_from_lapor_can_be_merged_into_a_residents(
    rt: Runtime, admin: Official, take: Callable[..., list[Result]], file: File, filing: Make, desks: Officials
) -> None:
    take({})
    one, mine = imported(rt, "5001234"), file(filing("x:9"))[0]
    casework.act(rt, admin, one.ticket, Act(Verb.VERIFY))
    casework.act(rt, admin, one.ticket, Act(Verb.MERGE, into=show_ticket(mine.ticket)))
    assert desks.rows("SELECT count(*) FROM aspiration_supporters") == [(0,)]
    assert imported(rt, "5001234").state is State.MERGED
    assert parse_ticket(show_ticket(mine.ticket)) == mine.ticket
