"""Is it true, and is it from us: rumours asked about and judged, codes of SMS checked, forged ones reported."""

from collections.abc import Mapping
from datetime import datetime

from gateway.broadcasts import sent_store
from gateway.db import Connection
from gateway.dialogue.says import Done
from gateway.dialogue.talk import Talk
from gateway.information import store as information
from gateway.kernel.calendar import show_moment
from gateway.kernel.codes import parse_broadcast, show_broadcast
from gateway.rumours import service as rumours
from gateway.rumours import store as rumour_store
from gateway.rumours import words
from gateway.rumours.rules import name_of, said_label, show_claim
from gateway.rumours.store import Rumour
from menus.model import Outcome, Row, Rows

_CITY = "33.75"


def latest(_talk: Talk, conn: Connection, _args: Mapping[str, str]) -> Rows:
    """The newest results: published ones alone, each with its label first."""
    return Rows(tuple(Row(show_claim(one.number), one.summary or "", {"label_code": said_label(one.label or "", one.kind)})
                      for one in rumour_store.latest(conn)))  # fmt: skip


def result(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Outcome:
    """One claim: as published, or as it stands for whoever asked about it."""
    found = rumours.find(conn, talk.number.id, args["claim"])
    return Outcome("ok", words.slots_of(talk.rt, found)) if found else Outcome("gone")


def _told(talk: Talk, rumour: Rumour) -> str:
    return words.result(talk.rt, rumour, talk.language)


def ask(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """CEK: the result where the claim is known, else a number by which it is being checked."""
    said = args["words"]
    if not any(letter.isalnum() for letter in said):
        return Done("refused", text=talk.say("sms.rumour_ask"), wants_answer=True)
    area = args.get("area") or talk.own_area
    found = rumours.ask(talk.rt, conn, talk.number.id, said, area, talk.channel)
    slots = {"claim": show_claim(found.number)}
    if found.state == "published" or found.first_word_at:
        # Where the first word was given already, this person gets it now, and no promise of another.
        return Done("known", words.slots_of(talk.rt, found), _told(talk, found))
    return Done("ok", slots, talk.say("sms.rumour_taken", **slots))


def told(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """HASIL C48: what became of it; of one that is being checked, its words only to whoever asked."""
    written = args.get("claim", "")
    if not written:
        return Done("ask", text=talk.say("sms.rumour_which"), wants_answer=True)
    found = rumours.find(conn, talk.number.id, written)
    if found:
        return Done("ok", words.slots_of(talk.rt, found), _told(talk, found))
    if rumours.is_open(conn, written):
        return Done("ok", text=talk.say("sms.rumour_taken", claim=written.strip().upper()))
    return Done("gone", text=talk.say("sms.rumour_unknown"))


def send(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """`1 SMS-kan` beneath a result."""
    found = rumours.find(conn, talk.number.id, args["claim"])
    if found is None:
        return Done("gone")
    talk.send(conn, _told(talk, found))
    return Done("ok")


def check_code(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """ASLI B27: whether a code is ours, who sent it, when, to whom, and how it begins.

    Codes of information (`N12`) and of published results (`C48`) stand at the end of our SMS too, so they are ours.
    """
    written = args.get("code") or args.get("typed") or ""
    if not written.strip():
        return Done("ask", text=talk.say("sms.code_which"), wants_answer=True)
    found = _broadcast(talk, conn, written) or _item(talk, conn, written) or _claim(talk, conn, written)
    if found is None:
        return Done("unknown", {"code": written}, talk.say("sms.code_unknown"))
    if found["expired"]:
        return Done("expired", {"code": found["code"]}, talk.say("sms.code_expired", code=found["code"]))
    slots = {name: value for name, value in found.items() if name != "expired"}
    return Done("genuine", slots, talk.say("sms.code_genuine", **slots))


def _broadcast(talk: Talk, conn: Connection, written: str) -> dict[str, str] | None:
    number = parse_broadcast(written)
    sent = sent_store.find_sent(conn, number) if number is not None else None
    if number is None or sent is None:
        return None
    names = [talk.area_name(area) for area in sent.areas if talk.area_name(area)] or [talk.area_name(_CITY)]
    first = sent.texts.get(talk.language) or next(iter(sent.texts.values()), "")
    if sent.is_drill:
        first = talk.say("sms.drill") + first
    by = sent.office or talk.say(f"role.{sent.role}")
    until = sent.started_at if sent.is_corrected else sent.expires_at
    return _found(talk, show_broadcast(number), by, sent.started_at, ", ".join(names), first, until)


def _item(talk: Talk, conn: Connection, written: str) -> dict[str, str] | None:
    item = information.trace(conn, written.strip().upper(), talk.language)
    if item is None:
        return None
    return _found(talk, item.code, item.source, item.published, talk.area_name(item.area), item.text, item.until)


def _claim(talk: Talk, conn: Connection, written: str) -> dict[str, str] | None:
    rumour = rumours.find(conn, talk.number.id, written)
    if rumour is None or rumour.state != "published" or rumour.checked_at is None:
        return None
    by, first = " & ".join(map(name_of, rumour.sources)), f"{rumour.summary}"
    return _found(talk, show_claim(rumour.number), by, rumour.checked_at, talk.area_name(_CITY), first, None)


def _found(
    talk: Talk, code: str, by: str, at: datetime, audience: str, first: str, until: datetime | None
) -> dict[str, str]:
    expired = "yes" if until and until <= talk.rt.now() else ""
    moment = show_moment(at, talk.rt.settings.timezone)
    return {"code": code, "by": by, "at": moment, "audience": audience, "first": first, "expired": expired}


def report_forged(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """A message that is not ours: its code is kept for the desk."""
    written = args.get("code") or args.get("typed") or ""
    if not written.strip():
        return Done("refused", text=talk.say("sms.code_which"), wants_answer=True)
    rumours.report_forged(talk.rt, conn, talk.number.id, written, talk.cause)
    return Done("ok", text=talk.say("sms.forged_taken"))
