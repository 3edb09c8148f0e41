"""USSD hops over real servers: first dial to ticket, repeated, doubled, reordered and mangled hops, deep dials."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from gateway.db import statement
from gateway.dialogue.hop import Screen, end, hop
from gateway.inbox import store as inbox
from gateway.providers.base import Hop, HopEnd
from gateway.runtime import Runtime
from gateway.state import sessions

from .conftest import MENU, MakePhone, Phone, lose_redis

REPORT = ("2", "1", "1", "1", "lampu mati gg 5 RT 2 RW 3", "1")


def test_from_the_first_dial_to_a_ticket_and_back_to_its_status(make_phone: MakePhone) -> None:
    phone = make_phone(joined=False)
    assert phone.dial().startswith("KIM Kota Pekalongan\nInfo & aspirasi")
    assert phone.types("1", "1", "4").startswith(MENU)
    assert phone.standing == "active"
    assert phone.types(*REPORT).startswith("Terkirim. Tiket ")
    assert phone.screen.ends
    (ticket,) = phone.tickets
    assert (ticket.category, ticket.area, ticket.rt, ticket.rw) == ("roads", "33.75.01.1006", "2", "3")
    (receipt,) = phone.received
    shown = f"{ticket.ticket[:3]}-{ticket.ticket[3:6]}-{ticket.ticket[6:]}"
    assert shown in receipt
    assert shown in phone.screen.text
    assert phone.dial().startswith(MENU)
    assert f"1 {shown} diterima" in phone.types("3")
    assert phone.types("1").startswith(f"{shown} DITERIMA sejak")
    assert phone.types("1", "dekat mushola").startswith("Terima kasih. Keterangan sudah masuk")
    events = phone.rows("SELECT verb, e.body FROM aspiration_events e JOIN aspirations a ON a.id = aspiration_id"
                        " WHERE number_id = :id ORDER BY e.id")  # fmt: skip
    assert [(event.verb, event.body) for event in events] == [("received", None), ("inform", "dekat mushola")]


def at_once(phone: Phone, texts: list[str]) -> list[Screen]:
    """Hops of one session at the same moment, each on a thread of its own."""
    events = [Hop(phone.session, phone.number, text, "*546#") for text in texts]
    with ThreadPoolExecutor(len(events)) as pool:
        return list(pool.map(lambda event: hop(phone.rt, phone.provider, event), events))


SAME = [
    ("the first hop", (), ()),
    ("a screen without effect", ("2",), ("1",)),
    ("the words of a report", ("2", "1", "1", "1"), ("lampu mati",)),
    ("the hop that files a report", ("2", "1", "1", "1", "lampu mati"), ("1",)),
    ("the hop that asks for an SMS to answer", ("2", "1", "1", "1"), ("1",)),
    ("the hop that stops news", ("5", "5"), ("1",)),
]


@pytest.mark.parametrize(("before", "hop_"), [case[1:] for case in SAME], ids=[case[0] for case in SAME])
def test_the_same_hop_twenty_times_at_once_is_one_screen_and_one_effect(
    make_phone: MakePhone, before: tuple[str, ...], hop_: tuple[str, ...]
) -> None:
    phone = make_phone()
    phone.session = "at-once"
    if hop_:
        phone.send("")
        phone.types(*before)
    phone.said += hop_
    screens = at_once(phone, [phone.text] * 20)
    assert len(set(screens)) == 1
    assert "gangguan" not in screens[0].text
    assert len(phone.tickets) == (1 if "Terkirim" in screens[0].text else 0)
    sent = {"Terkirim": 1, "Baik. Sebentar": 1}
    assert len(phone.received) == sum(n for begin, n in sent.items() if screens[0].text.startswith(begin))
    stops = phone.rows("SELECT id FROM consents WHERE number_id = :id AND NOT given")
    assert len(stops) == (1 if screens[0].text.startswith("Anda berhenti") else 0)
    phone.send(phone.text)
    assert phone.screen == screens[0]


def test_two_different_hops_at_once_have_one_effect_between_them(make_phone: MakePhone) -> None:
    for gang in range(5):
        phone = make_phone()
        phone.dial()
        phone.types("2", "1", "1", "1", f"lampu mati gg {gang + 1}")
        at_once(phone, [f"{phone.text}*{key}" for key in ("1", "3", "1", "3")])
        assert len(phone.tickets) == 1
        assert len(phone.received) == 1


def test_stopping_two_ways_at_once_stops_one_way(make_phone: MakePhone) -> None:
    phone = make_phone()
    phone.dial()
    phone.types("5", "5")
    at_once(phone, [f"{phone.text}*{key}" for key in ("1", "2")])
    assert len(phone.rows("SELECT id FROM consents WHERE number_id = :id AND NOT given")) == 1


MANGLED = [
    ("a late copy of an older hop", "2", "LAPOR & USUL"),
    ("a late copy of the first hop", "", MENU),
    ("a shorter text that never came before", "2*1*7", "Tulis singkat"),
    ("another text of the same length", "2*1*1*7", "Tulis singkat"),
    ("a text of somewhere else", "3*3*3*3*3", "Tulis singkat"),
    ("nothing typed", "2*1*1*1*", "Tulis singkat"),
    ("only separators typed", "2*1*1*1****", "Tulis singkat"),
]


@pytest.mark.parametrize(("text", "begins"), [case[1:] for case in MANGLED], ids=[case[0] for case in MANGLED])
def test_a_mangled_text_shows_a_screen_and_the_dialogue_goes_on(make_phone: MakePhone, text: str, begins: str) -> None:
    phone = make_phone()
    phone.dial()
    phone.types("2", "1", "1", "1")
    assert phone.send(text).startswith(begins)
    if len(text) >= len(phone.text):
        # What the company joins the next answers to.
        phone.said = text.split("*")
    assert "'lampu mati'" in phone.types("lampu mati")
    assert phone.types("1").startswith("Terkirim")
    assert [ticket.body for ticket in phone.tickets] == ["lampu mati"]


WORDS = ["lampu * mati", "lampu mati*", "*lampu mati", "lampu **mati**", "a*1", "1*1*1", "lampu*0", "no 2*"]


@pytest.mark.parametrize("words", WORDS)
def test_stars_in_free_text_are_kept(make_phone: MakePhone, words: str) -> None:
    phone = make_phone()
    phone.dial()
    phone.types("2", "1", "1", "1", words)
    assert f"'{words}'" in phone.screen.text
    assert phone.types("1").startswith("Terkirim")
    assert [ticket.body for ticket in phone.tickets] == [words]


def test_stray_separators_around_a_choice_do_not_hide_it(make_phone: MakePhone) -> None:
    phone = make_phone()
    phone.dial()
    assert phone.types("2*").startswith("LAPOR & USUL")
    assert phone.types("*1#").startswith("Masalah apa?")


def test_an_input_of_1600_characters_is_taken_whole_and_the_dialogue_goes_on(make_phone: MakePhone) -> None:
    phone = make_phone()
    phone.dial()
    phone.types("2", "1", "1", "1")
    words = ("lampu mati " * 200)[:1600].strip()
    assert phone.types(words).startswith("Jalan/lampu, Bendan Kergon: 'lampu mati")
    assert phone.types("1").startswith("Terkirim")
    assert [ticket.body for ticket in phone.tickets] == [words]
    assert phone.dial("9" * 25_000).startswith(MENU)


def test_an_identity_number_is_masked_before_anything_is_kept_and_the_person_warned(
    make_phone: MakePhone, rt: Runtime
) -> None:
    phone = make_phone()
    phone.dial()
    phone.types("2", "1", "1", "1", "KTP saya 3375-0101-0101-0001 belum jadi")
    assert "[NIK]" in phone.screen.text
    with rt.engine.begin() as conn:
        kept = str(conn.execute(statement("SELECT state FROM ussd_sessions")).all())
    held = b"".join(b"".join(rt.redis.hgetall(key).values()) for key in rt.redis.scan_iter("hops:*"))
    assert "[NIK]" in kept
    for trace in (kept, held.decode()):
        assert "0101-0001" not in trace
    phone.types("1")
    receipt, warning = phone.received
    assert receipt.startswith("Tiket")
    assert warning.startswith("Demi keamanan")


DEEP = [
    ("into the reports", "2", "LAPOR & USUL", "1", "Masalah apa?"),
    ("to the place of a report, the last step before words", "2*1*1", "Di mana masalahnya?", "1", "Tulis singkat"),
    ("never onto free text", "2*1*1*1*lampu*1", "Di mana masalahnya?", "1", "Tulis singkat"),
    ("never into the account", "5*5*1", MENU, "2", "LAPOR & USUL"),
    ("only separators", "****", MENU, "2", "LAPOR & USUL"),
    ("nonsense", "halo*halo", MENU, "2", "LAPOR & USUL"),
]


@pytest.mark.parametrize("is_flushed", [False, True], ids=["with Redis", "flushed after every hop"])
@pytest.mark.parametrize(("dialled", "shown", "then", "leads"), [c[1:] for c in DEEP], ids=[c[0] for c in DEEP])
def test_a_deep_dial_reads_and_never_acts(
    make_phone: MakePhone, rt: Runtime, dialled: str, shown: str, then: str, leads: str, is_flushed: bool
) -> None:
    phone = make_phone()
    for _ in range(2):
        assert phone.dial(dialled).startswith(shown)
        for _ in range(3):
            if is_flushed:
                lose_redis(rt)
            assert phone.send(phone.text).startswith(shown)
        assert phone.types(then).startswith(leads)
    assert (phone.standing, phone.tickets, phone.received) == ("active", [], [])


def test_a_deep_dial_sent_twenty_times_at_once_never_acts(make_phone: MakePhone) -> None:
    phone = make_phone()
    phone.session = "deep"
    screens = at_once(phone, ["5*5*1"] * 20)
    assert {screen.text[: len(MENU)] for screen in screens} == {MENU}
    assert phone.standing == "active"


def test_a_session_leaves_one_row_of_facts_for_a_day(make_phone: MakePhone, rt: Runtime, clock: Any) -> None:
    phone = make_phone()
    phone.dial()
    phone.types("2", "1")
    rows = phone.rows("SELECT session_id, facts, state FROM ussd_sessions WHERE number_id = :id")
    assert [(row.session_id, row.facts["area_name"], row.state) for row in rows] == [
        (phone.session, "Bendan Kergon", None)
    ]
    end(rt, phone.provider, HopEnd(phone.session, None, "Success"))
    (row,) = phone.rows("SELECT ended_at, status FROM ussd_sessions WHERE number_id = :id")
    assert (row.ended_at, row.status) == (clock.moment, "Success")
    clock.ahead(hours=23)
    with rt.engine.begin() as conn:
        assert inbox.drop_old_sessions(conn, rt.now()) == 0
    clock.ahead(hours=2)
    with rt.engine.begin() as conn:
        assert inbox.drop_old_sessions(conn, rt.now()) == 1


def test_an_ended_report_keeps_no_words(make_phone: MakePhone) -> None:
    phone = make_phone()
    phone.dial()
    phone.types(*REPORT)
    (row,) = phone.rows("SELECT state FROM ussd_sessions WHERE number_id = :id")
    assert "lampu" not in str(row.state)


def test_a_whole_dialogue_told_again_gives_the_same_screens_and_no_second_effect(make_phone: MakePhone) -> None:
    phone = make_phone()
    for flush in (False, True):
        texts = [""] + ["*".join(REPORT[:at]) for at in range(1, len(REPORT) + 1)]
        phone.session = f"twice-{flush}"
        before = len(phone.tickets)
        first = [phone.send(text) for text in texts]
        if flush:
            lose_redis(phone.rt)
            assert phone.send(texts[-1]) == first[-1]
        assert [phone.send(text) for text in texts] == first
        assert len(phone.tickets) == before + 1
        phone.rt.now.ahead(minutes=11)  # type: ignore[attr-defined]


def test_an_id_given_again_after_an_end_begins_over(make_phone: MakePhone) -> None:
    phone = make_phone()
    phone.session = "reused"
    phone.send("")
    phone.types(*REPORT)
    phone.said = []
    phone.send("")
    assert phone.types("5", "5", "1").startswith("Anda berhenti")
    assert phone.standing == "stopped"


def test_a_session_that_cannot_be_read_begins_at_home_with_a_line(make_phone: MakePhone, rt: Runtime) -> None:
    phone = make_phone()
    phone.dial()
    phone.types("2", "1", "1", "1")
    lose_redis(rt)
    phone.rows("UPDATE ussd_sessions SET state = jsonb_build_object('no', 'state') WHERE number_id = :id RETURNING 1")
    assert phone.types("lampu mati").startswith("Sesi tadi terputus. Mulai dari awal.\n1 Info warga")
    assert phone.types("2").startswith("LAPOR & USUL")


def test_an_unknown_fault_ends_with_an_apology(rt: Runtime, make_phone: MakePhone) -> None:
    phone = make_phone(joined=False, tools=replace(rt, vault=None))  # type: ignore[arg-type]
    phone.session = "broken"
    assert phone.send("").startswith("Maaf, layanan sedang terganggu")
    assert phone.screen.ends


def test_a_hop_on_the_screen_this_process_showed_asks_redis_once(
    make_phone: MakePhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = make_phone()
    phone.dial()
    asked: list[str] = []
    trip = sessions.trip

    def counted(redis: Any, *command: str) -> Any:
        asked.append(command[0])
        return trip(redis, *command)

    monkeypatch.setattr(sessions, "trip", counted)
    assert phone.types("1").startswith("INFO WARGA")
    assert asked == ["EVALSHA"]
    phone.send(phone.text)
    assert asked == ["EVALSHA", "HMGET"], "a repeated hop is answered from what is kept"
