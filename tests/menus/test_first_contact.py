"""Dialogues of people who have not agreed yet, under an active alert, and by deep dial."""

from typing import Any

import pytest

from menus.model import Action

Person = Any

FIRST_CONTACT = [
    ("a new number is asked to agree", [], "KIM Kota Pekalongan\nInfo & aspirasi warga, tarif SMS biasa.", "welcome"),
    ("the rules can be read first", ["2"], "Kami simpan: no HP", "rules"),
    ("no is a way back", ["2", "0"], "KIM Kota Pekalongan\nInfo", "welcome"),
    ("0 ends without agreeing", ["0"], "Terima kasih.", "bye"),
    ("Javanese from the first screen", ["3"], "KIM Kutha Pekalongan\nKabar & wadul", "welcome"),
    ("and back to Indonesian", ["3", "3"], "KIM Kota Pekalongan\nInfo", "welcome"),
    ("agreeing asks for the kecamatan", ["1"], "Anda tinggal di mana?\n1 Pekalongan Barat", "join_city"),
    ("then for the kelurahan", ["1", "4"], "Pekalongan Selatan:\n1 Banyurip", "join_area"),
    ("then shows the main menu", ["2", "1", "4", "3"], "KIM Kota Pekalongan\n1 Info warga", "home"),
    ("outside the city is answered politely", ["1", "5"], "Maaf, kabar kami hanya", "outside"),
    ("and goes on without subscription", ["1", "5", "1"], "KIM Kota Pekalongan\n1 Info warga", "home"),
    ("no consent, no menu", ["00"], "KIM Kota Pekalongan\nInfo", "welcome"),
]


@pytest.mark.parametrize(
    ("inputs", "begins", "screen"), [c[1:] for c in FIRST_CONTACT], ids=[c[0] for c in FIRST_CONTACT]
)
def test_first_contact(stranger: Person, inputs: list[str], begins: str, screen: str) -> None:
    stranger.dials()
    assert stranger.types(*inputs).startswith(begins)
    assert stranger.state.screen == screen


def test_agreeing_registers_the_area_and_the_language_spoken(stranger: Person) -> None:
    stranger.dials()
    stranger.types("3", "1", "4", "3")
    assert stranger.effects[0].action is Action.REGISTER
    assert dict(stranger.effects[0].args) == {"area": "33.75.04.1004", "language": "jv"}
    assert stranger.types("2", "1", "1").startswith("Wonten pundi perkawisipun?\n1 Jenggot (griya kula)")


def test_someone_from_outside_reports_about_any_kelurahan_and_may_join_later(stranger: Person) -> None:
    stranger.dials()
    stranger.types("1", "5", "1", "2", "1", "2")
    assert stranger.shown.startswith("Utk kelurahan mana?\n1 Pekalongan Barat")
    stranger.types("1", "1", "rob", "1")
    assert [effect.action for effect in stranger.effects] == [Action.FILE_ASPIRATION]
    assert "6 Kelurahanku" not in stranger.types("x", "1")
    stranger.types("00", "5", "1", "1", "1")
    assert stranger.effects[-1].action is Action.REGISTER


def test_an_active_alert_changes_the_main_menu(resident: Person) -> None:
    resident.facts = {**resident.facts, "alert": "SIAGA ROB Utara jam 14-18"}
    assert resident.dials().startswith("!SIAGA ROB Utara jam 14-18\n1 Baca peringatan")
    assert resident.types("8").startswith("Pilihan tidak ada. Balas angka 1-7.\n")
    resident.types("1")
    assert dict(resident.needs[-1].args) == {"topic": "alert", "area": "33.75.01.1006"}
    resident.types("0", "6")
    assert resident.state.screen == "info"


DEEP = [
    ("into the reports", ("2",), "report"),
    ("to a category", ("2", "1"), "report_category"),
    ("to the place of a report, the last step before words", ("2", "1", "1"), "report_place"),
    ("never onto free text", ("2", "1", "1", "1", "lampu mati", "1"), "report_place"),
    ("over a list", ("1", "1", "2"), "item"),
    ("never over an effect", ("1", "1", "1", "1"), "item"),
    ("to a ticket", ("3", "1"), "ticket"),
    ("not into the account", ("5", "5", "1"), "home"),
    ("a wrong step stops where it is", ("2", "8", "1"), "report"),
    ("0 is no step", ("2", "0"), "report"),
]


@pytest.mark.parametrize(("dialled", "screen"), [case[1:] for case in DEEP], ids=[case[0] for case in DEEP])
def test_deep_dial(resident: Person, dialled: tuple[str, ...], screen: str) -> None:
    shown = resident.dials(*dialled)
    assert resident.state.screen == screen
    assert not resident.effects
    assert not shown.startswith("Pilihan")
    assert not resident.state.dialled


def test_a_deep_dial_never_agrees_for_a_stranger(stranger: Person) -> None:
    stranger.dials("1", "1", "1")
    assert stranger.state.screen == "welcome"
    assert not stranger.needs
