"""The tables of residents and of consent: set-based registration, and the audience of a broadcast as SQL."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.db import Connection, statement
from gateway.outbox.store.batches import Fragment
from gateway.residents.rules import ACTIVE_AT_ONCE, CONSENT_VERSION, Registration


@dataclass(frozen=True, slots=True)
class Resident:
    """A resident as the dialogue needs them. `state` is active, pending or stopped."""

    id: int
    number_id: int
    area: str | None
    language: str
    state: str
    topics: list[str]


# Someone who stopped stays stopped, and someone active is not made to confirm again. The suppression counts even
# where no row stood here before: a number that said BERHENTI to us is known by that alone, and an erased one by its hash.
_REGISTER = statement("""
    WITH given AS (
        SELECT * FROM json_to_recordset(CAST(:people AS json)) AS g(number_id bigint, name text, area text, rt text,
            rw text, language text, topics text[], groups text[], state text)),
    judged AS (
        SELECT g.*, EXISTS (SELECT 1 FROM suppressions s WHERE s.number_id = g.number_id
                            AND s.scope IN ('notices', 'all'))
                    OR EXISTS (SELECT 1 FROM numbers n JOIN erased_hashes e ON e.hash = n.lookup
                               WHERE n.id = g.number_id) AS has_stopped
        FROM given g),
    written AS (
        INSERT INTO residents AS r (number_id, name, area, rt, rw, language, topics, groups, state, is_demo,
                                    created_at, changed_at)
        SELECT number_id, name, area, rt, rw, language, topics, groups,
               CASE WHEN has_stopped THEN 'stopped' ELSE state END, :is_demo, :now, :now
        FROM judged ORDER BY number_id
        ON CONFLICT (number_id) DO UPDATE SET name = coalesce(excluded.name, r.name), area = excluded.area,
            rt = coalesce(excluded.rt, r.rt), rw = coalesce(excluded.rw, r.rw), language = excluded.language,
            topics = excluded.topics, groups = excluded.groups, changed_at = excluded.changed_at,
            state = CASE WHEN r.state IN ('stopped', 'active') THEN r.state ELSE excluded.state END
        RETURNING r.number_id, r.state, r.xmax = 0 AS is_new)
    SELECT number_id, state, is_new FROM written
""")
_CONSENT = statement("""
    INSERT INTO consents (number_id, how, given, text_version, language, answer, by, at)
    SELECT number_id, how, true, :version, language, NULL, :by, at
    FROM json_to_recordset(CAST(:people AS json)) AS c(number_id bigint, how text, language text, at timestamptz)
    WHERE NOT EXISTS (SELECT FROM consents kept WHERE kept.number_id = c.number_id AND kept.at = c.at
                      AND kept.how = c.how AND kept.given AND kept.text_version = :version)
""")
_ONE_CONSENT = statement("""
    INSERT INTO consents (number_id, how, given, text_version, language, answer, by, at)
    VALUES (:number_id, :how, :given, :version, :language, :answer, 'resident', :now)
""")
_WELCOME_BACK = statement("""
    DELETE FROM erased_hashes WHERE hash = (SELECT lookup FROM numbers WHERE id = :number_id)
""")
_CONSENTED = statement("""
    SELECT at FROM consents WHERE number_id = :number_id AND given ORDER BY id DESC LIMIT 1
""")
_FIND = statement("SELECT id, number_id, area, language, state, topics FROM residents WHERE number_id = :number_id")
_SUBSCRIBE = statement("""
    INSERT INTO residents AS r (number_id, area, language, topics, state, created_at, changed_at)
    VALUES (:number_id, :area, :language, CAST(:topics AS text[]), 'active', :now, :now)
    ON CONFLICT (number_id) DO UPDATE SET area = excluded.area, language = excluded.language, state = 'active',
        topics = CASE WHEN excluded.topics = '{}' THEN r.topics ELSE excluded.topics END, changed_at = excluded.changed_at
""")
_STOP = statement("""
    UPDATE residents SET state = 'stopped', changed_at = :now WHERE number_id = :number_id AND state <> 'stopped'
""")
_MOVE = statement("UPDATE residents SET area = :area, changed_at = :now WHERE number_id = :number_id")
_TOPICS = statement("""
    UPDATE residents SET topics = CAST(:topics AS text[]), changed_at = :now WHERE number_id = :number_id
""")
_LANGUAGE = statement("UPDATE residents SET language = :language, changed_at = :now WHERE number_id = :number_id")
_FORGET = statement("DELETE FROM residents WHERE number_id = :number_id")
_ABOUT = statement("""
    SELECT name, area, rt, rw, language, topics, groups, state, created_at FROM residents WHERE number_id = :number_id
""")
_CONSENTS = statement("SELECT how, given, text_version, at FROM consents WHERE number_id = :number_id ORDER BY id")


def register_many(
    conn: Connection,
    people: Sequence[tuple[int, Registration]],
    by: str,
    now: datetime,
    *,
    is_demo: bool = False,
) -> dict[int, tuple[str, bool]]:
    """Write people by number id in two statements: the state each has now, and whether the row is new.

    A consent that is on record already, of the same moment and by the same way, is not written again.
    """
    # One text of JSON: the driver writes arrays value by value in Python, which takes longer than all else here.
    given = json.dumps([_row_of(number_id, person) for number_id, person in people], ensure_ascii=False)
    written = conn.execute(_REGISTER, {"people": given, "now": now, "is_demo": is_demo}).all()
    conn.execute(_CONSENT, {"people": given, "version": CONSENT_VERSION, "by": by})
    return {row.number_id: (row.state, row.is_new) for row in written}


def _row_of(number_id: int, person: Registration) -> dict[str, object]:
    return {
        "number_id": number_id,
        "name": person.name,
        "area": person.area,
        "rt": person.rt,
        "rw": person.rw,
        "language": person.language,
        "topics": person.topics,
        "groups": person.groups,
        "state": "active" if person.how in ACTIVE_AT_ONCE else "pending",
        "how": person.how,
        "at": person.when.isoformat(),
    }


def find(conn: Connection, number_id: int) -> Resident | None:
    """The resident on a number."""
    row = conn.execute(_FIND, {"number_id": number_id}).one_or_none()
    return Resident(*row) if row else None


def subscribe(
    conn: Connection,
    number_id: int,
    area: str,
    language: str,
    how: str,
    answer: str | None,
    now: datetime,
    topics: Sequence[str] = (),
) -> None:
    """The person's own yes, by SMS or USSD: active at once, with the consent on record. No `topics` leaves them be."""
    subscribed = {"number_id": number_id, "area": area, "language": language, "topics": list(topics), "now": now}
    conn.execute(_SUBSCRIBE, subscribed)
    conn.execute(_WELCOME_BACK, {"number_id": number_id})
    values = {"number_id": number_id, "how": how, "given": True, "answer": answer, "language": language}
    conn.execute(_ONE_CONSENT, {**values, "version": CONSENT_VERSION, "now": now})


def consented_at(conn: Connection, number_id: int) -> datetime | None:
    """When the person last said yes; None where that is on no record."""
    found: datetime | None = conn.execute(_CONSENTED, {"number_id": number_id}).scalar()
    return found


def stop(conn: Connection, number_id: int, how: str, answer: str | None, language: str, now: datetime) -> None:
    """The person's own no, on record."""
    conn.execute(_STOP, {"number_id": number_id, "now": now})
    values = {"number_id": number_id, "how": how, "given": False, "answer": answer, "language": language}
    conn.execute(_ONE_CONSENT, {**values, "version": CONSENT_VERSION, "now": now})


def move(conn: Connection, number_id: int, area: str, now: datetime) -> bool:
    """Change the area; False where nobody is registered on the number."""
    return bool(conn.execute(_MOVE, {"number_id": number_id, "area": area, "now": now}).rowcount)


def set_topics(conn: Connection, number_id: int, topics: Sequence[str], now: datetime) -> bool:
    """Change what the news are about, none meaning all; False where nobody is registered on the number."""
    values = {"number_id": number_id, "topics": list(topics), "now": now}
    return bool(conn.execute(_TOPICS, values).rowcount)


def set_language(conn: Connection, number_id: int, language: str, now: datetime) -> bool:
    """Change the language; False where nobody is registered on the number."""
    return bool(conn.execute(_LANGUAGE, {"number_id": number_id, "language": language, "now": now}).rowcount)


def audience(rule: Mapping[str, Sequence[str]], *, is_emergency: bool) -> Fragment:
    """The SELECT of everyone a rule names: within a list any, between lists all, an absent list restricts nothing.

    A resident without topics follows all. An emergency also reaches those who stopped news but not alarms: the outbox
    leaves out whoever refused everything.
    """
    where = ["r.state IN ('active', 'stopped')" if is_emergency else "r.state = 'active'"]
    values: dict[str, Any] = {}
    places = []
    for at, written in enumerate(rule.get("areas") or ()):
        area, *units = written.split("/")
        values[f"area_{at}"] = area
        place = f"(r.area = :area_{at} OR starts_with(r.area, :area_{at} || '.'))"
        for unit in units:
            kind = unit[:2].lower()
            values[f"{kind}_{at}"] = unit[2:].lstrip("0")
            place += f" AND r.{kind} = :{kind}_{at}"
        places.append(f"({place})")
    if places:
        where.append(f"({' OR '.join(places)})")
    if topics := list(rule.get("topics") or ()):
        where.append("(r.topics = '{}' OR r.topics && CAST(:audience_topics AS text[]))")
        values["audience_topics"] = topics
    if groups := list(rule.get("groups") or ()):
        where.append("r.groups && CAST(:audience_groups AS text[])")
        values["audience_groups"] = groups
    if languages := list(rule.get("languages") or ()):
        where.append("r.language = ANY(CAST(:audience_languages AS text[]))")
        values["audience_languages"] = languages
    # Only our own fragments are put together; every value is bound.
    return Fragment(f"SELECT r.number_id, r.language FROM residents r WHERE {' AND '.join(where)}", values)


def located(people: Fragment) -> Fragment:
    """The same people with the `area` of each, NULL where none is known any more."""
    sql = f"SELECT p.number_id, p.language, r.area FROM ({people.sql}) AS p LEFT JOIN residents r ON r.number_id = p.number_id"
    return Fragment(sql, people.values)


def forget(conn: Connection, number_id: int) -> None:
    """Drop the person's row. Consents stay as the proof of what was agreed, under an id that leads to nobody."""
    conn.execute(_FORGET, {"number_id": number_id})


def about(conn: Connection, number_id: int) -> dict[str, object]:
    """What these tables hold of a person."""
    row = conn.execute(_ABOUT, {"number_id": number_id}).one_or_none()
    consents = [dict(consent._mapping) for consent in conn.execute(_CONSENTS, {"number_id": number_id})]
    return {**(dict(row._mapping) if row else {}), "consents": consents}
