"""The page for notice boards and the scripts of an area: of what holds now, safe to print, the label before the claim."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from gateway.kernel.errors import Missing
from gateway.relay import bulletin
from gateway.runtime import Runtime
from tests.desks import BENDAN, CITY, PONCOL
from tests.information.conftest import Desk
from tests.rumours.conftest import Desk as Hoax


class Reader(HTMLParser):
    """The words of a page, and whether every tag is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"] and data.strip():
            self.words.append(data.strip())


def read(html: str) -> str:
    reader = Reader()
    reader.feed(html)
    assert reader.open == []
    return " | ".join(reader.words)


def test_a_page_holds_what_holds_now_for_the_area(rt: Runtime, editors: Desk, hoax: Hoax, clock: Any) -> None:
    editors.publish(text="Posyandu lansia Sabtu")
    editors.publish(text="Rob jam 14-18", area=CITY, topic="alert", source="BPBD")
    editors.publish(text="Kerja bakti Poncol", area=PONCOL)
    editors.publish(text="Hanya hari ini", valid_until=rt.now() + timedelta(hours=1))
    hoax.publish(hoax.ask(1, "rob 3 meter malam ini"))
    hoax.ask(2, "kabar yang belum dicek siapa pun")
    clock.ahead(hours=2)
    words = read(bulletin.page(rt, BENDAN))
    assert words.index("KABAR Bendan Kergon") < words.index("Rob jam 14-18") < words.index("Posyandu lansia Sabtu")
    for absent in ("Poncol", "Hanya hari ini", "belum dicek siapa pun"):
        assert absent not in words
    assert words.index("SALAH") < words.index("rob 3 meter malam ini")
    assert "dial *546#" in words


def test_a_page_needs_nothing_from_elsewhere_and_lets_nothing_in(rt: Runtime, editors: Desk) -> None:
    editors.publish(text="<script>alert(1)</script> & <b>tebal</b>")
    html = bulletin.page(rt, BENDAN)
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert not re.search(r"https?:|src=|url\(|@import", html)
    assert "size: A4" in html


@pytest.mark.parametrize(("language", "begins"), [("id", "Belum ada"), ("jv", "Dereng wonten"), ("en", "No news")])
def test_an_empty_board_says_so(rt: Runtime, language: str, begins: str) -> None:
    assert begins in read(bulletin.page(rt, BENDAN, language))
    assert bulletin.scripts(rt, BENDAN, language) == []


def test_scripts_are_short_and_named_by_their_codes(rt: Runtime, editors: Desk, hoax: Hoax) -> None:
    item = editors.publish(text="Posyandu lansia Sabtu jam 8-11 di balai kelurahan. Bawa KTP.")
    claim = hoax.ask(1, "rob 3 meter malam ini")
    hoax.publish(claim)
    mine, theirs = bulletin.scripts(rt, BENDAN)
    assert (mine.code, theirs.code) == (item.code, f"C{claim.number}")
    assert mine.text.startswith("Perhatian warga Bendan Kergon. Posyandu lansia Sabtu")
    assert "KTP.." not in mine.text
    assert len(mine.text.split()) <= 75


def test_an_unknown_area_is_missing(rt: Runtime) -> None:
    with pytest.raises(Missing):
        bulletin.page(rt, "99")
