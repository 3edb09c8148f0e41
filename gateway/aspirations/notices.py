"""What the people of a ticket, and officials, are told of it by SMS of our own accord: in their language, in one round trip."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gateway.aspirations import case_store, roles
from gateway.aspirations.rules import LONGEST_SAID, State, Verb
from gateway.aspirations.store import Aspiration
from gateway.db import Connection
from gateway.kernel.calendar import show_day
from gateway.kernel.codes import show_ticket
from gateway.kernel.errors import Invalid
from gateway.kernel.text import fit, redact, septets
from gateway.officials import store as officials
from gateway.officials.rules import Official, Role
from gateway.outbox.service.post import Notice, post_many
from gateway.questions import store as questions
from gateway.reference import service as reference
from gateway.residents.contact_store import contacts
from gateway.runtime import Runtime

Slots = Mapping[str, str]
ABOUT_TICKETS = ("category", "place", "close", "info", "alike")
"""Kinds of questions about a ticket; a new one closes the older ones."""
_LINES = 4
_NEUTRAL = frozenset({"ask", "reply", "resolve", "resolve_followed", "decline", "archive", "reopen"})
"""Texts that quote an official or name the matter, and have neutral words for a confidential ticket."""


@dataclass(frozen=True, slots=True)
class Told:
    """One text for some number ids, those that are None left out; `cause` and the number make it unique."""

    number_ids: tuple[int | None, ...]
    key: str
    slots: Slots
    cause: str
    wants_answer: bool = False


def say(words: str) -> str:
    """What an official writes to residents, cleaned and closed like a sentence. Raises Invalid: empty, or too long for an SMS."""
    said = " ".join(fit(redact(words).text).split())
    if not said:
        raise Invalid("Say something: the resident reads it.", reason="said_ask")
    said += "" if said[-1] in ".!?" else "."
    if septets(said) > LONGEST_SAID:
        raise Invalid(
            f"Write at most {LONGEST_SAID} characters, so that it fits into the resident's SMS.", reason="said_long"
        )
    return said


def holders(conn: Connection, tickets: Iterable[Aspiration]) -> dict[int, str]:
    """Who holds each ticket, by its id: an office's code, or a text under `holder.`."""
    tickets = list(tickets)
    takers = {one.held_by for one in tickets if one.held_by and not one.office}
    known = officials.roles_of(conn, sorted(takers)) if takers else {}
    return {one.id: one.office or _TAKEN.get(known.get(one.held_by or 0), "holder.desk") for one in tickets}


_TAKEN: Mapping[Role | None, str] = {Role.KIM: "holder.kim", Role.LURAH: "holder.lurah"}


def holder_name(rt: Runtime, conn: Connection, one: Aspiration, language: str) -> str:
    """Who holds a ticket, as a person reads it."""
    return worded(rt, {"office": holders(conn, [one])[one.id]}, language)["office"]


def post(rt: Runtime, conn: Connection, told: Iterable[Told], *, at_once: bool = False) -> None:
    """Queue texts, each in its reader's language; erased numbers are passed over. Wake `reply` after the commit.

    A slot that names a text (`holder.kim`, `category.roads`) is worded in that language too.
    """
    told = list(told)
    ids = sorted({id for one in told for id in one.number_ids if id is not None})
    if not ids:
        return
    reached = {contact.number_id: contact for contact in contacts(conn, ids, rt.settings.languages)}
    notices = []
    for one in told:
        for contact in (reached[id] for id in one.number_ids if id in reached):
            language, cause = contact.language, f"{one.cause}:{contact.number_id}"
            body = rt.say(one.key, worded(rt, one.slots, language), language)
            notices.append(
                Notice(contact.number_id, contact.prefix, language, body, cause, wants_answer=one.wants_answer)
            )
    post_many(rt, conn, notices, at_once=at_once)


def worded(rt: Runtime, slots: Slots, language: str) -> dict[str, str]:
    """Slots whose value names a text, in its words."""
    return {
        name: rt.say(value, {}, language) if value.startswith(("holder.", "category.", "kind.")) else value
        for name, value in slots.items()
    }


def tell_act(rt: Runtime, conn: Connection, one: Aspiration, verb: Verb, event_id: int, said: str = "",
             **slots: str) -> None:  # fmt: skip
    """Tell the people of a ticket what an official has just done; ask its reporter what the act asks."""
    key, cause = verb.value, f"ticket:{one.id}:{event_id}"
    filled = {**slots_of(rt, conn, one), "said": said, **slots}
    # A merged ticket's people stand behind the other one by now; they are told of this once, as those of the old one.
    behind = case_store.followers(conn, [one.id]).get(one.id, []) if verb in _FOLLOWED else []
    if verb in (Verb.ASK, Verb.RESOLVE) and one.number_id is not None:
        kind = "info" if verb is Verb.ASK else "close"
        deadline = one.course.waits_until or rt.now()
        questions.close_about(conn, one.number_id, one.ticket, ABOUT_TICKETS, rt.now())
        questions.ask(conn, one.number_id, kind, one.ticket, rt.now(), deadline)
    told = [Told((one.number_id,), _key(one, key), filled, cause, wants_answer=verb in (Verb.ASK, Verb.RESOLVE))]
    if behind:
        followed = _key(one, "resolve_followed" if verb is Verb.RESOLVE else key)
        told.append(Told(tuple(behind), followed, filled, cause))
    post(rt, conn, told)


_FOLLOWED = frozenset({Verb.FORWARD, Verb.TAKE, Verb.START, Verb.REPLY, Verb.RESOLVE, Verb.DECLINE, Verb.MERGE, Verb.ARCHIVE,
                       Verb.REOPEN})  # fmt: skip


def _key(one: Aspiration, name: str) -> str:
    neutral = "_neutral" if one.is_confidential and name in _NEUTRAL else ""
    return "sms.answered_ask" if name + neutral == "resolve" else f"told.{name}{neutral}"


def slots_of(rt: Runtime, conn: Connection, one: Aspiration) -> dict[str, str]:
    """The slots that texts about a ticket fill, for residents and officials alike."""
    return slots_of_many(rt, conn, [one])[one.id]


def slots_of_many(rt: Runtime, conn: Connection, tickets: Sequence[Aspiration]) -> dict[int, dict[str, str]]:
    """As `slots_of`, by the tickets' ids."""
    areas, held = reference.areas(rt, conn), holders(conn, tickets)
    found = {}
    for one in tickets:
        area_name = areas[one.area].name if one.area and one.area in areas else ""
        found[one.id] = {
            "ticket": show_ticket(one.ticket),
            "office": held[one.id],
            "since": show_day(one.changed_at.astimezone(rt.settings.timezone).date()),
            "due": show_day(one.due) if one.due else "",
            "about": f"category.{one.category}" if one.category else f"kind.{one.kind}",
            "area_name": area_name,
            "place_name": area_name or one.landmark or "-",
            "state": one.state.value,
        }
    return found


def tell_officials(
    rt: Runtime, conn: Connection, one: Aspiration, key: str, event_id: int, *, to_all: bool = False
) -> None:
    """Tell whoever answers for a ticket of it, and with `to_all` those to whom it is raised."""
    readers = [
        official
        for official in officials.active(conn)
        if roles.answers_for(official, one) or (to_all and roles.is_above(official, one, very=True))
    ]
    ids = tuple(sorted({official.number_id for official in readers}))
    post(rt, conn, [Told(ids, key, slots_of(rt, conn, one), f"desk:{one.id}:{event_id}")])


@dataclass(frozen=True, slots=True)
class Digest:
    """Lines for one official, of any number of tickets, that go out as one SMS. Slots of each are in its reader's language."""

    official: Official
    lines: Sequence[tuple[str, Slots]]


def tell_digests(rt: Runtime, conn: Connection, digests: Iterable[Digest], key: str, cause: str, *,
                 at_once: bool = False) -> int:  # fmt: skip
    """Send each official's lines as one SMS; how many there were. The first lines are the ones that are read."""
    told = []
    digests = list(digests)
    ids = [one.official.number_id for one in digests]
    spoken = {contact.number_id: contact.language for contact in contacts(conn, ids, rt.settings.languages)}
    for one in digests:
        lines = join_lines(rt, one.lines, spoken.get(one.official.number_id, "id"))
        told.append(Told((one.official.number_id,), key, {"lines": lines}, f"{cause}:{one.official.id}"))
    post(rt, conn, told, at_once=at_once)
    return len(told)


def join_lines(rt: Runtime, lines: Sequence[tuple[str, Slots]], language: str) -> str:
    """The first lines, and how many more there are."""
    shown = [rt.say(f"desk.line_{name}", slots, language) for name, slots in lines[:_LINES]]
    if (more := len(lines) - _LINES) > 0:
        shown.append(rt.say("desk.line_more", {"count": str(more)}, language))
    return ", ".join(shown)


def is_open(one: Aspiration) -> bool:
    """Whether somebody works on the ticket, so that others may be merged into it."""
    return one.state in (State.RECEIVED, State.VERIFYING, State.NEEDS_INFO, State.FORWARDED, State.LOCAL,
                         State.IN_PROGRESS, State.REOPENED)  # fmt: skip
