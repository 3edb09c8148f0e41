"""How many numbers are written to at once: the operator's prefix and the language of each, in one statement."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gateway.db import Connection, statement

_CONTACTS = statement("""
    SELECT n.id, n.prefix, coalesce(r.language, n.language, 'id') AS language
    FROM numbers n LEFT JOIN residents r ON r.number_id = n.id AND r.state <> 'pending'
    WHERE n.id = ANY(:ids) AND n.cipher IS NOT NULL
""")


@dataclass(frozen=True, slots=True)
class Contact:
    """A number that can be written to, in the language of its resident, else the one that was chosen on it."""

    number_id: int
    prefix: str
    language: str


def contacts(conn: Connection, number_ids: Sequence[int], spoken: Collection[str]) -> list[Contact]:
    """Those of the numbers that were not erased. Whose language is none of those `spoken` here reads Indonesian."""
    found = conn.execute(_CONTACTS, {"ids": list(number_ids)})
    return [Contact(row.id, row.prefix, row.language if row.language in spoken else "id") for row in found]
