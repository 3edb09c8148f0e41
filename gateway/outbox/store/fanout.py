"""The fan-out: one row for every number of an audience, in one statement, cut into chunks to lease."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from config.settings import Route
from gateway.db import Connection, statement
from gateway.kernel.calendar import month_of
from gateway.outbox.rules import RESTING, Class
from gateway.outbox.store.batches import Batch, Fragment

CHUNK = 2000
"""Rows a lease covers; a multiple of every provider's window."""

_TOTAL = statement("UPDATE batches SET total = :total, is_planned = true WHERE id = :id")
_BLOCKS = statement("SELECT nextval('message_blocks') << 32 FROM generate_series(1, :count)")
# A block is one batch's, so its rows are found along the primary key alone; LIMIT keeps the search from becoming a join.
_CUT = statement("""
    INSERT INTO chunks (batch_id, first_id, last_id, month, lane, route)
    SELECT :batch_id, c.first_id, c.last_id, :month, :lane, :route
    FROM (SELECT max(id) AS id FROM messages WHERE month = :month AND id > :block AND id < :block + (1::bigint << 32)) AS last,
         LATERAL (SELECT at AS first_id, least(at + :size - 1, last.id) AS last_id
                  FROM generate_series(:block + 1, last.id, :size) AS at) AS c
    WHERE (SELECT m.id FROM messages m WHERE m.month = :month AND m.id BETWEEN c.first_id AND c.last_id
           AND m.status = 'queued' ORDER BY m.id LIMIT 1) IS NOT NULL
""")

OVER_CAP = """
    SELECT m.number_id FROM messages m
    WHERE m.month >= :cap_month AND m.created_at > :week_ago AND m.batch_id IS NOT NULL
      AND m.class IN ('important', 'routine') AND m.status NOT IN ('skipped', 'failed')
      AND m.batch_id NOT IN (SELECT u.id FROM batches u WHERE NOT u.is_capped)
    GROUP BY m.number_id HAVING count(*) >= :cap
"""
"""The numbers that have had as many messages within seven days as the weekly cap allows. Its values: `cap_values`."""


def cap_values(now: datetime, cap: int) -> dict[str, Any]:
    """The values that OVER_CAP needs."""
    week_ago = now - timedelta(days=7)
    return {"week_ago": week_ago, "cap_month": month_of(week_ago), "cap": cap}


def fan_out(
    conn: Connection,
    batch: Batch,
    audience: Fragment,
    routes: Sequence[Route],
    paused: Collection[str],
    demo_routes: Collection[str],
    now: datetime,
    cap: int,
) -> int:
    """Write one row for every number of `audience`, cut them into chunks, and say how many rows there are.

    One INSERT … SELECT: people who stopped are left out, those over the weekly `cap` (0: none) are skipped with that
    reason, each row gets its route and language. Each route has a block of ids, counted up within it, so that a chunk is
    one run of ids though rows are written in the order of their numbers: by route, those of the second would split every
    page that the first has filled in the index of numbers. `audience` names each number once. Runs once a batch: a second
    run raises IntegrityError, since looking every row up before it is written (ON CONFLICT) costs as much as writing it.
    """
    route_sql, route_values = route_case(routes, paused, avoids_blocked=batch.message_class is Class.EMERGENCY)
    resting = batch.message_class in RESTING
    scopes = ["notices", "all"] if resting else ["all"]
    is_capped = resting and cap > 0
    names = sorted({name for route in routes for name in route.providers} | {""})
    blocks = dict(zip(names, conn.execute(_BLOCKS, {"count": len(names)}).scalars(), strict=True))
    counts = ", ".join(
        f"count(*) FILTER (WHERE r.route = :name_{at}) OVER written AS count_{at}" for at in range(len(names))
    )
    ids = " ".join(f"WHEN :name_{at} THEN :block_{at} + q.count_{at}" for at in range(len(names)))
    # OFFSET 0 has a row's route found out once, not anew for each count.
    sql = f"""
        INSERT INTO messages (id, month, batch_id, number_id, lane, class, language, route, wants_answer, status, reason,
                              expires_at, created_at)
        SELECT CASE q.route {ids} END, :month, :batch_id, q.number_id, :lane, :class, q.language, q.route, :wants_answer,
               CASE WHEN q.skip IS NULL THEN 'queued' ELSE 'skipped' END, q.skip, :expires_at, :now
        FROM (SELECT r.number_id, r.language, r.route, {counts},
                     CASE WHEN r.route = '' THEN 'no route'
                          WHEN r.is_demo AND r.route <> ALL(:demo_routes) THEN 'demo'
                          {"WHEN over.number_id IS NOT NULL THEN 'cap'" if is_capped else ""} END AS skip
              FROM (SELECT a.number_id, n.is_demo,
                           CASE WHEN a.language = ANY(:languages) THEN a.language ELSE :fallback END AS language,
                           {route_sql} AS route
                    FROM ({audience.sql}) AS a JOIN numbers n ON n.id = a.number_id
                    WHERE NOT EXISTS (SELECT 1 FROM suppressions s
                                      WHERE s.number_id = a.number_id AND s.scope = ANY(:scopes))
                    OFFSET 0) AS r
              {f"LEFT JOIN ({OVER_CAP}) AS over ON over.number_id = r.number_id" if is_capped else ""}
              WINDOW written AS (ORDER BY r.number_id ROWS UNBOUNDED PRECEDING)) AS q
    """
    languages = list(batch.texts)
    values = {
        **audience.values,
        **route_values,
        "month": batch.month,
        "batch_id": batch.id,
        "lane": batch.lane,
        "class": batch.message_class,
        "wants_answer": batch.wants_answer,
        "languages": languages,
        "fallback": "id" if "id" in batch.texts else languages[0],
        "scopes": scopes,
        "demo_routes": list(demo_routes),
        "expires_at": batch.expires_at,
        "now": now,
    }
    for at, name in enumerate(names):
        values |= {f"name_{at}": name, f"block_{at}": blocks[name]}
    if is_capped:
        values |= cap_values(now, cap)
    total = conn.execute(statement(sql), values).rowcount
    place = {"batch_id": batch.id, "month": batch.month, "lane": batch.lane}
    conn.execute(_CUT, [{**place, "route": name, "block": blocks[name], "size": CHUNK} for name in names if name])
    conn.execute(_TOTAL, {"id": batch.id, "total": total})
    return total


def route_case(routes: Sequence[Route], paused: Collection[str], *, avoids_blocked: bool) -> tuple[str, dict[str, Any]]:
    """The routing table as SQL over `n`, a number's row, with its values: routes come longest prefix first.

    An emergency passes over a route that the person's carrier blocks, where its list has another.
    """
    whens: list[str] = []
    values: dict[str, Any] = {}
    for at, route in enumerate(routes):
        usable = [name for name in route.providers if name not in paused] or list(route.providers)
        values[f"route_prefix_{at}"] = route.prefix
        values[f"route_name_{at}"] = usable[0]
        chosen = f"CAST(:route_name_{at} AS text)"
        if avoids_blocked and len(usable) > 1:
            values[f"route_names_{at}"] = usable
            chosen = f"""coalesce((SELECT o.name FROM unnest(CAST(:route_names_{at} AS text[]))
                                   WITH ORDINALITY AS o(name, place)
                                   WHERE NOT EXISTS (SELECT 1 FROM suppressions s WHERE s.number_id = n.id
                                                     AND s.scope = 'route' AND s.route = o.name)
                                   ORDER BY o.place LIMIT 1), {chosen})"""
        whens.append(f"WHEN starts_with(n.prefix, :route_prefix_{at}) THEN {chosen}")
    return (f"CASE {' '.join(whens)} ELSE '' END" if whens else "''"), values
