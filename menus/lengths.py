"""How long texts can get: screens and messages at the longest value of every slot, in every language."""

from collections.abc import Iterator, Mapping
from itertools import product

from gateway.kernel.text import septets
from menus.book import Book
from menus.drafts import Draft
from menus.layout import lay_out
from menus.model import SCREEN_ROOM, Choice, State
from menus.screens import Condition, Screen, Slot
from menus.texts import UNIT, Texts

_PARTS = {1: 160, 2: 306}
# A label this long still leaves room for its number and the line of 9, 0 and 00.
LINE_ROOM = 120


def longest(slots: Mapping[str, Slot], texts: Texts, language: str) -> dict[str, str]:
    """A value for every slot that shows as many septets as the slot ever can; long ones stay empty."""
    values: dict[str, str] = {}

    def size(key: str) -> int:
        return septets(texts.say(key, values, language))

    # Plain ones first, since the words of a code may fill them.
    for slot in sorted(slots.values(), key=lambda slot: bool(slot.names)):
        if slot.names:
            code = max(texts.codes(slot.names), key=lambda code: size(f"{slot.names}.{code}"))
            is_widest = size(f"{slot.names}.{code}") >= slot.width
            values[slot.like or slot.name] = code if is_widest else "W" * slot.width
        elif slot.units:
            unit = max(slot.units, key=lambda unit: size(f"{UNIT}.{unit}.many"))
            values[slot.like or slot.name] = "9" * slot.width + f" {unit}"
        elif slot.width:
            values[slot.like or slot.name] = "W" * slot.width
    return values


def check_lengths(draft: Draft, texts: Texts) -> None:
    """Adds a fault for every screen that needs a second page, and every message that needs more parts than declared."""
    book = Book(draft.screens, texts, draft.slots, draft.messages, "", {})
    for name, language in draft.languages.items():
        values = longest(draft.slots, texts, name)
        for screen in draft.screens.values():
            for part in screen.text if not screen.long else ():
                if is_long(book, part.key, name):
                    language.blame(part.key, f"{part.key} has a slot without limit, but screen {screen.id} is not long")
            if (worst := longest_screen(book, screen, name, values)) > SCREEN_ROOM:
                key = screen.text[0].key
                language.blame(
                    key, f"screen {screen.id} takes up to {worst} septets in {name}, {SCREEN_ROOM} are allowed ({key})"
                )
        for key, parts in draft.messages.items():
            size = septets(texts.say(key, values, name))
            if size > _PARTS[parts] and not is_long(book, key, name):
                language.blame(key, f"{key} takes up to {size} septets in {name}, {_PARTS[parts]} are declared")


def is_long(book: Book, key: str, language: str) -> bool:
    """Whether a text fills a slot without limit, so that only its sender can see to its length."""
    return any(book.slots[name].long for name in book.texts.names_of(key, language))


def longest_screen(book: Book, screen: Screen, language: str, values: Mapping[str, str]) -> int:
    """The most septets the screen takes in one piece; a screen marked `long`, or its list, counts as fitting."""
    if screen.long:
        return 0
    return max(
        (septets(page) for facts in situations(screen, values) for page in whole_pages(book, screen, language, facts)),
        default=0,
    )


def whole_pages(book: Book, screen: Screen, language: str, facts: Mapping[str, str]) -> tuple[str, ...]:
    """The screen with endless room, without rows where it lists some, since lists page by themselves."""
    state = State(
        screen=screen.id,
        language=language,
        room=10_000,
        choices=(Choice("1", "", ""),) if screen.rows else (),
    )
    return lay_out(book, screen, state, facts).pages


def situations(screen: Screen, values: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The longest values under every answer to the conditions on a screen."""
    conditions = [condition for part in screen.text for condition in part.conditions]
    conditions += [condition for option in screen.options for condition in option.conditions]
    conditions += [condition for other in (screen.fetch.then if screen.fetch else ()) for condition in other.conditions]
    names = sorted({condition.name for condition in conditions})
    for answers in product(*(_answers(name, conditions, values) for name in names)):
        yield {**values, **dict(zip(names, answers, strict=True))}


def _answers(name: str, conditions: list[Condition], values: Mapping[str, str]) -> list[str]:
    named = {condition.value for condition in conditions if condition.name == name and condition.value}
    return sorted({"", values.get(name, "yes"), *named})
