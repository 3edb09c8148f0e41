"""Groups of residents: list them, put people in and take them out, and say which may be drilled."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.audit import store as audit
from gateway.kernel import phone
from gateway.kernel.errors import Forbidden, Invalid, Missing
from gateway.numbers import store as numbers
from gateway.officials.rules import Official, Role
from gateway.residents import group_store as store
from gateway.residents.group_store import Group
from gateway.residents.rules import is_group
from gateway.residents.service.register import MOST, REGISTRARS
from gateway.runtime import Runtime

READERS = (*REGISTRARS, Role.APPROVER, Role.EMERGENCY)


@dataclass(frozen=True, slots=True)
class Change:
    """How many were added and removed, and the numbers (as a place in the lists, from 1) of nobody the official may see."""

    added: int
    removed: int
    unknown: tuple[int, ...]


def every(rt: Runtime, official: Official) -> list[Group]:
    """All groups with the people of the official's own area counted. Raises Missing for roles that address nobody."""
    if official.role not in READERS:
        raise Missing("There are no groups for your role.")
    with rt.engine.begin() as conn:
        return store.every(conn, official.area)


def change(rt: Runtime, official: Official, name: str, add: Sequence[str], remove: Sequence[str]) -> Change:
    """Put residents in and take residents out by phone number, up to 1,000 together; doing it again changes nothing.

    `unknown` counts through both lists, those to add first: no number of a resident in the official's area.
    """
    if official.role not in REGISTRARS:
        raise Forbidden("Groups are kept by admin, KIM and lurah.")
    _check_name(name)
    if not 0 < len(add) + len(remove) <= MOST:
        raise Invalid(f"Name between 1 and {MOST} phone numbers.")
    now = rt.now()
    written = [phone.normalise(number, rt.settings.region) for number in (*add, *remove)]
    with rt.engine.begin() as conn:
        by_number = numbers.find_many(conn, rt.vault, [number for number in written if number])
        ids = [by_number.get(number or "", 0) for number in written]
        known = store.known(conn, ids, official.area)
        added = store.add(conn, name, [id for id in ids[: len(add)] if id in known], official.area, now)
        removed = store.remove(conn, name, [id for id in ids[len(add) :] if id in known], official.area, now)
        if added or removed:
            audit.record(conn, now, official.actor, "change group", f"group:{name}", added=added, removed=removed,
                         channel=official.channel)  # fmt: skip
    return Change(added, removed, tuple(at for at, id in enumerate(ids, start=1) if id not in known))


def flag(rt: Runtime, official: Official, name: str, *, is_test: bool) -> None:
    """Say that drills may be sent to a group, or may not. Raises Forbidden for all but an admin."""
    if official.role is not Role.ADMIN:
        raise Forbidden("Which groups are for drills is an admin's decision.")
    _check_name(name)
    with rt.engine.begin() as conn:
        store.flag(conn, name, rt.now(), is_test=is_test)
        audit.record(conn, rt.now(), official.actor, "flag group", f"group:{name}", is_test=is_test,
                     channel=official.channel)  # fmt: skip


def _check_name(name: str) -> None:
    if not is_group(name):
        raise Invalid("A group's name has up to 32 small letters, digits, - and _.")
