"""Words for residents: slots, fallback, fitting, and the wording that others rely on."""

from collections.abc import Mapping

import pytest

from gateway.kernel.text import is_gsm7, septets
from menus.book import Book
from menus.lengths import longest
from menus.loader import standard
from menus.render import longest_parts, render

RENDERED = [
    ("a text without slots", "nav.back", {}, "id", "0 Kembali"),
    ("a slot", "report_place.own", {"area_name": "Bendan Kergon"}, "id", "Bendan Kergon (rumah saya)"),
    ("in Javanese", "report_place.own", {"area_name": "Medono"}, "jv", "Medono (griya kula)"),
    ("a line that falls back", "level.emergency", {}, "jv", "SIAGA"),
    ("an unknown language", "nav.back", {}, "fr", "0 Kembali"),
    ("a code is worded", "tickets.row", {"ticket": "271-908-9", "state": "in_progress"}, "id", "271-908-9 diproses"),
    ("in the language asked for", "tickets.row", {"ticket": "271-908-9", "state": "closed"}, "jv",
     "271-908-9 rampung"),
    ("a code that has no word shows itself", "tickets.row", {"ticket": "271-908-9", "state": "odd"}, "id",
     "271-908-9 odd"),
    ("a slot is not looked into", "report_place.own", {"area_name": "{ticket}"}, "id", "{ticket} (rumah saya)"),
    ("signs are fitted", "moved.text", {"area_name": "Kraton “Lor”…"}, "id", 'Wilayah Anda sekarang Kraton "Lor"....'),
    ("a name too long is cut", "moved.text", {"area_name": "Kuripan Kertoharjo Kidul"}, "en",
     "Your area is now Kuripan Kertohar..."),
    ("line breaks in a name are spaces", "moved.text", {"area_name": "A\nB"}, "en", "Your area is now A B."),
    ("a number to answer to", "sms.answer_to", {}, "id", "Balas ke 54600: "),
    ("a broadcast's code", "sms.code", {"code": "B27"}, "jv", " Kode B27"),
    ("receipt of a report", "sms.receipt",
     {"ticket": "271-908-9", "at": "12/6 10.21", "category": "roads", "area_name": "Bendan Kergon"}, "id",
     "Tiket 271-908-9 diterima 12/6 10.21. Jalan/lampu, Bendan Kergon. Diperiksa maks 3 hari kerja. Cek: STATUS 271-908-9."
     " Tambah: TAMBAH 271-908-9 isi"),
    ("asking for consent", "sms.join_ask", {"area_name": "Bendan Kergon"}, "id",
     "KIM PKL: mau terima info Bendan Kergon? Data dipakai hanya utk layanan ini. Balas YA utk setuju. Berhenti kapan saja:"
     " BERHENTI. Aturan: INFO DATA"),
    ("status by SMS is safe on a shared phone", "sms.status",
     {"ticket": "271-908-9", "state": "in_progress", "office": "DPUPR", "since": "13/6", "due": "26/6"}, "id",
     "Tiket 271-908-9: DIPROSES DPUPR sejak 13/6, target 26/6. Rincian: dial *546# menu 3"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "slots", "language", "text"), [c[1:] for c in RENDERED], ids=[c[0] for c in RENDERED])
def test_render(book: Book, key: str, slots: Mapping[str, str], language: str, text: str) -> None:
    assert render(book, key, slots, language) == text


REFUSED = [("an unknown key", "sms.hallo", {}), ("a slot that is not given", "moved.text", {}),
           ("the source of a slot that is not given", "sms.status_foreign", {"ticket": "271-908-9"})]  # fmt: skip


@pytest.mark.parametrize(("key", "slots"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_render_refuses(book: Book, key: str, slots: Mapping[str, str]) -> None:
    with pytest.raises(KeyError):
        render(book, key, slots, "id")


def test_every_message_fits_its_parts_in_every_language(book: Book) -> None:
    for language in book.languages:
        values = longest(book.slots, book.texts, language)
        for key in book.messages:
            text = render(standard(), key, values | {"text": "Siaga rob.", "to": "Kota Pekalongan"}, language)
            # A script is read aloud, and never sent.
            if not key.startswith("script."):
                assert septets(text) <= {1: 160, 2: 306}[longest_parts(key)], (key, language)
            assert is_gsm7(text)


def test_no_text_of_ours_promises_what_has_no_contract(book: Book) -> None:
    for language in book.languages:
        for key in book.messages:
            text = render(standard(), key, longest(book.slots, book.texts, language) | {"text": "", "to": ""}, language)
            assert "gratis" not in text.replace("112 (gratis", ""), key


def test_a_code_that_has_no_word_is_cut_to_the_width_of_the_others(book: Book) -> None:
    assert septets(book.texts.say("tickets.row", {"state": "x" * 90}, "id")) <= 20
