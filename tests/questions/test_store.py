"""What we asked and wait for: superseded, answered once, expired, forgotten."""

from datetime import timedelta

import pytest

from gateway.db import Connection
from gateway.numbers import store as numbers
from gateway.questions import store
from gateway.runtime import Runtime


@pytest.fixture
def number(rt: Runtime) -> int:
    """The id of a person's number."""
    with rt.engine.begin() as conn:
        return numbers.ensure(conn, rt.vault, "+6281234567890").id


def kinds(conn: Connection, rt: Runtime, number: int) -> list[str]:
    return [question.kind for question in store.open_for(conn, number, rt.now())]


def test_open_questions_come_newest_first_and_end_at_their_deadline(rt: Runtime, number: int) -> None:
    now = rt.now()
    with rt.engine.begin() as conn:
        store.ask(conn, number, "draft", "7", now, now + timedelta(hours=1), {"a": "b"})
        store.ask(conn, number, "place", "2719089", now, now + timedelta(hours=2))
        first, second = store.open_for(conn, number, now)
        assert (first.kind, first.subject, first.payload) == ("place", "2719089", {})
        assert (second.kind, second.payload, second.deadline) == ("draft", {"a": "b"}, now + timedelta(hours=1))
        assert [q.kind for q in store.open_for(conn, number, now + timedelta(hours=1))] == ["place"]
        assert store.open_for(conn, number + 1, now) == []


def test_a_new_question_takes_the_place_of_older_ones_of_the_kinds_it_names(rt: Runtime, number: int) -> None:
    now, later = rt.now(), rt.now() + timedelta(hours=1)
    with rt.engine.begin() as conn:
        other = numbers.ensure(conn, rt.vault, "+6281200000001").id
        store.ask(conn, number, "join", "a", now, later)
        store.ask(conn, number, "draft", "b", now, later)
        store.ask(conn, other, "join", "c", now, later)
        store.ask(conn, number, "join", "d", now, later, instead_of=["join"])
        assert [(q.kind, q.subject) for q in store.open_for(conn, number, now)] == [("join", "d"), ("draft", "b")]
        assert kinds(conn, rt, other) == ["join"]
        assert store.waiting(conn, [number, other, other + 1], "join", now) == {number, other}
        assert store.waiting(conn, [number, other], "draft", now) == {number}
        assert store.waiting(conn, [number], "join", later) == set()


def test_a_question_is_closed_once(rt: Runtime, number: int) -> None:
    now = rt.now()
    with rt.engine.begin() as conn:
        store.ask(conn, number, "join", "", now, now + timedelta(hours=1))
        (question,) = store.open_for(conn, number, now)
        assert store.close(conn, question.id, now, "ya")
        assert not store.close(conn, question.id, now, "tidak")
        assert kinds(conn, rt, number) == []


def test_the_clock_closes_what_is_past_its_deadline_and_names_it_once(rt: Runtime, number: int) -> None:
    now = rt.now()
    with rt.engine.begin() as conn:
        store.ask(conn, number, "draft", "7", now, now + timedelta(hours=1))
        store.ask(conn, number, "join", "", now, now + timedelta(hours=2))
        assert store.expire(conn, now) == []
        assert store.expire(conn, now + timedelta(hours=1)) == [("draft", "7")]
        assert store.expire(conn, now + timedelta(hours=1)) == []
        assert kinds(conn, rt, number) == ["join"]


def test_forgetting_blanks_what_was_asked_and_said(rt: Runtime, number: int) -> None:
    now = rt.now()
    with rt.engine.begin() as conn:
        store.ask(conn, number, "draft", "7", now, now + timedelta(hours=1), {"words": "lampu mati"})
        (question,) = store.open_for(conn, number, now)
        store.close(conn, question.id, now, "lampu")
        store.forget(conn, number)
        (about,) = store.about(conn, number)
        assert about["kind"] == "draft"
        row = conn.exec_driver_sql("SELECT payload, answer FROM questions").one()
        assert tuple(row) == ({}, None)
