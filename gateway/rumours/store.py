"""The tables of rumours, of those who asked about them, and of codes that were not ours."""

from dataclasses import dataclass
from datetime import datetime

from gateway.db import Connection, statement


@dataclass(frozen=True, slots=True)
class Rumour:
    """A claim. `summary`, `fact` and `sources` are the desk's words and hold once `state` is published.

    version: how often a result was published; places: areas that askers came from; harm: 1 to 3; due_at: when those who
    asked get a first word; is_trusted: a person has seen once that other words mean it, so that more of them may be taken
    for it; place: where it stands in the desk's list.
    """

    id: int
    number: int
    claim: str
    area: str | None
    state: str
    label: str | None
    kind: str | None
    summary: str | None
    fact: str | None
    sources: list[str]
    author_id: int | None
    approver_id: int | None
    checked_at: datetime | None
    version: int
    harm: int
    askers: int
    places: list[str]
    is_trusted: bool
    due_at: datetime | None
    first_word_at: datetime | None
    merged_into: int | None
    place: int
    created_at: datetime


_COLUMNS = ", ".join(f"r.{name}" for name in Rumour.__slots__)
_NUMBER = statement("SELECT nextval('rumour_number')")
_LOCK = statement("SELECT pg_advisory_xact_lock(6048, hashtext(encode(:hash, 'hex')))")
_ADD = statement("""
    INSERT INTO rumours (number, claim, claim_hash, area, state, harm, due_at, created_at)
    VALUES (:number, :claim, :hash, nullif(:area, ''), 'open', :harm, :due_at, :now) RETURNING id
""")
# A merged claim is read as the one it went into; one is never merged into a merged one.
_GET = statement(f"""
    SELECT {_COLUMNS} FROM rumours o JOIN rumours r ON r.id = coalesce(o.merged_into, o.id) WHERE o.number = :number
""")
_ID = statement("SELECT id FROM rumours WHERE number = :number")
_HOLD = statement(f"SELECT {_COLUMNS} FROM rumours r WHERE r.id = :id FOR NO KEY UPDATE")
_LATEST = statement(f"""
    SELECT {_COLUMNS} FROM rumours r WHERE state = 'published' ORDER BY checked_at DESC, id DESC LIMIT :most
""")
_PAGE = statement(f"""
    SELECT {_COLUMNS} FROM rumours r
    WHERE state IN ('open', 'published') AND place < :before ORDER BY place DESC LIMIT :most
""")
_COUNT_OPEN = statement("SELECT count(*) FROM (SELECT 1 FROM rumours WHERE state = 'open' LIMIT 1000) AS waiting")
_ASKED = statement("""
    WITH added AS (
        INSERT INTO rumour_askers (rumour_id, number_id, channel, at, area, told)
        VALUES (:id, :number_id, :channel, :now, nullif(:area, ''), :told) ON CONFLICT DO NOTHING RETURNING area)
    UPDATE rumours r SET askers = r.askers + 1,
        places = CASE WHEN a.area IS NULL OR a.area = ANY(r.places) THEN r.places ELSE r.places || a.area END,
        is_spreading = r.is_spreading OR r.state = 'open' AND (r.askers + 1 >= :numbers
            OR cardinality(r.places) + (a.area IS NOT NULL AND a.area <> ALL(r.places))::int >= :areas)
    FROM added a WHERE r.id = :id
""")
# Who asks again was told just now what there is.
_ASKED_AGAIN = statement("""
    UPDATE rumour_askers SET told = greatest(told, :told), at = :now WHERE rumour_id = :id AND number_id = :number_id
""")
_IS_ASKER = statement("SELECT 1 FROM rumour_askers WHERE rumour_id = :rumour_id AND number_id = :number_id")
_SET_STATE = statement("UPDATE rumours SET state = :state WHERE id = :id")
_ASKER_IDS = statement("SELECT number_id FROM rumour_askers WHERE rumour_id = :id ORDER BY at, number_id LIMIT :most")
_FORGED = statement("""
    INSERT INTO forged_codes (cause, number_id, code, at) VALUES (:cause, :number_id, :code, :now) ON CONFLICT DO NOTHING
""")
# A claim that one person alone has asked about, and nobody judged, goes with that person's words.
_BLANK_CLAIMS = statement("""
    WITH gone AS (
        UPDATE rumours r SET claim = '', state = 'erased' FROM rumour_askers a
        WHERE a.rumour_id = r.id AND a.number_id = :number_id AND r.state = 'open'
          AND NOT EXISTS (SELECT 1 FROM rumour_askers o WHERE o.rumour_id = r.id AND o.number_id <> :number_id)
        RETURNING r.id),
    unsaid AS (
        UPDATE rumour_verdicts v SET state = 'replaced', summary = '' FROM gone WHERE v.rumour_id = gone.id)
    DELETE FROM rumour_wordings w USING gone WHERE w.rumour_id = gone.id
""")
_DROP_ASKED = statement("""
    WITH dropped AS (DELETE FROM rumour_askers WHERE number_id = :number_id RETURNING rumour_id)
    UPDATE rumours r SET askers = greatest(0, askers - 1) FROM dropped d WHERE d.rumour_id = r.id
""")
_DROP_FORGED = statement("DELETE FROM forged_codes WHERE number_id = :number_id")
_ABOUT = statement("""
    SELECT r.number, r.claim, a.at FROM rumour_askers a JOIN rumours r ON r.id = a.rumour_id
    WHERE a.number_id = :number_id ORDER BY a.at
""")


def take_turn(conn: Connection, claim_hash: bytes) -> None:
    """Make askings of one claim take turns, so that two at the same moment find each other."""
    conn.execute(_LOCK, {"hash": claim_hash})


def add(conn: Connection, claim: str, claim_hash: bytes, area: str, harm: int, due_at: datetime, now: datetime) -> int:
    """Write a claim that nobody asked about before, and give its id."""
    number = int(conn.execute(_NUMBER).scalar_one())
    values = {"number": number, "claim": claim, "hash": claim_hash, "area": area, "harm": harm}
    return int(conn.execute(_ADD, {**values, "due_at": due_at, "now": now}).scalar_one())


def hold(conn: Connection, rumour_id: int) -> Rumour:
    """The claim with this id, locked to the end of the transaction: askings, verdicts and merges of one take turns."""
    return Rumour(*conn.execute(_HOLD, {"id": rumour_id}).one())


def id_of(conn: Connection, number: int) -> int | None:
    """The id of the claim with this running number, merged or not."""
    found = conn.execute(_ID, {"number": number}).scalar_one_or_none()
    return int(found) if found is not None else None


def get(conn: Connection, number: int) -> Rumour | None:
    """The claim with this running number, or the one it was merged into."""
    row = conn.execute(_GET, {"number": number}).one_or_none()
    return Rumour(*row) if row else None


def asked(
    conn: Connection,
    rumour_id: int,
    number_id: int,
    channel: str,
    area: str,
    told: int,
    now: datetime,
    spreads_at: tuple[int, int],
) -> None:
    """Keep who is to be told, once however often they ask; the caller holds the claim.

    told: the version they are told by the answer itself, -1 where that promises a first word; spreads_at: from how many
    numbers, and from how many areas, the desk is alarmed.
    """
    numbers, areas = spreads_at
    values = {"id": rumour_id, "number_id": number_id, "channel": channel, "area": area, "told": told, "now": now}
    if not conn.execute(_ASKED, {**values, "numbers": numbers, "areas": areas}).rowcount:
        conn.execute(_ASKED_AGAIN, {"id": rumour_id, "number_id": number_id, "told": told, "now": now})


def is_asker(conn: Connection, rumour_id: int, number_id: int) -> bool:
    """Whether this number asked about the claim."""
    return conn.execute(_IS_ASKER, {"rumour_id": rumour_id, "number_id": number_id}).one_or_none() is not None


def asker_ids(conn: Connection, rumour_id: int, most: int) -> list[int]:
    """Ids of the numbers that asked, the first first."""
    return list(conn.execute(_ASKER_IDS, {"id": rumour_id, "most": most}).scalars())


def latest(conn: Connection, most: int = 20) -> list[Rumour]:
    """Published results, the newest first."""
    return [Rumour(*row) for row in conn.execute(_LATEST, {"most": most})]


def page(conn: Connection, before: int, most: int) -> list[Rumour]:
    """The desk's list: open claims by askers times harm, then results, the newest first."""
    return [Rumour(*row) for row in conn.execute(_PAGE, {"before": before, "most": most})]


def count_open(conn: Connection) -> int:
    """How many claims wait for a verdict, a thousand at most."""
    return int(conn.execute(_COUNT_OPEN).scalar_one())


def set_state(conn: Connection, rumour_id: int, state: str) -> None:
    """Move a claim to a state that needs nothing else."""
    conn.execute(_SET_STATE, {"id": rumour_id, "state": state})


def add_forged(conn: Connection, cause: str, number_id: int, code: str, now: datetime) -> None:
    """Keep a code that someone was sent and that is not ours, once a cause."""
    conn.execute(_FORGED, {"cause": cause, "number_id": number_id, "code": code, "now": now})


def forget(conn: Connection, number_id: int) -> None:
    """Drop what a person asked and reported; what they alone asked loses its words."""
    for drop in (_BLANK_CLAIMS, _DROP_ASKED, _DROP_FORGED):
        conn.execute(drop, {"number_id": number_id})


def about(conn: Connection, number_id: int) -> list[dict[str, object]]:
    """What this person asked about."""
    return [dict(row._mapping) for row in conn.execute(_ABOUT, {"number_id": number_id})]
