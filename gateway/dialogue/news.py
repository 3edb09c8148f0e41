"""What a person may read: information, the state of their tickets, help, and what we keep of them."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta

from gateway.aspirations import follow
from gateway.aspirations import store as aspirations
from gateway.db import Connection
from gateway.dialogue import hoax
from gateway.dialogue.follow import status_slots
from gateway.dialogue.says import Done
from gateway.dialogue.talk import Talk
from gateway.information import reader_store as readers
from gateway.information import store as information
from gateway.information import words
from gateway.information.store import Item
from gateway.kernel.codes import parse_ticket, show_ticket
from gateway.kernel.text import measure, redact
from gateway.questions import store as questions
from gateway.questions.store import Question
from menus.loader import standard_lexicon

USEFUL = "useful"
"""The kind of a question whether an item was of use; its subject is the item's code."""
_ASKED_FOR = timedelta(hours=72)
_WORD = re.compile(r"[a-z0-9]{2,30}")
_MOST_WORDS = 6


def info(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """INFO [words] [topic] [area]: the item that fits best and holds now, for the area named or the person's own."""
    topic, area = args.get("topic", ""), args.get("area", "") or talk.own_area
    said = words_of(args.get("typed", ""))
    if not topic and not args.get("area") and not said:
        return Done("ask", text=talk.say("sms.info_topics"), wants_answer=True)
    found = look_for(talk, conn, said, topic, area)
    if not found:
        return Done("gone", text=talk.say("sms.info_none"))
    text, asks = _asking(talk, conn, found[0])
    return Done("ok", text=text, wants_answer=asks)


def words_of(said: str) -> list[str]:
    """What to look for in words that a person typed; questions and their like find nothing."""
    empty = standard_lexicon().questions
    found = [word for word in _WORD.findall(redact(said).text.lower()) if word.upper() not in empty]
    return found[:_MOST_WORDS]


def look_for(talk: Talk, conn: Connection, said: Sequence[str], topic: str, area: str) -> list[Item]:
    """Items with any of these words, or of the topic; what is not found is kept for whoever writes, without a number."""
    now = talk.rt.now()
    if said:
        found = information.search(conn, said, topic, area, talk.language, now)
    else:
        found = information.find(conn, topic, area, talk.language, now, only_own=not topic)
    if not found:
        readers.miss(conn, talk.cause, " ".join(said), topic, area, now)
    return found


def _asking(talk: Talk, conn: Connection, item: Item) -> tuple[str, bool]:
    """An item as an SMS, with "useful? 1/2" where it has room and nothing else waits for a digit; whether it asks."""
    text, now = _sent(talk, conn, item), talk.rt.now()
    asking = text + talk.say("sms.useful")
    if measure(asking).segments > measure(text).segments or questions.open_for(conn, talk.number.id, now):
        return text, False
    questions.ask(conn, talk.number.id, USEFUL, item.code, now, now + _ASKED_FOR)
    return asking, True


def _sent(talk: Talk, conn: Connection, item: Item) -> str:
    readers.read(conn, item.code, talk.number.id, talk.rt.now())
    return words.sms(talk.rt, item, talk.language)


def judge_item(talk: Talk, conn: Connection, question: Question, answer: str) -> Done:
    """1 or 2 to "useful?"."""
    questions.close(conn, question.id, talk.rt.now(), answer)
    readers.judge(conn, question.subject, talk.number.id, is_useful=answer in ("1", "yes"))
    return Done("ok", text=talk.say("sms.useful_thanks"))


def send_item(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """`1 SMS-kan`: the item, or the result of a rumour, as an SMS, once for this hop."""
    if args.get("claim"):
        return hoax.send(talk, conn, args)
    item = information.get(conn, args["item"], talk.language, talk.rt.now())
    if item is None:
        return Done("gone")
    talk.send(conn, _sent(talk, conn, item))
    return Done("ok")


def status(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """STATUS [ticket]: neutral words for one's own ticket, less for another's; without a ticket, one's newest."""
    if written := args.get("ticket"):
        ticket = parse_ticket(written)
        aspiration = aspirations.get(conn, ticket) if ticket else None
    elif args.get("typed"):
        return Done("gone", text=talk.say("sms.status_gone"))
    else:
        own = aspirations.own(conn, talk.number.id)
        if not own:
            return Done("gone", text=talk.say("sms.status_none"))
        aspiration = own[0]
    if aspiration is None:
        return Done("gone", text=talk.say("sms.status_gone"))
    if not follow.is_concerned(conn, talk.number.id, aspiration):
        shown = {"ticket": show_ticket(aspiration.ticket), "state": aspiration.state.value}
        return Done("foreign", text=talk.say("sms.status_foreign", **shown))
    slots = status_slots(talk, conn, follow.current(conn, aspiration))
    with_office = "sms.status" if slots["due"] else "sms.status_no_due"
    return Done("ok", text=talk.say(with_office if slots["office"] else "sms.status_no_office", **slots))


def help_text(talk: Talk, _conn: Connection, _args: Mapping[str, str]) -> Done:
    """BANTUAN: the commands."""
    return Done("ok", text=talk.say("sms.help"))


def data_notice(talk: Talk, _conn: Connection, _args: Mapping[str, str]) -> Done:
    """INFO DATA: what we keep, why, and who sees it."""
    return Done("ok", text=talk.say("sms.data_notice"))
