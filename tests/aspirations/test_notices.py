"""Texts to people about tickets fit into two parts of an SMS, however long an official's words and every name are."""

import pytest

from gateway.aspirations import notices
from gateway.aspirations.rules import LONGEST_SAID
from gateway.kernel.errors import Invalid
from gateway.kernel.text import measure, septets
from gateway.runtime import Runtime
from menus import render
from menus.lengths import longest
from menus.loader import standard

BOOK = standard()
PREFIX = "Balas ke +628123456789012: "
"""What a sender without a number of its own puts before a text that asks for an answer."""


@pytest.mark.parametrize("language", sorted(BOOK.languages))
def test_every_text_fits(language: str) -> None:
    texts = [key for key in BOOK.messages if key.startswith(("told.", "desk.", "sms.answered_ask"))]
    assert len(texts) > 40
    slots = longest(BOOK.slots, BOOK.texts, language) | {"said": "W" * LONGEST_SAID, "lines": "W" * 140}
    for key in texts:
        body = render.render(BOOK, key, slots, language)
        if key in ("told.ask", "told.ask_neutral", "told.resolve_neutral", "sms.answered_ask"):
            body = PREFIX + body
        if key in ("desk.show", "desk.show_due"):
            body += render.render(BOOK, "desk.same", slots, language)
        assert measure(body).encoding == "GSM-7"
        assert measure(body).segments <= 2, (key, septets(body))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Lampu diganti", "Lampu diganti."),
        ("Lampu diganti!", "Lampu diganti!"),
        (" Sudah \n ya ", "Sudah ya."),
        ("“Beres” – besok…", '"Beres" - besok...'),
        ("a" * 149, "a" * 149 + "."),
    ],
)
def test_an_officials_words(written: str, said: str) -> None:
    assert notices.say(written) == said


@pytest.mark.parametrize(
    ("written", "reason"),
    [("", "said_ask"), ("\u200b \n", "said_ask"), ("a" * 150, "said_long"), ("€" * 76, "said_long")],
)
def test_words_that_are_none_or_too_many(written: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        notices.say(written)
    assert refused.value.reason == reason


def test_only_the_first_lines_are_read_and_the_others_counted(rt: Runtime) -> None:
    lines = [("before", {"ticket": f"00{at}", "due": "1/1"}) for at in range(6)]
    assert notices.join_lines(rt, lines, "id") == "000 batas 1/1, 001 batas 1/1, 002 batas 1/1, 003 batas 1/1, +2 lagi"
