"""The tables of the city's own phones that every broadcast goes to, and of what they got."""

from dataclasses import dataclass
from datetime import datetime

from gateway.db import Connection, statement
from gateway.numbers.store import Number
from gateway.outbox.store.batches import Fragment

PHONES = Fragment("SELECT number_id, 'id' AS language FROM canaries", {})
"""The SELECT of every one of them."""
_ADD = statement("""
    INSERT INTO canaries (number_id, place, added_by, added_at) VALUES (:number_id, :place, :official_id, :now)
    ON CONFLICT (number_id) DO NOTHING RETURNING id
""")
_REMOVE = statement("DELETE FROM canaries WHERE id = :id RETURNING number_id")
_EVERY = statement("""
    SELECT c.id, c.place, n.prefix FROM canaries c JOIN numbers n ON n.id = c.number_id ORDER BY c.place, c.id
""")
_COUNT = statement("SELECT count(*) FROM canaries")
_SEND = statement("""
    INSERT INTO broadcast_canaries (broadcast_id, batch_id, judge_at) VALUES (:broadcast_id, :batch_id, :judge_at)
""")
_DUE = statement("SELECT broadcast_id FROM broadcast_canaries WHERE judged_at IS NULL AND judge_at <= :now ORDER BY 1")
_JUDGE = statement("""
    UPDATE broadcast_canaries SET judged_at = :now WHERE broadcast_id = :id AND judged_at IS NULL RETURNING 1
""")
_SEEN = statement("""
    SELECT c.place, m.route, coalesce(m.status, 'stopped') AS status
    FROM broadcast_canaries b JOIN batches t ON t.id = b.batch_id CROSS JOIN canaries c
    LEFT JOIN messages m ON m.month = t.month AND m.batch_id = t.id AND m.number_id = c.number_id
    WHERE b.broadcast_id = :id AND c.added_at <= t.created_at ORDER BY c.place, c.id
""")
_FORGET = statement("DELETE FROM canaries WHERE number_id = :number_id")
_ABOUT = statement("SELECT place, added_at FROM canaries WHERE number_id = :number_id")


@dataclass(frozen=True, slots=True)
class Canary:
    """One of the phones: where it is, such as the operator's name, and the part of its number that may be seen."""

    id: int
    place: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of a broadcast's message to one of them; `stopped`: it has none, since the phone stopped."""

    place: str
    route: str | None
    status: str


def add(conn: Connection, number: Number, place: str, official_id: int, now: datetime) -> bool:
    """Make this phone one; False where it is."""
    values = {"number_id": number.id, "place": place, "official_id": official_id, "now": now}
    return conn.execute(_ADD, values).one_or_none() is not None


def remove(conn: Connection, id: int) -> bool:
    """Send it no more; False where there is none."""
    return conn.execute(_REMOVE, {"id": id}).one_or_none() is not None


def every(conn: Connection) -> list[Canary]:
    """All of them, by place."""
    return [Canary(*row) for row in conn.execute(_EVERY)]


def count(conn: Connection) -> int:
    """How many there are."""
    return int(conn.execute(_COUNT).scalar_one())


def keep(conn: Connection, broadcast_id: int, batch_id: int, judge_at: datetime) -> None:
    """Keep which batch took a broadcast to them, and when they must have got it."""
    conn.execute(_SEND, {"broadcast_id": broadcast_id, "batch_id": batch_id, "judge_at": judge_at})


def due(conn: Connection, now: datetime) -> list[int]:
    """Broadcasts that all of them should have got by now."""
    return list(conn.execute(_DUE, {"now": now}).scalars())


def judge(conn: Connection, broadcast_id: int, now: datetime) -> bool:
    """Keep that it was looked at; False where that was done before."""
    return conn.execute(_JUDGE, {"id": broadcast_id, "now": now}).one_or_none() is not None


def seen(conn: Connection, broadcast_id: int) -> list[Seen]:
    """What became of a broadcast's message to each phone that was one then and still is."""
    return [Seen(*row) for row in conn.execute(_SEEN, {"id": broadcast_id})]


def forget(conn: Connection, number_id: int) -> None:
    """A phone whose holder is erased is none any more."""
    conn.execute(_FORGET, {"number_id": number_id})


def about(conn: Connection, number_id: int) -> list[dict[str, object]]:
    """That this phone is one, and since when."""
    return [dict(row._mapping) for row in conn.execute(_ABOUT, {"number_id": number_id})]
