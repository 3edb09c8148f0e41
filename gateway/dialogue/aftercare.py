"""What a person does about a ticket once it is there: hurry it, say whether it is done, rate it, support another's."""

from collections.abc import Mapping

from gateway.aspirations import follow
from gateway.db import Connection
from gateway.dialogue.says import Done
from gateway.dialogue.talk import Talk
from gateway.kernel.codes import parse_ticket, show_ticket
from gateway.questions import store as questions

_CLOSED = {"yes": "sms.closed_yes", "partly": "sms.closed_partly", "no": "sms.closed_no"}
_STARS = frozenset("1234")


def _ticket(args: Mapping[str, str]) -> str:
    return parse_ticket(args.get("ticket") or args.get("typed") or "") or ""


def hurry(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """`2 Minta percepat`: flagged for the desk, once a week a ticket."""
    ticket = _ticket(args)
    outcome = follow.hurry(talk.rt, conn, talk.number.id, ticket, talk.cause) if ticket else "gone"
    if outcome == "gone":
        return Done("gone", text=talk.say("sms.status_gone"))
    slots = {"ticket": show_ticket(ticket)}
    return Done(outcome, slots, talk.say("sms.hurried" if outcome == "ok" else "sms.hurry_soon", **slots))


def confirm_closed(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """The reporter's word on what an office calls done: yes, partly, or no, which opens the ticket again."""
    ticket, answer = _ticket(args), args["answer"]
    slots = {"ticket": show_ticket(ticket)}
    if not ticket or not follow.confirm(talk.rt, conn, talk.number.id, ticket, answer, talk.cause):
        return Done("gone", slots, talk.say("sms.not_waiting", **slots))
    questions.close_about(conn, talk.number.id, ticket, ["close"], talk.rt.now())
    return Done("ok", slots, talk.say(_CLOSED[answer], **slots))


def rate(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """NILAI: 1, very pleased, to 4, disappointed; without a ticket the newest that is closed."""
    stars = args.get("stars", "")
    named = args.get("ticket") or args.get("typed")
    ticket = _ticket(args) if named else follow.last_rated(conn, talk.number.id)
    if not ticket or stars not in _STARS or len(stars) != 1:
        return Done("gone", text=talk.say("sms.rate_ask"), wants_answer=True)
    if not follow.rate(talk.rt, conn, talk.number.id, ticket, int(stars), talk.cause):
        return Done("gone", text=talk.say("sms.rate_ask"), wants_answer=True)
    slots = {"ticket": show_ticket(ticket)}
    return Done("ok", slots, talk.say("sms.rated", **slots))


def support(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """DUKUNG: the report of another that says the same; its supporters are told what becomes of it."""
    ticket = _ticket(args)
    if not ticket:
        return Done("gone", text=talk.say("sms.support_which"), wants_answer=True)
    if not follow.support(talk.rt, conn, talk.number.id, ticket, talk.cause):
        return Done("gone", text=talk.say("sms.status_gone"))
    slots = {"ticket": show_ticket(ticket)}
    return Done("ok", slots, talk.say("sms.supported", **slots))
