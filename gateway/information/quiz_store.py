"""The table of answers to quizzes, and which quiz is asked where and when."""

from dataclasses import dataclass
from datetime import datetime

from gateway.db import Connection, rows, statement
from gateway.information.quizzes import NOWHERE, Quiz
from gateway.outbox.store.batches import Fragment

_FOR = "(i.area = :area OR starts_with(:area, i.area || '.') OR (:area = '' AND i.area = '33.75'))"
_CURRENT = statement(f"""
    SELECT i.code, i.quiz, i.valid_until, a.choice FROM items i
    LEFT JOIN quiz_answers a ON a.item_id = i.id AND a.number_id = :number_id
    WHERE i.quiz IS NOT NULL AND i.state = 'published' AND i.valid_from <= :now AND i.valid_until > :now AND {_FOR}
    ORDER BY (a.choice IS NULL) DESC, length(i.area) DESC, i.valid_from DESC, i.id DESC LIMIT 1
""")
_LAST = statement(f"""
    SELECT i.id, i.code, i.quiz FROM items i
    WHERE i.quiz IS NOT NULL AND i.state = 'published' AND i.results_at > :since AND {_FOR}
    ORDER BY i.results_at DESC, i.id DESC LIMIT 1
""")
# The item's row is held against whoever closes the quiz at this moment: no answer comes between count and close.
_ANSWER = statement("""
    INSERT INTO quiz_answers (item_id, number_id, choice, area, language, at)
    SELECT id, :number_id, :choice, nullif(:area, ''), :language, :now FROM items
    WHERE code = :code AND state = 'published' AND valid_until > :now AND results_at IS NULL
      AND quiz -> 'options' ->> :choice IS NOT NULL
    FOR SHARE
    ON CONFLICT DO NOTHING RETURNING choice
""")
_GET = statement("SELECT quiz FROM items WHERE code = :code AND quiz IS NOT NULL")
_COUNT = statement("""
    SELECT coalesce(a.area, '') AS area, a.choice = i.quiz ->> 'right' AS is_right, count(*) AS n
    FROM quiz_answers a JOIN items i ON i.id = a.item_id WHERE a.item_id = :id GROUP BY 1, 2
""")
_OVER = statement("""
    SELECT id, code, quiz, state = 'retired' AS is_withdrawn FROM items
    WHERE quiz IS NOT NULL AND results_at IS NULL
      AND (state = 'published' AND valid_until <= :now OR state = 'retired' AND approved_at IS NOT NULL)
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
""")
_CLOSE = statement("UPDATE items SET results_at = :now WHERE id = :id")
_RESULTS_AT = statement("SELECT results_at FROM items WHERE id = :id")
_ABOUT = statement("""
    SELECT i.code, a.choice, a.at FROM quiz_answers a JOIN items i ON i.id = a.item_id
    WHERE a.number_id = :number_id ORDER BY a.at
""")


@dataclass(frozen=True, slots=True)
class Asked:
    """A quiz that holds now, and what this number has answered, if it has."""

    code: str
    quiz: Quiz
    until: datetime
    choice: str | None


@dataclass(frozen=True, slots=True)
class Over:
    """A quiz that takes no more answers, as its time is over or an official withdrew it."""

    id: int
    code: str
    quiz: Quiz
    is_withdrawn: bool = False


def current(conn: Connection, number_id: int, area: str, now: datetime) -> Asked | None:
    """The quiz for an area: one that this number has not answered first, then the nearest, then the newest."""
    row = conn.execute(_CURRENT, {"number_id": number_id, "area": area, "now": now}).one_or_none()
    return Asked(row.code, Quiz.of(row.quiz), row.valid_until, row.choice) if row else None  # type: ignore[arg-type]


def last(conn: Connection, area: str, since: datetime) -> Over | None:
    """The quiz of an area whose result was told last, after `since`."""
    row = conn.execute(_LAST, {"area": area, "since": since}).one_or_none()
    return Over(row.id, row.code, Quiz.of(row.quiz)) if row else None  # type: ignore[arg-type]


def get(conn: Connection, code: str) -> Quiz | None:
    """The quiz of an item."""
    return Quiz.of(conn.execute(_GET, {"code": code}).scalar())


def answer(conn: Connection, code: str, number_id: int, choice: str, area: str, language: str, now: datetime) -> bool:
    """Record an answer; False where the number has given one, or the quiz is over."""
    values = {"code": code, "number_id": number_id, "choice": choice, "area": area, "language": language, "now": now}
    return conn.execute(_ANSWER, values).one_or_none() is not None


def count(conn: Connection, item_id: int) -> dict[tuple[str, bool], int]:
    """Answers by area (NOWHERE for none) and by whether they are right."""
    return {(row.area or NOWHERE, row.is_right): int(row.n) for row in rows(conn, _COUNT, {"id": item_id})}


def next_over(conn: Connection, now: datetime) -> Over | None:
    """A quiz that is over and whose end nobody has been told, held; None where another clock is at it."""
    row = conn.execute(_OVER, {"now": now}).one_or_none()
    return Over(row.id, row.code, Quiz.of(row.quiz), row.is_withdrawn) if row else None  # type: ignore[arg-type]


def close(conn: Connection, item_id: int, now: datetime) -> None:
    """Take no more answers: its result is told."""
    conn.execute(_CLOSE, {"id": item_id, "now": now})


def results_at(conn: Connection, item_id: int) -> datetime | None:
    """When its result was told; None before."""
    found: datetime | None = conn.execute(_RESULTS_AT, {"id": item_id}).scalar()
    return found


def answerers(item_id: int) -> Fragment:
    """The SELECT of numbers that answered, each in the language it was spoken to."""
    return Fragment("SELECT number_id, language FROM quiz_answers WHERE item_id = :quiz", {"quiz": item_id})


def forget(conn: Connection, number_id: int) -> None:
    """Nothing: an answer counts on, under an id that leads to nobody once the number's row is blanked."""


def about(conn: Connection, number_id: int) -> list[dict[str, object]]:
    """Which quizzes this person answered, how and when."""
    return [dict(row._mapping) for row in conn.execute(_ABOUT, {"number_id": number_id})]
