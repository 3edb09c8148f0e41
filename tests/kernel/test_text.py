"""Septets, segments, fitting and redaction: tables of cases, and properties against slow but plain oracles."""

import re

import gsm0338
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.kernel import text
from gateway.kernel.codes import make_ticket, show_ticket

CODEC = gsm0338.Codec()
WIRE = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCXYZÄÖÑÜ§¿abcxyzäöñüà^{}\\[~]|€\f"
ANYTHING = st.text(st.one_of(st.sampled_from(WIRE + "ê’“…–×½ı́\u200b\ufe0f😀漢٣３²①"), st.characters()), max_size=400)


def slow_parts(widths: list[int], single: int, part: int) -> int:
    """Parts of a text by laying every character into the first part that has room, one after the other."""
    if sum(widths) <= single:
        return 1
    parts = [0]
    for width in widths:
        if parts[-1] + width > part:
            parts.append(0)
        parts[-1] += width
    return len(parts)


def wire_width(letter: str) -> int | None:
    """Septets the library's codec writes for a character, or None where the alphabet lacks it."""
    try:
        return len(CODEC.encode(letter)[0]) if letter != "\x1b" else None
    except UnicodeError:
        return None


@settings(max_examples=400, deadline=None)
@given(ANYTHING)
def test_size_is_what_a_slow_count_on_the_wire_gives(written: str) -> None:
    widths = [wire_width(letter) for letter in written]
    size = text.measure(written)
    if None in widths:
        units = [len(letter.encode("utf-16-be", "surrogatepass")) // 2 for letter in written]
        assert size == text.Size("UCS-2", slow_parts(units, 70, 67), sum(units))
    else:
        known = [width for width in widths if width]
        assert size == text.Size("GSM-7", slow_parts(known, 160, 153), sum(known))
        assert text.septets(written) == sum(known)


@pytest.mark.parametrize(
    ("label", "written", "encoding", "segments", "units"),
    [
        ("nothing is one empty part", "", "GSM-7", 1, 0),
        ("160 letters fill one part", "a" * 160, "GSM-7", 1, 160),
        ("161 letters need two", "a" * 161, "GSM-7", 2, 161),
        ("306 letters fill two", "a" * 306, "GSM-7", 2, 306),
        ("307 letters need three", "a" * 307, "GSM-7", 3, 307),
        ("a euro takes two septets", "€" * 80, "GSM-7", 1, 160),
        ("a euro is not split over parts, so a septet stays unused", "a" * 152 + "€" + "a" * 152, "GSM-7", 3, 306),
        ("one letter outside turns the whole text into UCS-2", "ê" + "a" * 69, "UCS-2", 1, 70),
        ("71 of them need two parts", "ê" + "a" * 70, "UCS-2", 2, 71),
        ("134 fill two", "ê" * 134, "UCS-2", 2, 134),
        ("an emoji takes two units", "😀" * 35, "UCS-2", 1, 70),
        ("an emoji is not split over parts", "ê" * 66 + "😀" + "ê" * 66, "UCS-2", 3, 134),
        ("escape itself is no character of the alphabet", "\x1b", "UCS-2", 1, 1),
    ],
)
def test_sizes(label: str, written: str, encoding: str, segments: int, units: int) -> None:
    assert text.measure(written) == text.Size(encoding, segments, units), label  # type: ignore[arg-type]


@settings(max_examples=400, deadline=None)
@given(ANYTHING)
def test_fitting_gives_gsm7_changes_nothing_twice_and_leaves_gsm7_alone(written: str) -> None:
    fitted = text.fit(written)
    assert text.is_gsm7(fitted)
    assert text.fit(fitted) == fitted
    assert fitted == written if text.is_gsm7(written) else fitted != written


@pytest.mark.parametrize(
    ("label", "written", "fitted"),
    [
        ("curly quotes become straight", "“Awas” kata ‘BPBD’", "\"Awas\" kata 'BPBD'"),
        ("dashes and dots", "08–12 … ok—ya", "08-12 ... ok-ya"),
        ("Javanese pepet and other accents lose their mark", "sêga, kêntongan, ā, ç", "sega, kentongan, a, c"),
        ("a combining mark goes, its letter stays", "e\u0302", "e"),
        ("invisible signs go", "a\u200bb\ufe0fc\u00add\u2067", "abcd"),
        ("wide digits become plain", "４２", "42"),
        ("ligatures become their letters", "ﬁ", "fi"),
        ("what has no plain form is a question mark", "漢😀", "??"),
        ("a letter that only NFKD splits into unknown signs is a question mark", "㈱", "()"),
    ],
)
def test_fits(label: str, written: str, fitted: str) -> None:
    assert text.fit(written) == fitted, label


SEPARATORS = ["", " ", ".", "-", "/", "_", " - ", "  ", "\n", "\u00a0", "–", "\u200b", "\t"]


@settings(max_examples=400, deadline=None)
@given(
    st.text(st.sampled_from("abc xyz,;(\n😀"), max_size=12),
    st.lists(st.integers(0, 9), min_size=16, max_size=16),
    st.lists(st.sampled_from(SEPARATORS), min_size=15, max_size=15),
    st.sampled_from(["0123456789", "٠١٢٣٤٥٦٧٨٩", "０１２３４５６７８９", "०१२३४५६७८९"]),
    st.text(st.sampled_from("abc xyz,;)\n😀"), max_size=12),
)
def test_no_identity_number_survives_however_it_is_separated(
    before: str, digits: list[int], separators: list[str], script: str, after: str
) -> None:
    number = script[digits[0]]
    for digit, separator in zip(digits[1:], separators, strict=True):
        number += separator + script[digit]
    redacted = text.redact(f"{before}{number}{after}")
    assert redacted.had_identity
    assert not re.search(r"\d", redacted.text)


@settings(max_examples=600, deadline=None)
@given(st.one_of(ANYTHING, st.text(st.sampled_from("0123456789 +-.()/\nRp[]NIK"), max_size=60)))
def test_redacting_never_raises_and_changes_nothing_twice(written: str) -> None:
    once = text.redact(written)
    assert text.redact(once.text).text == once.text
    assert once.text.encode().decode() == once.text
    assert "\x00" not in once.text
    assert not re.search(r"\d{16}", once.text)


@settings(max_examples=300, deadline=None)
@given(
    st.integers(0, 999_999), st.sampled_from(["", "STATUS ", "TAMBAH ", "cek "]), st.sampled_from(["", " masih rusak"])
)
def test_ticket_codes_survive(body: int, before: str, after: str) -> None:
    ticket = show_ticket(make_ticket(lambda _: body))
    assert text.redact(before + ticket + after).text == before + ticket + after
    assert text.redact(f"{ticket} 081234567890").text == f"{ticket} [no HP]"
    assert text.redact(f"{ticket} {ticket} {ticket}").text == f"{ticket} {ticket} {ticket}"


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 10**12), st.sampled_from(["Rp", "Rp ", "Rp. ", "rp"]))
def test_amounts_survive(amount: int, unit: str) -> None:
    for shown in (f"{amount:,}".replace(",", "."), str(amount)):
        written = f"bantuan {unit}{shown} belum cair"
        assert text.redact(written).text == written


@pytest.mark.parametrize(
    ("label", "written", "kept"),
    [
        ("an identity number", "NIK saya 3375014107900001 ya", "NIK saya [NIK] ya"),
        ("family card and identity number side by side", "3375010101010001 3375014107900002", "[NIK] [NIK]"),
        ("one beside a phone number", "3375014107900001 081234567890", "[NIK] [no HP]"),
        ("in groups of four, and a house number behind", "3375 0141 0790 0001 12", "[NIK] 12"),
        ("a seventeenth digit typed by mistake is masked with it", "33750141079000011", "[NIK]"),
        ("a longer one in groups", "33750141079000011 2", "[NIK] 2"),
        ("fifteen digits are none", "337501410790000", "337501410790000"),
        ("an Indonesian mobile number", "hub 0812-3456-7890", "hub [no HP]"),
        ("the same with its country", "hub +62 812 3456 7890.", "hub [no HP]."),
        ("without its plus", "6281234567890", "[no HP]"),
        ("in brackets", "(0812)34567890", "[no HP]"),
        ("with dashes of typography", "0812–3456–7890", "[no HP]"),
        ("a landline of the city", "telp (0285) 421234", "telp [no HP]"),
        ("a foreign number", "+65 8123 4567", "[no HP]"),
        ("two numbers", "081234567890, 081234567891", "[no HP], [no HP]"),
        ("billions that look like a mobile number", "Rp62.812.345.678", "Rp62.812.345.678"),
        ("a date and a time", "4/11/2026 10.30", "4/11/2026 10.30"),
        ("units and house numbers", "RT 02 RW 05 no 17", "RT 02 RW 05 no 17"),
        ("control characters go, lines stay", "a\x00b\x07\r\nc\rd\x9fe", "ab\nc\nde"),
        ("half a surrogate pair", "a\ud800b", "a?b"),
        ("blanks around", "  x  ", "x"),
    ],
)
def test_redacts(label: str, written: str, kept: str) -> None:
    redacted = text.redact(written)
    assert redacted.text == kept, label
    assert redacted.had_identity is ("[NIK]" in kept)
    assert redacted.had_phone is ("[no HP]" in kept)
