"""The officials' branch of the menu: the PIN, how much waits in their scope, the tickets, and what may be done to each."""

from collections.abc import Mapping
from dataclasses import replace

from gateway.aspirations import casework, follow
from gateway.aspirations import store as tickets
from gateway.aspirations.casework import Act
from gateway.aspirations.roles import may_act, may_see
from gateway.aspirations.rules import Verb, following
from gateway.aspirations.store import Aspiration
from gateway.audit import store as audit
from gateway.db import Connection
from gateway.dialogue import claims, waiting
from gateway.dialogue.says import Done
from gateway.dialogue.talk import Talk
from gateway.kernel.calendar import show_day
from gateway.kernel.codes import parse_ticket, show_ticket
from gateway.kernel.errors import Fault
from gateway.officials import code_store, store
from gateway.officials import service as officials
from gateway.reference import service as reference
from menus.model import Outcome, Row, Rows


def sign_in(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """The PIN, on USSD alone: by SMS it would stay on the phone and with the carrier."""
    if talk.channel != "ussd":
        return Done("refused")
    entry = officials.enter(talk.rt, conn, talk.number.id, args["pin"])
    if entry.outcome == "wrong":
        return Done("wrong", {"left": str(entry.left)})
    if entry.official is None:
        if entry.locked_now:
            talk.send(conn, talk.say("sms.official_locked"))
        return Done("refused" if entry.outcome == "none" else "locked")
    return Done("ok", {"role": entry.official.role.value, "left": ""})


def standing(talk: Talk, conn: Connection, _args: Mapping[str, str]) -> Outcome:
    """Role, area, and how many tickets are new and late; none where the account was disabled meanwhile."""
    official = store.on_number(conn, talk.number.id)
    if official is None:
        return Outcome("none")
    fresh, late = follow.count_waiting(talk.rt, conn, official)
    slots = {"role": official.role.value, "official_area": talk.area_name(official.area)}
    waits = waiting.count(talk, conn, official)
    checks = claims.count(conn, official)
    return Outcome("ok", {**slots, "fresh": str(fresh), "late": str(late), "waiting": str(waits), "checks": checks})


def ticket_rows(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Rows:
    """The tickets that are new or late, oldest first."""
    official = store.on_number(conn, talk.number.id)
    found = follow.waiting(talk.rt, conn, official, args["which"]) if official else []
    return Rows(tuple(Row(one.ticket, slots=_what(talk, one)) for one in found))


def ticket(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Outcome:
    """One ticket with its words, in the official's scope alone; that it was read is in the trail."""
    official, digits = store.on_number(conn, talk.number.id), parse_ticket(args["ticket"])
    found = tickets.get(conn, digits) if digits else None
    if official is None or found is None or not may_see(official, found):
        return Outcome("gone")
    audit.record(conn, talk.rt.now(), official.actor, "read", f"ticket:{found.ticket}", number_id=found.number_id,
                 channel="ussd")  # fmt: skip
    zone = talk.rt.settings.timezone
    return Outcome("ok", {
        **_what(talk, found),
        "state": found.state.value,
        "since": show_day(found.changed_at.astimezone(zone).date()),
        "due": show_day(found.due) if found.due else "",
        "text": found.body,
        "suggested": reference.route(talk.rt, conn, found.area, found.category),
        **{f"can_{verb}": "yes" if may_act(official, verb, found) and following(found.state, verb) else "" for verb in _ACTS},
    })  # fmt: skip


_ACTS = (Verb.VERIFY, Verb.TAKE, Verb.FORWARD, Verb.START, Verb.REPLY, Verb.RESOLVE, Verb.ASK, Verb.REOPEN)


def act(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """What an official chose to do to a ticket, on USSD alone: behind the PIN."""
    official = store.on_number(conn, talk.number.id)
    if talk.channel != "ussd" or official is None:
        return Done("gone")
    official = replace(official, channel="ussd")
    what = Act(Verb(args["verb"]), args["words"], office=args["office"], to=args["to"], into=args["into"])
    slots = {"ticket": args["ticket"]}
    # The official before the ticket, as orders by SMS lock them.
    code_store.hold(conn, official.id)
    try:
        moved = casework.act(talk.rt, official, args["ticket"], what, within=conn, cause=talk.cause)
    except Fault as fault:
        return Done("gone" if fault.reason == "gone" else "refused", slots)
    return Done("ok", {**slots, "state": moved.state.value})


def _what(talk: Talk, one: Aspiration) -> dict[str, str]:
    place = talk.area_name(one.area) or one.landmark or "-"
    return {"ticket": show_ticket(one.ticket), "kind": one.kind, "category": one.category or "", "place_name": place}
