"""What the ledger holds of one person: told to them, and blanked when they are erased."""

from gateway.db import Connection, statement

_BLANK = statement("UPDATE messages SET body = '' WHERE number_id = :number_id AND body IS NOT NULL")
# A provider's id and words lead back to the number at the provider.
_UNTIE = statement("UPDATE attempts SET provider_id = NULL, words = '' WHERE number_id = :number_id")
_DROP_RECEIPTS = statement("DELETE FROM receipts WHERE number_id = :number_id")
_MESSAGES = statement("""
    SELECT m.created_at, m.class, m.status, coalesce(m.body, b.texts ->> m.language) AS body
    FROM messages m LEFT JOIN batches b ON b.id = m.batch_id
    WHERE m.number_id = :number_id ORDER BY m.created_at, m.id
""")
_SUPPRESSIONS = statement("""
    SELECT scope, route, reason, created_at FROM suppressions WHERE number_id = :number_id ORDER BY created_at, scope
""")


def forget(conn: Connection, number_id: int) -> None:
    """Blank what was written to a person alone, and what leads to them at a provider.

    Counts and suppressions stay, under an id that leads to nobody once the number's row is blanked.
    """
    for blank in (_BLANK, _UNTIE, _DROP_RECEIPTS):
        conn.execute(blank, {"number_id": number_id})


def about(conn: Connection, number_id: int) -> dict[str, list[dict[str, object]]]:
    """What was sent to this person, and which messages they do not get."""
    return {
        name: [dict(row._mapping) for row in conn.execute(query, {"number_id": number_id})]
        for name, query in (("messages", _MESSAGES), ("suppressions", _SUPPRESSIONS))
    }
