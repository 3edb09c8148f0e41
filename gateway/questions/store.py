"""The table of open questions: an answer is matched against them, and what fits two is asked back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.db import Connection, statement


@dataclass(frozen=True, slots=True)
class Question:
    """One question to one number; subject: a ticket, the id of a draft or a broadcast, an item, or nothing.

    kind: `join`, `draft`, `behalf` (does the person one speaks for agree), `category`, `place`, `alike` (is another's
    report the same), `info` (what an official asked), `words`, `which`, `close` (is the ticket done), `erase`, `menu`,
    `poll`, `quiz`, `useful`.
    """

    id: int
    kind: str
    subject: str
    payload: dict[str, Any]
    asked_at: datetime
    deadline: datetime


_ASK = statement("""
    INSERT INTO questions (number_id, kind, subject, payload, asked_at, deadline)
    SELECT number_id, :kind, subject, CAST(payload AS jsonb), :now, :deadline
    FROM unnest(CAST(:number_ids AS bigint[]), CAST(:subjects AS text[]), CAST(:payloads AS text[]))
         AS q(number_id, subject, payload)
""")
_CLOSE_SAME = statement("""
    UPDATE questions SET closed_at = :now, answer = 'superseded',
        payload = CASE WHEN kind = 'menu' THEN '{}' ELSE payload END
    WHERE number_id = ANY(:number_ids) AND kind = ANY(:kinds) AND closed_at IS NULL
""")
_OPEN = statement("""
    SELECT id, kind, subject, payload, asked_at, deadline FROM questions
    WHERE number_id = :number_id AND closed_at IS NULL AND deadline > :now ORDER BY asked_at DESC, id DESC
""")
_WAITING = statement("""
    SELECT DISTINCT number_id FROM questions
    WHERE number_id = ANY(:number_ids) AND kind = :kind AND closed_at IS NULL AND deadline > :now
""")
_RENEW = statement("""
    UPDATE questions SET payload = CAST(:payload AS jsonb), asked_at = :now, deadline = :deadline
    WHERE id = :id AND closed_at IS NULL
""")
_CLOSE_ABOUT = statement("""
    UPDATE questions SET closed_at = :now, answer = 'superseded'
    WHERE number_id = :number_id AND subject = :subject AND kind = ANY(:kinds) AND closed_at IS NULL
""")
# What someone typed into a menu is kept as long as the menu is open.
_CLOSE = statement("""
    UPDATE questions SET closed_at = :now, answer = :answer,
        payload = CASE WHEN kind = 'menu' THEN '{}' ELSE payload END
    WHERE id = :id AND closed_at IS NULL
""")
_EXPIRE = statement("""
    UPDATE questions SET closed_at = :now, answer = 'expired',
        payload = CASE WHEN kind = 'menu' THEN '{}' ELSE payload END
    WHERE closed_at IS NULL AND deadline <= :now
    RETURNING kind, subject
""")
_FORGET = statement("UPDATE questions SET payload = '{}', answer = NULL WHERE number_id = :number_id")
_ABOUT = statement("SELECT kind, asked_at, deadline FROM questions WHERE number_id = :number_id ORDER BY id")


def ask(
    conn: Connection,
    number_id: int,
    kind: str,
    subject: str,
    now: datetime,
    deadline: datetime,
    payload: Mapping[str, Any] | None = None,
    *,
    instead_of: Sequence[str] = (),
) -> None:
    """Open a question; older open ones of the kinds in `instead_of` are closed, as a new one takes their place."""
    ask_many(conn, [(number_id, subject, payload or {})], kind, now, deadline, instead_of=instead_of)


def ask_many(
    conn: Connection,
    asked: Sequence[tuple[int, str, Mapping[str, Any]]],
    kind: str,
    now: datetime,
    deadline: datetime,
    *,
    instead_of: Sequence[str] = (),
) -> None:
    """Open one question of the same kind to each of many: number id, subject and payload."""
    ids = [number_id for number_id, _, _ in asked]
    if instead_of:
        conn.execute(_CLOSE_SAME, {"number_ids": ids, "kinds": list(instead_of), "now": now})
    values = {
        "number_ids": ids,
        "subjects": [subject for _, subject, _ in asked],
        "payloads": [json.dumps(dict(payload)) for _, _, payload in asked],
    }
    conn.execute(_ASK, {**values, "kind": kind, "now": now, "deadline": deadline})


def open_for(conn: Connection, number_id: int, now: datetime) -> list[Question]:
    """What this number may still answer, newest first."""
    return [Question(*row) for row in conn.execute(_OPEN, {"number_id": number_id, "now": now})]


def waiting(conn: Connection, number_ids: Sequence[int], kind: str, now: datetime) -> set[int]:
    """Those of `number_ids` that were asked a question of this kind and may still answer it."""
    found = conn.execute(_WAITING, {"number_ids": list(number_ids), "kind": kind, "now": now})
    return set(found.scalars())


def close(conn: Connection, question_id: int, now: datetime, answer: str) -> bool:
    """Close a question with what became of it; False where it was closed already."""
    return bool(conn.execute(_CLOSE, {"id": question_id, "now": now, "answer": answer}).rowcount)


def renew(conn: Connection, question_id: int, payload: Mapping[str, Any], now: datetime, deadline: datetime) -> None:
    """Ask an open question anew, with what it stands on now."""
    values = {"id": question_id, "payload": json.dumps(dict(payload)), "now": now, "deadline": deadline}
    conn.execute(_RENEW, values)


def close_about(conn: Connection, number_id: int, subject: str, kinds: Sequence[str], now: datetime) -> None:
    """Close what was asked about a ticket, where its answer came another way."""
    values = {"number_id": number_id, "subject": subject, "kinds": list(kinds), "now": now}
    conn.execute(_CLOSE_ABOUT, values)


def expire(conn: Connection, now: datetime) -> list[tuple[str, str]]:
    """Close what is past its deadline; kind and subject of each."""
    return [(row.kind, row.subject) for row in conn.execute(_EXPIRE, {"now": now})]


def forget(conn: Connection, number_id: int) -> None:
    """Blank what was asked of a person and what they said."""
    conn.execute(_FORGET, {"number_id": number_id})


def about(conn: Connection, number_id: int) -> list[dict[str, object]]:
    """What this person was asked, and until when."""
    return [dict(row._mapping) for row in conn.execute(_ABOUT, {"number_id": number_id})]
