"""What each role may see of tickets and do to them: the one table that every door asks."""

from collections.abc import Mapping

from gateway.aspirations.rules import Verb
from gateway.aspirations.store import Aspiration
from gateway.kernel.areas import covers
from gateway.officials.rules import Official, Role

SEE = frozenset({Role.ADMIN, Role.APPROVER, Role.KIM, Role.LURAH, Role.OFFICE, Role.EMERGENCY})
"""Roles that read tickets of their area; an office reads what it holds. No role reads a reporter's number."""
EXPORT = SEE | {Role.AUDITOR, Role.DPO}
"""Roles that take the tickets of their scope away as a file; words stand in it for those alone that read tickets."""
IMPORT = frozenset({Role.ADMIN})
_DESK = frozenset({Role.ADMIN, Role.KIM, Role.LURAH})
_HOLDERS = frozenset({Role.ADMIN, Role.KIM, Role.LURAH, Role.OFFICE})
ACTS: Mapping[Verb, frozenset[Role]] = {
    **dict.fromkeys((Verb.VERIFY, Verb.ASK, Verb.DECLINE, Verb.MERGE, Verb.ARCHIVE, Verb.REOPEN), _DESK),
    Verb.FORWARD: frozenset({Role.ADMIN}),
    Verb.TAKE: frozenset({Role.KIM, Role.LURAH}),
    **dict.fromkeys((Verb.START, Verb.REPLY, Verb.RESOLVE), _HOLDERS),
}
"""Every act of officials and who may do it in their area; the last three are for admins and for whoever holds the ticket."""
_HELD = frozenset({Verb.START, Verb.REPLY, Verb.RESOLVE})
_CITY = "33.75"


def may_see(official: Official, one: Aspiration) -> bool:
    """Whether the ticket exists for this official."""
    if official.role not in SEE or not official.is_over(one.area):
        return False
    return official.role is not Role.OFFICE or one.office == official.office


def may_act(official: Official, verb: Verb, one: Aspiration) -> bool:
    """Whether the official may do this to the ticket, whatever state it is in."""
    if not may_see(official, one) or official.role not in ACTS.get(verb, frozenset()):
        return False
    return verb not in _HELD or official.role is Role.ADMIN or holds(official, one)


def holds(official: Official, one: Aspiration) -> bool:
    """Whether the ticket lies with this official: with their office, or taken by them."""
    if official.role is Role.OFFICE:
        return one.office is not None and one.office == official.office
    return one.held_by == official.id


def answers_for(official: Official, one: Aspiration) -> bool:
    """Whether the ticket waits for this official: with whoever holds it, or at the desk of its area."""
    if not may_see(official, one):
        return False
    if one.office is not None or one.held_by is not None:
        return holds(official, one)
    # The whole city's chair of KIM is told of what is late, not of every ticket of every kelurahan.
    return official.role is Role.ADMIN or (official.role in _DESK and official.area != _CITY)


def is_above(official: Official, one: Aspiration, *, very: bool) -> bool:
    """Whether a ticket that is late, or `very` late, is raised to this official."""
    if not covers(official.area, one.area or _CITY):
        return False
    # Of a kelurahan's own solving its lurah and the camat hear first.
    if one.held_by is not None and official.role is Role.LURAH:
        return True
    return official.role is Role.ADMIN or (very and official.role is Role.APPROVER)


def is_alarmed(official: Official, one: Aspiration) -> bool:
    """Whether the official is woken by an emergency: BPBD, and whoever the ticket waits for."""
    return may_see(official, one) and (official.role is Role.EMERGENCY or answers_for(official, one))
