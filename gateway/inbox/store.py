"""The table of incoming messages, and the rows that USSD sessions leave behind."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gateway.db import Connection, statement


@dataclass(frozen=True, slots=True)
class Arrived:
    """A stored message that waits to be understood. `sender` is set where it is no phone number.

    code_cipher, code_key_no: the one-time code that stood in its body, sealed.
    """

    id: int
    provider: str
    number_id: int | None
    sender: str | None
    recipient: str | None
    body: str
    had_identity: bool
    carrier_opt: str | None
    received_at: datetime
    tries: int
    code_cipher: bytes | None = None
    code_key_no: int | None = None


_ADD = statement("""
    INSERT INTO inbound (provider, provider_id, number_id, sender, recipient, body, code_cipher, code_key_no,
                         had_identity, carrier_opt, received_at)
    VALUES (:provider, :provider_id, :number_id, :sender, :recipient, :body, :code_cipher, :code_key_no,
            :had_identity, :carrier_opt, :now)
    ON CONFLICT (provider, provider_id) DO NOTHING RETURNING id
""")
_COLUMNS = """id, provider, number_id, sender, recipient, body, had_identity, carrier_opt, received_at, tries,
              code_cipher, code_key_no"""
# The oldest first, but a message whose handling failed stands back behind newer ones.
_WAITS = statement("""
    SELECT id, number_id FROM inbound WHERE handled_at IS NULL AND tries < :most_tries ORDER BY tries, id LIMIT :most
""")
_TAKE = statement(f"""
    SELECT {_COLUMNS} FROM inbound WHERE id = :id AND handled_at IS NULL AND tries < :most_tries FOR UPDATE SKIP LOCKED
""")
# The lock comes in a statement of its own before this one, which so sees what its last holder has committed.
_TAKE_OF_NUMBER = statement(f"""
    SELECT {_COLUMNS} FROM inbound WHERE number_id = :number_id AND handled_at IS NULL AND tries < :most_tries
    ORDER BY tries, id LIMIT 1 FOR UPDATE SKIP LOCKED
""")
_LOCK_NUMBER = statement("SELECT pg_try_advisory_xact_lock(6001, CAST(hashint8(:number_id) AS integer))")
_HANDLED = statement("""
    UPDATE inbound SET handled_at = :now, outcome = :outcome, code_cipher = NULL, code_key_no = NULL WHERE id = :id
""")
_REWRITE = statement("UPDATE inbound SET body = :body WHERE id = :id")
# What is given up keeps no code either.
_TRIED = statement("""
    UPDATE inbound SET tries = tries + 1,
        code_cipher = CASE WHEN tries + 1 < :most_tries THEN code_cipher END,
        code_key_no = CASE WHEN tries + 1 < :most_tries THEN code_key_no END
    WHERE id = :id
""")
_BODY = statement("SELECT body FROM inbound WHERE id = :id AND number_id = :number_id")
_WAITING = statement("SELECT count(*) FROM inbound WHERE handled_at IS NULL AND tries < :most_tries")
_GIVEN_UP = statement("SELECT count(*) FROM inbound WHERE handled_at IS NULL AND tries >= :most_tries")
_EARLIER = statement("SELECT 1 FROM inbound WHERE number_id = :number_id AND id < :id LIMIT 1")
_SINCE = statement("SELECT count(*) FROM inbound WHERE number_id = :number_id AND received_at > :since")
_SESSION = statement("""
    INSERT INTO ussd_sessions (provider, session_id, number_id, facts, started_at)
    VALUES (:provider, :session_id, :number_id, CAST(:facts AS jsonb), :now)
    ON CONFLICT (provider, session_id) DO NOTHING
""")
_SESSION_OF = statement("""
    SELECT number_id, facts, state, consumed, ended_at FROM ussd_sessions
    WHERE provider = :provider AND session_id = :session_id
""")
_HOLD_SESSION = statement("""
    SELECT number_id, facts, state, consumed, ended_at FROM ussd_sessions
    WHERE provider = :provider AND session_id = :session_id FOR UPDATE
""")
_CHECKPOINT = statement("""
    UPDATE ussd_sessions SET state = CAST(:state AS jsonb), consumed = :consumed, noted_at = coalesce(:now, noted_at),
        checkpoint_at = :checkpoint_at
    WHERE provider = :provider AND session_id = :session_id AND (:anew OR consumed <= :consumed)
""")
_RENEW = statement("""
    UPDATE ussd_sessions SET facts = CAST(:facts AS jsonb), state = NULL, consumed = 0, ended_at = NULL, status = NULL,
        noted_at = NULL, checkpoint_at = NULL, started_at = :now
    WHERE provider = :provider AND session_id = :session_id AND number_id = :number_id
""")
_END = statement("""
    UPDATE ussd_sessions SET ended_at = coalesce(ended_at, :now), status = :status
    WHERE provider = :provider AND session_id = :session_id
""")
_DROP_SESSIONS = statement("DELETE FROM ussd_sessions WHERE started_at < :before")
_FORGET = statement("""
    UPDATE inbound SET body = '', code_cipher = NULL, code_key_no = NULL WHERE number_id = :number_id
""")
_FORGET_SESSIONS = statement("DELETE FROM ussd_sessions WHERE number_id = :number_id")
_ABOUT = statement("SELECT received_at, body FROM inbound WHERE number_id = :number_id ORDER BY id")

_UPTO = statement("SELECT upto FROM catch_ups WHERE provider = :provider")
_CAUGHT_UP = statement("""
    INSERT INTO catch_ups (provider, upto) VALUES (:provider, :upto)
    ON CONFLICT (provider) DO UPDATE SET upto = greatest(catch_ups.upto, excluded.upto)
""")

MOST_TRIES = 5
SESSION_KEPT = timedelta(hours=24)


def add(
    conn: Connection,
    provider: str,
    provider_id: str,
    now: datetime,
    *,
    number_id: int | None,
    sender: str | None,
    recipient: str | None,
    body: str,
    had_identity: bool,
    carrier_opt: str | None,
    code: tuple[bytes, int] | None = None,
) -> bool:
    """Store a message, its one-time code sealed beside it (ciphertext and key number).

    False where this provider id was stored before, also a moment ago on another worker.
    """
    values = {"provider": provider, "provider_id": provider_id, "now": now, "number_id": number_id, "sender": sender}
    values |= {"recipient": recipient, "body": body, "had_identity": had_identity, "carrier_opt": carrier_opt}
    values |= {"code_cipher": code[0] if code else None, "code_key_no": code[1] if code else None}
    return conn.execute(_ADD, values).one_or_none() is not None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that was not understood yet, and the number whose messages are taken in turn."""

    id: int
    number_id: int | None


def waiting(conn: Connection, most: int = 100) -> list[Waiting]:
    """The next messages to understand; none is locked, and others may be faster."""
    return [Waiting(*row) for row in conn.execute(_WAITS, {"most_tries": MOST_TRIES, "most": most})]


def take(conn: Connection, one: Waiting) -> Arrived | None:
    """Lock the oldest message of the number that `one` is of, so that a YA is never read before what it answers.

    None where another worker is at this number, or has done it all.
    """
    if one.number_id is None:
        row = conn.execute(_TAKE, {"id": one.id, "most_tries": MOST_TRIES}).one_or_none()
    elif not conn.execute(_LOCK_NUMBER, {"number_id": one.number_id}).scalar_one():
        return None
    else:
        values = {"number_id": one.number_id, "most_tries": MOST_TRIES}
        row = conn.execute(_TAKE_OF_NUMBER, values).one_or_none()
    return Arrived(*row) if row else None


def take_next(conn: Connection) -> Arrived | None:
    """Lock the next message that no other worker is at."""
    for one in waiting(conn):
        if arrived := take(conn, one):
            return arrived
    return None


def handled(conn: Connection, inbound_id: int, now: datetime, outcome: str) -> None:
    """Mark a message as understood, with what was made of it."""
    conn.execute(_HANDLED, {"id": inbound_id, "now": now, "outcome": outcome})


def body_of(conn: Connection, inbound_id: int, number_id: int) -> str:
    """The body of a message from this number as it is kept; empty where there is none."""
    return str(conn.execute(_BODY, {"id": inbound_id, "number_id": number_id}).scalar() or "")


def rewrite(conn: Connection, inbound_id: int, body: str) -> None:
    """Replace the body of a message: by itself without what must not be kept, or with what was no code after all."""
    conn.execute(_REWRITE, {"id": inbound_id, "body": body})


def tried(conn: Connection, inbound_id: int) -> None:
    """Count a failure to understand; after five a person has to look."""
    conn.execute(_TRIED, {"id": inbound_id, "most_tries": MOST_TRIES})


def count_waiting(conn: Connection) -> int:
    """Messages that were not understood yet."""
    return int(conn.execute(_WAITING, {"most_tries": MOST_TRIES}).scalar_one())


def count_given_up(conn: Connection) -> int:
    """Messages that five tries did not get understood: a person has to look at them."""
    return int(conn.execute(_GIVEN_UP, {"most_tries": MOST_TRIES}).scalar_one())


def is_first(conn: Connection, number_id: int, inbound_id: int) -> bool:
    """Whether nothing came from this number before this message."""
    return conn.execute(_EARLIER, {"number_id": number_id, "id": inbound_id}).one_or_none() is None


def count_since(conn: Connection, number_id: int, since: datetime) -> int:
    """How many messages came from this number since then."""
    return int(conn.execute(_SINCE, {"number_id": number_id, "since": since}).scalar_one())


@dataclass(frozen=True, slots=True)
class Restart:
    """What PostgreSQL knows of a USSD session: facts of its start, and where its last effect left it."""

    number_id: int
    facts: dict[str, Any]
    state: dict[str, Any] | None
    consumed: int
    ended_at: datetime | None


def begin_session(
    conn: Connection, provider: str, session_id: str, number_id: int, facts: Mapping[str, Any], now: datetime
) -> bool:
    """Write the row of a session's first hop; False where it has one, which stays as it is."""
    values = {"provider": provider, "session_id": session_id, "number_id": number_id, "now": now}
    return bool(conn.execute(_SESSION, {**values, "facts": json.dumps(dict(facts))}).rowcount)


def renew_session(
    conn: Connection, provider: str, session_id: str, number_id: int, facts: Mapping[str, Any], now: datetime
) -> None:
    """Begin a session over, where a company gives an id a second time once its dialogue has ended."""
    values = {"provider": provider, "session_id": session_id, "number_id": number_id, "now": now}
    conn.execute(_RENEW, {**values, "facts": json.dumps(dict(facts))})


def find_session(conn: Connection, provider: str, session_id: str) -> Restart | None:
    """The row of a session."""
    row = conn.execute(_SESSION_OF, {"provider": provider, "session_id": session_id}).one_or_none()
    return Restart(*row) if row else None


def hold_session(conn: Connection, provider: str, session_id: str) -> Restart | None:
    """The row of a session, locked to the end of the transaction: its effects take turns."""
    row = conn.execute(_HOLD_SESSION, {"provider": provider, "session_id": session_id}).one_or_none()
    return Restart(*row) if row else None


def checkpoint(
    conn: Connection,
    provider: str,
    session_id: str,
    state: Mapping[str, Any],
    consumed: int,
    *,
    anew: bool = False,
    now: datetime | None = None,
    checkpoint_at: datetime | None = None,
) -> None:
    """Keep where a dialogue stands, and how many characters of `text` it has used up.

    What has used up less never replaces what has used up more, unless `anew` says that the text began over.
    `checkpoint_at` is set where the dialogue may be taken up again from this state.
    """
    values: dict[str, Any] = {"provider": provider, "session_id": session_id, "consumed": consumed, "anew": anew}
    values |= {"now": now, "checkpoint_at": checkpoint_at}
    conn.execute(_CHECKPOINT, {**values, "state": json.dumps(dict(state))})


def end_session(conn: Connection, provider: str, session_id: str, status: str, now: datetime) -> bool:
    """Close a session with the company's word for how it ended; False where it is unknown."""
    values = {"provider": provider, "session_id": session_id, "status": status[:40], "now": now}
    return bool(conn.execute(_END, values).rowcount)


def drop_old_sessions(conn: Connection, now: datetime) -> int:
    """Sessions are kept for 24 hours, and no longer: people who only looked around leave nothing."""
    return conn.execute(_DROP_SESSIONS, {"before": now - SESSION_KEPT}).rowcount


def caught_up(conn: Connection, provider: str) -> datetime | None:
    """Up to when this provider was asked for what we may have missed."""
    found: datetime | None = conn.execute(_UPTO, {"provider": provider}).scalar()
    return found


def set_caught_up(conn: Connection, provider: str, upto: datetime) -> None:
    """Note that nothing before `upto` can be missing."""
    conn.execute(_CAUGHT_UP, {"provider": provider, "upto": upto})


def forget(conn: Connection, number_id: int) -> None:
    """Blank a person's words and drop their sessions."""
    conn.execute(_FORGET, {"number_id": number_id})
    conn.execute(_FORGET_SESSIONS, {"number_id": number_id})


def about(conn: Connection, number_id: int) -> list[dict[str, object]]:
    """What this person wrote to us."""
    return [dict(row._mapping) for row in conn.execute(_ABOUT, {"number_id": number_id})]
