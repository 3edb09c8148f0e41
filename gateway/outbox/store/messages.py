"""Messages on their way: adding single ones, claiming windows, recording what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gateway.db import Connection, statement
from gateway.kernel.calendar import month_of
from gateway.outbox.rules import Claimed
from gateway.outbox.store.batches import Chunk
from gateway.outbox.store.showing import SHOW, UPSERT_HEAD, UPSERT_TAIL


@dataclass(frozen=True, slots=True)
class Single:
    """A message to one number. `cause` names what it answers and makes it unique within the month of `at`."""

    cause: str
    number_id: int
    body: str
    lane: str
    message_class: str
    route: str
    language: str
    at: datetime
    reply_from: str | None = None
    wants_answer: bool = False
    not_before: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """An attempt with its rank: 0 unknown, 1 sent, 2 failed, 3 delivered."""

    month: date
    message_id: int
    attempt: int
    number_id: int
    route: str
    rank: int
    provider_id: str | None
    code: str
    words: str
    parts: int | None
    cost: str | None
    claimed_at: datetime


_ADD = statement("""
    INSERT INTO messages (month, number_id, lane, class, language, body, cause, route, reply_from, wants_answer,
                          status, reason, not_before, expires_at, created_at)
    VALUES (:month, :number_id, :lane, :class, :language, :body, :cause, :route, :reply_from, :wants_answer,
            :status, :reason, :not_before, :expires_at, :at)
    ON CONFLICT DO NOTHING
""")

# What makes a claimed row be skipped is decided in the claim itself: someone who stopped a moment ago gets nothing.
_SKIP = """
    CASE WHEN m.expires_at <= :now THEN 'expired'
         WHEN n.cipher IS NULL THEN 'erased'
         WHEN n.is_demo AND NOT :takes_demo THEN 'demo'
         WHEN EXISTS (SELECT 1 FROM suppressions s WHERE s.number_id = m.number_id AND
                (s.scope = 'route' AND s.route = m.route
                 OR m.class <> 'reply' AND s.scope = 'all'
                 OR m.class IN ('important', 'routine') AND s.scope = 'notices')) THEN 'stopped'
    END
"""
# One that is sent again and may not leave is what it was before, not skipped: its first send may have arrived.
_CLAIM = f"""
    UPDATE messages m SET (status, reason, attempt, claimed_at) =
        (SELECT CASE WHEN skip IS NULL THEN 'sending' ELSE coalesce(m.resent_from, 'skipped') END,
                CASE WHEN skip IS NULL OR m.resent_from IS NOT NULL THEN m.reason ELSE skip END,
                m.attempt + CASE WHEN skip IS NULL THEN 1 ELSE 0 END,
                CASE WHEN skip IS NULL OR m.resent_from IS NULL THEN CAST(:now AS timestamptz) ELSE m.claimed_at END
         FROM (SELECT {_SKIP} AS skip) AS judged)
"""
_CLAIMED = """
    RETURNING m.month, m.id, m.attempt, m.number_id, m.batch_id, m.route, m.language, m.body, m.reply_from,
              m.wants_answer, m.expires_at, m.claimed_at, n.cipher, n.key_no, m.status
"""
# A run of ids is claimed as it is: an id range is the cheapest way to a window, also before statistics are gathered.
_CLAIM_RUN = statement(f"""
    {_CLAIM}
    FROM numbers n
    WHERE n.id = m.number_id AND m.month = :month AND m.id BETWEEN :first_id AND :last_id AND m.batch_id = :batch_id
      AND m.route = :route AND m.status = 'queued' AND (m.not_before IS NULL OR m.not_before <= :now)
      AND EXISTS (SELECT 1 FROM batches b WHERE b.id = :batch_id AND b.state = 'open')
    {_CLAIMED}
""")
_CLAIM_SINGLES = statement(f"""
    WITH picked AS MATERIALIZED (
        SELECT month, id FROM messages
        WHERE month >= :since AND lane = :lane AND route = :route AND batch_id IS NULL AND status = 'queued'
          AND (not_before IS NULL OR not_before <= :now)
        ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED)
    {_CLAIM}
    FROM picked p, numbers n
    WHERE m.month = p.month AND m.id = p.id AND n.id = m.number_id
    {_CLAIMED}
""")
_SETTLE = statement(f"""
    WITH upserted AS ({UPSERT_HEAD}
        SELECT month, message_id, number, number_id, route, provider_id, rank, code, words, parts, cost, claimed_at,
               CAST(:now AS timestamptz), rank = 2
        FROM unnest(CAST(:months AS date[]), CAST(:ids AS bigint[]), CAST(:attempts AS smallint[]),
                    CAST(:number_ids AS bigint[]), CAST(:routes AS text[]), CAST(:provider_ids AS text[]),
                    CAST(:ranks AS smallint[]), CAST(:codes AS text[]), CAST(:words AS text[]),
                    CAST(:parts AS smallint[]), CAST(:costs AS text[]), CAST(:claimed AS timestamptz[]))
             AS s(month, message_id, number, number_id, route, provider_id, rank, code, words, parts, cost, claimed_at)
        {UPSERT_TAIL})
    {SHOW}
""")
_REQUEUE = statement("""
    UPDATE messages m SET status = CASE WHEN g.reason IS NULL THEN 'queued' ELSE 'failed' END,
                          reason = coalesce(g.reason, m.reason),
                          not_before = g.not_before
    FROM unnest(CAST(:months AS date[]), CAST(:ids AS bigint[]), CAST(:attempts AS smallint[]),
                CAST(:not_befores AS timestamptz[]), CAST(:reasons AS text[]))
         AS g(month, id, attempt, not_before, reason)
    WHERE m.month = g.month AND m.id = g.id AND m.attempt = g.attempt AND m.status = 'sending'
""")
_ROUTES_WAITING = statement("""
    SELECT DISTINCT route FROM messages
    WHERE month >= :since AND lane = :lane AND status = 'queued' AND batch_id IS NULL
      AND (not_before IS NULL OR not_before <= :now)
""")
_OPEN_DOUBTS = statement("""
    SELECT m.month, m.id, m.attempt, m.number_id, m.batch_id, m.route, m.language, m.body, m.reply_from,
           m.wants_answer, m.expires_at, m.claimed_at, n.cipher, n.key_no, m.class, m.resent, n.prefix
    FROM messages m JOIN numbers n ON n.id = m.number_id
    WHERE m.status = 'sending' AND m.lane = :lane AND m.claimed_at < :before AND m.month >= :since
      AND (m.class <> 'emergency' AND m.claimed_at < :others_before OR m.class = 'emergency')
    ORDER BY m.claimed_at LIMIT :most
""")
_DECIDE = statement("""
    UPDATE messages m SET
        status = CASE WHEN :status = 'unconfirmed' AND m.attempt > 1
                           AND EXISTS (SELECT 1 FROM attempts a WHERE a.month = m.month AND a.message_id = m.id
                                       AND a.number < m.attempt AND a.rank = 1) THEN 'sent' ELSE :status END,
        reason = :reason, resent = m.resent OR :resend, route = :route,
        resent_from = CASE WHEN :resend THEN 'unconfirmed' ELSE m.resent_from END
    WHERE m.month = :month AND m.id = :id AND m.attempt = :attempt AND m.status = 'sending'
""")
_RECENT = statement("""
    SELECT count(*) FROM messages
    WHERE number_id = :number_id AND month >= :since AND created_at > :after AND batch_id IS NULL
      AND class = 'reply' AND cause LIKE :causes
""")


def add(conn: Connection, single: Single, *, status: str = "queued", reason: str | None = None) -> bool:
    """Queue one message; False where its cause has one already."""
    return bool(conn.execute(_ADD, _values(single, status, reason)).rowcount)


def add_many(conn: Connection, singles: Sequence[Single], *, status: str = "queued", reason: str | None = None) -> None:
    """Write many messages in one round trip; a cause that has one already is passed over."""
    if singles:
        conn.execute(_ADD, [_values(single, status, reason) for single in singles])


def _values(single: Single, status: str, reason: str | None) -> dict[str, object]:
    return {
        "month": month_of(single.at),
        "number_id": single.number_id,
        "lane": single.lane,
        "class": single.message_class,
        "language": single.language,
        "body": single.body,
        "cause": single.cause,
        "route": single.route,
        "reply_from": single.reply_from,
        "wants_answer": single.wants_answer,
        "status": status,
        "reason": reason,
        "not_before": single.not_before,
        "expires_at": single.expires_at,
        "at": single.at,
    }


def claim_run(
    conn: Connection, chunk: Chunk, first_id: int, last_id: int, now: datetime, *, takes_demo: bool
) -> tuple[list[Claimed], int]:
    """Claim what is queued in a run of ids of a leased chunk: the rows to send, and how many there were with those skipped."""
    values = {
        "month": chunk.month,
        "batch_id": chunk.batch_id,
        "first_id": first_id,
        "last_id": last_id,
        "route": chunk.route,
        "now": now,
        "takes_demo": takes_demo,
    }
    return _claimed(conn.execute(_CLAIM_RUN, values).all())


def claim_singles(
    conn: Connection, lane: str, route: str, now: datetime, most: int, *, takes_demo: bool
) -> tuple[list[Claimed], int]:
    """Claim up to `most` single messages of a lane and route, oldest first."""
    values = {
        "lane": lane,
        "route": route,
        "now": now,
        "most": most,
        "since": oldest_month(now),
        "takes_demo": takes_demo,
    }
    return _claimed(conn.execute(_CLAIM_SINGLES, values).all())


def _claimed(found: Sequence[object]) -> tuple[list[Claimed], int]:
    return [Claimed(*row[:-1]) for row in found if row[-1] == "sending"], len(found)  # type: ignore[index]


def oldest_month(now: datetime) -> date:
    """The oldest partition that may hold a message still on its way."""
    return month_of(now - timedelta(days=31))


def settle(conn: Connection, now: datetime, settled: Sequence[Settled]) -> None:
    """Record attempts and show them on their messages; a rank never falls, whoever comes first."""
    if not settled:
        return
    columns = list(zip(*((s.month, s.message_id, s.attempt, s.number_id, s.route, s.provider_id, s.rank, s.code[:80],
                          s.words[:300], s.parts, s.cost, s.claimed_at) for s in settled), strict=True))  # fmt: skip
    names = ("months", "ids", "attempts", "number_ids", "routes", "provider_ids", "ranks", "codes", "words", "parts",
             "costs", "claimed")  # fmt: skip
    conn.execute(_SETTLE, {"now": now, **{name: list(column) for name, column in zip(names, columns, strict=True)}})


def requeue(conn: Connection, back: Sequence[tuple[Claimed, datetime | None, str | None]]) -> None:
    """Put rows that were provably not sent back in the queue, not before the time given; or fail them with a reason."""
    if back:
        conn.execute(
            _REQUEUE,
            {
                "months": [row.month for row, _, _ in back],
                "ids": [row.id for row, _, _ in back],
                "attempts": [row.attempt for row, _, _ in back],
                "not_befores": [not_before for _, not_before, _ in back],
                "reasons": [reason for _, _, reason in back],
            },
        )


def routes_waiting(conn: Connection, lane: str, now: datetime) -> set[str]:
    """Routes for which a single message of this lane waits."""
    return set(conn.execute(_ROUTES_WAITING, {"lane": lane, "now": now, "since": oldest_month(now)}).scalars())


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A row whose send was cut off long enough ago to be decided on."""

    row: Claimed
    message_class: str
    was_resent: bool
    prefix: str


def doubtful(
    conn: Connection, lane: str, now: datetime, before: datetime, others_before: datetime, most: int
) -> list[Doubtful]:
    """Rows `sending` since before `before` (emergencies) or `others_before` (all other classes), oldest first."""
    found = conn.execute(
        _OPEN_DOUBTS,
        {"lane": lane, "before": before, "others_before": others_before, "most": most, "since": oldest_month(now)},
    )
    return [Doubtful(Claimed(*row[:14]), *row[14:]) for row in found.all()]


def decide(conn: Connection, row: Claimed, status: str, reason: str | None, *, route: str, resend: bool) -> bool:
    """End a doubt: `unconfirmed`, or `queued` once more; False where a receipt was faster."""
    values = {"month": row.month, "id": row.id, "attempt": row.attempt, "status": status, "reason": reason}
    return bool(conn.execute(_DECIDE, {**values, "route": route, "resend": resend}).rowcount)


def count_replies(conn: Connection, number_id: int, now: datetime, after: datetime, causes: str) -> int:
    """Replies written to a number since `after` whose cause is LIKE `causes`."""
    values = {"number_id": number_id, "after": after, "since": month_of(after), "causes": causes}
    return int(conn.execute(_RECENT, values).scalar_one())
