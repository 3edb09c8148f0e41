"""What each role may see of a ticket and do to it, cell by cell, by API, SMS and USSD; and that no door shows a number."""

from typing import Any

import pytest

from gateway.aspirations import service
from gateway.aspirations.rules import Filing, State, Verb
from gateway.db import statement
from gateway.kernel.codes import show_ticket
from gateway.numbers import store as numbers
from gateway.runtime import Runtime
from gateway.web.app import create_app
from tests.dialogue.conftest import Phone
from tests.dialogue.officer import Officer

MEDONO, TIRTO, CITY = "33.75.01.1002", "33.75.01.1009", "33.75"
NUMBER = "+6281234567890"
# yes: may; no: 403; held: only where the ticket is theirs; gone: 404. Columns as VERBS.
VERBS = (Verb.VERIFY, Verb.ASK, Verb.FORWARD, Verb.DECLINE, Verb.TAKE, Verb.START, Verb.REPLY, Verb.RESOLVE, Verb.MERGE,
         Verb.ARCHIVE, Verb.REOPEN)  # fmt: skip
TABLE = """
    role        area     verify ask  forward decline take start reply resolve merge archive reopen
    admin       33.75    yes    yes  yes     yes     no   yes   yes   yes     yes   yes     yes
    admin       33.75.02 gone   gone gone    gone    gone gone  gone  gone    gone  gone    gone
    approver    33.75    no     no   no      no      no   no    no    no      no    no      no
    kim         MEDONO   yes    yes  no      yes     yes  held  held  held    yes   yes     yes
    kim         TIRTO    gone   gone gone    gone    gone gone  gone  gone    gone  gone    gone
    kim         33.75    yes    yes  no      yes     yes  held  held  held    yes   yes     yes
    lurah       MEDONO   yes    yes  no      yes     yes  held  held  held    yes   yes     yes
    lurah       33.75.01 yes    yes  no      yes     yes  held  held  held    yes   yes     yes
    lurah       TIRTO    gone   gone gone    gone    gone gone  gone  gone    gone  gone    gone
    office      33.75    hers   hers hers    hers    hers held  held  held    hers  hers    hers
    emergency   33.75    no     no   no      no      no   no    no    no      no    no      no
    auditor     33.75    gone   gone gone    gone    gone gone  gone  gone    gone  gone    gone
    dpo         33.75    gone   gone gone    gone    gone gone  gone  gone    gone  gone    gone
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()[1:]]
FROM = {
    Verb.VERIFY: State.RECEIVED, Verb.ASK: State.VERIFYING, Verb.FORWARD: State.VERIFYING, Verb.DECLINE: State.VERIFYING,
    Verb.TAKE: State.VERIFYING, Verb.START: State.FORWARDED, Verb.REPLY: State.FORWARDED, Verb.RESOLVE: State.FORWARDED,
    Verb.MERGE: State.VERIFYING, Verb.ARCHIVE: State.VERIFYING, Verb.REOPEN: State.CLOSED,
}  # fmt: skip
ORDERS = {
    Verb.VERIFY: "TERIMA {t}", Verb.ASK: "TUNDA {t} Di mana?", Verb.FORWARD: "TERUSKAN {t} DLH",
    Verb.DECLINE: "BUKAN {t} PLN # Tiang milik PLN", Verb.TAKE: "AMBIL {t}", Verb.START: "MULAI {t}",
    Verb.REPLY: "BALAS {t} Besok", Verb.RESOLVE: "SELESAI {t} Beres", Verb.MERGE: "GABUNG {t} {into}",
    Verb.ARCHIVE: "ARSIPKAN {t} Ganda", Verb.REOPEN: "BUKA {t} Belum",
}  # fmt: skip
BODIES: dict[Verb, dict[str, str]] = {
    Verb.ASK: {"question": "Di mana?"}, Verb.FORWARD: {"office": "DLH"}, Verb.DECLINE: {"to": "PLN", "text": "Tiang PLN"},
    Verb.REPLY: {"text": "Besok"}, Verb.RESOLVE: {"text": "Beres"}, Verb.MERGE: {"into": "{into}"},
    Verb.ARCHIVE: {"text": "Ganda"}, Verb.REOPEN: {"text": "Belum"},
}  # fmt: skip
# The option of the USSD screen behind which an act lies; those of MORE stand on one of their own, behind 8.
OPTIONS = {Verb.VERIFY: "1", Verb.TAKE: "2", Verb.FORWARD: "3", Verb.START: "4", Verb.REPLY: "5", Verb.RESOLVE: "6",
           Verb.ASK: "7", Verb.REOPEN: "1"}  # fmt: skip
MORE = {Verb.ARCHIVE: "1", Verb.DECLINE: "2", Verb.MERGE: "3"}
WORDS = {Verb.VERIFY: (), Verb.TAKE: (), Verb.FORWARD: (), Verb.START: (), Verb.DECLINE: ("PLN", "Tiang PLN"),
         Verb.MERGE: ("{into}",)}  # fmt: skip


class Case:
    """A ticket in Medono in any state, and an official who tries to act on it."""

    def __init__(self, rt: Runtime, role: str, area: str) -> None:
        self.rt = rt
        area = {"MEDONO": MEDONO, "TIRTO": TIRTO}.get(area, area)
        self.officer = Officer(rt, role, area, office="DPUPR" if role == "office" else None)
        self.client = create_app(rt).test_client()
        self.phone = Phone(rt, self.officer.number)
        self.phone.joins()
        self.ticket, self.into = self.file("satu"), self.file("dua")

    def file(self, words: str) -> str:
        with self.rt.engine.begin() as conn:
            id = numbers.ensure(conn, self.rt.vault, NUMBER).id
            filing = Filing("complaint", "roads", MEDONO, words, is_confidential=False, channel="sms", cause=words)
            return service.file(self.rt, conn, id, filing)[0].ticket

    def put(self, state: State, *, held: bool) -> None:
        """In that state, in the official's own hands or in another office's."""
        role = self.officer.official.role
        office = "DPUPR" if held and role == "office" else None if held else "DLH"
        held_by = self.officer.id if held and role != "office" else None
        with self.rt.engine.begin() as conn:
            conn.execute(
                # Late, so that it stands in a list of everyone who may see it.
                statement("UPDATE aspirations SET state = :state, office = :office, held_by = :held_by, merged_into = NULL,"
                          " due = '2026-11-03', clock = 'first', clock_from = '2026-10-27', clock_days = 5"
                          " WHERE ticket = :ticket"),
                {"state": state, "office": office, "held_by": held_by, "ticket": self.ticket},
            )  # fmt: skip

    @property
    def state(self) -> str:
        with self.rt.engine.begin() as conn:
            found = conn.execute(statement("SELECT state FROM aspirations WHERE ticket = :t"), {"t": self.ticket})
            return str(found.scalar_one())

    def calls(self, verb: Verb) -> int:
        body = {name: value.format(into=self.into) for name, value in BODIES.get(verb, {}).items()}
        headers = {"Authorization": f"Bearer {self.officer.token}"}
        path = f"/api/v1/aspirations/{show_ticket(self.ticket)}/{verb}"
        return self.client.post(path, json=body, headers=headers).status_code

    def writes(self, verb: Verb) -> str:
        order = ORDERS[verb].format(t=show_ticket(self.ticket), into=show_ticket(self.into))
        self.rt.now.ahead(minutes=16)  # type: ignore[attr-defined]
        return self.officer.does(order)

    def dials(self) -> str:
        """The ticket's screen behind the PIN, found in either list; empty where it is in none."""
        phone = self.phone
        for which in ("1", "2"):
            phone.dial()
            listed = phone.types("8", self.officer.pin, which)
            for line in listed.splitlines():
                if show_ticket(self.ticket) in line:
                    return phone.types(line[0])
        return ""


def expected(cell: str, *, held: bool) -> int:
    match cell:
        case "yes":
            return 200
        case "held":
            return 200 if held else 403
        case "no":
            return 403
        case "hers":
            return 403 if held else 404
        case _:
            return 404


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]} of {row[1]}" for row in ROWS])
def test_every_cell_by_every_door(rt: Runtime, row: list[str]) -> None:
    role, area, *cells = row
    case = Case(rt, role, area)
    said = {key: rt.say(f"desk.{key}", {"ticket": show_ticket(case.ticket)}, "id") for key in ("gone", "role")}
    for verb, cell in zip(VERBS, cells, strict=True):
        for held in (False, True):
            status = expected(cell, held=held)
            if role == "office" and cell == "held" and not held:
                # What lies with another office does not exist for this one.
                status = 404
            case.put(FROM[verb], held=held)
            assert case.calls(verb) == status, (verb, held, "api")
            assert (case.state == FROM[verb]) is (status != 200 or verb is Verb.REPLY)
            case.put(FROM[verb], held=held)
            answer = case.writes(verb)
            assert (answer == said["gone"]) is (status == 404), (verb, held, answer)
            assert (answer == said["role"]) is (status == 403), (verb, held, answer)
            assert (case.state == FROM[verb]) is (status != 200 or verb is Verb.REPLY), (verb, held, "sms")


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]} of {row[1]}" for row in ROWS])
def test_the_screen_offers_what_may_be_done_and_does_it(rt: Runtime, row: list[str]) -> None:
    role, area, *cells = row
    case = Case(rt, role, area)
    # Whoever sees nothing sees nothing of anything.
    few = 1 if set(cells) == {"gone"} else len(cells)
    for verb, cell in list(zip(VERBS, cells, strict=True))[:few]:
        for held in (False, True):
            case.put(FROM[verb], held=held)
            shown = case.dials()
            status = expected(cell, held=held)
            if role == "office":
                # An office's lists hold what it is to work on.
                assert bool(shown) is (held and FROM[verb] is State.FORWARDED), (verb, held)
            else:
                assert bool(shown) is (status != 404), (verb, held)
            if verb in MORE and "\n8 " in shown:
                shown = case.phone.types("8")
            option = MORE.get(verb) or OPTIONS[verb]
            is_there = verb not in MORE or shown.startswith(f"{show_ticket(case.ticket)}: mau diapakan?")
            offered = is_there and any(line.startswith(f"{option} ") for line in shown.splitlines()[1:])
            assert offered is (status == 200 and bool(shown)), (verb, held, shown)
            if offered:
                words = (word.format(into=case.into) for word in WORDS.get(verb, ("Beres",)))
                done = case.phone.types(option, *words)
                assert done.startswith(f"{show_ticket(case.ticket)} sekarang "), (verb, held, done)
                assert (case.state == FROM[verb]) is (verb is Verb.REPLY), (verb, held, "ussd")


def test_what_is_refused_in_words_stays_as_it_is(rt: Runtime) -> None:
    case = Case(rt, "kim", MEDONO)
    for answers in (("2", "", "Tiang PLN"), ("2", "PLN" * 20, "Tiang PLN"), ("2", "PLN", "a" * 151), ("3", "2719089"),
                    ("3", "{t}"), ("1", "a" * 151)):  # fmt: skip
        case.put(State.VERIFYING, held=False)
        case.dials()
        shown = case.phone.types("8", *(answer.format(t=case.ticket) for answer in answers))
        assert "sekarang" not in shown
        assert case.state == State.VERIFYING, answers


def test_a_closed_ticket_is_found_by_its_number_and_opened_again(rt: Runtime) -> None:
    # Both before anyone dials: whose numbers are officials' is remembered for some seconds.
    case, other = Case(rt, "kim", MEDONO), Case(rt, "kim", TIRTO)
    rows = case.phone.rows("UPDATE aspirations SET state = 'closed', due = NULL, clock = NULL RETURNING ticket")
    assert len(rows) == 2
    assert case.dials() == ""
    case.phone.dial()
    case.phone.types("8", case.officer.pin, "5")
    assert case.phone.types(case.ticket).startswith(f"{show_ticket(case.ticket)} SELESAI sejak")
    assert case.phone.types("1", "Belum beres").startswith(f"{show_ticket(case.ticket)} sekarang DIBUKA LAGI.")
    assert any("Belum beres" in body for body in Phone(rt, NUMBER).received)
    other.phone.dial()
    assert other.phone.types("8", other.officer.pin, "5", case.ticket).startswith("Tiket itu tidak ada")


def test_ussd_acts_are_done_once_and_stand_in_the_trail(rt: Runtime) -> None:
    case = Case(rt, "kim", MEDONO)
    phone = case.phone
    phone.dial()
    phone.types("8", case.officer.pin, "1", "1")
    assert phone.types("1").startswith(f"{show_ticket(case.ticket)} sekarang DIPERIKSA.")
    assert phone.send(phone.text).startswith(f"{show_ticket(case.ticket)} sekarang DIPERIKSA.")
    rows = phone.rows(
        "SELECT channel FROM (SELECT detail->>'channel' AS channel, id FROM audit WHERE act = 'verify') a"
    )
    assert [row.channel for row in rows] == ["ussd"]
    phone.dial()
    phone.types("8", case.officer.pin, "1", "1")
    assert phone.types("7", "Gang berapa?").startswith(f"{show_ticket(case.ticket)} sekarang PERLU INFO.")
    assert any("Gang berapa?" in body for body in Phone(rt, NUMBER).received)
    phone.dial()
    # The one that was asked about has left the list.
    assert show_ticket(case.into) in phone.types("8", case.officer.pin, "1", "1")


@pytest.mark.parametrize("role", ["admin", "approver", "kim", "lurah", "office", "emergency"])
def test_no_door_shows_a_number(rt: Runtime, role: str, capsys: pytest.CaptureFixture[str]) -> None:
    case = Case(rt, role, MEDONO if role in ("kim", "lurah") else CITY)
    with rt.engine.begin() as conn:
        conn.execute(statement("UPDATE aspirations SET is_confidential = true"))
    case.put(State.FORWARDED, held=True)
    headers = {"Authorization": f"Bearer {case.officer.token}"}
    seen: list[Any] = [
        case.client.get("/api/v1/aspirations", headers=headers).text,
        case.client.get(f"/api/v1/aspirations/{case.ticket}", headers=headers).text,
        case.officer.says("TIKET"),
        case.officer.says(f"TIKET {case.ticket}"),
        case.writes(Verb.RESOLVE),
        case.dials(),
        *case.officer.received,
    ]
    assert show_ticket(case.ticket) in seen[0]
    text = " ".join(seen)
    for tail in ("81234567890", "1234567890", "4567890", "7890"):
        assert tail not in text
