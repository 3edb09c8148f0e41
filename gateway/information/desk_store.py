"""The table of items as the desk works on it: drafts, decisions, corrections, lists, projects."""

import json
from dataclasses import dataclass
from datetime import datetime

from gateway.db import Connection, statement
from gateway.information.quizzes import Quiz
from gateway.information.rules import Content, State


@dataclass(frozen=True, slots=True)
class Draft:
    """An item whatever its state. `corrects`: the code of the one it takes the place of."""

    id: int
    code: str
    state: State
    content: Content
    hash: str
    author_id: int
    approver_id: int | None
    corrects_id: int | None
    corrects: str | None
    approved_at: datetime | None
    retired_at: datetime | None
    note: str | None


_COLUMNS = """
    i.id, i.code, i.state, i.topic, i.area, i.titles, i.texts, i.source, i.valid_from, i.valid_until, i.office, i.budget,
    i.percent, i.quiz, i.hash, i.author_id, i.approver_id, i.corrects_id, c.code, i.approved_at, i.retired_at, i.note
"""
_FROM = "FROM items i LEFT JOIN items c ON c.id = i.corrects_id"
_CODE = statement("SELECT 'N' || nextval('item_number')")
_ADD = statement("""
    INSERT INTO items (code, state, topic, area, titles, texts, source, author_id, valid_from, valid_until, office, budget,
                       percent, quiz, hash, corrects_id, created_at)
    VALUES (:code, 'draft', :topic, :area, CAST(:titles AS jsonb), CAST(:texts AS jsonb), :source, :author_id, :valid_from,
            :valid_until, :office, :budget, :percent, CAST(:quiz AS jsonb), :hash, :corrects_id, :now)
""")
_GET = statement(f"SELECT {_COLUMNS} {_FROM} WHERE i.code = :code")
_LOCK = statement("SELECT id FROM items WHERE code = :code FOR UPDATE")
_PAGE = statement(f"""
    SELECT {_COLUMNS} {_FROM} WHERE i.id < :before
      AND (i.area = :area OR starts_with(i.area, :area || '.') OR starts_with(:area, i.area || '.'))
    ORDER BY i.id DESC LIMIT :most
""")
_SUBMIT = statement("UPDATE items SET state = 'submitted', submitted_at = :now, note = NULL WHERE id = :id")
_REJECT = statement("UPDATE items SET state = 'draft', submitted_at = NULL, note = :note WHERE id = :id")
_APPROVE = statement("""
    UPDATE items SET state = 'published', approver_id = :by, approved_at = :now, is_telling = corrects_id IS NOT NULL
    WHERE id = :id
""")
_RETIRE = statement("UPDATE items SET state = 'retired', retired_at = :now WHERE id = :id AND state <> 'retired'")
_WAITING = statement("""
    SELECT code FROM items WHERE corrects_id = :id AND state IN ('submitted', 'published') LIMIT 1
""")
_TELLING = statement(f"""
    SELECT {_COLUMNS} {_FROM} WHERE i.is_telling AND i.state = 'published' ORDER BY i.id LIMIT 1
    FOR UPDATE OF i SKIP LOCKED
""")
_TOLD = statement("UPDATE items SET is_telling = false WHERE id = :id")


def _draft(row: tuple[object, ...]) -> Draft:
    id, code, state, topic, area, titles, texts, source, begins, ends, office, budget, percent, quiz, *rest = row
    asked = Quiz.of(quiz)  # type: ignore[arg-type]
    content = Content(topic, area, titles, texts, source, begins, ends, office, budget, percent, asked)  # type: ignore[arg-type]
    return Draft(id, code, State(str(state)), content, *rest)  # type: ignore[arg-type]


def next_code(conn: Connection) -> str:
    """A public code that no item has."""
    return str(conn.execute(_CODE).scalar_one())


def add(
    conn: Connection, code: str, content: Content, hash: str, author_id: int, corrects_id: int | None, now: datetime
) -> None:
    """Write a draft."""
    values: dict[str, object] = {"code": code, "hash": hash, "author_id": author_id, "corrects_id": corrects_id}
    values |= {"topic": content.topic, "area": content.area, "source": content.source, "now": now}
    values |= {"titles": json.dumps(dict(content.titles)), "texts": json.dumps(dict(content.texts))}
    values |= {"valid_from": content.valid_from, "valid_until": content.valid_until, "office": content.office}
    values["quiz"] = json.dumps(content.quiz.stored) if content.quiz else None
    conn.execute(_ADD, {**values, "budget": content.budget, "percent": content.percent})


def get(conn: Connection, code: str, *, lock: bool = False) -> Draft | None:
    """The item with this code whatever its state; `lock` holds it to the end of the transaction."""
    if lock:
        conn.execute(_LOCK, {"code": code})
    row = conn.execute(_GET, {"code": code}).one_or_none()
    return _draft(tuple(row)) if row else None


def page(conn: Connection, area: str, before: int, most: int) -> list[Draft]:
    """Items of an area, of what lies in it and of what it lies in, the newest first."""
    values = {"area": area, "before": before, "most": most}
    return [_draft(tuple(row)) for row in conn.execute(_PAGE, values)]


def submit(conn: Connection, id: int, now: datetime) -> None:
    """Have a draft wait for a second person."""
    conn.execute(_SUBMIT, {"id": id, "now": now})


def reject(conn: Connection, id: int, note: str | None) -> None:
    """Give it back to its author."""
    conn.execute(_REJECT, {"id": id, "note": note})


def approve(conn: Connection, id: int, by: int, now: datetime) -> None:
    """Publish it; those who got what it corrects are told from then on. The table refuses its own author."""
    conn.execute(_APPROVE, {"id": id, "by": by, "now": now})


def retire(conn: Connection, id: int, now: datetime) -> None:
    """Show it no more."""
    conn.execute(_RETIRE, {"id": id, "now": now})


def correction_of(conn: Connection, id: int) -> str | None:
    """The code of the item that corrects this one, waiting or published."""
    return conn.execute(_WAITING, {"id": id}).scalar_one_or_none()


def next_telling(conn: Connection) -> Draft | None:
    """A correction whose people are not all told yet, held; None where there is none, or another clock is at it."""
    row = conn.execute(_TELLING).first()
    return _draft(tuple(row)) if row else None


def told(conn: Connection, id: int) -> None:
    """Everyone was told."""
    conn.execute(_TOLD, {"id": id})
