"""How attempts are written and shown on their messages: SQL that whoever settles sends and whoever applies receipts share."""

UPSERT_HEAD = """
    INSERT INTO attempts AS a (month, message_id, number, number_id, route, provider_id, rank, code, words, parts, cost,
                               claimed_at, settled_at, has_failed)
"""
# A rank only rises. A report for each part may come, and in any order: one that failed stays known, and counts as soon as
# it is known that there are several. The code is the failure's, as no other says anything.
UPSERT_TAIL = """
    ON CONFLICT (month, message_id, number) DO UPDATE SET
        rank = greatest(a.rank, excluded.rank),
        provider_id = coalesce(a.provider_id, excluded.provider_id),
        code = CASE WHEN CASE WHEN a.has_failed OR excluded.has_failed THEN NOT a.has_failed
                              ELSE excluded.rank > a.rank END THEN excluded.code ELSE a.code END,
        words = CASE WHEN excluded.rank > a.rank THEN excluded.words ELSE a.words END,
        parts = coalesce(excluded.parts, a.parts), cost = coalesce(excluded.cost, a.cost),
        settled_at = CASE WHEN excluded.rank > a.rank THEN excluded.settled_at ELSE a.settled_at END,
        has_failed = a.has_failed OR excluded.has_failed
    RETURNING a.month, a.message_id, a.number, a.code, a.parts > 1 AND a.has_failed AS is_partial,
              CASE WHEN a.parts > 1 AND a.has_failed THEN 2 ELSE a.rank END AS rank
"""
# A message shows its best attempt: delivered by any, else sent by any, else its latest. Of several in one batch the best
# is looked at alone, as an UPDATE takes one at random. A failure of the old attempt does not end a new one that waits,
# while the proof that the old one was sent does.
SHOW = """
    UPDATE messages m SET
        (status, reason) = (
            SELECT CASE best WHEN 3 THEN 'delivered' WHEN 1 THEN 'sent' ELSE 'failed' END,
                   CASE WHEN best = 2 THEN u.code END
            FROM (SELECT coalesce(CASE WHEN u.rank = 2 AND m.attempt > 1 THEN (
                      SELECT max(o.rank) FROM attempts o
                      WHERE o.month = m.month AND o.message_id = m.id AND o.number <> u.number AND o.rank IN (1, 3)
                        AND NOT (coalesce(o.parts, 1) > 1 AND o.has_failed)
                        AND NOT EXISTS (SELECT 1 FROM upserted x WHERE x.month = o.month AND x.message_id = o.message_id
                                        AND x.number = o.number)) END, u.rank) AS best) AS judged)
    FROM (SELECT DISTINCT ON (month, message_id) * FROM upserted WHERE rank > 0
          ORDER BY month, message_id, CASE rank WHEN 2 THEN 0 ELSE rank END DESC, number DESC) AS u
    WHERE m.month = u.month AND m.id = u.message_id AND (m.status <> 'delivered' OR u.is_partial)
      AND CASE u.rank WHEN 3 THEN true
                      WHEN 1 THEN m.attempt = u.number OR m.status <> 'sending'
                      ELSE (m.attempt = u.number OR m.status IN ('sent', 'delivered'))
                           AND NOT (m.status = 'queued' AND m.resent_from IS NOT NULL) END
"""
