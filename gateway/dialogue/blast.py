"""BLAST, SIAGA and RALAT: a broadcast drafted by SMS, and its preview with the card's cell that submits it."""

from datetime import datetime

from gateway.broadcasts import store
from gateway.broadcasts.presets import fault_of_values, in_order
from gateway.broadcasts.rules import Broadcast, Content
from gateway.broadcasts.service import approvals, draft, presets, preview, sign, words
from gateway.broadcasts.service import correct as correcting
from gateway.dialogue.given import Given
from gateway.dialogue.says import Done
from gateway.kernel.errors import Conflict, Fault, Invalid
from menus.orders import EMERGENCY

SUBMIT = "submit"


def write(given: Given) -> Done:
    """BLAST [level] area text: a draft, which nobody gets before YA with a code, and a second person where one is needed."""
    ordered, official = given.ordered, given.official
    areas = list(ordered.areas)
    if not (areas or ordered.groups) or not (ordered.text or ordered.level == EMERGENCY):
        return Done("ask", text=given.say("where"), wants_answer=True)
    if ordered.level == EMERGENCY and not (ordered.reason and ordered.text):
        return Done("ask", text=given.say("why"), wants_answer=True)
    # A group without an area is that of the official's own area.
    audience = {"areas": areas or [official.area], "groups": list(ordered.groups)}
    content = Content(ordered.level, {"id": ordered.text}, audience, ordered.reason or None)
    try:
        made = draft.draft(given.talk.rt, official, content, given.talk.cause, within=given.conn)
    except Invalid:
        return Done("refused", text=given.say("draft_bad"))
    except Fault as fault:
        return Done("refused", text=given.say(f"draft_{fault.reason}", level=ordered.level))
    return _drafted(given, int(made["id"]))


def fill(given: Given) -> Done:
    """SIAGA preset value, value: an emergency from an approved preset, which needs no second person; SIAGA alone lists them."""
    rt, official, ordered, conn = given.talk.rt, given.official, given.ordered, given.conn
    try:
        known = {one.name: one for one in presets.every(rt, official, within=conn) if one.state == "approved"}
    except Fault as fault:
        return Done("refused", text=given.say(f"draft_{fault.reason}", level=ordered.level))
    preset = known.get(ordered.preset)
    if preset is None:
        if not known:
            return Done("refused", text=given.say("preset_none"))
        return Done("ask", text=given.say("preset_which", presets=", ".join(known)), wants_answer=True)
    slots = in_order(preset.texts, preset.slots)
    values = [value.strip() for value in ordered.text.split(",")] if ordered.text else []
    filled = dict(zip(slots, values, strict=False))
    if len(values) != len(slots) or fault_of_values(preset.slots, filled):
        widths = ", ".join(f"{slot} ({preset.slots[slot]})" for slot in slots)
        return Done("ask", text=given.say("preset_how", preset=preset.name, slots=widths), wants_answer=True)
    reason = ordered.reason or preset.name
    try:
        made = presets.use(rt, official, preset.name, filled, reason, given.talk.cause, within=conn)
    except Invalid:
        return Done("refused", text=given.say("draft_bad"))
    except Fault as fault:
        return Done("refused", text=given.say(f"draft_{fault.reason}", level=ordered.level))
    return _drafted(given, int(made["id"]))


def correct(given: Given) -> Done:
    """RALAT B27 text: a draft to those who got B27."""
    if not given.ordered.text:
        return Done("ask", text=given.say("text_ask"), wants_answer=True)
    rt, texts = given.talk.rt, {"id": given.ordered.text}
    try:
        made = correcting.correct(rt, given.official, given.id, texts, given.talk.cause, within=given.conn)
    except Invalid:
        return Done("refused", text=given.say("draft_bad"))
    except Fault as fault:
        return given.refuse(fault, "RALAT")
    return _drafted(given, int(made["id"]))


def _drafted(given: Given, id: int) -> Done:
    broadcast = store.get(given.conn, id)
    if broadcast is None:
        raise Conflict("The draft is gone.")
    given.touched.append(approvals.subject_of(broadcast))
    return show(given, broadcast)


def show(given: Given, broadcast: Broadcast) -> Done:
    """The preview of a draft: whom it reaches, what it takes, how it begins, and which code submits it."""
    rt, conn = given.talk.rt, given.conn
    shares = preview.survey(rt, conn, broadcast)
    shown = preview.preview(rt, conn, broadcast.id, broadcast.number, broadcast, shares)
    wanted = given.want(broadcast, SUBMIT)
    if wanted is None:
        return Done("refused", text=given.say("no_code", broadcast))
    text = given.say(
        "preview",
        broadcast,
        people=words.show_count(shown["recipients"]),
        parts=str(shown["segments"]),
        cost=words.show_cost(**shown["cost"]),
        opening=next(iter(shown["texts"].values())),
        asked=approvals.name_code(given.talk.rt, wanted, given.talk.language),
    )
    if not shown["recipients"]:
        text += given.say("nobody")
    elif sign.is_unsigned(conn, broadcast.id, broadcast.texts):
        text += given.say("unsigned_yet")
    elif "held_until" in shown:
        text += given.say("held", at=words.show_at(rt, datetime.fromisoformat(shown["held_until"])))
    elif shown["warnings"]:
        text += given.say("warned")
    return Done("ok", text=text, wants_answer=True, always=True)
