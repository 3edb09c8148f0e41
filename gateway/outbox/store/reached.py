"""The people whom a batch reached, as an audience of another."""

from gateway.outbox.store.batches import Batch, Fragment


def reached(batch: Batch) -> Fragment:
    """The SELECT of numbers whose message was sent or delivered, or may have been, each in the language it came in.

    What is under way when a batch is paused or cancelled counts: most of it arrives. Erased numbers are nobody's any more.
    """
    sql = """
        SELECT m.number_id, m.language FROM messages m JOIN numbers n ON n.id = m.number_id
        WHERE m.month = :reached_month AND m.batch_id = :reached_batch
          AND m.status IN ('sending', 'sent', 'delivered', 'unconfirmed') AND n.cipher IS NOT NULL
    """
    return Fragment(sql, {"reached_month": batch.month, "reached_batch": batch.id})
