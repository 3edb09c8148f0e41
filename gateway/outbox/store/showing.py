"""How attempts are written and shown on their messages: SQL that whoever settles sends and whoever applies receipts share."""

UPSERT_HEAD = """
    INSERT INTO attempts AS a (month, message_id, number, number_id, route, provider_id, rank, code, words, parts, cost,
                               claimed_at, settled_at)
"""
UPSERT_TAIL = """
    ON CONFLICT (month, message_id, number) DO UPDATE SET
        rank = greatest(a.rank, excluded.rank),
        provider_id = coalesce(a.provider_id, excluded.provider_id),
        code = CASE WHEN excluded.rank > a.rank THEN excluded.code ELSE a.code END,
        words = CASE WHEN excluded.rank > a.rank THEN excluded.words ELSE a.words END,
        parts = coalesce(excluded.parts, a.parts), cost = coalesce(excluded.cost, a.cost),
        settled_at = CASE WHEN excluded.rank > a.rank THEN excluded.settled_at ELSE a.settled_at END
    RETURNING a.month, a.message_id, a.number, a.rank, a.code
"""
# A message shows its best attempt: delivered by any, else sent by any, else its latest. Of several in one batch the best
# is looked at alone, as an UPDATE takes one at random. A failure of the old attempt does not end a new one that waits,
# while the proof that the old one was sent does.
SHOW = """
    UPDATE messages m SET
        (status, reason) = (
            SELECT CASE WHEN u.rank = 3 THEN 'delivered' WHEN is_sent THEN 'sent' ELSE 'failed' END,
                   CASE WHEN NOT is_sent THEN u.code END
            FROM (SELECT u.rank <> 2 OR m.attempt > 1 AND EXISTS (
                      SELECT 1 FROM attempts o WHERE o.month = m.month AND o.message_id = m.id AND o.number <> u.number
                        AND o.rank = 1 AND NOT EXISTS (SELECT 1 FROM upserted x WHERE x.month = o.month
                                                       AND x.message_id = o.message_id AND x.number = o.number)
                  ) AS is_sent) AS judged)
    FROM (SELECT DISTINCT ON (month, message_id) * FROM upserted WHERE rank > 0
          ORDER BY month, message_id, CASE rank WHEN 2 THEN 0 ELSE rank END DESC, number DESC) AS u
    WHERE m.month = u.month AND m.id = u.message_id AND m.status <> 'delivered'
      AND CASE u.rank WHEN 3 THEN true
                      WHEN 1 THEN m.attempt = u.number OR m.status <> 'sending'
                      ELSE (m.attempt = u.number OR m.status = 'sent')
                           AND NOT (m.status = 'queued' AND m.resent_from IS NOT NULL) END
"""
