"""Answers to a poll: the digit that a broadcast asked for becomes an open question like any other, and is counted once."""

from collections.abc import Sequence
from datetime import timedelta

from gateway.broadcasts import poll_store
from gateway.broadcasts.poll_store import Asked
from gateway.db import Connection
from gateway.dialogue.says import Done
from gateway.dialogue.talk import Talk
from gateway.kernel.calendar import show_moment
from gateway.kernel.codes import show_broadcast
from gateway.questions import store as questions
from gateway.questions.store import Question

KIND = "poll"
_LATE = timedelta(days=14)
"""How long after its end a poll is remembered to whoever answers it late."""


def ask_open(talk: Talk, conn: Connection, found: Sequence[Question]) -> bool:
    """Open a question for each poll that waits for this number's answer; True where one is new.

    A row a recipient would be as many as a broadcast has, for the few who answer: so it is made when they write.
    """
    now = talk.rt.now()
    known = {question.subject for question in found if question.kind == KIND}
    fresh = [
        asked
        for asked in poll_store.asked(conn, talk.number.id, now)
        if asked.choice is None and str(asked.broadcast_id) not in known
    ]
    for asked in fresh:
        payload = {"options": dict(asked.poll.options), "code": show_broadcast(asked.number)}
        subject = str(asked.broadcast_id)
        questions.ask(conn, talk.number.id, KIND, subject, asked.at, asked.poll.closes_at, payload)
    return bool(fresh)


def answer(talk: Talk, conn: Connection, question: Question, digit: str) -> Done:
    """Count the answer, the first of this number alone."""
    now = talk.rt.now()
    questions.close(conn, question.id, now, digit)
    if not poll_store.answer(conn, int(question.subject), talk.number.id, digit, talk.language, now):
        return explain(talk, conn, digit) or Done("gone", text=talk.say("sms.nothing_asked"))
    slots = {"code": str(question.payload["code"]), "choice": question.payload["options"][digit]}
    until = show_moment(question.deadline, talk.rt.settings.timezone)
    return Done("ok", text=talk.say("sms.poll_taken", **slots, until=until))


def explain(talk: Talk, conn: Connection, digit: str) -> Done | None:
    """Why a digit that nothing waits for changes nothing: its poll was answered before, or is closed; None for no poll."""
    now = talk.rt.now()
    for asked in poll_store.asked(conn, talk.number.id, now - _LATE):
        if digit in asked.poll.options and (asked.choice or asked.poll.closes_at <= now):
            return Done("gone", text=_say(talk, asked))
    return None


def _say(talk: Talk, asked: Asked) -> str:
    slots = {
        "code": show_broadcast(asked.number),
        "until": show_moment(asked.poll.closes_at, talk.rt.settings.timezone),
    }
    if asked.poll.closes_at > talk.rt.now() and asked.choice:
        return talk.say("sms.poll_already", **slots, choice=asked.poll.options[asked.choice])
    return talk.say("sms.poll_late", **slots)
