"""The table of messages that simulated phones have received."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.db import Connection, statement


@dataclass(frozen=True, slots=True)
class Received:
    """One message on a phone; `sender` is a short code, a number or a name."""

    at: datetime
    body: str
    sender: str


_ADD = statement("""
    INSERT INTO handset_messages (number_id, provider_id, sender, body, at)
    SELECT number_id, provider_id, :sender, :body, :at
    FROM unnest(CAST(:number_ids AS bigint[]), CAST(:provider_ids AS text[])) AS r(number_id, provider_id)
""")
_INBOX = statement("SELECT at, body, sender FROM handset_messages WHERE number_id = :number_id ORDER BY id")
_DEMO = statement("SELECT id FROM numbers WHERE is_demo AND cipher IS NOT NULL ORDER BY id LIMIT :most")
_FORGET = statement("DELETE FROM handset_messages WHERE number_id = :number_id")
_ABOUT = statement("SELECT at, sender, body FROM handset_messages WHERE number_id = :number_id ORDER BY id")


def add_many(conn: Connection, numbered: Sequence[tuple[int, str]], sender: str, body: str, at: datetime) -> None:
    """Put one text on many phones, by number id and the company's message id, in one statement."""
    ids, provider_ids = [id for id, _ in numbered], [provider_id for _, provider_id in numbered]
    conn.execute(_ADD, {"number_ids": ids, "provider_ids": provider_ids, "sender": sender, "body": body, "at": at})


def inbox(conn: Connection, number_id: int) -> list[Received]:
    """A phone's messages, oldest first."""
    return [Received(*row) for row in conn.execute(_INBOX, {"number_id": number_id})]


def demo_numbers(conn: Connection, most: int) -> list[int]:
    """Ids of the first `most` numbers of demo people."""
    return list(conn.execute(_DEMO, {"most": most}).scalars())


def forget(conn: Connection, number_id: int) -> None:
    """Empty a phone."""
    conn.execute(_FORGET, {"number_id": number_id})


def about(conn: Connection, number_id: int) -> list[dict[str, object]]:
    """What stands on a phone."""
    return [dict(row._mapping) for row in conn.execute(_ABOUT, {"number_id": number_id})]
