"""Use cases on relay tasks: ask the KIM of each kelurahan to read something aloud, take their counts, show the coverage."""

from collections.abc import Sequence
from typing import Any

from gateway.audit import store as audit
from gateway.broadcasts import sent_store
from gateway.broadcasts import store as broadcasts
from gateway.broadcasts.rules import State
from gateway.db import Connection, transaction
from gateway.information import store as information
from gateway.information import words as items
from gateway.kernel.areas import covers
from gateway.kernel.codes import parse_broadcast, show_broadcast
from gateway.kernel.errors import Conflict, Forbidden, Invalid, Missing
from gateway.kernel.text import measure
from gateway.officials import store as officials
from gateway.officials.rules import Official, Role
from gateway.outbox.service.post import Notice, post_many
from gateway.reference import service as reference
from gateway.relay import store
from gateway.relay.store import Task
from gateway.residents.contact_store import contacts
from gateway.rumours import store as rumours
from gateway.rumours import words as claims
from gateway.rumours.rules import parse_claim, show_claim
from gateway.runtime import Runtime

MAY_ASK = frozenset({Role.ADMIN, Role.APPROVER, Role.EMERGENCY, Role.LURAH})
"""Who has something read aloud, in their own area."""
MAY_REPORT = frozenset({Role.KIM, Role.LURAH})
READERS = MAY_ASK | MAY_REPORT
MOST_RT = 99
_PARTS = 2
_CITY = "33.75"


def find_words(rt: Runtime, conn: Connection, written: str, language: str = "id") -> tuple[str, str, list[str]]:
    """What a code of ours says now, the code as we write it, and the areas it is for. Raises Missing.

    Only what was published or sent: an SMS that began to leave, an item that holds, a claim with a result, its label first.
    """
    if (number := parse_broadcast(written)) is not None and (sent := sent_store.find_sent(conn, number)):
        text = sent.texts.get(language) or next(iter(sent.texts.values()), "")
        held = broadcasts.get(conn, broadcasts.id_of(conn, number) or 0)
        # What was stopped on its way was stopped for a reason.
        goes_on = held is not None and held.state in (State.SENDING, State.FINISHED)
        if goes_on and not sent.is_drill and not (sent.expires_at and sent.expires_at <= rt.now()):
            return text, show_broadcast(number), [area.split("/")[0] for area in sent.areas] or [_CITY]
    if (number := parse_claim(written)) is not None and (claim := rumours.get(conn, number)):
        if claim.state == "published":
            return claims.result(rt, claim, language), show_claim(claim.number), [_CITY]
    elif item := information.get(conn, written.strip().upper(), language, rt.now()):
        return items.text_of(rt, item, language), item.code, [item.area]
    raise Missing("There is nothing of this code that may be read aloud now.", reason="gone")


def ask(
    rt: Runtime, official: Official, written: str, areas: Sequence[str] = (), wanted: int | None = None
) -> list[Task]:
    """Have the KIM of each kelurahan of these areas (else of those it is for) read it aloud; where there is none, its lurah.

    A kelurahan that has this task already is not asked again. Raises Missing, Forbidden, Invalid or Conflict.
    """
    book, now = reference.areas(rt), rt.now()
    if official.role not in MAY_ASK:
        raise Forbidden("An admin, an approver, BPBD or a lurah gives relay tasks.", reason="role")
    if wanted is not None and not 1 <= wanted <= MOST_RT:
        raise Invalid(f"The number of RT lies between 1 and {MOST_RT}.")
    if unknown := [area for area in areas if area not in book]:
        raise Invalid(f"There is no area {unknown[0][:20]}; `areas` lists the codes.")
    with rt.engine.begin() as conn:
        text, code, own = find_words(rt, conn, written)
        named = list(areas) or own
        if areas and not all(covers(official.area, area) for area in areas):
            raise Forbidden("That area is not yours.", reason="scope")
        kelurahan = [
            area.code
            for area in book
            if area.level == "kelurahan"
            and covers(official.area, area.code)
            and any(covers(one, area.code) for one in named)
        ]
        fresh = store.add(conn, code, kelurahan, text, wanted, official.id, now)
        if not fresh:
            raise Conflict("Every kelurahan there has this task already, or none is yours.", reason="state")
        _tell(rt, conn, code, fresh)
        audit.record(
            conn, now, official.actor, "ask relay", f"relay:{code}", areas=len(fresh), channel=official.channel
        )
        return store.of(conn, code, official.area)


def _tell(rt: Runtime, conn: Connection, code: str, areas: Sequence[str]) -> None:
    """Write to the board of each kelurahan, else to its lurah, one SMS of two parts at most."""
    book = reference.areas(rt)
    people: dict[str, list[Official]] = {}
    for role in (Role.LURAH, Role.KIM):
        found: dict[str, list[Official]] = {}
        for one in officials.active(conn):
            if one.role is role and one.area in areas:
                found.setdefault(one.area, []).append(one)
        people |= found
    asked_ids = [one.number_id for asked in people.values() for one in asked]
    reached = {contact.number_id: contact for contact in contacts(conn, asked_ids, rt.settings.languages)}
    notices, texts = [], dict[str, str]()
    for area, asked in people.items():
        for one in asked:
            if contact := reached.get(one.number_id):
                if contact.language not in texts:
                    texts[contact.language] = find_words(rt, conn, code, contact.language)[0]
                slots = {"code": code, "area_name": book[area].name, "text": texts[contact.language]}
                body = rt.say("relay.task", slots, contact.language)
                if measure(body).segments > _PARTS:
                    body = rt.say("relay.task_long", slots, contact.language)
                notices.append(
                    Notice(one.number_id, contact.prefix, contact.language, body, f"relay:{code}:{area}:{one.id}")
                )
    post_many(rt, conn, notices)


def report(rt: Runtime, official: Official, written: str, reached: int, *, within: Connection | None = None) -> Task:
    """Keep in how many RT of the own kelurahan it was read. Raises Missing, Forbidden, Invalid or Conflict."""
    with transaction(rt.engine, within) as conn:
        tasks = _visible(conn, official, written)
        if official.role not in MAY_REPORT:
            raise Forbidden("A KIM or a lurah reads aloud.", reason="role")
        if not 1 <= reached <= MOST_RT:
            raise Invalid(f"The number of RT lies between 1 and {MOST_RT}.", reason="bad")
        if len(tasks) > 1:
            raise Conflict("Your area has several kelurahan with this task; their own KIM reports.", reason="state")
        store.report(conn, tasks[0].id, official.id, reached, rt.now())
        audit.record(conn, rt.now(), official.actor, "report relay", f"relay:{tasks[0].code}", area=tasks[0].area,
                     reached=reached, channel=official.channel)  # fmt: skip
        return store.of(conn, tasks[0].code, tasks[0].area)[0]


def _visible(conn: Connection, official: Official, written: str) -> list[Task]:
    tasks = store.of(conn, written.strip().upper(), official.area) if official.role in READERS else []
    if not tasks:
        raise Missing("There is no such relay task in your area.", reason="gone")
    return tasks


def coverage(rt: Runtime, official: Official, written: str, *, within: Connection | None = None) -> dict[str, Any]:
    """How far it got in the official's area: kelurahan asked and heard of, RT reached, and each of them."""
    book = reference.areas(rt)
    with transaction(rt.engine, within) as conn:
        tasks = _visible(conn, official, written)
    return {
        "code": tasks[0].code,
        "script": tasks[0].script,
        "asked": len(tasks),
        "reported": sum(task.reports > 0 for task in tasks),
        "reached": sum(task.reached for task in tasks),
        "tasks": [
            {"area": task.area, "name": book[task.area].name if task.area in book else task.area, "wanted": task.wanted,
             "reached": task.reached, "at": task.at.isoformat() if task.at else None}
            for task in tasks
        ],
    }  # fmt: skip
