"""The tables of officials and their paper cards. Tokens, PINs and card codes are kept as hashes alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.db import Connection, statement
from gateway.officials.rules import Official, Role

_COLUMNS = "id, name, role, area, office, number_id"
_ADD = statement("""
    INSERT INTO officials (name, role, area, office, number_id, token_hash, pin_hash, is_demo, created_at)
    VALUES (:name, :role, :area, :office, :number_id, :token_hash, :pin_hash, :is_demo, :now) RETURNING id
""")
_ROLES = statement("SELECT id, role FROM officials WHERE id = ANY(:ids)")
_BY_TOKEN = statement(f"SELECT {_COLUMNS} FROM officials WHERE token_hash = :hash AND disabled_at IS NULL")
_BY_ID = statement(f"SELECT {_COLUMNS} FROM officials WHERE id = :id")
_ACTIVE = statement(f"SELECT {_COLUMNS} FROM officials WHERE disabled_at IS NULL ORDER BY id")
_ALL = statement(f"SELECT {_COLUMNS}, disabled_at FROM officials ORDER BY id")
_TOKEN = statement("UPDATE officials SET token_hash = :hash WHERE id = :id AND disabled_at IS NULL")
_DISABLE = statement("""
    UPDATE officials SET disabled_at = :now, token_hash = NULL, pin_hash = NULL, totp_cipher = NULL, totp_key_no = NULL
    WHERE id = :id AND disabled_at IS NULL
""")
_VOID = statement("UPDATE official_cards SET voided_at = :now WHERE official_id = :id AND voided_at IS NULL")
_VOID_OF_NUMBER = statement("""
    UPDATE official_cards c SET voided_at = now() FROM officials o
    WHERE o.id = c.official_id AND o.number_id = :number_id AND c.voided_at IS NULL
""")
_IS_ACTIVE = statement("SELECT 1 FROM officials WHERE id = :id AND disabled_at IS NULL FOR UPDATE")
_SERIAL = statement("SELECT coalesce(max(serial), 0) + 1 FROM official_cards WHERE official_id = :id")
_CELLS = statement("""
    INSERT INTO official_cards (official_id, serial, cell, code_hash)
    SELECT :id, :serial, cell, code_hash
    FROM unnest(CAST(:cells AS text[]), CAST(:hashes AS bytea[])) AS c(cell, code_hash)
""")
_ON_NUMBER = statement(
    f"SELECT {_COLUMNS} FROM officials WHERE number_id = :number_id AND disabled_at IS NULL ORDER BY id"
)
_NUMBERS = statement("SELECT number_id FROM officials WHERE disabled_at IS NULL")
_PINS = statement(f"""
    SELECT {_COLUMNS}, pin_hash, pin_failures, pin_locked_until FROM officials
    WHERE number_id = :number_id AND disabled_at IS NULL ORDER BY id FOR UPDATE
""")
_PIN_TRIED = statement("""
    UPDATE officials SET pin_failures = :failures, pin_locked_until = :locked_until
    WHERE number_id = :number_id AND disabled_at IS NULL
""")
_FORGET = statement("UPDATE officials SET name = 'erased', disabled_at = coalesce(disabled_at, now()), token_hash = NULL,"
                    " pin_hash = NULL, totp_cipher = NULL, totp_key_no = NULL WHERE number_id = :number_id")  # fmt: skip
_ABOUT = statement("SELECT name, role, area, created_at FROM officials WHERE number_id = :number_id")


def _official(row: tuple[int, str, str, str, str | None, int]) -> Official:
    id, name, role, area, office, number_id = row
    return Official(id, name, Role(role), area, office, number_id)


def add(
    conn: Connection,
    name: str,
    role: Role,
    area: str,
    office: str | None,
    number_id: int,
    token_hash: bytes,
    pin_hash: str,
    now: datetime,
    *,
    is_demo: bool = False,
) -> int:
    """Add an official and return the id."""
    values: dict[str, object] = {"name": name, "role": role, "area": area, "office": office, "number_id": number_id}
    values |= {"token_hash": token_hash, "pin_hash": pin_hash, "now": now, "is_demo": is_demo}
    return int(conn.execute(_ADD, values).scalar_one())


def by_token(conn: Connection, token_hash: bytes) -> Official | None:
    """The official whose token has this hash. The hash is compared, never the token, so time tells nothing."""
    row = conn.execute(_BY_TOKEN, {"hash": token_hash}).one_or_none()
    return _official(tuple(row)) if row else None


def get(conn: Connection, official_id: int) -> Official | None:
    """One official, also a disabled one."""
    row = conn.execute(_BY_ID, {"id": official_id}).one_or_none()
    return _official(tuple(row)) if row else None


def numbers_of_all(conn: Connection) -> frozenset[int]:
    """Ids of the numbers of all active officials."""
    return frozenset(conn.execute(_NUMBERS).scalars())


def on_number(conn: Connection, number_id: int) -> Official | None:
    """The active official whose phone this is, or None."""
    row = conn.execute(_ON_NUMBER, {"number_id": number_id}).first()
    return _official(tuple(row)) if row else None


@dataclass(frozen=True, slots=True)
class Pin:
    """What a PIN is checked against: its holder, its hash, wrong tries so far, and until when none is taken."""

    official: Official
    hash: str | None
    failures: int
    locked_until: datetime | None


def hold_pins(conn: Connection, number_id: int) -> list[Pin]:
    """PINs of the active officials on a number, locked to the end of the transaction: guesses take turns."""
    return [Pin(_official(tuple(row[:6])), *row[6:]) for row in conn.execute(_PINS, {"number_id": number_id})]


def pin_tried(conn: Connection, number_id: int, failures: int, locked_until: datetime | None) -> None:
    """Keep how many wrong tries there were in a row, and until when no further one is taken."""
    conn.execute(_PIN_TRIED, {"number_id": number_id, "failures": failures, "locked_until": locked_until})


def is_active(conn: Connection, official_id: int) -> bool:
    """Whether there is such an official who was not disabled; the row stays locked, so that it remains true."""
    return conn.execute(_IS_ACTIVE, {"id": official_id}).one_or_none() is not None


def every(conn: Connection) -> list[tuple[Official, bool]]:
    """All officials, and whether each is disabled."""
    return [(_official(tuple(row[:6])), row[6] is not None) for row in conn.execute(_ALL)]


def active(conn: Connection) -> list[Official]:
    """Everyone who was not disabled."""
    return [_official(tuple(row)) for row in conn.execute(_ACTIVE)]


def roles_of(conn: Connection, ids: Sequence[int]) -> dict[int, Role]:
    """Roles by id, of disabled officials too."""
    return {row.id: Role(row.role) for row in conn.execute(_ROLES, {"ids": list(ids)})}


def set_token(conn: Connection, official_id: int, token_hash: bytes) -> bool:
    """Replace the token; False where there is no such active official."""
    return bool(conn.execute(_TOKEN, {"id": official_id, "hash": token_hash}).rowcount)


def disable(conn: Connection, official_id: int, now: datetime) -> bool:
    """Void token, PIN and card at once; False where there is no such active official."""
    conn.execute(_VOID, {"id": official_id, "now": now})
    return bool(conn.execute(_DISABLE, {"id": official_id, "now": now}).rowcount)


def replace_card(conn: Connection, official_id: int, hashes: Mapping[str, bytes], now: datetime) -> int:
    """Void the present card and write a new one; returns its serial number."""
    conn.execute(_VOID, {"id": official_id, "now": now})
    serial = int(conn.execute(_SERIAL, {"id": official_id}).scalar_one())
    values = {"id": official_id, "serial": serial, "cells": list(hashes), "hashes": list(hashes.values())}
    conn.execute(_CELLS, values)
    return serial


def forget(conn: Connection, number_id: int) -> None:
    """Disable the person's account and blank the name; the acts stay in the trail under the id."""
    conn.execute(_VOID_OF_NUMBER, {"number_id": number_id})
    conn.execute(_FORGET, {"number_id": number_id})


def about(conn: Connection, number_id: int) -> list[dict[str, object]]:
    """What these tables hold of a person."""
    return [dict(row._mapping) for row in conn.execute(_ABOUT, {"number_id": number_id})]
