"""INFO by word and area, on USSD and by SMS; useful or not; what nobody found; corrections to those who read."""

from datetime import timedelta
from typing import Any

import pytest

from gateway.information import desk, tell
from gateway.runtime import Runtime
from tests.desks import BENDAN, CITY, MEDONO
from tests.information.conftest import Desk

from .conftest import MakePhone


@pytest.fixture
def editors(rt: Runtime) -> Desk:
    made = Desk(rt)
    made.publish(text="Posyandu lansia Sabtu jam 8-11 di balai kelurahan")
    made.publish(text="KTP hilang: bawa surat polisi ke kecamatan", area=CITY, topic="services", source="Disdukcapil")
    made.publish(text="KTP rusak di Medono: loket 2", area=MEDONO, topic="services", source="Disdukcapil")
    return made


FINDS = [
    ("a word", "INFO ktp", "KTP hilang"),
    ("two words", "INFO KTP hilang", "KTP hilang"),
    ("the beginning of a word", "INFO lansi", "Posyandu lansia"),
    ("a word that everyone uses beside one", "INFO cara ktp", "KTP hilang"),
    ("a word and an area", "INFO ktp Medono", "KTP rusak di Medono"),
    ("a topic", "INFO KESEHATAN", "Posyandu lansia"),
    ("a topic and an area", "INFO BANSOS MEDONO", "KTP rusak di Medono"),
]


@pytest.mark.parametrize(("said", "begins"), [case[1:] for case in FINDS], ids=[case[0] for case in FINDS])
def test_a_search_by_sms(make_phone: MakePhone, editors: Desk, said: str, begins: str) -> None:
    (answer,) = make_phone().writes(said)
    assert answer.startswith(begins)
    assert answer.endswith(" Bermanfaat? 1 ya 2 tidak")
    assert ", kode N" in answer


def test_what_is_over_is_not_found(make_phone: MakePhone, editors: Desk, clock: Any) -> None:
    clock.ahead(days=8)
    (answer,) = make_phone().writes("INFO ktp")
    assert answer.startswith("Belum ada kabar")


def test_useful_or_not_is_kept_once_and_thanked_for(make_phone: MakePhone, editors: Desk) -> None:
    one, two = make_phone(), make_phone()
    one.writes("INFO ktp")
    assert one.writes("1") == ["Terima kasih, pendapat Anda kami catat."]
    assert one.writes("1")[0].startswith("Tidak ada pertanyaan")
    two.writes("INFO ktp")
    two.writes("2")
    ((said),) = [said for item, said in desk.page(editors.rt, editors.official("admin"), None, 9)[0] if any(said)]
    assert said == (1, 1, 2)


def test_it_is_not_asked_where_a_digit_would_mean_something_else(make_phone: MakePhone, editors: Desk) -> None:
    phone = make_phone()
    phone.writes("LAPOR lampu mati gg 5")
    (answer,) = phone.writes("INFO ktp")
    assert "Bermanfaat" not in answer
    other = make_phone()
    other.writes("INFO ktp")
    other.writes("LAPOR lampu mati gg 5")
    assert "JALAN" in other.writes("1")[0].upper(), "the later question is meant"


def test_what_nobody_found_is_listed_without_anybody(make_phone: MakePhone, editors: Desk) -> None:
    one, two = make_phone(), make_phone(joined=False)
    one.writes("INFO pupuk subsidi")
    two.writes("INFO pupuk subsidi Bendan Kergon")
    one.dial()
    one.types("1", "7", "beasiswa")
    found = desk.misses(editors.rt, editors.official("kim", BENDAN))
    assert [(miss.words, miss.times) for miss in found if miss.words == "pupuk subsidi"] == [("pupuk subsidi", 2)]
    assert "beasiswa" in [miss.words for miss in found]
    columns = editors.rows(
        "SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'item_misses'"
    )
    assert "number_id" not in [row.name for row in columns]


def test_a_search_on_the_menu(make_phone: MakePhone, editors: Desk) -> None:
    phone = make_phone()
    phone.dial()
    assert phone.types("1", "7", "ktp hilang").startswith("HASIL PENCARIAN\n1 KTP hilang")
    assert phone.types("1").startswith("KTP hilang: bawa surat polisi")
    phone.types("1")
    assert phone.received[-1].startswith("KTP hilang")


def test_a_project_shows_how_far_it_is_and_who_answers_for_it(make_phone: MakePhone, editors: Desk) -> None:
    editors.publish(text="Drainase gang 5", topic="development", office="DPUPR", budget=120_500_000, percent=60)
    phone = make_phone()
    phone.dial()
    assert phone.types("1", "3").startswith("PEMBANGUNAN Bendan Kergon\n1 Drainase gang 5 60%")
    assert "Anggaran Rp120,5 jt. Selesai 60%. DPUPR." in phone.types("1")


def test_a_correction_reaches_whoever_read_it_by_sms_once_and_the_code_of_the_wrong_one_is_over(
    make_phone: MakePhone, editors: Desk
) -> None:
    reader, other = make_phone(), make_phone()
    code = reader.writes("INFO ktp")[0].partition("kode ")[2].split()[0]
    other.dial()
    other.types("1", "7", "ktp", "1", "1")
    third = make_phone()
    new = editors.publish(
        code, text="KTP hilang: tidak perlu surat polisi", area=CITY, topic="services", source="Disdukcapil"
    )
    tell.tick(editors.rt)
    tell.tick(editors.rt)
    for phone in (reader, other):
        assert phone.received[-1].startswith(f"RALAT {code}: KTP hilang: tidak perlu")
        assert sum("RALAT" in body for body in phone.received) == 1
    assert third.received == []
    assert third.writes(f"ASLI {code}")[0].startswith(f"{code} pernah kami kirim, tetapi sudah tidak berlaku")
    assert third.writes(f"ASLI {new.code}")[0].startswith(f"ASLI: {new.code} dari Disdukcapil")


def test_searches_of_more_than_ninety_days_ago_are_forgotten(make_phone: MakePhone, editors: Desk, clock: Any) -> None:
    make_phone().writes("INFO pupuk")
    clock.at(clock() + timedelta(days=91))
    tell.tidy(editors.rt)
    assert editors.rows("SELECT 1 FROM item_misses") == []
