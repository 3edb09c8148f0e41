"""What came of a quiz: told to all who answered once it is over, and shown to officials by area from then on."""

from typing import Any

from gateway.audit import store as audit
from gateway.broadcasts.service.poll import send_back
from gateway.broadcasts.service.words import show_count
from gateway.db import Connection
from gateway.information import desk, quiz_store
from gateway.information.quiz_store import Over
from gateway.information.quizzes import Score, scores
from gateway.kernel.errors import Missing
from gateway.officials.rules import Official
from gateway.runtime import Runtime
from gateway.state import queue


def tick(rt: Runtime) -> int:
    """Close the quizzes that are over, and tell all who answered once what came of theirs; how many quizzes that were."""
    told = 0
    while _tell_one(rt):
        told += 1
    if told:
        queue.wake(rt.redis, "bulk", rt.settings.bulk_workers)
    return told


def _tell_one(rt: Runtime) -> bool:
    with rt.engine.begin() as conn:
        over = quiz_store.next_over(conn, rt.now())
        if over is None:
            return False
        quiz_store.close(conn, over.id, rt.now())
        if counts := quiz_store.count(conn, over.id):
            whole, _ = scores(counts)
            texts = {language: _words(rt, over, whole, language) for language in rt.settings.languages}
            people = send_back(rt, conn, texts, quiz_store.answerers(over.id))
            audit.record(conn, rt.now(), "clock", "tell quiz", f"item:{over.code}", told=people)
    return True


def _words(rt: Runtime, over: Over, whole: Score | None, language: str) -> str:
    if over.is_withdrawn:
        return rt.say("sms.quiz_withdrawn", {"item": over.code}, language)
    slots = {"item": over.code, "choice": over.quiz.options[over.quiz.right]}
    if whole is None:
        return rt.say("sms.quiz_few", slots, language)
    figures = {"percent": str(whole.percent), "people": show_count(whole.people)}
    return rt.say("sms.quiz_result", {**slots, **figures}, language)


def of_area(conn: Connection, over: Over, area: str) -> tuple[Score | None, Score | None]:
    """The score of an area and of all, None where hidden."""
    whole, each = scores(quiz_store.count(conn, over.id))
    return each.get(area), whole


def look(rt: Runtime, official: Official, written: str) -> dict[str, Any]:
    """The scores of a quiz by area, in the order of their codes; None before its result was told, since two looks would
    tell who answered in between. Raises Missing where the item is not there, or asks nothing.
    """
    with rt.engine.begin() as conn:
        item = desk.find(conn, official, written)
        quiz = item.content.quiz
        if quiz is None:
            raise Missing("This item asks nothing.", reason="gone")
        told = quiz_store.results_at(conn, item.id)
        whole, each = scores(quiz_store.count(conn, item.id)) if told else (None, {})
    areas = [{"area": area or None, **_show(score)} for area, score in each.items()]
    return {"code": item.code, "options": dict(quiz.options), "right": quiz.right, **_show(whole),
            "areas": areas, "results_at": told.isoformat() if told else None}  # fmt: skip


def _show(score: Score | None) -> dict[str, int | None]:
    return {"people": score.people if score else None, "percent": score.percent if score else None}
