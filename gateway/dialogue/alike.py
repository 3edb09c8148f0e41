"""Another's open report of the same thing: offered on the menu before one's own is filed, in the receipt of an SMS after it."""

from datetime import timedelta
from typing import Final

from gateway.aspirations import follow, store
from gateway.aspirations.store import Aspiration
from gateway.db import Connection
from gateway.dialogue import aftercare
from gateway.dialogue.says import Done
from gateway.dialogue.talk import Talk
from gateway.kernel.codes import show_ticket
from gateway.questions import store as questions
from gateway.questions.store import Question

KIND: Final = "alike"
YES: Final = "8"
"""No category's digit: a receipt may ask for both."""
_WITHIN = timedelta(hours=72)


def find(talk: Talk, conn: Connection, kind: str, category: str, area: str, words: str) -> dict[str, str]:
    """What is told of the report most like these words; empty where there is none."""
    found = follow.find_alike(talk.rt, conn, talk.number.id, kind, category, area, words)
    if found is None:
        return {}
    slots = {"ticket": show_ticket(found.ticket), "similar_words": found.words, "office": found.office}
    return {**slots, "count": str(found.count)}


def offer(talk: Talk, conn: Connection, one: Aspiration) -> dict[str, str]:
    """What the receipt of a new report tells of another like it, which is asked about; empty where there is none.

    Of a confidential one nothing is quoted, and nobody is led to stand behind another by name of it.
    """
    if one.is_confidential:
        return {}
    found = find(talk, conn, one.kind, one.category or "", one.area or "", one.body)
    if not found:
        return {}
    now, payload = talk.rt.now(), {"ticket": found["ticket"]}
    questions.ask(conn, talk.number.id, KIND, one.ticket, now, now + _WITHIN, payload, instead_of=[KIND])
    return {name: found[name] for name in ("similar_words", "count")}


def follow_it(talk: Talk, conn: Connection, question: Question) -> Done:
    """8: the person follows the other report, as DUKUNG does, and the desk reads in their own that it is the same.

    Their own stays until an official merges it: only officials do.
    """
    now, own = talk.rt.now(), question.subject
    questions.close(conn, question.id, now, YES)
    mine = store.get(conn, own)
    other = store.get(conn, "".join(filter(str.isdigit, question.payload["ticket"])))
    if mine is None or other is None:
        return Done("gone", text=talk.say("sms.status_gone"))
    ticket = follow.current(conn, other).ticket
    slots = {"ticket": show_ticket(own), "into": show_ticket(ticket)}
    if ticket == own or aftercare.support(talk, conn, {"ticket": ticket}).outcome != "ok":
        return Done("gone", slots, talk.say("sms.alike_over", **slots))
    store.add_event(conn, mine.id, now, "resident", "same", show_ticket(ticket), f"{talk.cause}:same")
    return Done("ok", slots, talk.say("sms.alike_followed", **slots))
