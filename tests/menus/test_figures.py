"""Texts say what the settings are: every figure in every text that names it, at its widest, and one of a thing as one."""

import dataclasses
from collections.abc import Mapping

import pytest

from config.figures import spoken
from config.settings import Settings, SettingsError
from menus.book import Book
from menus.lengths import longest
from menus.loader import standard
from menus.render import render

SETTING = {
    "ussd": ("USSD_CODE", "*12*3456#", "*12*34567#1"),
    "number": ("SMS_NUMBER", "+628123456789012", "+6281234567890123"),
    "tariff": ("TARIFF", "Rp350-500 tiap SMS", "Rp350-500 tiap SMS."),
    "cap": ("ROUTINE_PER_WEEK", "99", "100"),
    **{f"{name}_days": ("CASEWORK_DAYS", f"{name}=99", f"{name}=100")
       for name in ("verify", "done", "again", "info", "close", "reopen", "outer")},
    "first_word": ("RUMOUR_FIRST_WORD", "1439m", "1441m"),
    "rumour_hours": ("RUMOUR_HOURS", "10:30-23:59", "10:30-24:00"),
}  # fmt: skip
"""By slot: its setting, the longest value, and one that is refused."""
DERIVED = {"weekly"}

OTHERWISE = {
    "CASEWORK_DAYS": "verify=4,first=6,done=15,again=2,info=11,close=12,reopen=31,outer=61",
    "RUMOUR_FIRST_WORD": "5h", "RUMOUR_HOURS": "07:00-21:30", "ROUTINE_PER_WEEK": "5", "TARIFF": "Rp350/SMS",
    "USSD_CODE": "*777*12#", "SMS_NUMBER": "1777",
}  # fmt: skip
WORDS: Mapping[str, Mapping[str, str]] = {
    "id": {"working_day": "hari kerja", "day": "hari", "hour": "jam", "weekly": "Maks 5 kabar seminggu"},
    "jv": {"working_day": "dinten kerja", "day": "dinten", "hour": "jam", "weekly": "Paling kathah 5 kabar saminggu"},
    "en": {"working_day": "working days", "day": "days", "hour": "hours", "weekly": "At most 5 messages a week"},
}


def load(**written: str) -> Settings:
    return Settings.load({"GATEWAY_MODE": "development", "GATEWAY_DATA_DIR": "/nonexistent"} | written)


def shown(language: str) -> dict[str, str]:
    """What each slot has to show under `OTHERWISE`."""
    words = WORDS[language]
    return {
        "ussd": "*777*12#", "number": "1777", "tariff": "Rp350/SMS", "cap": "5", "weekly": words["weekly"],
        "verify_days": f"4 {words['working_day']}", "done_days": f"15 {words['working_day']}",
        "again_days": f"2 {words['working_day']}", "info_days": f"11 {words['day']}", "close_days": f"12 {words['day']}",
        "reopen_days": f"31 {words['day']}", "outer_days": f"61 {words['day']}",
        "outer_days_loud": f"61 {words['day']}".upper(), "first_word": f"5 {words['hour']}", "rumour_hours": "7-21.30",
    }  # fmt: skip


@pytest.mark.parametrize("language", ["id", "jv", "en"])
def test_every_text_that_names_a_figure_shows_the_one_that_is_set(language: str) -> None:
    plain = standard()
    bound, wanted = plain.bound(spoken(load(**OTHERWISE))), shown(language)
    slots = longest(plain.slots, plain.texts, language) | {"text": "x", "to": "x"}
    seen = set()
    for key in plain.texts:
        for name in plain.texts.names_of(key, language) & wanted.keys():
            assert wanted[name] in render(bound, key, slots, language), (key, name)
            seen.add(name)
    assert seen == wanted.keys()
    assert not any(bound.texts.names_of(key, language) & wanted.keys() for key in bound.texts)


@pytest.mark.parametrize("name", sorted(SETTING))
def test_a_slot_is_as_wide_as_its_setting_may_get(name: str) -> None:
    setting, widest, too_much = SETTING[name]
    slot, value = standard().slots[name], spoken(load(**{setting: widest}))[name]
    number, _, unit = value.partition(" ")
    assert len(number if unit in slot.units else value) <= slot.width
    with pytest.raises(SettingsError, match=f"^{setting}: "):
        load(**{setting: too_much})


def test_every_figure_is_a_slot_that_this_table_knows() -> None:
    assert spoken(load()).keys() == SETTING.keys() | DERIVED
    for name, slot in standard().slots.items():
        assert not slot.units or (slot.like or name) in SETTING, name


TOLD = [
    ("ninety minutes are no hours", {"RUMOUR_FIRST_WORD": "90m"}, "rumour_taken.text", "en", "within 90 minutes (8-20h)"),
    ("a minute", {"RUMOUR_FIRST_WORD": "60s"}, "rumour_taken.text", "en", "within 1 minute (8-20h)"),
    ("an hour", {"RUMOUR_FIRST_WORD": "1h"}, "rumour_taken.text", "en", "within 1 hour (8-20h)"),
    ("half past", {"RUMOUR_HOURS": "07:30-19:05"}, "rumour_taken.text", "id", "maks 3 jam (jam 7.30-19.05)"),
    ("one day", {"CASEWORK_DAYS": "verify=1"}, "sms.place_set", "en", "Checked within 1 working day."),
    ("one day in Javanese", {"CASEWORK_DAYS": "verify=1"}, "sms.place_set", "jv", "paling dangu 1 dinten kerja."),
    ("leading noughts are none", {"CASEWORK_DAYS": "verify=07"}, "sms.place_set", "id", "maks 7 hari kerja."),
    ("what is done comes after what is checked", {}, "report_done.text", "id",
     "Diperiksa maks 3 hari kerja, lalu ditangani maks 14 hari kerja."),
    ("one a week", {"ROUTINE_PER_WEEK": "1"}, "sms.joined", "en", "At most 1 message a week + danger"),
    ("no cap is never nought a week", {"ROUTINE_PER_WEEK": "0"}, "sms.joined", "id",
     "Jumlah kabar tidak dibatasi + peringatan bahaya."),
    ("the usual tariff in the reader's language", {}, "welcome.text", "en", "usual SMS rate."),
    ("a tariff of the city's own", {"TARIFF": "Rp350/SMS"}, "welcome.text", "en", "Info & reports, Rp350/SMS."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "key", "language", "said"), [one[1:] for one in TOLD], ids=[one[0] for one in TOLD]
)
def test_a_figure_in_its_sentence(written: Mapping[str, str], key: str, language: str, said: str) -> None:
    book = standard().bound(spoken(load(**written)))
    slots = dict.fromkeys(book.texts.names_of(key, language), "x")
    assert said in render(book, key, slots, language)


REFUSED = [
    ("RUMOUR_FIRST_WORD", "0"), ("RUMOUR_FIRST_WORD", "90s"), ("RUMOUR_FIRST_WORD", "2d"), ("CASEWORK_DAYS", "verify=0"),
    ("CASEWORK_DAYS", "close=00"), ("TARIFF", "Rp 350 ✓"), ("TARIFF", "{number}"),
]  # fmt: skip


@pytest.mark.parametrize(("setting", "written"), REFUSED)
def test_what_texts_could_not_say_is_refused(setting: str, written: str) -> None:
    with pytest.raises(SettingsError, match=f"^{setting}: "):
        load(**{setting: written})


def test_a_book_that_is_bound_keeps_nothing_of_the_one_it_came_from(book: Book) -> None:
    other = book.bound({"ussd": "*1#"})
    assert other.cut is not book.cut
    assert dataclasses.replace(other, texts=book.texts, cut={}, slotless={}) == dataclasses.replace(
        book, cut={}, slotless={}
    )
