"""The table of broadcasts and of idempotency keys."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gateway.broadcasts.polls import Poll
from gateway.broadcasts.repeats import Repeat
from gateway.broadcasts.rules import CORRECTS, Broadcast, State
from gateway.db import Connection, statement
from gateway.outbox.store.batches import Fragment

_COLUMNS = """id, number, state, level, texts, audience, reason, send_at, expires_at, author_id, recipients, hash,
              submitted_at, approval_ends_at, approved_by, release_at, held_until, batch_id, started_at, finished_at, note,
              preset_id, is_drill, question, repeat_every, repeat_until, repeats_id"""
_NUMBER = statement("SELECT nextval('broadcast_number')")
_ADD = statement("""
    INSERT INTO broadcasts (number, state, level, texts, audience, reason, send_at, expires_at, author_id, recipients,
                            hash, preset_id, is_drill, question, repeat_every, repeat_until, created_at, changed_at)
    VALUES (:number, 'draft', :level, CAST(:texts AS jsonb), CAST(:audience AS jsonb), :reason, :send_at, :expires_at,
            :author_id, :recipients, :hash, :preset_id, :is_drill, CAST(:question AS jsonb), :repeat_every, :repeat_until,
            :now, :now) RETURNING id
""")
_CHANGE = statement("""
    UPDATE broadcasts SET state = 'draft', level = :level, texts = CAST(:texts AS jsonb),
        audience = CAST(:audience AS jsonb), reason = :reason, send_at = :send_at, expires_at = :expires_at,
        recipients = :recipients, hash = :hash, submitted_at = NULL, approval_ends_at = NULL, approved_by = NULL,
        approved_at = NULL, release_at = NULL, held_until = NULL, note = NULL, preset_id = :preset_id,
        question = CAST(:question AS jsonb), repeat_every = :repeat_every, repeat_until = :repeat_until,
        changed_at = :now
    WHERE id = :id
""")
_GET = statement(f"SELECT {_COLUMNS} FROM broadcasts WHERE id = :id")
_ID_OF = statement("SELECT id FROM broadcasts WHERE number = :number")
_GET_MANY = statement(f"SELECT {_COLUMNS} FROM broadcasts WHERE id = ANY(:ids) ORDER BY id")
_LOCK = statement(f"SELECT {_COLUMNS} FROM broadcasts WHERE id = :id FOR UPDATE")
_TRY_LOCK = statement(f"SELECT {_COLUMNS} FROM broadcasts WHERE id = :id FOR UPDATE SKIP LOCKED")
_IS_CORRECTED = statement("""
    SELECT EXISTS (SELECT FROM broadcasts WHERE audience -> :corrects ->> 0 = CAST(:id AS text)
                   AND state NOT IN ('rejected', 'expired', 'cancelled'))
""")
_TURN = statement("SELECT pg_try_advisory_xact_lock(6027)")
_PAGE = statement(f"SELECT {_COLUMNS} FROM broadcasts WHERE id < :before ORDER BY id DESC LIMIT :most")
_READY = statement("""
    SELECT id, level FROM broadcasts WHERE state = 'approved' AND release_at <= :now
      AND (send_at IS NULL OR send_at <= :now) AND (held_until IS NULL OR held_until <= :now) ORDER BY id
""")
_LAPSED = statement("""
    SELECT id FROM broadcasts
    WHERE (state = 'submitted' AND (approval_ends_at <= :now OR expires_at <= :now))
       OR (state = 'approved' AND expires_at <= :now)
""")
_OVERDUE = statement("""
    SELECT id FROM broadcasts WHERE state IN ('sending', 'paused') AND expires_at <= :now
""")
_DRAINED = statement("""
    SELECT b.id FROM broadcasts b JOIN batches t ON t.id = b.batch_id
    WHERE b.state = 'paused' AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.month = t.month AND m.batch_id = t.id
                                             AND m.status IN ('queued', 'sending'))
""")
_UNSETTLED = statement("""
    SELECT b.id FROM broadcasts b JOIN batches t ON t.id = b.batch_id
    WHERE b.state = 'cancelled' AND b.finished_at IS NULL AND t.finished_at IS NULL
""")
_OVER = statement("""
    SELECT b.id FROM broadcasts b JOIN batches t ON t.id = b.batch_id
    WHERE b.finished_at IS NULL AND t.finished_at IS NOT NULL AND b.state IN ('sending', 'cancelled')
""")
_FINISHED_AT = statement("""
    UPDATE broadcasts b SET finished_at = t.finished_at FROM batches t WHERE t.id = b.batch_id AND b.id = :id
""")
_KEY = statement("""
    INSERT INTO broadcast_keys (official_id, key, body_hash, answer, created_at)
    VALUES (:official_id, :key, :body_hash, '{}', :now) ON CONFLICT DO NOTHING RETURNING key
""")
_KEPT = statement("SELECT body_hash, answer FROM broadcast_keys WHERE official_id = :official_id AND key = :key")
_ANSWER = statement("""
    UPDATE broadcast_keys SET answer = CAST(:answer AS jsonb) WHERE official_id = :official_id AND key = :key
""")
_DROP_KEYS = statement("DELETE FROM broadcast_keys WHERE created_at < :before")

_FIELDS = frozenset({"state", "recipients", "hash", "submitted_at", "approval_ends_at", "approved_by", "approved_at",
                     "release_at", "held_until", "batch_id", "started_at", "finished_at", "note"})  # fmt: skip


def _broadcast(row: Sequence[Any]) -> Broadcast:
    *plain, question, every, until, repeats_id = row
    plain[2] = State(plain[2])
    values: list[Any] = [*plain, Poll.of(question), Repeat(every, until) if every else None, repeats_id]
    return Broadcast(*values)


def _values(content: Mapping[str, Any]) -> dict[str, Any]:
    written = {"texts": json.dumps(content["texts"]), "audience": json.dumps(content["audience"])}
    question: Poll | None = content["question"]
    repeat: Repeat | None = content["repeat"]
    return {
        **{name: value for name, value in content.items() if name != "repeat"},
        **written,
        "question": json.dumps(question.stored) if question else None,
        "repeat_every": repeat.every if repeat else None,
        "repeat_until": repeat.until if repeat else None,
    }


def next_number(conn: Connection) -> int:
    """The running number behind the next public code."""
    return int(conn.execute(_NUMBER).scalar_one())


def add(conn: Connection, number: int, content: Mapping[str, Any], author_id: int, now: datetime) -> int:
    """Write a draft. `content` has level, texts, audience, reason, send_at, expires_at, preset_id, is_drill, question,
    repeat, recipients and hash.
    """
    values = {**_values(content), "number": number, "author_id": author_id, "now": now}
    return int(conn.execute(_ADD, values).scalar_one())


def change(conn: Connection, broadcast_id: int, content: Mapping[str, Any], now: datetime) -> None:
    """Replace the content; whatever was approved of it is void."""
    conn.execute(_CHANGE, {**_values(content), "id": broadcast_id, "now": now})


def get(conn: Connection, broadcast_id: int) -> Broadcast | None:
    """One broadcast."""
    row = conn.execute(_GET, {"id": broadcast_id}).one_or_none()
    return _broadcast(row) if row else None


def id_of(conn: Connection, number: int) -> int | None:
    """The id of the broadcast with this public number."""
    found: int | None = conn.execute(_ID_OF, {"number": number}).scalar()
    return found


def lock(conn: Connection, broadcast_id: int, *, waits: bool = True) -> Broadcast | None:
    """One broadcast, held until the transaction ends: approvers and cancellers take turns.

    Without `waits` it is None also where somebody else holds it: starters, who can come again, do not queue up.
    """
    row = conn.execute(_LOCK if waits else _TRY_LOCK, {"id": broadcast_id}).one_or_none()
    return _broadcast(row) if row else None


def is_corrected(conn: Connection, broadcast_id: int) -> bool:
    """Whether there is a correction of it, a draft included, that was not given up."""
    return bool(conn.execute(_IS_CORRECTED, {"id": broadcast_id, "corrects": CORRECTS}).scalar_one())


def get_many(conn: Connection, broadcast_ids: Sequence[int]) -> list[Broadcast]:
    """Several broadcasts, in the order of their ids."""
    return [_broadcast(row) for row in conn.execute(_GET_MANY, {"ids": list(broadcast_ids)})]


def take_turn(conn: Connection) -> bool:
    """Be the only one who fans out under the weekly cap until the transaction ends; False where another is.

    Two at once would each not see what the other writes, and a person would get more than the cap.
    """
    return bool(conn.execute(_TURN).scalar_one())


def update(conn: Connection, broadcast_id: int, now: datetime, **fields: object) -> None:
    """Set some fields of a locked broadcast."""
    if unknown := fields.keys() - _FIELDS:
        raise ValueError(f"no such field: {unknown}")
    # The names come from the closed set above, the values are bound.
    sets = ", ".join(f"{name} = :{name}" for name in sorted(fields))
    sql = f"UPDATE broadcasts SET {sets}, changed_at = :now WHERE id = :id"
    conn.execute(statement(sql), {**fields, "id": broadcast_id, "now": now})


def page(conn: Connection, before: int, most: int) -> list[Broadcast]:
    """Broadcasts with ids below `before`, newest first."""
    return [_broadcast(row) for row in conn.execute(_PAGE, {"before": before, "most": most})]


def ready(conn: Connection, now: datetime) -> list[tuple[int, str]]:
    """Approved broadcasts whose time has come: id and level."""
    return [(row.id, row.level) for row in conn.execute(_READY, {"now": now})]


def lapsed(conn: Connection, now: datetime) -> list[int]:
    """Broadcasts that nobody approved in time, or whose use is over before they began."""
    return list(conn.execute(_LAPSED, {"now": now}).scalars())


def overdue(conn: Connection, now: datetime) -> list[int]:
    """Broadcasts under way whose use is over."""
    return list(conn.execute(_OVERDUE, {"now": now}).scalars())


def drained(conn: Connection, _now: datetime) -> list[int]:
    """Paused broadcasts of which nothing is left to send."""
    return list(conn.execute(_DRAINED).scalars())


def unsettled(conn: Connection, _now: datetime) -> list[int]:
    """Cancelled broadcasts of which something may still come back."""
    return list(conn.execute(_UNSETTLED).scalars())


def over(conn: Connection, _now: datetime) -> list[int]:
    """Broadcasts whose last message has left, or was skipped."""
    return list(conn.execute(_OVER).scalars())


def set_finished(conn: Connection, broadcast_id: int) -> None:
    """Take over when the batch finished."""
    conn.execute(_FINISHED_AT, {"id": broadcast_id})


def count(conn: Connection, audience: Fragment, scopes: Sequence[str]) -> dict[str, int]:
    """How many people a rule names now, by language, without those who stopped."""
    sql = f"""
        SELECT a.language, count(*) AS n FROM ({audience.sql}) AS a
        WHERE NOT EXISTS (SELECT 1 FROM suppressions s
                          WHERE s.number_id = a.number_id AND s.scope = ANY(CAST(:scopes AS text[])))
        GROUP BY 1
    """
    found = conn.execute(statement(sql), {**audience.values, "scopes": list(scopes)})
    return {row.language: row.n for row in found}


def claim_key(conn: Connection, official_id: int, key: str, body_hash: bytes, now: datetime) -> bool:
    """Take an idempotency key; False where it was taken before. Two callers at once wait for each other here."""
    values = {"official_id": official_id, "key": key, "body_hash": body_hash, "now": now}
    return conn.execute(_KEY, values).one_or_none() is not None


def kept_answer(conn: Connection, official_id: int, key: str) -> tuple[bytes, dict[str, Any]] | None:
    """Hash of the body that came with this key, and the answer it got."""
    row = conn.execute(_KEPT, {"official_id": official_id, "key": key}).one_or_none()
    return (bytes(row.body_hash), row.answer) if row else None


def keep_answer(conn: Connection, official_id: int, key: str, answer: Mapping[str, Any]) -> None:
    """Keep the answer for whoever sends the same again."""
    conn.execute(_ANSWER, {"official_id": official_id, "key": key, "answer": json.dumps(answer)})


def drop_keys(conn: Connection, before: datetime) -> None:
    """Forget keys older than seven days."""
    conn.execute(_DROP_KEYS, {"before": before})
