"""The table of phone numbers: found by keyed hash, kept encrypted, erased by blanking one row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gateway.db import Connection, statement
from gateway.kernel.phone import prefix_of
from gateway.kernel.vault import Vault


@dataclass(frozen=True, slots=True)
class Number:
    """A number's row without the number itself."""

    id: int
    prefix: str
    is_demo: bool
    language: str | None


_FIND = statement("SELECT id, prefix, is_demo, language FROM numbers WHERE lookup = :lookup")
_ADD = statement("""
    INSERT INTO numbers (lookup, cipher, key_no, prefix, is_demo)
    SELECT decode(lookup, 'hex'), decode(cipher, 'hex'), :key_no, prefix, :is_demo
    FROM unnest(string_to_array(:lookups, ','), string_to_array(:ciphers, ','), string_to_array(:prefixes, ','))
         AS given(lookup, cipher, prefix)
    ON CONFLICT (lookup) DO NOTHING RETURNING id, lookup
""")
_FIND_MANY = statement("""
    SELECT id, lookup FROM numbers WHERE lookup IN (SELECT decode(unnest(string_to_array(:lookups, ',')), 'hex'))
""")
_READ = statement("SELECT id, cipher, key_no FROM numbers WHERE id = ANY(:ids) AND cipher IS NOT NULL")
_GET = statement("SELECT id, prefix, is_demo, language FROM numbers WHERE id = :id")
_LANGUAGE = statement("UPDATE numbers SET language = :language WHERE id = :id")
_FORGET = statement("""
    UPDATE numbers SET lookup = NULL, cipher = NULL, prefix = '', language = NULL WHERE id = :number_id
""")
_ABOUT = statement("SELECT created_at FROM numbers WHERE id = :number_id")


def find(conn: Connection, vault: Vault, number: str) -> Number | None:
    """The row of an E.164 number, or None where it was never seen."""
    row = conn.execute(_FIND, {"lookup": vault.lookup(number)}).one_or_none()
    return Number(*row) if row else None


def get(conn: Connection, number_id: int) -> Number:
    """The row with this id. Raises sqlalchemy's NoResultFound."""
    return Number(*conn.execute(_GET, {"id": number_id}).one())


def set_language(conn: Connection, number_id: int, language: str) -> None:
    """Keep the language a person chose."""
    conn.execute(_LANGUAGE, {"id": number_id, "language": language})


def ensure(conn: Connection, vault: Vault, number: str, *, is_demo: bool = False) -> Number:
    """The row of an E.164 number, made where it was never seen; safe for two callers at the same moment."""
    if found := find(conn, vault, number):
        return found
    ensure_many(conn, vault, [number], is_demo=is_demo)
    found = find(conn, vault, number)
    if found is None:
        raise RuntimeError("a number that was just written is not there")
    return found


def ensure_many(conn: Connection, vault: Vault, numbers: Sequence[str], *, is_demo: bool = False) -> dict[str, int]:
    """Ids by E.164 number, in at most three statements however many there are."""
    by_lookup = {vault.lookup(number): number for number in numbers}
    known = {bytes(lookup): id for id, lookup in conn.execute(_FIND_MANY, {"lookups": _hex(by_lookup)})}
    fresh = [(lookup, number) for lookup, number in by_lookup.items() if lookup not in known]
    if fresh:
        # Sorted, so that two imports of the same numbers take row locks in the same order.
        fresh.sort()
        added = conn.execute(
            _ADD,
            {
                "lookups": _hex(lookup for lookup, _ in fresh),
                "ciphers": _hex(vault.seal(number) for _, number in fresh),
                "key_no": vault.key_no,
                "prefixes": ",".join(prefix_of(number) for _, number in fresh),
                "is_demo": is_demo,
            },
        )
        known |= {bytes(lookup): id for id, lookup in added}
        # What another transaction wrote in the meantime is not returned by ours, but is there by now.
        if missed := [lookup for lookup, _ in fresh if lookup not in known]:
            known |= {bytes(lookup): id for id, lookup in conn.execute(_FIND_MANY, {"lookups": _hex(missed)})}
    return {number: known[lookup] for lookup, number in by_lookup.items()}


def find_many(conn: Connection, vault: Vault, numbers: Sequence[str]) -> dict[str, int]:
    """Ids of those E.164 numbers that were seen before, by number."""
    by_lookup = {vault.lookup(number): number for number in numbers}
    found = conn.execute(_FIND_MANY, {"lookups": _hex(by_lookup)})
    return {by_lookup[bytes(lookup)]: id for id, lookup in found}


def _hex(values: Iterable[bytes]) -> str:
    # One text: the driver writes an array value by value in Python, which an import of a whole city would feel.
    return ",".join(value.hex() for value in values)


def read(conn: Connection, vault: Vault, ids: Sequence[int]) -> dict[int, str]:
    """E.164 numbers by id; erased ones are left out. Only a sender and an audited reveal call this."""
    return {id: vault.open(cipher, key_no) for id, cipher, key_no in conn.execute(_READ, {"ids": list(ids)})}


def forget(conn: Connection, number_id: int) -> None:
    """Blank the row: every reference stays, and none leads to a person any more."""
    conn.execute(_FORGET, {"number_id": number_id})


def about(conn: Connection, number_id: int) -> dict[str, object]:
    """What this table holds of a person."""
    row = conn.execute(_ABOUT, {"number_id": number_id}).one_or_none()
    return {"first_seen": row.created_at} if row else {}
