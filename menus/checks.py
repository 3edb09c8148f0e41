"""What must hold of a whole book: targets, slots, reachability, ways back, translations, lengths."""

import re
from collections.abc import Iterator

from gateway.kernel.text import is_gsm7
from menus.drafts import Draft, Language, Path, effects_of, targets_of, ways_of
from menus.engine import CHANGED, LOST, SORRY, WRONG
from menus.layout import HOME, NEXT, ROW
from menus.lengths import check_lengths
from menus.model import BASE_LANGUAGE, BYE, GIVE_UP, ROOT
from menus.screens import Condition, Screen
from menus.texts import SLOT, UNIT, Texts

NEEDED_SCREENS = (ROOT, BYE, GIVE_UP, SORRY)
NEEDED_TEXTS = (LOST, WRONG, CHANGED, NEXT, HOME, ROW, "nav.back")
_BACK = re.compile(r"0 \S")
_STRAY_BRACE = re.compile(r"[{}]")


def check_book(draft: Draft, texts: Texts) -> None:
    """Adds every fault to the draft's list."""
    known = draft.languages[BASE_LANGUAGE]
    for name in NEEDED_SCREENS:
        if name not in draft.screens:
            known.blame("", f"the engine needs a screen {name}")
    for key in NEEDED_TEXTS:
        if not texts.has(key):
            known.blame("", f"the engine needs a text {key}")
    for screen in draft.screens.values():
        _check_targets(draft, screen)
        _check_slots(draft, screen)
        _check_texts(draft, screen, texts)
        _check_standins(draft, screen)
    _check_reached(draft)
    _check_slot_names(draft, texts)
    for language in draft.languages.values():
        _check_translation(draft, language, known)
    _check_used(draft, known)
    if not draft.faults:
        check_lengths(draft, texts)


def _check_targets(draft: Draft, screen: Screen) -> None:
    for path, target in targets_of(screen):
        if target not in draft.screens:
            draft.blame(screen.id, f"leads to {target}, which is no screen", *path)
    if screen.ends or screen.fetch or screen.rows:
        return
    ways = [(path, way) for path, way in ways_of(screen)]
    if ways and all(way.go == screen.id and not way.language for _, way in ways):
        draft.blame(screen.id, "is a dead end: every choice leads back to it")


def _check_slots(draft: Draft, screen: Screen) -> None:
    named: list[tuple[Path, str]] = []
    for path, way in ways_of(screen):
        named += [((*path, "set", name), name) for name in way.set]
        named += [((*path, "set", name), used) for name, value in way.set.items() for used in SLOT.findall(value)]
        for language in {*way.language, *way.language.values()} - {"*", *draft.languages}:
            draft.blame(screen.id, f"speaks {language}, which is no language", *path, "language")
    for path, doing in effects_of(screen):
        named += [((*path, "args", name), used) for name, value in doing.args.items() for used in SLOT.findall(value)]
        named += [((*path, "done", name), name) for name in doing.done]
        named += [((*path, "done", name), used) for name, value in doing.done.items() for used in SLOT.findall(value)]
    if screen.rows:
        named += [(("rows", "args"), used) for value in screen.rows.args.values() for used in SLOT.findall(value)]
    if screen.fetch:
        named += [(("fetch", "args"), used) for value in screen.fetch.args.values() for used in SLOT.findall(value)]
    if screen.take:
        named.append((("take", "slot"), screen.take.slot))
    named += [(path, condition.name) for path, condition in conditions_of(screen)]
    for path, name in named:
        if name not in draft.slots:
            draft.blame(screen.id, f"names {name}, which is no slot", *path)


def conditions_of(screen: Screen) -> Iterator[tuple[Path, Condition]]:
    """Every condition on a screen with its place."""
    for at, part in enumerate(screen.text):
        yield from ((("text", at), condition) for condition in part.conditions)
    late = 0
    for option in screen.options:
        place: Path = ("options", option.key) if option.key else ("then", late)
        late += not option.key
        yield from ((place, condition) for condition in option.conditions)
    for at, other in enumerate(screen.instead):
        yield from ((("instead", at), condition) for condition in other.conditions)
    for at, other in enumerate(screen.fetch.then if screen.fetch else ()):
        yield from ((("fetch", "then", at), condition) for condition in other.conditions)
    for at, part in enumerate(screen.rows.label if screen.rows else ()):
        yield from ((("rows", "label", at), condition) for condition in part.conditions)


def keys_of(screen: Screen) -> Iterator[tuple[Path, str]]:
    """Every text that a screen says, with the place that names it."""
    yield from ((("text", at), part.key) for at, part in enumerate(screen.text))
    late = 0
    for option in screen.options:
        yield (("options", option.key, "label") if option.key else ("then", late, "label")), option.label
        late += not option.key
    if screen.rows:
        yield ("rows", "empty"), screen.rows.empty
        yield from ((("rows", "label", at), part.key) for at, part in enumerate(screen.rows.label))
    if not screen.ends:
        yield ("back",), screen.back


def _check_texts(draft: Draft, screen: Screen, texts: Texts) -> None:
    for path, key in keys_of(screen):
        if not texts.has(key):
            draft.blame(screen.id, f"says {key}, which is no text", *path)
    for language in draft.languages.values() if not screen.ends else ():
        said = language.texts.get(screen.back)
        if said is not None and not _BACK.match(said):
            language.blame(screen.back, f"{screen.back} must begin with `0 `: it is the way back of {screen.id}")


def _check_standins(draft: Draft, screen: Screen) -> None:
    seen, open_ = {screen.id}, [screen]
    while open_:
        for other in open_.pop().instead:
            if other.go == screen.id:
                draft.blame(screen.id, "stands in for itself", "instead")
                return
            if other.go in draft.screens and other.go not in seen:
                seen.add(other.go)
                open_.append(draft.screens[other.go])


def _check_reached(draft: Draft) -> None:
    seen = {name for name in NEEDED_SCREENS if name in draft.screens}
    seen |= {screen.id for screen in draft.screens.values() if screen.entry}
    open_ = list(seen)
    while open_:
        for _, target in targets_of(draft.screens[open_.pop()]):
            if target in draft.screens and target not in seen:
                seen.add(target)
                open_.append(target)
    for name in draft.screens.keys() - seen:
        draft.blame(name, "is unreachable: no screen leads to it")


def _check_slot_names(draft: Draft, texts: Texts) -> None:
    for slot in draft.slots.values():
        source = draft.slot_sources[slot.name]
        if slot.like and slot.like not in draft.slots:
            source.blame(f"slot {slot.name} is like {slot.like}, which is no slot", "slots", slot.name)
        for unit in slot.units:
            if set(texts.codes(f"{UNIT}.{unit}")) != {"one", "many"}:
                source.blame(f"slot {slot.name} needs the texts {UNIT}.{unit}.one and .many", "slots", slot.name)
        if slot.names and not texts.codes(slot.names):
            source.blame(f"slot {slot.name} is named by {slot.names}.*, where no text is", "slots", slot.name)


def _check_translation(draft: Draft, language: Language, known: Language) -> None:
    for key in known.texts.keys() - language.texts.keys() - language.fallback:
        language.blame(key, f"{key} is missing; translate it or list it under fallback")
    for key in language.texts.keys() - known.texts.keys():
        language.blame(key, f"{key} is not a text of {known.source.file}")
    for key in (language.fallback | language.reviewed) - known.texts.keys():
        language.blame(key, f"{key} is listed but is no text")
    for key in language.fallback & language.texts.keys():
        language.blame(key, f"{key} is translated and listed under fallback")
    for key, text in language.texts.items():
        used = set(SLOT.findall(text))
        for name in used - draft.slots.keys():
            language.blame(key, f"{key} fills {name}, which is no slot")
        for name in used & draft.slots.keys():
            slot = draft.slots[name]
            if not (slot.width or slot.names or slot.long):
                language.blame(key, f"{key} shows {name}, a slot without width or names")
        if key in known.texts and used - set(SLOT.findall(known.texts[key])):
            language.blame(key, f"{key} fills slots that {known.source.file} does not")
        if _STRAY_BRACE.search(SLOT.sub("", text)):
            language.blame(key, f"{key} has a brace that is no slot")
        if not is_gsm7(text):
            language.blame(key, f"{key} has letters outside GSM-7")


def _check_used(draft: Draft, known: Language) -> None:
    used = {key for screen in draft.screens.values() for _, key in keys_of(screen)} | set(NEEDED_TEXTS)
    prefixes = {slot.names for slot in draft.slots.values() if slot.names}
    prefixes |= {f"{UNIT}.{unit}" for slot in draft.slots.values() for unit in slot.units}
    for key, source in draft.message_sources.items():
        if key not in known.texts:
            source.blame(f"message {key} is no text", "messages", key)
    for key in known.texts.keys() - used - draft.messages.keys():
        if key.rpartition(".")[0] not in prefixes:
            known.blame(key, f"{key} is said by nobody")
