"""What time does to rumours: everyone who asked is told, a first word comes in time, the desk hears what is due or spreads."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from gateway.audit import store as audit
from gateway.db import Connection
from gateway.officials import store as officials
from gateway.officials.rules import Official
from gateway.outbox.service.post import Notice, post_many, wake_replies
from gateway.residents.contact_store import contacts
from gateway.rumours import rules, watch_store, words
from gateway.rumours.desk import subject_of
from gateway.rumours.rules import show_claim
from gateway.rumours.store import Rumour
from gateway.runtime import Runtime

log = logging.getLogger(__name__)
CHUNK = 1000
"""People told in one transaction."""
WARNED_BEFORE = timedelta(minutes=60)
"""How long before a first word is due the desk hears of it."""
_SOME = 3


def tick(rt: Runtime) -> int:
    """Do what is due; how many people were told something."""
    with rt.engine.begin() as conn:
        watch_store.give_first_word(conn, rt.now())
    people = _warn(rt) + _alarm(rt)
    while told := _tell_some(rt):
        people += told
    if people:
        wake_replies(rt)
    return people


def _tell_some(rt: Runtime) -> int:
    """Tell the next thousand of one claim. Their mark and their messages are one transaction: nobody is told twice."""
    with rt.engine.begin() as conn:
        rumour = watch_store.next_telling(conn)
        if rumour is None:
            return 0
        askers = {one.number_id: one for one in watch_store.take(conn, rumour, CHUNK)}
        if len(askers) < CHUNK:
            watch_store.told(conn, rumour.id)
        notices, texts = [], dict[tuple[str, bool], str]()
        for contact in contacts(conn, list(askers), rt.settings.languages):
            asker = askers[contact.number_id]
            key = (contact.language, asker.told > 0)
            if key not in texts:
                texts[key] = words.result(rt, rumour, contact.language, corrects=asker.told > 0)
            cause = f"rumour:{rumour.id}:{rumour.version}:{contact.number_id}"
            notices.append(Notice(contact.number_id, contact.prefix, contact.language, texts[key], cause, asker.at))
        post_many(rt, conn, notices)
        audit.record(
            conn, rt.now(), "clock", "tell askers", subject_of(rumour), version=rumour.version, people=len(notices)
        )
    # One that was told to nobody still counts: there may be more claims.
    return max(1, len(notices))


def _warn(rt: Runtime) -> int:
    now = rt.now()
    with rt.engine.begin() as conn:
        due = watch_store.warn(conn, now, now + WARNED_BEFORE)
        return _tell_desk(rt, conn, due, "due") if due else 0


def _alarm(rt: Runtime) -> int:
    with rt.engine.begin() as conn:
        spreading = watch_store.alarm(conn, rt.now())
        for rumour in spreading:
            log.warning("claim %s spreads: %d numbers, %d areas", show_claim(rumour.number), rumour.askers,
                        len(rumour.places))  # fmt: skip
            audit.record(conn, rt.now(), "clock", "claim spreads", subject_of(rumour), askers=rumour.askers,
                         areas=len(rumour.places))  # fmt: skip
        return _tell_desk(rt, conn, spreading, "spreads") if spreading else 0


def _tell_desk(rt: Runtime, conn: Connection, rumours: Sequence[Rumour], about: str) -> int:
    """One SMS to each official whose desk these claims are on, naming the worst; however many there are."""
    desks: dict[int, tuple[Official, list[Rumour]]] = {}
    for official in officials.active(conn):
        own = [one for one in rumours if rules.is_desk_of(official, one.area)]
        # Two accounts on one phone are told once, and of what the wider one sees.
        if own and len(own) > len(desks.get(official.number_id, (official, []))[1]):
            desks[official.number_id] = (official, own)
    notices = []
    for contact in contacts(conn, list(desks), rt.settings.languages):
        official, own = desks[contact.number_id]
        own = sorted(own, key=lambda one: -one.place)
        slots = {
            "count": str(len(own)),
            "codes": ", ".join(show_claim(one.number) for one in own[:_SOME]),
            "people": str(max(one.askers for one in own)),
            "areas": str(max(len(one.places) for one in own)),
            "words": own[0].summary or own[0].claim,
        }
        body = rt.say(f"hoax_desk.rumour_{about}", slots, contact.language)
        cause = f"desk:{about}:{own[0].id}:{official.id}:{rt.now().timestamp():.0f}"
        notices.append(Notice(contact.number_id, contact.prefix, contact.language, body, cause))
    post_many(rt, conn, notices)
    return len(notices)
