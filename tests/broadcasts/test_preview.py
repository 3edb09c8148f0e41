"""The preview: texts exactly as they will be sent, people, parts, cost and warnings."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product

import pytest

from gateway.broadcasts.service import draft
from gateway.kernel.errors import Invalid
from gateway.kernel.text import measure
from gateway.officials.rules import Official, Role
from gateway.outbox.store import batches, routes
from tests.broadcasts.town import CITY, Town
from tests.conftest import Clock


@pytest.fixture
def admin(town: Town) -> Official:
    return town.official(Role.ADMIN)


TEXTS = {
    "a plain text": ("Air mati sampai sore.", "Air mati sampai sore. Kode {code}"),
    "blanks around it go": ("  Air mati. \n", "Air mati. Kode {code}"),
    "known slots are filled": (
        "Tekan {ussd} atau SMS ke {number}, {tariff}. Maks {cap}.",
        "Tekan *546# atau SMS ke 54600, tarif SMS biasa. Maks 2. Kode {code}",
    ),
    "the code may be named in the text too": ("Cek: ASLI {code}.", "Cek: ASLI {code}. Kode {code}"),
    "a slot twice": ("{ussd} {ussd}", "*546# *546# Kode {code}"),
    "an unknown name in braces is literal": ("Halo {nama} {name}", "Halo {nama} {name} Kode {code}"),
    "lone braces are literal": ("a { b } c }{ {} {0}", "a { b } c }{ {} {0} Kode {code}"),
    "blanks inside braces are literal": ("{ ussd } {USSD}", "{ ussd } {USSD} Kode {code}"),
    "doubled braces keep the outer pair": ("{{ussd}}", "{*546#} Kode {code}"),
    "percent and dollar signs are literal": ("100% $x %s %(ussd)s :id", "100% $x %s %(ussd)s :id Kode {code}"),
    "lines are kept": ("Satu\nDua", "Satu\nDua Kode {code}"),
    "ends of line of a form become those of a phone": ("Satu\r\nDua", "Satu\nDua Kode {code}"),
    "letters outside GSM-7 are not touched": ("“Awas” – rob…", "“Awas” – rob… Kode {code}"),
}


@pytest.mark.parametrize(("written", "sent"), TEXTS.values(), ids=TEXTS)
def test_texts_are_shown_exactly_as_they_will_be_sent(
    town: Town, clock: Clock, admin: Official, written: str, sent: str
) -> None:
    town.people(1)
    shown = town.write(admin, texts={"id": written})
    assert shown["preview"]["texts"] == {"id": sent.replace("{code}", shown["code"])}
    id = town.started(admin, texts={"id": written})
    with town.rt.engine.begin() as conn:
        batch = batches.get(conn, town.get(id).batch_id or 0)
    assert batch.texts == {"id": sent.replace("{code}", town.status(id)["code"])}


def test_every_language_has_the_code_at_its_end(town: Town, admin: Official) -> None:
    shown = town.write(admin, texts={"id": "Satu.", "jv": "Siji.", "en": "One."})
    assert set(shown["preview"]["texts"]) == {"id", "jv", "en"}
    assert all(text.endswith(shown["code"]) for text in shown["preview"]["texts"].values())


SIZES = {
    "one part": ("x" * 100, "GSM-7", 1),
    "braces cost two septets each": ("{" * 40 + "x" * 60, "GSM-7", 1),
    "many braces take a second part": ("{}" * 70, "GSM-7", 2),
    "the euro sign costs two": ("€" * 76, "GSM-7", 2),
    "an accent of GSM-7": ("é" * 100, "GSM-7", 1),
    "a pepet makes it UCS-2": ("ê" + "x" * 100, "UCS-2", 2),
    "an emoji makes it UCS-2": ("🌊", "UCS-2", 1),
    "typographic quotes make it UCS-2": ("“x”", "UCS-2", 1),
    "Javanese script": ("ꦲꦤꦕꦫꦏ" * 20, "UCS-2", 2),
}


@pytest.mark.parametrize(("text", "encoding", "segments"), SIZES.values(), ids=SIZES)
def test_encoding_and_parts(town: Town, admin: Official, text: str, encoding: str, segments: int) -> None:
    town.people(3)
    preview = town.write(admin, texts={"id": text})["preview"]
    assert (preview["encoding"], preview["segments"], preview["total_segments"]) == (encoding, segments, 3 * segments)
    assert any("GSM-7" in warning for warning in preview["warnings"]) is (encoding == "UCS-2")
    assert measure(preview["texts"]["id"]).segments == segments


def test_many_parts_are_a_warning(town: Town, admin: Official) -> None:
    town.people(1)
    for text, warns in (("x" * 290, False), ("x" * 320, True)):
        preview = town.write(admin, texts={"id": text})["preview"]
        assert any("3 parts" in warning for warning in preview["warnings"]) is warns


def test_exactly_one_part_with_the_code_and_one_letter_more(town: Town, admin: Official) -> None:
    id = town.write(admin, texts={"id": "x"})["id"]
    for length, parts in ((160, 1), (161, 2), (306, 2), (307, 3)):
        code = f" Kode B{town.get(id).number}"
        shown = draft.change(town.rt, admin, id, {"texts": {"id": "x" * (length - len(code))}})["preview"]
        assert (len(shown["texts"]["id"]), shown["segments"]) == (length, parts)


def test_parts_and_cost_are_counted_by_the_language_each_person_gets(town: Town, admin: Official) -> None:
    for language, n in (("id", 5), ("jv", 3), ("en", 2)):
        town.people(n, language=language)
    preview = town.write(admin, texts={"id": "x", "jv": "y" * 200})["preview"]
    assert (preview["recipients"], preview["segments"]) == (10, 2)
    # English speakers get the Indonesian text.
    assert preview["total_segments"] == 5 + 3 * 2 + 2
    assert preview["cost"] == {"amount": str(13 * 300), "currency": "IDR"}
    assert preview["encoding"] == "GSM-7"


FALLBACKS = {
    "Indonesian where there is one": ({"jv": "y" * 200, "id": "x"}, "id", 1),
    "else the first by name, whatever order they came in": ({"jv": "y" * 200, "en": "x"}, "en", 1),
    "in the other order too": ({"en": "x", "jv": "y" * 200}, "en", 1),
}


@pytest.mark.parametrize(("texts", "language", "parts"), FALLBACKS.values(), ids=FALLBACKS)
def test_the_preview_counts_the_text_that_is_really_sent_to_others(
    town: Town, clock: Clock, admin: Official, texts: Mapping[str, str], language: str, parts: int
) -> None:
    town.people(4, language="id")
    shown = town.write(admin, texts=texts)["preview"]
    assert shown["total_segments"] == 4 * parts
    assert any("no Indonesian" in warning and language in warning for warning in shown["warnings"]) is (
        language != "id"
    )
    id = town.started(admin, texts=texts)
    assert {row[4] for row in town.rows(id)} == {language}


def test_an_audience_without_people_is_a_warning_and_not_an_error(town: Town, admin: Official) -> None:
    preview = town.write(admin, audience={"groups": ["kosong"]})["preview"]
    assert (preview["recipients"], preview["total_segments"], preview["cost"]["amount"]) == (0, 0, "0")
    assert preview["warnings"] == ["Nobody is in this audience now."]


AUDIENCES: dict[str, Mapping[str, Sequence[str]]] = {
    "one kelurahan": {"areas": ["33.75.01.1006"]},
    "one kecamatan": {"areas": ["33.75.01"]},
    "the city": {"areas": [CITY]},
    "the same area twice": {"areas": ["33.75.01.1006", "33.75.01", "33.75.01.1006"]},
    "a topic": {"topics": ["health"]},
    "a group": {"groups": ["posyandu"]},
    "a language": {"languages": ["jv", "en"]},
    "lists together": {"areas": ["33.75.01"], "topics": ["alert"], "languages": ["jv"]},
}


@pytest.mark.parametrize("level", ["routine", "emergency"])
def test_recipients_are_those_the_fan_out_writes(town: Town, clock: Clock, level: str) -> None:
    """Every audience over a mixed town: some pending, some who stopped news, some who stopped everything."""
    approver = town.official(Role.APPROVER)
    areas, topics, groups = (town.home, town.other, "33.75.01.1002"), ((), ("alert",), ("health",)), ((), ("posyandu",))
    for area, language, topic, group in product(areas, ("id", "jv"), topics, groups):
        people = town.people(5, area, language, topics=topic, groups=group)
        town.stop(people[:1])
        town.stop(people[1:2], "all")
        town.stop(people[2:3], "route", "twilio")
        with town.rt.engine.begin() as conn:
            # The suppression counts even where the resident's own row has not heard of it.
            routes.suppress(conn, people[3], "notices", "resident", town.rt.now())
    town.people(7, how="verbal")
    rt = town.rt
    town.rt = replace(rt, settings=rt.settings.model_copy(update={"routine_per_week": 0}))
    for audience in AUDIENCES.values():
        id = town.started(approver if "areas" in audience and CITY not in audience["areas"]
                          else town.official(Role.ADMIN), level, audience=audience)  # fmt: skip
        broadcast = town.get(id)
        assert broadcast.recipients == town.status(id)["total"] > 0, audience


WRONG = {
    "no lists": {},
    "empty lists": {"areas": [], "topics": []},
    "an unknown area": {"areas": ["33.75.99"]},
    "a neighbour's area": {"areas": ["33.26.13"]},
    "the province": {"areas": ["33"]},
    "an RT without its RW": {"areas": ["33.75.01.1006/RT02"]},
    "RT before RW": {"areas": ["33.75.01.1006/RT02/RW03"]},
    "an RW without a number": {"areas": ["33.75.01.1006/RW"]},
    "an RW in letters": {"areas": ["33.75.01.1006/RWx"]},
    "an unknown topic": {"topics": ["politik"]},
    "an unknown language": {"languages": ["nl"]},
}


@pytest.mark.parametrize("audience", WRONG.values(), ids=WRONG)
def test_audiences_that_cannot_be_are_refused(
    town: Town, admin: Official, audience: Mapping[str, Sequence[str]]
) -> None:
    # `write` stands for "everyone at home" where nothing is given, so the empty rule is handed over as it is.
    with pytest.raises(Invalid):
        town.write(admin, audience=audience or {"areas": []})


BAD_TEXTS: dict[str, dict[str, str]] = {
    "an unknown language": {"nl": "Water."},
    "an empty text": {"id": ""},
    "blanks alone": {"id": " \n "},
    "a language beside a good one that is empty": {"id": "Air.", "jv": ""},
    "a text over a thousand letters": {"id": "x" * 1001},
    "NUL": {"id": "a\x00b"},
    "a control character": {"id": "a\x1bb"},
    "a lone surrogate": {"id": "a\ud800b"},
}


@pytest.mark.parametrize("texts", BAD_TEXTS.values(), ids=BAD_TEXTS)
def test_texts_that_cannot_be_sent_are_refused(town: Town, admin: Official, texts: dict[str, str]) -> None:
    with pytest.raises(Invalid, match=r"[Tt]ext"):
        town.write(admin, texts=texts)


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_an_emergency_needs_a_reason(town: Town, admin: Official, reason: str | None) -> None:
    with pytest.raises(Invalid, match="reason"):
        town.write(admin, "emergency", reason=reason)


def test_an_unknown_level_is_refused(town: Town, admin: Official) -> None:
    with pytest.raises(Invalid, match="level"):
        town.write(admin, "urgent")
