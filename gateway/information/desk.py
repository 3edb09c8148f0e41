"""Acts of officials on information: draft, submit, approve, reject, retire, correct; lists, projects, what nobody found.

Checked in this order: 404 not visible, 409 own, 403 role or scope, 409 state, 409 hash.
"""

from collections.abc import Callable
from datetime import timedelta

from gateway.audit import store as audit
from gateway.db import Connection, transaction
from gateway.information import desk_store, reader_store, rules, store, words
from gateway.information.desk_store import Draft
from gateway.information.reader_store import Miss
from gateway.information.rules import TRANSITIONS, Content, State, Verb
from gateway.information.store import Item
from gateway.kernel.errors import Conflict, Forbidden, Invalid, Missing
from gateway.officials.rules import Official
from gateway.outbox.lint import speaks_of_election, standard
from gateway.reference import service as reference
from gateway.reference import store as reference_store
from gateway.runtime import Runtime

MISSES_KEPT = timedelta(days=90)
_FIRST = 2**62
Step = Callable[[Connection, Draft], None]


def find(conn: Connection, official: Official, written: str, *, lock: bool = False) -> Draft:
    """An item by its code, whatever its state. Raises Missing where it is not there or not to be seen."""
    found = desk_store.get(conn, written.strip().upper(), lock=lock)
    if found is None or not rules.may_see(official, found.content.area):
        raise Missing("There is no such item.", reason="gone")
    return found


def draft(
    rt: Runtime, official: Official, content: Content, corrects: str | None = None, *, within: Connection | None = None
) -> Draft:
    """Write an item, or one that takes the place of another (`corrects`); nobody reads it before it is approved.

    Raises Forbidden, Missing (what it corrects), Conflict, or Invalid with what to mend.
    """
    now, areas = rt.now(), reference.areas(rt)
    if content.area not in areas:
        raise Invalid("There is no such area; `areas` lists the codes (the city is 33.75).")
    if not rules.may_write(official, content.area):
        raise Forbidden("Your role or area may not write this item.", reason="scope")
    if fault := rules.fault_of(content, rt.settings.languages, now) or words.fault_of(rt, content):
        raise Invalid(fault)
    with transaction(rt.engine, within) as conn:
        if content.office is not None and content.office not in reference_store.offices(conn):
            raise Invalid(f"There is no office {content.office[:20]}; `offices` lists them.")
        old = _corrected(conn, official, corrects, content) if corrects else None
        code = desk_store.next_code(conn)
        hash = rules.digest(code, content)
        desk_store.add(conn, code, content, hash, official.id, old.id if old else None, now)
        _record(rt, conn, official, "draft item", code, hash=hash, corrects=old.code if old else None)
        return find(conn, official, code)


def _corrected(conn: Connection, official: Official, written: str, content: Content) -> Draft:
    old = find(conn, official, written, lock=True)
    if old.state not in (State.PUBLISHED, State.RETIRED):
        raise Conflict(f"{old.code} is {old.state.value}; nobody has read it yet.", reason="state")
    if other := desk_store.correction_of(conn, old.id):
        raise Conflict(f"{other} corrects {old.code} already; correct that one.", reason="corrected")
    if content.area != old.content.area and not rules.may_write(official, old.content.area):
        raise Forbidden("Your area does not hold that item's.", reason="scope")
    return old


def submit(rt: Runtime, official: Official, written: str) -> Draft:
    """Ask for a second person: its author, or an admin."""

    def check(conn: Connection, item: Draft) -> None:
        if item.author_id != official.id and not rules.may_decide(official, item.content.area, is_election=False):
            raise Forbidden("Its author submits an item.", reason="role")

    def do(conn: Connection, item: Draft) -> None:
        if item.content.valid_until <= rt.now():
            raise Conflict("Its time is over; it would never be shown.", reason="late")
        if item.corrects_id and item.corrects:
            # Held, so that of two corrections at the same moment one finds the other.
            desk_store.get(conn, item.corrects, lock=True)
        if item.corrects_id and (other := desk_store.correction_of(conn, item.corrects_id)):
            raise Conflict(f"{other} corrects {item.corrects} already.", reason="corrected")
        desk_store.submit(conn, item.id, rt.now())

    return _act(rt, official, written, Verb.SUBMIT, check, do)


def approve(rt: Runtime, official: Official, written: str, seen: str | None = None) -> Draft:
    """Publish another's item, bound to the hash that was `seen`; what it corrects is shown no more, its readers are told."""

    def do(conn: Connection, item: Draft) -> None:
        if seen is not None and seen != item.hash:
            raise Conflict("This is not the version you saw; look at it again.", reason="changed")
        if item.content.valid_until <= rt.now():
            raise Conflict("Its time is over; it would never be shown.", reason="late")
        desk_store.approve(conn, item.id, official.id, rt.now())
        if item.corrects_id:
            desk_store.retire(conn, item.corrects_id, rt.now())

    return _act(rt, official, written, Verb.APPROVE, lambda conn, item: _may_decide(official, item, "approve"), do)


def reject(rt: Runtime, official: Official, written: str, note: str | None = None) -> Draft:
    """Give another's item back to its author, with a word."""

    def do(conn: Connection, item: Draft) -> None:
        desk_store.reject(conn, item.id, note)

    return _act(rt, official, written, Verb.REJECT, lambda conn, item: _may_decide(official, item, "reject"), do)


def _may_decide(official: Official, item: Draft, verb: str) -> None:
    if item.author_id == official.id:
        raise Conflict(f"A second person has to {verb} this; it is your own.", reason="own")
    texts = [*item.content.titles.values(), *item.content.texts.values()]
    is_election = any(speaks_of_election(text, standard()) for text in texts)
    if not rules.may_decide(official, item.content.area, is_election=is_election):
        who = "An admin of the city" if is_election else "An admin or an approver of its area"
        raise Forbidden(f"{who} decides on this item.", reason="role")


def retire(rt: Runtime, official: Official, written: str) -> Draft:
    """Show it no more: its author, or who might have approved it."""

    def check(conn: Connection, item: Draft) -> None:
        if item.author_id != official.id and not rules.may_decide(official, item.content.area, is_election=False):
            raise Forbidden("Its author, an admin or an approver of its area takes it back.", reason="role")

    return _act(
        rt, official, written, Verb.RETIRE, check, lambda conn, item: desk_store.retire(conn, item.id, rt.now())
    )


def _act(rt: Runtime, official: Official, written: str, verb: Verb, check: Step, do: Step) -> Draft:
    with rt.engine.begin() as conn:
        item = find(conn, official, written, lock=True)
        check(conn, item)
        if (item.state, verb) not in TRANSITIONS:
            raise Conflict(f"It is {item.state.value}; it cannot be asked to {verb.value} now.", reason="state")
        do(conn, item)
        _record(rt, conn, official, f"{verb.value} item", item.code, hash=item.hash)
        return find(conn, official, item.code)


def _record(
    rt: Runtime, conn: Connection, official: Official, act: str, code: str, *, hash: str, corrects: str | None = None
) -> None:
    audit.record(
        conn, rt.now(), official.actor, act, f"item:{code}", channel=official.channel, hash=hash, corrects=corrects
    )


def page(
    rt: Runtime, official: Official, cursor: str | None, limit: int
) -> tuple[list[tuple[Draft, tuple[int, int, int]]], str | None]:
    """Items the official may see, the newest first, each with who found it useful, who did not, and all its readers."""
    if official.role not in rules.READERS:
        raise Missing("There are no items here for your role.")
    with rt.engine.begin() as conn:
        found = desk_store.page(conn, official.area, int(cursor) if cursor else _FIRST, limit + 1)
        shown = found[:limit]
        said = reader_store.opinions(conn, [one.id for one in shown])
    listed = [(one, said.get(one.code, (0, 0, 0))) for one in shown]
    return listed, str(shown[-1].id) if len(found) > limit else None


def look(rt: Runtime, official: Official, written: str) -> tuple[Draft, tuple[int, int, int]]:
    """One item, and what its readers said."""
    with rt.engine.begin() as conn:
        item = find(conn, official, written)
        return item, reader_store.opinions(conn, [item.id]).get(item.code, (0, 0, 0))


def misses(rt: Runtime, official: Official, most: int = 50) -> list[Miss]:
    """What people of the official's area looked for in vain in ninety days: what to write next."""
    if official.role not in rules.MAY_WRITE:
        raise Missing("There are no searches here for your role.")
    with rt.engine.begin() as conn:
        return reader_store.misses(conn, official.area, rt.now() - MISSES_KEPT, most)


def board(rt: Runtime, area: str, language: str = "id") -> list[Item]:
    """The development board of a kelurahan: its projects and those of what it lies in. Raises Missing."""
    if area not in reference.areas(rt):
        raise Missing("There is no such area; `areas` lists the codes.")
    with rt.engine.begin() as conn:
        return store.board(conn, area, language, rt.now())
