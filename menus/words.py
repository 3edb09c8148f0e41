"""The slots a dialogue knows at a moment, the conditions on them, and filling an argument from them."""

from collections.abc import Iterable, Mapping

from menus.model import State
from menus.screens import Condition
from menus.texts import SLOT


def words_of(state: State, facts: Mapping[str, str]) -> dict[str, str]:
    """Everything a screen may speak of: facts of the session's entry, what the session learned, the errand."""
    return {**facts, **state.kept, **state.slots, "language": state.language}


def holds(conditions: Iterable[Condition], words: Mapping[str, str]) -> bool:
    """Whether all conditions are met; none at all are."""
    for condition in conditions:
        value = words.get(condition.name, "")
        if (value == condition.value if condition.value else bool(value)) is not condition.wanted:
            return False
    return True


def fill(template: str, words: Mapping[str, str]) -> str:
    """An argument with its slots filled as they are, in one pass; a slot without a value is empty."""
    return SLOT.sub(lambda match: words.get(match[1], ""), template)
