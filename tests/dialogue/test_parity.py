"""Every leaf of the tree that changes anything: the same answers by USSD and by SMS leave the same record."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from gateway.information import store as information
from gateway.residents.service import own
from gateway.rumours import service as rumours
from gateway.runtime import Runtime
from gateway.state import sessions
from menus.drafts import effects_of
from menus.layout import lay_out
from menus.loader import standard

from .conftest import MakePhone, Phone

# Words carry a number of their own in each run, so that one run's report is never like the other's.
LAMP, MORE, CLAIM = "lampu mati gg {n}", "dekat mushola {n}", "katanya air minum mati {n} hari"
TO_WORDS = ("2", "1", "1", "1")

# Label, who: `new` to us, `joined`, `stopped`; what is there before: `ticket`, `answered`, `other`'s report; the answers.
LEAVES = [
    ("agree and register", "new", "", ("1", "1", "4")),
    ("information as an SMS", "joined", "", ("1", "2", "1", "1")),
    ("a published result as an SMS", "joined", "", ("4", "1", "1", "1")),
    ("ask whether something is true", "joined", "", ("4", "2", CLAIM)),
    ("check a code", "joined", "", ("4", "3", "B27")),
    ("report a forged message", "joined", "", ("4", "3", "B99", "1")),
    ("write the report by SMS", "joined", "", (*TO_WORDS, "1")),
    ("send a report", "joined", "", (*TO_WORDS, LAMP, "1")),
    ("send a report without one's number", "joined", "", (*TO_WORDS, LAMP, "3")),
    ("send a confidential report", "joined", "", ("2", "4", "2", "1", LAMP, "1")),
    ("send a report for somebody else", "joined", "", ("2", "5", "1", "1", "1", LAMP, "1")),
    ("send a report by landmark", "joined", "", ("2", "1", "1", "3", MORE, LAMP, "1")),
    ("send a proposal for another kelurahan", "joined", "", ("2", "2", "2", "1", "1", LAMP, "1")),
    ("ask a question", "joined", "", ("2", "3", "1", LAMP, "1")),
    ("change the words and send", "joined", "", (*TO_WORDS, LAMP, "2", "lampu padam gg {n}", "1")),
    ("support another's report", "joined", "other", (*TO_WORDS, LAMP, "1")),
    ("send one's own although another's is alike", "joined", "other", (*TO_WORDS, LAMP, "2", "1")),
    ("add to a ticket", "joined", "ticket", ("3", "1", "1", MORE)),
    ("hurry a ticket", "joined", "ticket", ("3", "1", "2")),
    ("say it is done, very pleased", "joined", "answered", ("3", "1", "1", "1")),
    ("say it is done, pleased", "joined", "answered", ("3", "1", "1", "2")),
    ("say it is done, so-so", "joined", "answered", ("3", "1", "1", "3")),
    ("say it is partly done, disappointed", "joined", "answered", ("3", "1", "3", "4")),
    ("say it is not done, and why", "joined", "answered", ("3", "1", "2", MORE)),
    ("move to another kelurahan", "joined", "", ("5", "1", "1", "1")),
    ("drop a topic", "joined", "", ("5", "2", "2")),
    ("drop a topic and take it again", "joined", "", ("5", "2", "2", "2")),
    *(
        (f"speak {option.way.do.args['language']}", "joined", "", ("5", "3", option.key))
        for option in standard().screens["language"].options
        if option.way.do
    ),
    ("a copy of one's data", "joined", "", ("5", "4", "1")),
    ("erase one's data", "joined", "ticket", ("5", "4", "3", "1")),
    ("stop news", "joined", "", ("5", "5", "1")),
    ("stop everything", "joined", "", ("5", "5", "2")),
    ("come back after stopping", "stopped", "", ("5", "6")),
]
# A PIN by SMS would stay on the phone and with the carrier, and officials approve by SMS in one line.
# What is taken up again by dialling was left by dialling.
USSD_ALONE = {"sign_in", "official_code", "official_ticket", "official_words", "official_into", "resume"}
HIT: set[tuple[str, str]] = set()

RECORD = {
    "tickets": """SELECT kind, category, area, landmark, rt, rw, body, state, is_confidential, on_behalf, is_emergency,
                  rating, hurried_at IS NOT NULL FROM aspirations WHERE number_id = :id ORDER BY id""",
    "events": """SELECT e.by, e.verb, e.body FROM aspiration_events e JOIN aspirations a ON a.id = e.aspiration_id
                 WHERE a.number_id = :id ORDER BY e.id""",
    "supports": "SELECT count(*) FROM aspiration_supporters WHERE number_id = :id",
    "resident": "SELECT area, language, topics, state FROM residents WHERE number_id = :id",
    "suppressions": "SELECT scope, route FROM suppressions WHERE number_id = :id ORDER BY scope",
    "consents": "SELECT given, language FROM consents WHERE number_id = :id ORDER BY id",
    "asked": """SELECT kind, subject, payload FROM questions
                WHERE number_id = :id AND closed_at IS NULL AND kind <> 'menu' ORDER BY id""",
    "rumours": """SELECT r.claim, r.area, r.state FROM rumour_askers k JOIN rumours r ON r.id = k.rumour_id
                  WHERE number_id = :id""",
    "forged": "SELECT code FROM forged_codes WHERE number_id = :id",
    "erasures": "SELECT outcome FROM erasures WHERE number_id = :id",
    "language": "SELECT language FROM numbers WHERE id = :id",
    "acts": "SELECT actor, act FROM audit WHERE number_id = :id ORDER BY id",
}


@dataclass
class Run:
    """One person who answers the same things, by one way."""

    phone: Phone
    n: str

    def prepares(self, before: str, other: Phone) -> None:
        words = LAMP.format(n=self.n)
        if before == "other":
            other.writes(f"LAPOR BENDAN KERGON {words}")
        elif before:
            self.phone.writes(f"LAPOR BENDAN KERGON {words}")
            # The guess is confirmed, or a digit would fit this question as well as the menu, and be asked back.
            self.phone.writes("1")
            if before == "answered":
                self.phone.rows("UPDATE aspirations SET state = 'answered' WHERE number_id = :id RETURNING id")

    def record(self) -> dict[str, list[tuple[Any, ...]]]:
        rows = {name: [tuple(row) for row in self.phone.rows(sql)] for name, sql in RECORD.items()}
        tickets = {row.ticket: "ticket" for row in self.phone.tickets}
        return {name: [tuple(self._plain(value, tickets) for value in row) for row in found]
                for name, found in rows.items()}  # fmt: skip

    def _plain(self, value: Any, tickets: dict[str, str]) -> Any:
        return tickets.get(value, value.replace(f" {self.n}", " {n}")) if isinstance(value, str) else value


@pytest.fixture
def known(rt: Runtime, editors: tuple[int, int]) -> None:
    """An item and a published result."""
    author, approver = editors
    with rt.engine.begin() as conn:
        begin, until = rt.now() - timedelta(days=1), rt.now() + timedelta(days=1)
        information.publish(conn, "N12", "services", "33.75", {"id": "Judul"}, {"id": "Isi"}, "Dinsos", author, approver,
                            begin, until, rt.now())  # fmt: skip
        rumours.publish(rt, conn, "bansos lewat link", "salah", "bansos lewat link", "tidak ada", ["KIM", "Dinsos"],
                        author, approver)  # fmt: skip


def note_effect(phone: Phone, typed: str) -> None:
    """Keep which way with an effect this answer is about to take."""
    held, _ = sessions.load(sessions.place(phone.rt.redis, phone.provider, phone.session))
    assert held
    assert held.state
    state, book = held.state, standard()
    screen = book.screens[state.screen]
    found = lay_out(book, screen, state, held.facts).ways.get(typed)
    if found and found[0].do:
        HIT.add((screen.id, "rows" if any(choice.key == typed for choice in state.choices) else typed))
    elif not found and screen.take and screen.take.way.do:
        HIT.add((screen.id, "take"))


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(("who", "before", "answers"), [leaf[1:] for leaf in LEAVES], ids=[leaf[0] for leaf in LEAVES])
def test_ussd_and_sms_leave_the_same_record(
    make_phone: MakePhone, rt: Runtime, who: str, before: str, answers: tuple[str, ...]
) -> None:
    runs = [Run(make_phone(joined=who != "new"), n) for n in ("11", "22")]
    for run in runs:
        if who == "stopped":
            with rt.engine.begin() as conn:
                own.stop(rt, conn, run.phone.id, "id", "ussd", None, everything=False)
        run.prepares(before, make_phone())
    by_ussd, by_sms = runs
    by_ussd.phone.dial()
    for answer in answers:
        said = answer.format(n=by_ussd.n)
        note_effect(by_ussd.phone, said)
        by_ussd.phone.types(said)
    (opening,) = by_sms.phone.writes("MENU")
    assert opening
    for answer in answers:
        sent = by_sms.phone.writes(answer.format(n=by_sms.n))
        assert len(sent) == 1, (answer, sent)
    changed = by_ussd.record()
    assert by_sms.record() == changed


def test_every_way_with_an_effect_was_taken() -> None:
    ways = set()
    for screen in standard().screens.values():
        for path, _ in effects_of(screen):
            key = path[1] if path[0] == "options" else path[0]
            ways.add((screen.id, str(key)))
    assert {way for way in ways if way[0] not in USSD_ALONE} - HIT == set()
