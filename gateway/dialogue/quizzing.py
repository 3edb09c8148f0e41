"""KUIS: the quiz of one's area, answered by one digit, once; and what came of the last one."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from gateway.db import Connection
from gateway.dialogue.says import Done
from gateway.dialogue.talk import Talk
from gateway.information import quiz_result, quiz_store, reader_store, store, words
from gateway.information.quiz_store import Asked
from gateway.information.quizzes import Score
from gateway.kernel.calendar import show_moment
from gateway.questions import store as questions
from gateway.questions.store import Question

KIND: Final = "quiz"
_REMEMBERED: Final = timedelta(days=45)
"""How long the result of the last one is shown while there is no other."""
_CITY: Final = "33.75"


def ask(talk: Talk, conn: Connection, _args: Mapping[str, str]) -> Done:
    """Ask it; whoever has answered reads until when the result is awaited, where there is none what came of the last."""
    now = talk.rt.now()
    asked = quiz_store.current(conn, talk.number.id, talk.own_area, now)
    if asked is None:
        return _last(talk, conn)
    if asked.choice:
        return Done("ok", text=talk.say("sms.quiz_already", item=asked.code, until=_until(talk, asked)))
    item = store.get(conn, asked.code, talk.language, now)
    if item is None:
        return Done("gone", text=talk.say("sms.quiz_none"))
    reader_store.read(conn, item.code, talk.number.id, now)
    questions.ask(conn, talk.number.id, KIND, asked.code, now, asked.until, {"options": dict(asked.quiz.options)},
                  instead_of=[KIND])  # fmt: skip
    return Done("ok", text=words.ask(talk.rt, item, talk.language), wants_answer=True)


def answer(talk: Talk, conn: Connection, question: Question, digit: str) -> Done:
    """Count the answer, the first of this number alone, and say at once what is right and why."""
    now, code = talk.rt.now(), question.subject
    questions.close(conn, question.id, now, digit)
    quiz = quiz_store.get(conn, code)
    if quiz is None or not quiz_store.answer(conn, code, talk.number.id, digit, talk.own_area, talk.language, now):
        return Done("gone", text=talk.say("sms.quiz_late", item=code))
    slots = {"item": code, "explained": quiz.fact(talk.language), "choice": quiz.options[quiz.right]}
    slots["until"] = show_moment(question.deadline, talk.rt.settings.timezone)
    return Done("ok", text=talk.say("sms.quiz_right" if digit == quiz.right else "sms.quiz_wrong", **slots))


def _last(talk: Talk, conn: Connection) -> Done:
    over = quiz_store.last(conn, talk.own_area, talk.rt.now() - _REMEMBERED)
    if over is None:
        return Done("gone", text=talk.say("sms.quiz_none"))
    score, whole = quiz_result.of_area(conn, over, talk.own_area)
    slots = {"item": over.code, "choice": over.quiz.options[over.quiz.right]}
    area = talk.area_name(talk.own_area if talk.own_area else _CITY)
    shown = {"score": _show(score if talk.own_area else whole), "whole": _show(whole)}
    return Done("ok", text=talk.say("sms.quiz_last", place_name=area, **shown, **slots))


def _show(score: Score | None) -> str:
    return f"{score.percent}%" if score else "-"


def _until(talk: Talk, asked: Asked) -> str:
    return show_moment(asked.until, talk.rt.settings.timezone)
