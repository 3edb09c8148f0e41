"""Presets as data: a named alert group with a template, its slots, and what filling them gives."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.kernel.text import is_gsm7, septets

REVIEW_WITHIN = timedelta(hours=24)
"""How soon what was sent by a preset without a second person is looked at by one."""
RESERVED = frozenset({"ussd", "number", "cap", "tariff", "code"})
"""Slots that every broadcast knows already."""
WIDEST = 100
_NAME = re.compile(r"[a-z][a-z_]{0,19}")


@dataclass(frozen=True, slots=True)
class Preset:
    """A preset as stored; its content never changes. `slots`: the most septets each may show."""

    id: int
    name: str
    state: str
    audience: dict[str, list[str]]
    texts: dict[str, str]
    slots: dict[str, int]
    hash: str
    author_id: int
    approver_id: int | None
    approved_at: datetime | None


def digest(name: str, audience: Mapping[str, Sequence[str]], texts: Mapping[str, str], slots: Mapping[str, int]) -> str:
    """What the approval of a preset is bound to."""
    whole = {
        "name": name,
        "audience": {key: sorted(values) for key, values in sorted(audience.items()) if values},
        "texts": dict(sorted(texts.items())),
        "slots": dict(sorted(slots.items())),
    }
    body = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(body.encode()).hexdigest()


def fault_of_slots(texts: Mapping[str, str], slots: Mapping[str, int]) -> str:
    """What is wrong with the slots of a template, as a sentence; empty where nothing is."""
    for slot, width in slots.items():
        if not _NAME.fullmatch(slot) or slot in RESERVED:
            return (
                f"{slot[:20]} cannot name a slot; use small letters and _, and none of {', '.join(sorted(RESERVED))}."
            )
        if not 0 < width <= WIDEST:
            return f"Slot {slot} must be between 1 and {WIDEST} letters wide."
        # A language that leaves a slot out would keep from its readers what the others are told.
        if missing := [language for language, text in texts.items() if "{" + slot + "}" not in text]:
            return f"Text {missing[0]} does not have the slot {{{slot}}}."
    return ""


def fault_of_values(slots: Mapping[str, int], values: Mapping[str, str]) -> str:
    """What is wrong with the values for a template's slots, as a sentence; empty where they fit."""
    if missing := sorted(slots.keys() - values.keys()):
        return f"The slot {missing[0]} has no value."
    if unknown := sorted(values.keys() - slots.keys()):
        return f"There is no slot {unknown[0][:20]}; the slots are {', '.join(sorted(slots)) or 'none'}."
    for slot, value in values.items():
        if not value.strip() or not is_gsm7(value) or re.search(r"[\n\r{}]", value):
            return f"The slot {slot} needs one line of plain letters, without braces."
        if septets(value) > slots[slot]:
            return f"The slot {slot} holds {slots[slot]} letters, and its value takes {septets(value)}."
    return ""


def in_order(texts: Mapping[str, str], slots: Mapping[str, int]) -> list[str]:
    """The slots as they come up in the Indonesian text, or in the first there is: how people fill them one by one."""
    text = texts.get("id") or next(iter(texts.values()))
    return sorted(slots, key=lambda slot: text.index("{" + slot + "}"))


def fill(texts: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """The template with its slots filled. A value holds no braces, so the order of filling does not matter."""
    filled = dict(texts)
    for slot, value in values.items():
        filled = {language: text.replace("{" + slot + "}", value.strip()) for language, text in filled.items()}
    return filled


def longest(texts: Mapping[str, str], slots: Mapping[str, int]) -> dict[str, str]:
    """The template as long as it ever gets."""
    return fill(texts, {slot: "W" * width for slot, width in slots.items()})
