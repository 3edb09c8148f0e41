"""A person's own things: the topics they follow, what we hold of them, who looked, erasing it, being called back."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from gateway.audit import store as audit
from gateway.db import Connection
from gateway.dialogue.says import Done
from gateway.dialogue.talk import Talk
from gateway.kernel.calendar import show_day, show_moment
from gateway.officials import store as officials
from gateway.privacy import service as privacy
from gateway.questions import store as questions
from gateway.residents import call_store as calls
from gateway.residents.rules import TOPICS
from gateway.residents.service import own
from menus.model import Outcome, Row, Rows

_ERASE_WITHIN = timedelta(hours=24)


def topic_rows(talk: Talk, _conn: Connection, _args: Mapping[str, str]) -> Rows:
    """Every topic with its mark, `x` for one that is followed."""
    followed = _followed(talk)
    return Rows(tuple(Row(name, slots={"topic": name, "mark": "x" if name in followed else "-"}) for name in TOPICS))


def set_topics(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """The topics chosen by name (none is all), or one flipped on the screen.

    The last one stays on: no topic at all would be every topic, and who wants none says BERHENTI.
    """
    if talk.resident is None or talk.resident.state != "active":
        return Done("refused", text=talk.say("sms.join_where"), wants_answer=True)
    if flip := args.get("flip"):
        chosen = _followed(talk) ^ {flip} if flip in TOPICS else _followed(talk)
        chosen = chosen or {flip}
    elif "topics" in args:
        chosen = {name for name in args["topics"].split(",") if name in TOPICS} or set(TOPICS)
    else:
        return Done("ask", text=talk.say("sms.topics_ask"), wants_answer=True)
    kept = [name for name in TOPICS if name in chosen]
    stored = [] if len(kept) == len(TOPICS) else kept
    own.choose_topics(talk.rt, conn, talk.number.id, stored)
    words = _topics_words(talk, stored)
    return Done("ok", {"topics_words": words}, talk.say("sms.topics_set", topics_words=words))


def _followed(talk: Talk) -> set[str]:
    resident = talk.resident
    if resident is None or resident.state != "active":
        return set()
    return set(resident.topics or TOPICS)


def _topics_words(talk: Talk, topics: Sequence[str]) -> str:
    return ", ".join(talk.say("topic_word." + name) for name in topics or ("all",))


def copy(talk: Talk, conn: Connection, _args: Mapping[str, str]) -> Outcome:
    """What we hold, for the screen on which it is put right."""
    return Outcome("ok", _copied(talk, conn))


def _copied(talk: Talk, conn: Connection) -> dict[str, str]:
    held = privacy.copy(talk.rt, conn, talk.number.id)
    slots = {"tail": held.tail, "tickets": str(held.tickets), "views": str(held.views), "language": talk.language}
    if talk.resident:
        day = show_day(held.since.astimezone(talk.rt.settings.timezone).date()) if held.since else "-"
        slots |= {"area_name": talk.area_name(talk.own_area), "since": day}
        slots["topics_words"] = _topics_words(talk, talk.resident.topics)
    return slots


def send_copy(talk: Talk, conn: Connection, _args: Mapping[str, str]) -> Done:
    """DATA SAYA, or `1 Kirim salinan`: what we hold, in one SMS."""
    key = "sms.my_data" if talk.resident else "sms.my_data_unknown"
    text = talk.say(key, **_copied(talk, conn))
    audit.record(conn, talk.rt.now(), "resident", "copy data", f"number:{talk.number.id}", number_id=talk.number.id)
    if talk.by_menu:
        talk.send(conn, text)
    return Done("ok", text=text)


def view_rows(talk: Talk, conn: Connection, _args: Mapping[str, str]) -> Rows:
    """Who looked at this person's data: the moment and the office or role, never an official's name."""
    rows, views = [], privacy.views(conn, talk.number.id)
    known = {official.id: official for official, _ in officials.every(conn)} if views else {}
    for view in views:
        official = known.get(view.official_id)
        by = (official.office or talk.say(f"role.{official.role}")) if official else "-"
        rows.append(Row(str(view.id), f"{show_moment(view.at, talk.rt.settings.timezone)} {by}"))
    return Rows(tuple(rows))


def erase(talk: Talk, conn: Connection, _args: Mapping[str, str]) -> Done:
    """HAPUS DATA asks to echo three digits; the menu has asked on its own screen already."""
    if talk.by_menu:
        return _erase(talk, conn)
    now, digits = talk.rt.now(), str(100 + talk.rt.below(900))
    questions.ask(conn, talk.number.id, "erase", "", now, now + _ERASE_WITHIN, {"digits": digits}, instead_of=["erase"])
    return Done("ask", text=talk.say("sms.erase_ask", digits=digits), wants_answer=True)


def confirm_erase(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """YA HAPUS 482: only the digits that were asked for, within a day."""
    now = talk.rt.now()
    asked = next((one for one in questions.open_for(conn, talk.number.id, now) if one.kind == "erase"), None)
    if asked is None or args.get("digits") != asked.payload["digits"]:
        return Done("gone", text=talk.say("sms.erase_wrong"))
    questions.close(conn, asked.id, now, "yes")
    return _erase(talk, conn)


def _erase(talk: Talk, conn: Connection) -> Done:
    """Mark the number; the SMS that says so goes first, since a blanked number can be told nothing."""
    if not privacy.ask_erasure(talk.rt, conn, talk.number.id, talk.cause):
        return Done("refused", text=talk.say("refused.text"))
    text = talk.say("sms.erased")
    if talk.by_menu:
        talk.send(conn, text)
    return Done("ok", text=text, always=True)


def call_back(talk: Talk, conn: Connection, _args: Mapping[str, str]) -> Done:
    """HUBUNGI: on the list of people to telephone, once however often they ask."""
    is_new = calls.ask(conn, talk.number.id, talk.rt.now())
    return Done("ok", text=talk.say("sms.call_back" if is_new else "sms.call_back_soon"))
