"""The officials' branch of the menu: the PIN, how much waits in their scope, and the tickets, to read."""

from collections.abc import Mapping

from gateway.aspirations import follow
from gateway.aspirations import store as tickets
from gateway.aspirations.roles import may_see
from gateway.aspirations.store import Aspiration
from gateway.audit import store as audit
from gateway.db import Connection
from gateway.dialogue import waiting
from gateway.dialogue.says import Done
from gateway.dialogue.talk import Talk
from gateway.kernel.calendar import show_day
from gateway.kernel.codes import parse_ticket, show_ticket
from gateway.officials import service as officials
from gateway.officials import store
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
    return Outcome("ok", {**slots, "fresh": str(fresh), "late": str(late), "waiting": str(waits)})


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
    })  # fmt: skip


def _what(talk: Talk, one: Aspiration) -> dict[str, str]:
    place = talk.area_name(one.area) or one.landmark or "-"
    return {"ticket": show_ticket(one.ticket), "kind": one.kind, "category": one.category or "", "place_name": place}
