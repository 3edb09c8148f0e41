"""The tables of one-time codes that officials were asked for, and of orders they gave by SMS."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.db import Connection, statement


@dataclass(frozen=True, slots=True)
class Ask:
    """A code that is waited for: for an act on a subject as it was shown. Without a cell only a TOTP answers it."""

    id: int
    act: str
    subject: str
    hash: str
    serial: int | None
    cell: str | None
    ends_at: datetime
    is_open: bool


@dataclass(frozen=True, slots=True)
class Held:
    """What a code is checked against, besides the card: wrong tries in a row, the lock, and the sealed TOTP secret."""

    failures: int
    locked_until: datetime | None
    totp_cipher: bytes | None
    totp_key_no: int | None
    totp_step: int | None


# No stronger lock than that: an approval elsewhere must still be able to name the official.
_HOLD = statement("""
    SELECT code_failures, code_locked_until, totp_cipher, totp_key_no, totp_step FROM officials
    WHERE id = :id AND disabled_at IS NULL FOR NO KEY UPDATE
""")
_HOLD_MANY = statement("SELECT id FROM officials WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE")
_TRIED = statement("UPDATE officials SET code_failures = :failures, code_locked_until = :locked_until WHERE id = :id")
_TOTP = statement("""
    UPDATE officials SET totp_cipher = :cipher, totp_key_no = :key_no WHERE id = :id AND disabled_at IS NULL
""")
_TOTP_STEP = statement("UPDATE officials SET totp_step = :step WHERE id = :id")
_ASK_COLUMNS = "id, act, subject, hash, serial, cell, ends_at, closed_at IS NULL"
_FIND = statement(f"""
    SELECT {_ASK_COLUMNS} FROM code_asks
    WHERE official_id = :id AND act = :act AND subject = :subject AND (closed_at IS NULL OR outcome IN ('late', 'burnt'))
    ORDER BY id DESC LIMIT 1
""")
_WAITING = statement(f"""
    SELECT {_ASK_COLUMNS} FROM code_asks
    WHERE official_id = :id AND starts_with(act, :acts) AND subject = :subject
      AND (closed_at IS NULL OR outcome IN ('late', 'burnt'))
    ORDER BY id DESC LIMIT 20
""")
_COUNT = statement("""
    SELECT count(*) FROM code_asks WHERE official_id = :id AND starts_with(act, :acts) AND closed_at IS NULL
""")
_GET = statement(f"SELECT {_ASK_COLUMNS} FROM code_asks WHERE id = :id")
_LAPSE = statement("""
    UPDATE code_asks SET closed_at = :now, outcome = 'late'
    WHERE official_id = :id AND closed_at IS NULL AND ends_at <= :now
""")
_RENEW = statement(f"UPDATE code_asks SET hash = :hash, ends_at = :ends_at WHERE id = :id RETURNING {_ASK_COLUMNS}")
_NEXT_CELL = statement("""
    SELECT serial, cell FROM official_cards c
    WHERE official_id = :id AND used_at IS NULL AND voided_at IS NULL
      AND NOT EXISTS (SELECT FROM code_asks a WHERE a.official_id = c.official_id AND a.serial = c.serial
                      AND a.cell = c.cell AND a.closed_at IS NULL)
    ORDER BY serial, CAST(substr(cell, 2) AS integer), cell LIMIT 1
""")
_FIRST_CELL = statement("""
    SELECT serial, cell FROM official_cards WHERE official_id = :id AND used_at IS NULL AND voided_at IS NULL
    ORDER BY serial, CAST(substr(cell, 2) AS integer), cell LIMIT 1
""")
_ADD = statement(f"""
    INSERT INTO code_asks (official_id, act, subject, hash, serial, cell, ends_at)
    VALUES (:official_id, :act, :subject, :hash, :serial, :cell, :ends_at) RETURNING {_ASK_COLUMNS}
""")
_CLOSE = statement("""
    UPDATE code_asks SET closed_at = :now, outcome = :outcome WHERE id = :id AND closed_at IS NULL
""")
_CLOSE_CELL = statement("""
    UPDATE code_asks SET closed_at = :now, outcome = 'burnt'
    WHERE official_id = :id AND serial = :serial AND cell = :cell AND closed_at IS NULL
""")
_CLOSE_ALL = statement("""
    UPDATE code_asks SET closed_at = :now, outcome = 'void' WHERE official_id = :id AND closed_at IS NULL
""")
_CODE_HASH = statement("""
    SELECT code_hash FROM official_cards
    WHERE official_id = :id AND serial = :serial AND cell = :cell AND used_at IS NULL AND voided_at IS NULL
""")
_USE = statement("""
    UPDATE official_cards SET used_at = :now
    WHERE official_id = :id AND serial = :serial AND cell = :cell AND used_at IS NULL AND voided_at IS NULL
""")
_SAME = statement("""
    SELECT subject FROM official_orders
    WHERE official_id = :id AND digest = :digest AND at > :since ORDER BY id DESC LIMIT 1
""")
_NOTE = statement("""
    INSERT INTO official_orders (official_id, digest, subject, at) VALUES (:id, :digest, :subject, :now)
""")
_DROP_ORDERS = statement("DELETE FROM official_orders WHERE official_id = :id AND at <= :since")


def hold(conn: Connection, official_id: int) -> Held | None:
    """The official's row, locked to the end of the transaction: guesses take turns. None for a disabled one."""
    row = conn.execute(_HOLD, {"id": official_id}).one_or_none()
    return Held(*row) if row else None


def hold_many(conn: Connection, official_ids: Sequence[int]) -> None:
    """Lock the rows of several officials, in one order for everyone."""
    conn.execute(_HOLD_MANY, {"ids": list(official_ids)})


def tried(conn: Connection, official_id: int, failures: int, locked_until: datetime | None) -> None:
    """Keep how many wrong codes there were in a row, and until when none is taken."""
    conn.execute(_TRIED, {"id": official_id, "failures": failures, "locked_until": locked_until})


def set_totp(conn: Connection, official_id: int, cipher: bytes, key_no: int) -> bool:
    """Replace the sealed TOTP secret; False where there is no such active official."""
    return bool(conn.execute(_TOTP, {"id": official_id, "cipher": cipher, "key_no": key_no}).rowcount)


def use_totp(conn: Connection, official_id: int, step: int) -> None:
    """No code of this time step or an earlier one counts any more."""
    conn.execute(_TOTP_STEP, {"id": official_id, "step": step})


def find(conn: Connection, official_id: int, act: str, subject: str) -> Ask | None:
    """The code that is waited for, else the last one whose time was over or whose cell was used up elsewhere."""
    row = conn.execute(_FIND, {"id": official_id, "act": act, "subject": subject}).one_or_none()
    return Ask(*row) if row else None


def waiting(conn: Connection, official_id: int, acts: str, subject: str) -> list[Ask]:
    """As `find`, for every act that begins with `acts`: the newest first."""
    values = {"id": official_id, "acts": acts, "subject": subject}
    return [Ask(*row) for row in conn.execute(_WAITING, values)]


def count(conn: Connection, official_id: int, acts: str) -> int:
    """How many codes are waited for, for acts that begin with `acts`."""
    return int(conn.execute(_COUNT, {"id": official_id, "acts": acts}).scalar_one())


def get(conn: Connection, ask_id: int) -> Ask:
    """One ask as it stands now."""
    return Ask(*conn.execute(_GET, {"id": ask_id}).one())


def lapse(conn: Connection, official_id: int, now: datetime) -> None:
    """Close what was waited for too long; its cells, of which nobody has seen the code, may be asked for again."""
    conn.execute(_LAPSE, {"id": official_id, "now": now})


def renew(conn: Connection, ask_id: int, hash: str, ends_at: datetime) -> Ask:
    """Wait anew for the same cell."""
    return Ask(*conn.execute(_RENEW, {"id": ask_id, "hash": hash, "ends_at": ends_at}).one())


def next_cell(conn: Connection, official_id: int) -> tuple[int, str] | None:
    """Card and cell that come next, row by row: neither used nor asked for. None where the card is used up."""
    row = conn.execute(_NEXT_CELL, {"id": official_id}).one_or_none()
    return (row.serial, row.cell) if row else None


def first_cell(conn: Connection, official_id: int) -> tuple[int, str] | None:
    """Card and cell that the holder would take for the next: the first unused one, asked for or not."""
    row = conn.execute(_FIRST_CELL, {"id": official_id}).one_or_none()
    return (row.serial, row.cell) if row else None


def add(
    conn: Connection,
    official_id: int,
    act: str,
    subject: str,
    hash: str,
    place: tuple[int, str] | None,
    ends_at: datetime,
) -> Ask:
    """Wait for a code: that of a cell (card and cell), or of a TOTP alone."""
    serial, cell = place or (None, None)
    values = {"official_id": official_id, "act": act, "subject": subject, "hash": hash, "serial": serial}
    return Ask(*conn.execute(_ADD, {**values, "cell": cell, "ends_at": ends_at}).one())


def close(conn: Connection, ask_id: int, now: datetime, outcome: str) -> None:
    """Wait no longer."""
    conn.execute(_CLOSE, {"id": ask_id, "now": now, "outcome": outcome})


def close_all(conn: Connection, official_id: int, now: datetime) -> None:
    """Wait for no code of this official any more."""
    conn.execute(_CLOSE_ALL, {"id": official_id, "now": now})


def code_hash(conn: Connection, official_id: int, serial: int, cell: str) -> bytes | None:
    """The keyed hash of a cell's code; None where it is used or void."""
    found = conn.execute(_CODE_HASH, {"id": official_id, "serial": serial, "cell": cell}).scalar()
    return bytes(found) if found else None


def use_cell(conn: Connection, official_id: int, serial: int, cell: str, now: datetime) -> bool:
    """Mark a cell as used, and wait for it nowhere any more; False where it was used or void already."""
    values = {"id": official_id, "serial": serial, "cell": cell, "now": now}
    conn.execute(_CLOSE_CELL, values)
    return bool(conn.execute(_USE, values).rowcount)


def find_order(conn: Connection, official_id: int, digest: bytes, since: datetime) -> str | None:
    """What the same order was about, given since then; None where it was not given."""
    values = {"id": official_id, "digest": digest, "since": since}
    found: str | None = conn.execute(_SAME, values).scalar()
    return found


def note_order(conn: Connection, official_id: int, digest: bytes, subject: str, now: datetime, since: datetime) -> None:
    """Keep that an order was given, and forget those given before `since`."""
    conn.execute(_DROP_ORDERS, {"id": official_id, "since": since})
    conn.execute(_NOTE, {"id": official_id, "digest": digest, "subject": subject, "now": now})
