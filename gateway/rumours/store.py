"""The tables of rumours, of those who asked about them, and of codes that were not ours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.db import Connection, statement


@dataclass(frozen=True, slots=True)
class Rumour:
    """A claim. `summary`, `fact` and `sources` are the desk's words and hold once `state` is published."""

    id: int
    number: int
    claim: str
    state: str
    label: str | None
    summary: str | None
    fact: str | None
    sources: list[str]
    checked_at: datetime | None


_COLUMNS = "id, number, claim, state, label, summary, fact, sources, checked_at"
_NUMBER = statement("SELECT nextval('rumour_number')")
_LOCK = statement("SELECT pg_advisory_xact_lock(6048, hashtext(encode(:hash, 'hex')))")
_ADD = statement("""
    INSERT INTO rumours (number, claim, claim_hash, area, state, created_at)
    VALUES (:number, :claim, :hash, nullif(:area, ''), 'open', :now)
""")
_SAME = statement(f"""
    SELECT {_COLUMNS} FROM rumours WHERE claim_hash = :hash ORDER BY (state = 'published') DESC, id DESC LIMIT 1
""")
_GET = statement(f"SELECT {_COLUMNS} FROM rumours WHERE number = :number")
_LATEST = statement(f"""
    SELECT {_COLUMNS} FROM rumours WHERE state = 'published' ORDER BY checked_at DESC, id DESC LIMIT :most
""")
_ASKED = statement("""
    INSERT INTO rumour_askers (rumour_id, number_id, channel, at) VALUES (:rumour_id, :number_id, :channel, :now)
    ON CONFLICT DO NOTHING
""")
_IS_ASKER = statement("SELECT 1 FROM rumour_askers WHERE rumour_id = :rumour_id AND number_id = :number_id")
_PUBLISH = statement("""
    INSERT INTO rumours (number, claim, claim_hash, state, label, summary, fact, sources, author_id, approver_id,
                         checked_at, is_demo, created_at)
    SELECT nextval('rumour_number'), :claim, :hash, 'published', :label, :summary, :fact, CAST(:sources AS text[]),
           :author_id, :approver_id, :now, :is_demo, :now
    WHERE NOT EXISTS (SELECT 1 FROM rumours WHERE claim_hash = :hash)
""")
_FORGED = statement("""
    INSERT INTO forged_codes (cause, number_id, code, at) VALUES (:cause, :number_id, :code, :now) ON CONFLICT DO NOTHING
""")
# A claim that one person alone has asked about, and nobody judged, goes with that person's words.
_BLANK_CLAIMS = statement("""
    UPDATE rumours r SET claim = '' FROM rumour_askers a
    WHERE a.rumour_id = r.id AND a.number_id = :number_id AND r.state = 'open'
      AND NOT EXISTS (SELECT 1 FROM rumour_askers o WHERE o.rumour_id = r.id AND o.number_id <> :number_id)
""")
_DROP_ASKED = statement("DELETE FROM rumour_askers WHERE number_id = :number_id")
_DROP_FORGED = statement("DELETE FROM forged_codes WHERE number_id = :number_id")
_ABOUT = statement("""
    SELECT r.number, r.claim, a.at FROM rumour_askers a JOIN rumours r ON r.id = a.rumour_id
    WHERE a.number_id = :number_id ORDER BY a.at
""")


def hold(conn: Connection, claim_hash: bytes) -> None:
    """Make askings of one claim take turns, so that two at the same moment find each other."""
    conn.execute(_LOCK, {"hash": claim_hash})


def find_same(conn: Connection, claim_hash: bytes) -> Rumour | None:
    """The claim that was asked in the same words, a published one first."""
    row = conn.execute(_SAME, {"hash": claim_hash}).one_or_none()
    return Rumour(*row) if row else None


def add(conn: Connection, claim: str, claim_hash: bytes, area: str, now: datetime) -> int:
    """Write a claim that nobody asked about before, and give its running number."""
    number = int(conn.execute(_NUMBER).scalar_one())
    conn.execute(_ADD, {"number": number, "claim": claim, "hash": claim_hash, "area": area, "now": now})
    return number


def asked(conn: Connection, rumour_id: int, number_id: int, channel: str, now: datetime) -> None:
    """Keep who is to be told; once however often they ask."""
    conn.execute(_ASKED, {"rumour_id": rumour_id, "number_id": number_id, "channel": channel, "now": now})


def is_asker(conn: Connection, rumour_id: int, number_id: int) -> bool:
    """Whether this number asked about the claim."""
    return conn.execute(_IS_ASKER, {"rumour_id": rumour_id, "number_id": number_id}).one_or_none() is not None


def get(conn: Connection, number: int) -> Rumour | None:
    """The claim with this running number."""
    row = conn.execute(_GET, {"number": number}).one_or_none()
    return Rumour(*row) if row else None


def latest(conn: Connection, most: int = 20) -> list[Rumour]:
    """Published results, the newest first."""
    return [Rumour(*row) for row in conn.execute(_LATEST, {"most": most})]


def publish(
    conn: Connection,
    claim: str,
    claim_hash: bytes,
    label: str,
    summary: str,
    fact: str,
    sources: Sequence[str],
    author_id: int,
    approver_id: int,
    now: datetime,
    *,
    is_demo: bool = False,
) -> None:
    """Write a published result, unless the claim stands here already. The table refuses one without a second person."""
    values: dict[str, object] = {"claim": claim, "hash": claim_hash, "label": label, "summary": summary, "fact": fact}
    values |= {"sources": list(sources), "author_id": author_id, "approver_id": approver_id, "now": now}
    conn.execute(_PUBLISH, {**values, "is_demo": is_demo})


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
