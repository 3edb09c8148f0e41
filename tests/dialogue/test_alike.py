"""Reports like one's own, as receipts offer them: in two parts whatever stands around them, and to be seen by the desk."""

import pytest

from gateway.aspirations import service
from gateway.kernel.codes import show_ticket
from gateway.kernel.text import measure
from gateway.runtime import Runtime
from menus import render
from menus.lengths import longest
from menus.loader import standard
from tests.desks import Officials
from tests.dialogue.conftest import MakePhone

BOOK = standard()


@pytest.mark.parametrize("key", ["sms.receipt_alike", "sms.receipt_alike_guessed", "sms.place_set_alike"])
@pytest.mark.parametrize("language", sorted(BOOK.languages))
def test_an_offer_fits_also_on_first_contact_and_behind_a_slip(language: str, key: str) -> None:
    slots = longest(BOOK.slots, BOOK.texts, language)
    whole = "".join(render.render(BOOK, one, slots, language) for one in ("sms.understood", key, "sms.first_contact"))
    assert measure(whole).encoding == "GSM-7"
    assert measure(whole).segments <= 2, len(whole)


def test_the_desk_reads_what_the_reporter_called_the_same(rt: Runtime, make_phone: MakePhone) -> None:
    first, second = make_phone(), make_phone()
    first.writes("LAPOR pohon tumbang di jalan Veteran")
    (receipt,) = second.writes("LAPOR ada pohon tumbang jl veteran")
    assert "balas 8 bila sama" in receipt
    second.writes("8")
    desks = Officials(rt)
    old, new = [ticket for (ticket,) in desks.rows("SELECT ticket FROM aspirations ORDER BY id")]
    shown = service.read(rt, desks.official("admin"), new)
    assert [(one["by"], one["text"]) for one in shown["events"] if one["verb"] == "same"] == [
        ("resident", show_ticket(old))
    ]
    assert shown["state"] == "received"
    assert second.writes("8") == first.writes("8")
