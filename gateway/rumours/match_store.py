"""The tables of wordings by which claims are known, and of known claims that a new one might be."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.db import Connection, statement

_FIND = statement("SELECT rumour_id FROM rumour_wordings WHERE hash = :hash")
_ADD = statement("""
    WITH added AS (
        INSERT INTO rumour_wordings (rumour_id, hash, words) VALUES (:rumour_id, :hash, :words)
        ON CONFLICT (hash) DO NOTHING RETURNING id)
    INSERT INTO rumour_words (word, wording_id)
    SELECT DISTINCT word, id FROM added, unnest(CAST(:list AS text[])) AS word
""")
# The newest fifty of each word, so that a word which stands in thousands of claims costs no more than a rare one.
_NEAR = statement("""
    SELECT w.rumour_id, w.words, r.is_trusted, r.state
    FROM (SELECT near.wording_id FROM unnest(CAST(:words AS text[])) AS said(word)
          CROSS JOIN LATERAL (SELECT i.wording_id FROM rumour_words i WHERE i.word = said.word
                              ORDER BY i.wording_id DESC LIMIT 50) AS near
          GROUP BY near.wording_id ORDER BY count(*) DESC, near.wording_id DESC LIMIT 40) AS best
    JOIN rumour_wordings w ON w.id = best.wording_id JOIN rumours r ON r.id = w.rumour_id
    WHERE r.state IN ('open', 'published')
""")
_SUGGEST = statement("""
    INSERT INTO rumour_matches (rumour_id, candidate_id, likeness, differs)
    SELECT :id, candidate_id, likeness, differs
    FROM unnest(CAST(:ids AS bigint[]), CAST(:scores AS smallint[]), CAST(:differ AS boolean[]))
         AS m(candidate_id, likeness, differs)
    ON CONFLICT DO NOTHING
""")
_SUGGESTED = statement("""
    SELECT m.rumour_id, r.number, CASE WHEN r.state = 'published' THEN r.summary ELSE r.claim END, r.state, m.likeness,
           m.differs, m.state
    FROM rumour_matches m JOIN rumours o ON o.id = m.candidate_id JOIN rumours r ON r.id = coalesce(o.merged_into, o.id)
    WHERE m.rumour_id = ANY(:ids) AND m.state = 'open' AND r.state IN ('open', 'published') AND r.id <> m.rumour_id
    ORDER BY m.likeness DESC, r.number
""")
_DECIDE = statement("""
    INSERT INTO rumour_matches (rumour_id, candidate_id, likeness, differs, state, decided_by, decided_at)
    VALUES (:id, :candidate_id, :likeness, :differs, :state, :by, :now)
    ON CONFLICT (rumour_id, candidate_id) DO UPDATE SET state = excluded.state, decided_by = excluded.decided_by,
        decided_at = excluded.decided_at
""")
_MOVE_ASKERS = statement("""
    WITH moved AS (DELETE FROM rumour_askers WHERE rumour_id = :id RETURNING number_id, channel, at, area)
    INSERT INTO rumour_askers (rumour_id, number_id, channel, at, area)
    SELECT :into, number_id, channel, at, area FROM moved ON CONFLICT DO NOTHING
""")
_MOVE_WORDINGS = statement("UPDATE rumour_wordings SET rumour_id = :into WHERE rumour_id = :id")
_MOVE_MERGED = statement("UPDATE rumours SET merged_into = :into WHERE merged_into = :id")
_CLOSE = statement(
    "UPDATE rumours SET state = 'merged', merged_into = :into, askers = 0, is_telling = false WHERE id = :id"
)
# `told` of those who were moved starts anew: they are told the result that holds, or the next first word.
_RECEIVE = statement("""
    UPDATE rumours r SET is_trusted = true, harm = greatest(r.harm, m.harm),
        askers = (SELECT count(*) FROM rumour_askers a WHERE a.rumour_id = r.id),
        places = ARRAY(SELECT DISTINCT place FROM unnest(r.places || m.places) AS place ORDER BY place),
        due_at = CASE WHEN r.first_word_at IS NULL THEN least(r.due_at, m.due_at) ELSE r.due_at END,
        is_telling = r.state = 'published' OR r.first_word_at IS NOT NULL
    FROM rumours m WHERE r.id = :into AND m.id = :id
""")
_DROP = statement("DELETE FROM rumour_wordings WHERE rumour_id = :id")


@dataclass(frozen=True, slots=True)
class Near:
    """A wording that shares words with what was asked."""

    rumour_id: int
    words: str
    is_trusted: bool
    state: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A known claim that another might be. `differs`: one of them denies what the other does not."""

    rumour_id: int
    number: int
    words: str
    state: str
    likeness: int
    differs: bool
    standing: str


def find(conn: Connection, hash: bytes) -> int | None:
    """The id of the claim that is known by just these words."""
    found = conn.execute(_FIND, {"hash": hash}).scalar_one_or_none()
    return int(found) if found is not None else None


def add(conn: Connection, rumour_id: int, hash: bytes, words: str | None, indexed: Collection[str] = ()) -> None:
    """Know a claim by these words too. Only with `words` are new ones compared with them, by those `indexed`."""
    values = {"rumour_id": rumour_id, "hash": hash, "words": words, "list": sorted(indexed) if words else []}
    conn.execute(_ADD, values)


def near(conn: Connection, words: Collection[str]) -> list[Near]:
    """Wordings that share most of these words; a bounded number, however many claims there are."""
    return [Near(*row) for row in conn.execute(_NEAR, {"words": sorted(set(words))})]


def suggest(conn: Connection, rumour_id: int, candidates: Sequence[tuple[int, int, bool]]) -> None:
    """Keep known claims for a person to compare: id, likeness of 100, and whether a denial sets them apart."""
    if candidates:
        ids, scores, differ = (list(column) for column in zip(*candidates, strict=True))
        conn.execute(_SUGGEST, {"id": rumour_id, "ids": ids, "scores": scores, "differ": differ})


def suggested(conn: Connection, rumour_ids: Sequence[int]) -> list[Suggestion]:
    """What a person has still to compare, for many claims at once."""
    return [Suggestion(*row) for row in conn.execute(_SUGGESTED, {"ids": list(rumour_ids)})]


def decide(
    conn: Connection,
    rumour_id: int,
    candidate_id: int,
    likeness: tuple[int, bool],
    state: str,
    by: int,
    now: datetime,
) -> None:
    """Keep what a person said of two claims: `confirmed` as one, or `denied`."""
    values = {"id": rumour_id, "candidate_id": candidate_id, "likeness": likeness[0], "differs": likeness[1]}
    conn.execute(_DECIDE, {**values, "state": state, "by": by, "now": now})


def merge(conn: Connection, rumour_id: int, into: int) -> None:
    """Move people and wordings of a claim to another, which the caller holds like it; nobody is lost or told twice."""
    for move in (_MOVE_ASKERS, _MOVE_WORDINGS, _MOVE_MERGED, _RECEIVE, _CLOSE):
        conn.execute(move, {"id": rumour_id, "into": into})


def drop(conn: Connection, rumour_id: int) -> None:
    """Know a claim by no words any more."""
    conn.execute(_DROP, {"id": rumour_id})
