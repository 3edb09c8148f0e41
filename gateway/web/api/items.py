"""API calls on information: draft, submit, decide, retire; what nobody found; the development board."""

from typing import Any

from gateway.information import desk, quiz_result
from gateway.information.desk_store import Draft
from gateway.information.quizzes import Quiz
from gateway.information.rules import Content
from gateway.web.api.bodies import Approval, NewItem, Rejection
from gateway.web.api.calls import Ask, Part, Table
from gateway.web.api.desk_answers import Board, Item, Items, Misses, QuizResult

table = Table()


@table.call("GET", "/items", "List items of your area, whatever their state", Items)
def list_items(ask: Ask, part: Part) -> dict[str, Any]:
    found, following = desk.page(ask.rt, ask.official, part.cursor, part.limit)
    return {"items": [show(*one) for one in found], "next": following}


@table.call("POST", "/items", "Draft an item, or one that corrects another", Item, status=201)
def add(ask: Ask, body: NewItem) -> dict[str, Any]:
    content = Content(body.topic, body.area, body.titles, body.texts, body.source, body.valid_from or ask.rt.now(),
                      body.valid_until, body.office, body.budget, body.percent,
                      Quiz.of(body.quiz.model_dump()) if body.quiz else None)  # fmt: skip
    return show(desk.draft(ask.rt, ask.official, content, body.corrects))


@table.call("GET", "/items/{code}", "Look at an item", Item)
def look(ask: Ask, code: str) -> dict[str, Any]:
    return show(*desk.look(ask.rt, ask.official, code))


@table.call("POST", "/items/{code}/submit", "Ask for a second person", Item)
def submit(ask: Ask, code: str) -> dict[str, Any]:
    return show(desk.submit(ask.rt, ask.official, code))


@table.call("POST", "/items/{code}/approve", "Publish another person's item", Item)
def approve(ask: Ask, code: str, body: Approval) -> dict[str, Any]:
    return show(desk.approve(ask.rt, ask.official, code, body.hash))


@table.call("POST", "/items/{code}/reject", "Give another person's item back", Item)
def reject(ask: Ask, code: str, body: Rejection) -> dict[str, Any]:
    return show(desk.reject(ask.rt, ask.official, code, body.note))


@table.call("POST", "/items/{code}/retire", "Show it no more", Item)
def retire(ask: Ask, code: str) -> dict[str, Any]:
    return show(desk.retire(ask.rt, ask.official, code))


@table.call("GET", "/items/{code}/quiz", "What came of the quiz it asks, by area; a null is hidden", QuizResult)
def quiz_scores(ask: Ask, code: str) -> dict[str, Any]:
    return quiz_result.look(ask.rt, ask.official, code)


@table.call("GET", "/searches", "What people of your area looked for in vain, in ninety days", Misses)
def misses(ask: Ask) -> dict[str, Any]:
    found = desk.misses(ask.rt, ask.official)
    names = ("words", "topic", "area", "times")
    return {"items": [{name: getattr(one, name) for name in names} | {"last": one.last.isoformat()} for one in found]}


@table.call("GET", "/boards/{area}", "The development board of an area", Board)
def board(ask: Ask, area: str) -> dict[str, Any]:
    names = ("code", "area", "title", "text", "source", "office", "budget", "percent")
    found = desk.board(ask.rt, area)
    return {"area": area, "items": [{name: getattr(one, name) for name in names} for one in found]}


def show(item: Draft, said: tuple[int, int, int] = (0, 0, 0)) -> dict[str, Any]:
    """An item as the API shows it."""
    content = item.content
    return {
        "code": item.code,
        "state": item.state.value,
        "topic": content.topic,
        "area": content.area,
        "titles": dict(content.titles),
        "texts": dict(content.texts),
        "source": content.source,
        "author": item.author_id,
        "approver": item.approver_id,
        "valid_from": content.valid_from.isoformat(),
        "valid_until": content.valid_until.isoformat(),
        "corrects": item.corrects,
        "hash": item.hash,
        "note": item.note,
        "office": content.office,
        "budget": content.budget,
        "percent": content.percent,
        "quiz": content.quiz.stored if content.quiz else None,
        "useful": dict(zip(("yes", "no", "readers"), said, strict=True)),
    }
