"""Use cases on officials: add, sign in, reissue a token or a card, disable."""

from dataclasses import dataclass, replace
from datetime import timedelta

from gateway.audit import store as audit
from gateway.db import Connection
from gateway.kernel import phone
from gateway.kernel.errors import Invalid, Missing
from gateway.kernel.vault import token_hash
from gateway.numbers import store as numbers
from gateway.officials import code_store, rules, store
from gateway.officials.rules import Official, Role
from gateway.reference import service as reference
from gateway.reference import store as reference_store
from gateway.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a new official is handed once: API token, USSD PIN and a paper card of one-time codes by cell."""

    id: int
    token: str
    pin: str
    card: dict[str, str]


def add(
    rt: Runtime, name: str, role: str, area: str, number: str, office: str | None = None, *, is_demo: bool = False
) -> Credentials:
    """Add an official. Raises Invalid, with a sentence for each thing to mend, where something does not fit."""
    if role not in list(Role):
        raise Invalid(f"There is no role {role}; the roles are {', '.join(Role)}.")
    if area not in reference.areas(rt):
        raise Invalid(f"There is no area {area}; `areas` lists the codes (the city is 33.75).")
    if (role == Role.OFFICE) != (office is not None):
        raise Invalid("Role office needs --office CODE, and no other role takes one.")
    e164 = phone.normalise(number, rt.settings.region)
    if e164 is None or not phone.is_mobile(e164):
        raise Invalid("The phone number is no mobile number; write it as +62….")
    token, pin, card = rules.make_token(), rules.make_pin(rt.below), rules.make_card(rt.below)
    with rt.engine.begin() as conn:
        if office is not None and office not in reference_store.offices(conn):
            raise Invalid(f"There is no office {office}; `offices` lists them.")
        number_id = numbers.ensure(conn, rt.vault, e164, is_demo=is_demo).id
        hashed = (token_hash(token), rules.hash_pin(pin))
        id = store.add(conn, name, Role(role), area, office, number_id, *hashed, rt.now(), is_demo=is_demo)
        _write_card(rt, conn, id, card)
        audit.record(conn, rt.now(), "operator", "add official", f"official:{id}", role=role, area=area)
    return Credentials(id, token, pin, card)


def _write_card(rt: Runtime, conn: Connection, id: int, card: dict[str, str]) -> None:
    hashes = {cell: rt.vault.digest("card", f"{id}:{cell}:{code}") for cell, code in card.items()}
    # A code that was asked for stands on the old card.
    code_store.close_all(conn, id, rt.now())
    store.replace_card(conn, id, hashes, rt.now())


def sign_in(rt: Runtime, token: str, channel: str = "api") -> Official | None:
    """The official that holds this token, acting by `channel`, or None."""
    with rt.engine.begin() as conn:
        found = store.by_token(conn, token_hash(token))
    return replace(found, channel=channel) if found else None


PIN_TRIES = 3
PIN_LOCKED = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a PIN came to: `ok` with the official, `wrong` with the tries that are left, `locked`, or `none` there."""

    outcome: str
    official: Official | None = None
    left: int = 0
    locked_now: bool = False


def enter(rt: Runtime, conn: Connection, number_id: int, pin: str) -> Entry:
    """Check a PIN typed on a number, in the caller's transaction, which keeps the count of wrong tries.

    Three wrong ones in a row lock it for half an hour, also the right one. The count is PostgreSQL's, so neither a
    flushed Redis nor a new session gives another try.
    """
    held, now = store.hold_pins(conn, number_id), rt.now()
    if not held:
        return Entry("none")
    locked = max((one.locked_until for one in held if one.locked_until), default=None)
    if locked and locked > now:
        return Entry("locked")
    holder = next((one.official for one in held if one.hash and rules.is_pin(pin.strip(), one.hash)), None)
    if holder:
        store.pin_tried(conn, number_id, 0, None)
        audit.record(conn, now, holder.actor, "sign in", f"official:{holder.id}", channel="ussd")
        return Entry("ok", holder)
    failures = held[0].failures + 1
    is_last = failures >= PIN_TRIES
    store.pin_tried(conn, number_id, 0 if is_last else failures, now + PIN_LOCKED if is_last else None)
    act = "lock pin" if is_last else "wrong pin"
    audit.record(conn, now, "resident", act, f"official:{held[0].official.id}", number_id=number_id)
    return Entry("locked", locked_now=True) if is_last else Entry("wrong", left=PIN_TRIES - failures)


def renew_token(rt: Runtime, official_id: int) -> str:
    """A new token; the old one stops at once. Raises Missing."""
    token = rules.make_token()
    with rt.engine.begin() as conn:
        if not store.set_token(conn, official_id, token_hash(token)):
            raise Missing(f"There is no active official {official_id}.")
        audit.record(conn, rt.now(), "operator", "renew token", f"official:{official_id}")
    return token


def renew_card(rt: Runtime, official_id: int) -> dict[str, str]:
    """A new paper card; the old one is void at once. Raises Missing."""
    card = rules.make_card(rt.below)
    with rt.engine.begin() as conn:
        if not store.is_active(conn, official_id):
            raise Missing(f"There is no active official {official_id}.")
        _write_card(rt, conn, official_id, card)
        audit.record(conn, rt.now(), "operator", "renew card", f"official:{official_id}")
    return card


def disable(rt: Runtime, official_id: int) -> None:
    """Void card, PIN, token and authenticator in one step, and every code that is waited for: as when a phone is lost.

    Whom we asked to approve is looked up among the active, so the next one is asked at once. Raises Missing.
    """
    with rt.engine.begin() as conn:
        if not store.disable(conn, official_id, rt.now()):
            raise Missing(f"There is no active official {official_id}.")
        code_store.close_all(conn, official_id, rt.now())
        audit.record(conn, rt.now(), "operator", "disable official", f"official:{official_id}")


def every(rt: Runtime) -> list[tuple[Official, bool]]:
    """All officials, and whether each is disabled."""
    with rt.engine.begin() as conn:
        return store.every(conn)
