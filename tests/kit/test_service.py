"""The printable kit: every sheet in every language, whole, with the city's own codes, and nothing from anywhere else."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from config.settings import Settings
from gateway.kit import service

VOID = {"meta", "br"}


class Page(HTMLParser):
    """Words and tags of a page; fails where a tag is closed that is not open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture
def city(tmp_path: Path) -> Settings:
    """Settings of a city with codes of its own."""
    return Settings.load({
        "GATEWAY_MODE": "development", "GATEWAY_DATA_DIR": str(tmp_path), "USSD_CODE": "*777#", "SMS_NUMBER": "1777",
        "TARIFF": "Rp<350>",
    })  # fmt: skip


def test_every_sheet_is_whole_in_every_language(city: Settings, tmp_path: Path) -> None:
    written = service.write(city, tmp_path / "kit")
    assert written == [f"{name}.{language}.html" for language in city.languages for name in service.SHEETS]
    for name in written:
        text = (tmp_path / "kit" / name).read_text(encoding="utf-8")
        page = Page(text)
        assert page.open == []
        assert "size: A4" in text
        assert not re.search(r"https?:|src=|href=|url\(|[{}]\w*[{}]", text.partition("</style>")[2])
        assert "$" not in text


def test_a_fridge_card_holds_the_citys_codes_and_is_escaped(city: Settings, tmp_path: Path) -> None:
    service.write(city, tmp_path)
    text = (tmp_path / "fridge.id.html").read_text(encoding="utf-8")
    words = "".join(Page(text).words)
    assert words.count("dial *777#") == words.count("SMS ke 1777") == words.count("telepon 112") == 2
    assert "Rp&lt;350&gt;" in text
    assert "gratis" not in words


def test_forms_have_room_for_what_is_written(city: Settings, tmp_path: Path) -> None:
    service.write(city, tmp_path)
    rows = {
        name: Page((tmp_path / f"{name}.jv.html").read_text(encoding="utf-8")).tags.count("tr")
        for name in service.SHEETS
    }
    assert rows == {"fridge": 0, "meeting": 20, "card": 9, "fallback": 19}
    card = Page((tmp_path / "card.id.html").read_text(encoding="utf-8"))
    assert card.tags.count("td") == 40
    assert [word.strip() for word in card.words if word.strip()][-13:] == [
        "A",
        "B",
        "C",
        "D",
        "E",
        *map(str, range(1, 9)),
    ]


def test_writing_again_replaces_and_leaves_others_files(city: Settings, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("ours", encoding="utf-8")
    first = service.write(city, tmp_path)
    assert service.write(city, tmp_path) == first
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "ours"
