"""One-time codes of officials: asked for an act, checked once, locked after three wrong ones."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.audit import store as audit
from gateway.db import Connection
from gateway.kernel.errors import Missing
from gateway.officials import code_store as store
from gateway.officials import rules
from gateway.officials.code_store import Ask, Held
from gateway.officials.rules import Official
from gateway.runtime import Runtime

__all__ = [
    "Ask",
    "Proof",
    "Wanted",
    "ask",
    "burn",
    "burn_next",
    "count",
    "find",
    "is_locked",
    "pick",
    "prove",
    "prove_next",
    "renew_totp",
    "waiting",
]

_How = tuple[int, str] | int
"""What a right code is used up as: a card and its cell, or the time step of an authenticator."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The code to ask an official for: of a cell of the paper card, or of the authenticator, or either."""

    ask: Ask
    has_totp: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """What a code came to: `ok`, `wrong` with the tries left, `locked`, or `late` where it is no longer waited for."""

    outcome: str
    left: int = 0


def ask(rt: Runtime, conn: Connection, official: Official, act: str, subject: str, hash: str = "") -> Wanted | None:
    """Wait fifteen minutes for a code that allows `act` on `subject` as shown with this `hash`; locks the official's row.

    None where the official has neither an unused cell nor an authenticator. Asking again keeps the cell: nobody has
    seen its code.
    """
    held, now = store.hold(conn, official.id), rt.now()
    if held is None:
        return None
    store.lapse(conn, official.id, now)
    ends = now + rules.CODE_LIVES
    open_ = store.find(conn, official.id, act, subject)
    if open_ and open_.is_open:
        return Wanted(store.renew(conn, open_.id, hash, ends), held.totp_cipher is not None)
    place = store.next_cell(conn, official.id)
    if place is None and held.totp_cipher is None:
        return None
    return Wanted(store.add(conn, official.id, act, subject, hash, place, ends), held.totp_cipher is not None)


def find(conn: Connection, official: Official, act: str, subject: str) -> Ask | None:
    """The code that is waited for, also one that comes too late now."""
    return store.find(conn, official.id, act, subject)


def waiting(rt: Runtime, conn: Connection, official: Official, acts: str, subject: str) -> list[Ask]:
    """As `find`, for every act that begins with `acts`, the newest first; each has a cell of its own."""
    store.lapse(conn, official.id, rt.now())
    return store.waiting(conn, official.id, acts, subject)


def count(rt: Runtime, conn: Connection, official: Official, acts: str) -> int:
    """How many acts that begin with `acts` wait for a code of this official."""
    store.lapse(conn, official.id, rt.now())
    return store.count(conn, official.id, acts)


def pick(rt: Runtime, conn: Connection, official: Official, asked: Sequence[Ask], code: str) -> Ask | None:
    """That of several acts whose own cell has this code. An authenticator's code, like a wrong one, names none."""
    held = store.hold(conn, official.id)
    found = None
    for one in asked if held else ():
        if held and isinstance(_match(rt, conn, official, held, _place(one), code), tuple):
            found = one
    return found


def is_locked(rt: Runtime, conn: Connection, official: Official) -> bool:
    """Whether no code of this official counts now; locks the row."""
    held = store.hold(conn, official.id)
    return held is None or (held.locked_until is not None and held.locked_until > rt.now())


def prove(rt: Runtime, conn: Connection, official: Official, wanted: Ask, code: str) -> Proof:
    """Check a code in the caller's transaction, which keeps the count of wrong ones; a right one is used up by it.

    Three wrong ones in a row lock every code of the official for half an hour, by whatever way they came.
    """
    held, now = store.hold(conn, official.id), rt.now()
    if held is None:
        return Proof("locked")
    # Read again now that guesses take turns: the same code, sent twice at once, is late and no guess.
    wanted = store.get(conn, wanted.id)
    how = _match(rt, conn, official, held, _place(wanted), code)
    if held.locked_until and held.locked_until > now:
        _use(rt, conn, official, wanted.subject, how)
        return Proof("locked")
    if not wanted.is_open or wanted.ends_at <= now:
        store.close(conn, wanted.id, now, "late")
        _use(rt, conn, official, wanted.subject, how)
        return Proof("late")
    if how is None:
        return _miss(rt, conn, official, held)
    store.close(conn, wanted.id, now, "used")
    _use(rt, conn, official, wanted.subject, how)
    store.tried(conn, official.id, 0, None)
    return Proof("ok")


def burn(rt: Runtime, conn: Connection, official: Official, wanted: Ask, code: str) -> None:
    """Use up a code that came with an act which was refused: it has been on the air, so it must be good for nothing."""
    held = store.hold(conn, official.id)
    if held and (how := _match(rt, conn, official, held, _place(wanted), code)):
        store.close(conn, wanted.id, rt.now(), "refused")
        _use(rt, conn, official, wanted.subject, how)


def prove_next(
    rt: Runtime, conn: Connection, official: Official, subject: str, code: str, wanted: Ask | None = None
) -> Proof:
    """As `prove`, of a code that came in one SMS with its act: that of the card's next cell, asked for elsewhere or not.

    wanted: the code that was asked for by the same act before, if it was; its cell counts too.
    """
    held, now = store.hold(conn, official.id), rt.now()
    if held is None:
        return Proof("locked")
    how = _match_next(rt, conn, official, held, code, wanted)
    if held.locked_until and held.locked_until > now:
        _use(rt, conn, official, subject, how)
        return Proof("locked")
    if how is None:
        return _miss(rt, conn, official, held)
    if wanted:
        store.close(conn, wanted.id, now, "used")
    _use(rt, conn, official, subject, how)
    store.tried(conn, official.id, 0, None)
    return Proof("ok")


def burn_next(rt: Runtime, conn: Connection, official: Official, subject: str, code: str) -> None:
    """As `burn`, of a code that came in one SMS with its act."""
    held = store.hold(conn, official.id)
    if held and (how := _match_next(rt, conn, official, held, code, None)):
        _use(rt, conn, official, subject, how)


def renew_totp(rt: Runtime, official_id: int) -> tuple[str, str]:
    """A new secret for an authenticator and its `otpauth://` address; the old one is void at once. Raises Missing."""
    secret = rules.make_totp_secret()
    with rt.engine.begin() as conn:
        if not store.set_totp(conn, official_id, rt.vault.seal(secret), rt.vault.key_no):
            raise Missing(f"There is no active official {official_id}.")
        audit.record(conn, rt.now(), "operator", "renew totp", f"official:{official_id}")
    return secret, rules.totp_uri(secret, f"official-{official_id}")


def _place(wanted: Ask) -> list[tuple[int, str]]:
    return [(wanted.serial, wanted.cell)] if wanted.serial is not None and wanted.cell is not None else []


def _match_next(
    rt: Runtime, conn: Connection, official: Official, held: Held, code: str, wanted: Ask | None
) -> _How | None:
    first = store.first_cell(conn, official.id)
    return _match(rt, conn, official, held, [*(_place(wanted) if wanted else ()), *((first,) if first else ())], code)


def _match(
    rt: Runtime, conn: Connection, official: Official, held: Held, places: Sequence[tuple[int, str]], code: str
) -> _How | None:
    """Of these cells the one, or the time step, whose code this is; None for none. All are always looked at."""
    place: tuple[int, str] | None = None
    for serial, cell in places:
        kept = store.code_hash(conn, official.id, serial, cell)
        given = rt.vault.digest("card", f"{official.id}:{cell}:{code}")
        if kept and hmac.compare_digest(kept, given):
            place = (serial, cell)
    step: int | None = None
    if held.totp_cipher is not None and held.totp_key_no is not None:
        secret = rt.vault.open(held.totp_cipher, held.totp_key_no)
        step = rules.find_totp_step(secret, code, rt.now(), held.totp_step)
    return place if place is not None else step


def _use(rt: Runtime, conn: Connection, official: Official, subject: str, how: _How | None) -> None:
    now = rt.now()
    if isinstance(how, int):
        store.use_totp(conn, official.id, how)
    elif how is not None:
        store.use_cell(conn, official.id, *how, now)
    else:
        return
    by = "totp" if isinstance(how, int) else f"card {how[1]}"
    audit.record(conn, now, official.actor, "use code", subject, code=by, channel=official.channel)


def _miss(rt: Runtime, conn: Connection, official: Official, held: Held) -> Proof:
    now, failures = rt.now(), held.failures + 1
    is_last = failures >= rules.CODE_TRIES
    store.tried(conn, official.id, 0 if is_last else failures, now + rules.CODE_LOCKED if is_last else None)
    act = "lock code" if is_last else "wrong code"
    audit.record(conn, now, official.actor, act, f"official:{official.id}", channel=official.channel)
    return Proof("locked") if is_last else Proof("wrong", rules.CODE_TRIES - failures)
