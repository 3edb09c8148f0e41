"""What people are told of a claim they asked about: once, in time, in their language, the label first, corrections too."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.db import statement
from gateway.kernel.calendar import Quiet, quiet_until
from gateway.kernel.text import is_gsm7, septets
from gateway.numbers import store as numbers
from gateway.outbox.service.post import quiet
from gateway.rumours import store, tell, view
from gateway.rumours.rules import first_word_due, show_claim
from gateway.runtime import Runtime
from tests.desks import BENDAN, MEDONO, PONCOL
from tests.rumours.conftest import Desk

CLAIM = "rob 3 meter malam ini"
WIB = timedelta(hours=7)


def wib(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - WIB


DUE = [
    ("in the morning", wib(4, 9), wib(4, 11, 55)),
    ("so late that it just fits", wib(4, 17), wib(4, 19, 55)),
    ("in the evening, the rest in the morning", wib(4, 18), wib(5, 8, 55)),
    ("in the night", wib(4, 22), wib(5, 10, 55)),
    ("before work", wib(4, 5), wib(4, 10, 55)),
    ("so that it would fall into Friday noon", wib(6, 9), wib(6, 11, 25)),
    ("on Friday, past noon", wib(6, 10, 30), wib(6, 13, 25)),
    ("at the last moment of the day", wib(4, 20), wib(5, 10, 55)),
]


@pytest.mark.parametrize(("asked", "due"), [case[1:] for case in DUE], ids=[case[0] for case in DUE])
def test_when_a_first_word_is_due(rt: Runtime, asked: datetime, due: datetime) -> None:
    assert first_word_due(asked, timedelta(hours=3), rt.settings.rumour_hours, quiet(rt)) == due


@given(minutes=st.integers(0, 60 * 24 * 14))
def test_a_first_word_is_never_due_in_quiet_hours_nor_later_than_promised(minutes: int) -> None:
    from datetime import time
    from zoneinfo import ZoneInfo

    calm = Quiet(ZoneInfo("Asia/Jakarta"), (time(20), time(8)), (time(11, 30), time(13)))
    asked = wib(1, 0) + timedelta(minutes=minutes)
    due = first_word_due(asked, timedelta(hours=3), (time(8), time(20)), calm)
    assert due >= asked
    assert due == asked or quiet_until(due, calm) is None
    open_minutes = sum(
        8 <= (asked + timedelta(minutes=at) + WIB).hour < 20 for at in range(int((due - asked).total_seconds() // 60))
    )
    assert open_minutes <= 180


def test_everyone_who_asked_is_told_once_in_their_language_with_the_label_first(hoax: Desk, clock: Any) -> None:
    with hoax.rt.engine.begin() as conn:
        numbers.set_language(conn, numbers.ensure(conn, hoax.rt.vault, "+6281234000002").id, "jv")
    claim = hoax.ask(1, CLAIM)
    hoax.ask(2, CLAIM)
    hoax.ask(2, CLAIM)
    hoax.publish(claim)
    assert hoax.sent(1) == [], "the desk decides, the clock tells"
    assert tell.tick(hoax.rt) >= 2
    assert tell.tick(hoax.rt) == 0
    (mine,), (theirs,) = hoax.sent(1), hoax.sent(2)
    assert mine == (f"{show_claim(claim.number)} SALAH (hoax): rob 3 meter malam ini. Fakta: rob kira-kira 40 cm."
                    " Cek 4/11 BMKG & Mafindo. Boleh diteruskan.")  # fmt: skip
    assert "KLENTU (hoax)" in theirs
    for text in (mine, theirs):
        assert is_gsm7(text)
        assert septets(text) <= 160
        assert text.index("(hoax)") < text.index("rob 3 meter")


def test_a_correction_reaches_those_who_were_told_and_those_who_were_answered_at_once(hoax: Desk) -> None:
    claim = hoax.ask(1, CLAIM)
    hoax.publish(claim)
    tell.tick(hoax.rt)
    hoax.ask(2, CLAIM)
    hoax.publish(claim, "MENYESATKAN", "rob naik 80 cm")
    hoax.ask(3, CLAIM)
    tell.tick(hoax.rt)
    assert [len(hoax.sent(at)) for at in (1, 2, 3)] == [2, 1, 0]
    for at in (1, 2):
        assert hoax.sent(at)[-1].startswith(f"RALAT: {show_claim(claim.number)} MENYESATKAN")


def test_what_answers_a_question_of_this_half_hour_goes_at_night_and_the_rest_waits_for_the_morning(
    hoax: Desk, clock: Any
) -> None:
    clock.at(wib(4, 21))
    claim = hoax.ask(1, CLAIM)
    clock.ahead(minutes=40)
    hoax.ask(2, CLAIM)
    hoax.publish(claim)
    tell.tick(hoax.rt)
    first, second = (
        hoax.rows("SELECT not_before FROM messages WHERE number_id = :id", id=hoax.number(at))[0].not_before
        for at in (1, 2)
    )
    assert (first, second) == (wib(5, 8), None)


def test_a_first_word_comes_in_time_once_and_the_desk_is_warned_an_hour_before(hoax: Desk, clock: Any) -> None:
    kim, far = hoax.official("kim", BENDAN), hoax.official("kim", PONCOL)
    claim = hoax.ask(1, CLAIM, BENDAN)
    clock.ahead(minutes=114)
    assert tell.tick(hoax.rt) == 0
    clock.ahead(minutes=1)
    tell.tick(hoax.rt)
    warned = hoax.rows("SELECT number_id, body FROM messages")
    assert [row.number_id for row in warned] == [kim.number_id]
    assert far.number_id not in [row.number_id for row in warned]
    assert show_claim(claim.number) in warned[0].body
    clock.ahead(minutes=60)
    tell.tick(hoax.rt)
    (word,) = hoax.sent(1)
    assert word.startswith(f"{show_claim(claim.number)} SEDANG DICEK: {CLAIM}")
    clock.ahead(minutes=600)
    assert tell.tick(hoax.rt) == 0, "neither is said again"
    late = hoax.ask(2, CLAIM)
    assert late.first_word_at, "who asks now is answered with it"
    hoax.publish(claim)
    tell.tick(hoax.rt)
    assert [len(hoax.sent(at)) for at in (1, 2)] == [2, 1]
    assert not hoax.sent(1)[-1].startswith("RALAT"), "a first word is no result that was wrong"


def test_a_verdict_in_time_makes_a_first_word_needless(hoax: Desk, clock: Any) -> None:
    claim = hoax.ask(1, CLAIM)
    hoax.publish(claim)
    tell.tick(hoax.rt)
    clock.ahead(hours=5)
    tell.tick(hoax.rt)
    assert len(hoax.sent(1)) == 1


@pytest.mark.parametrize(
    ("label", "asks", "spreads"),
    [
        ("nine numbers", [(at, "") for at in range(9)], False),
        ("ten numbers", [(at, "") for at in range(10)], True),
        ("one number ten times", [(1, BENDAN)] * 10, False),
        ("two kelurahan", [(1, BENDAN), (2, MEDONO), (3, MEDONO)], False),
        ("three kelurahan", [(1, BENDAN), (2, MEDONO), (3, PONCOL)], True),
    ],
)
def test_an_outbreak_alarms_the_desk_once(hoax: Desk, label: str, asks: list[tuple[int, str]], spreads: bool) -> None:
    admin = hoax.official("admin")
    for at, area in asks:
        claim = hoax.ask(at, CLAIM, area)
    tell.tick(hoax.rt)
    hoax.ask(*asks[0][:1], CLAIM)
    tell.tick(hoax.rt)
    alarms = hoax.rows("SELECT body FROM messages WHERE number_id = :id", id=admin.number_id)
    assert len(alarms) == spreads, label
    if spreads:
        assert alarms[0].body.startswith(f"WASPADA HOAX {show_claim(claim.number)}: ditanya")


def test_thousands_are_told_in_parts_each_once(hoax: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tell, "CHUNK", 3)
    for at in range(8):
        claim = hoax.ask(at, CLAIM)
    hoax.publish(claim)
    tell.tick(hoax.rt)
    assert [len(hoax.sent(at)) for at in range(8)] == [1] * 8


def test_somebody_erased_is_told_nothing(hoax: Desk) -> None:
    claim = hoax.ask(1, CLAIM)
    hoax.ask(2, CLAIM)
    with hoax.rt.engine.begin() as conn:
        store.forget(conn, hoax.number(1))
    hoax.publish(claim)
    tell.tick(hoax.rt)
    assert hoax.sent(1) == []
    assert len(hoax.sent(2)) == 1
    with hoax.rt.engine.begin() as conn:
        assert conn.execute(statement("SELECT askers FROM rumours")).scalar_one() == 1


@pytest.mark.parametrize("language", ["id", "jv", "en"])
@pytest.mark.parametrize("label", ["SALAH", "MENYESATKAN", "BENAR", "BELUM TERBUKTI"])
def test_a_script_says_the_label_before_the_claim_in_half_a_minute(hoax: Desk, label: str, language: str) -> None:
    claim = hoax.ask(1, CLAIM)
    hoax.publish(claim, label)
    script = view.script(hoax.rt, hoax.official("lurah", BENDAN), show_claim(claim.number), language)
    assert script.index(".") < script.index(CLAIM)
    assert len(script.split()) <= 75, "two and a half words a second"
    assert "BMKG & Mafindo" in script
