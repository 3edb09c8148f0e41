"""No text names a length of time but from the settings, or as a rule of the house that this table holds to its code."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from gateway.aspirations.rules import HURRY_AGAIN
from gateway.broadcasts.presets import REVIEW_WITHIN
from gateway.dialogue import mine
from gateway.inbox.left_store import TAKEN_UP_WITHIN
from gateway.officials.rules import CODE_LIVES, CODE_LOCKED
from gateway.privacy import service as privacy
from gateway.rumours.tell import WARNED_BEFORE
from menus.loader import standard

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
UNITS = {
    "hari": DAY, "dina": DAY, "dinten": DAY, "day": DAY, "days": DAY, "working": DAY,
    "jam": HOUR, "hour": HOUR, "hours": HOUR, "h": HOUR,
    "menit": MINUTE, "mnt": MINUTE, "minute": MINUTE, "minutes": MINUTE, "min": MINUTE,
}  # fmt: skip
LITERAL = re.compile(rf"(?:(\d+)x)?(\d+)[ -]?({'|'.join(UNITS)})\b", re.IGNORECASE)
CLOCK = re.compile(r"\bjam \d", re.IGNORECASE)
ERASED_WITHIN = timedelta(hours=72)
"""What UU 27/2022 leaves; `gateway.privacy` is through before that."""
ALLOWED = (
    # How long, the texts that say so, and why it is no setting.
    (timedelta(hours=24), {"emergency.text", "sms.emergency_receipt"}, "112 is the state's, and answers day and night"),
    (ERASED_WITHIN, {"erase.text", "erased.text", "sms.erase_ask", "sms.erased"}, "3x24 hours are the law's own words"),
    (mine._ERASE_WITHIN, {"sms.erase_ask", "sms.erase_wrong"}, "how long three digits are good: mine._ERASE_WITHIN"),
    (HURRY_AGAIN, {"ticket_hurried.text", "ticket_hurry_soon.text", "sms.hurried", "sms.hurry_soon"},
     "a rule for every city: aspirations.rules.HURRY_AGAIN"),
    (TAKEN_UP_WITHIN, {"sms.session_draft"}, "how long a dropped session waits: inbox.left_store.TAKEN_UP_WITHIN"),
    (CODE_LIVES, {"order.preview", "order.request", "order.ask", "order.code_late", "order.verdict_request", "order.match_ask",
                  "order.verdict_confirm", "order.relay_confirm", "desk.confirm", "desk.confirm_bare", "desk.ask",
                  "desk.code_late"},
     "of security, so not to be set: officials.rules.CODE_LIVES"),
    (CODE_LOCKED, {"order.locked", "desk.locked", "official_code.locked"}, "of security too: officials.rules.CODE_LOCKED"),
    (REVIEW_WITHIN, {"order.review"}, "how soon someone looks at it: broadcasts.presets.REVIEW_WITHIN"),
    (WARNED_BEFORE, {"hoax_desk.rumour_due"}, "when the desk is warned: rumours.tell.WARNED_BEFORE"),
)  # fmt: skip
EXAMPLES = {"order.where", "order.why"}
"""Texts in which an hour is a part of somebody's broadcast."""


def literals() -> Iterator[tuple[str, timedelta]]:
    """Every length of time that a text has in letters of its own, with its key; slots show nothing here."""
    book = standard()
    for language in book.languages:
        for key in book.texts:
            for times, number, unit in LITERAL.findall(book.texts.say(key, {}, language)):
                yield key, int(times or 1) * int(number) * UNITS[unit.lower()]


def test_a_length_of_time_comes_from_the_settings_or_stands_in_the_table() -> None:
    allowed = {(key, length) for length, keys, _ in ALLOWED for key in keys}
    found = set(literals())
    assert found - allowed == set(), "name it in config/figures.py, or say here why it can be no setting"
    assert allowed - found == set(), "no text says so any more"


def test_hours_of_the_day_stand_in_examples_alone() -> None:
    texts = standard().texts
    found = {key for language in texts.languages for key in texts if CLOCK.search(texts.say(key, {}, language))}
    assert found == EXAMPLES


def test_data_are_gone_by_the_time_the_law_leaves() -> None:
    assert privacy.PATIENCE < ERASED_WITHIN


def test_only_books_that_know_the_settings_are_spoken_from() -> None:
    unbound = "from menus.loader import standard\n"
    sources = [*Path("gateway").rglob("*.py"), *Path("workers").rglob("*.py")]
    found = {str(path) for path in sources if unbound in path.read_text("utf-8")}
    assert found == {"gateway/kit/service.py"}, "say it by rt.say, and walk rt.book"
