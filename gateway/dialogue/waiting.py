"""Broadcasts that wait for an official's approval, in the officials' branch of the menu: read, and approved by a code."""

from collections.abc import Mapping
from dataclasses import replace

from gateway.broadcasts import approval_store, rules
from gateway.broadcasts import store as broadcasts
from gateway.broadcasts.rules import Broadcast, Verb
from gateway.broadcasts.service import approvals, decide, words
from gateway.db import Connection
from gateway.dialogue import steer
from gateway.dialogue.given import Given
from gateway.dialogue.says import Done
from gateway.dialogue.talk import Talk
from gateway.kernel.codes import parse_broadcast, show_broadcast
from gateway.kernel.errors import Fault
from gateway.officials import code_store, codes
from gateway.officials import store as officials
from gateway.officials.rules import Official
from menus.model import Outcome, Row, Rows
from menus.orders import Order, Ordered


def _who(talk: Talk, conn: Connection) -> Official | None:
    found = officials.on_number(conn, talk.number.id)
    return replace(found, channel=talk.channel) if found else None


def _may(talk: Talk, conn: Connection, official: Official) -> list[Broadcast]:
    submitted = broadcasts.get_many(conn, approval_store.submitted(conn, talk.rt.now()))
    authors = {author.id: author for author, _ in officials.every(conn)} if submitted else {}
    return [one for one in submitted if rules.may_approve(official, authors[one.author_id], one, talk.areas)]


def count(talk: Talk, conn: Connection, official: Official) -> int:
    """How many broadcasts wait for this official."""
    return len(_may(talk, conn, official))


def rows(talk: Talk, conn: Connection, _args: Mapping[str, str]) -> Rows:
    """The broadcasts that the official may approve, oldest first."""
    official = _who(talk, conn)
    found = _may(talk, conn, official) if official else []
    return Rows(tuple(Row(show_broadcast(one.number), slots=_slots(talk, one)) for one in found))


def show(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Outcome:
    """One of them, all of it, and the code that approves it as it is shown here."""
    official, number = _who(talk, conn), parse_broadcast(args["broadcast"])
    id = broadcasts.id_of(conn, number) if number is not None else None
    if official is None or id is None:
        return Outcome("gone")
    # The official before the broadcast, as orders by SMS lock them.
    code_store.hold(conn, official.id)
    try:
        broadcast = decide.judge(talk.rt, conn, official, id, Verb.APPROVE)
    except Fault:
        return Outcome("gone")
    author = officials.get(conn, broadcast.author_id)
    wanted = codes.ask(talk.rt, conn, official, approvals.APPROVE, approvals.subject_of(broadcast), broadcast.hash)
    if wanted is None or author is None:
        return Outcome("gone")
    return Outcome("ok", {
        **_slots(talk, broadcast),
        "author": author.name,
        "to": words.name_audience(talk.areas, broadcast.audience),
        "text": words.read_whole(talk.rt, broadcast, talk.language),
        "asked": approvals.name_code(talk.rt, wanted, talk.language),
        "left": "",
    })  # fmt: skip


def _slots(talk: Talk, broadcast: Broadcast) -> dict[str, str]:
    described = words.describe(talk.areas, broadcast)
    return {name: described[name] for name in ("code", "level", "people")}


def approve(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """The code, typed on USSD: as SETUJU by SMS, bound to what the screen before showed."""
    official, number = _who(talk, conn), parse_broadcast(args["broadcast"])
    if talk.channel != "ussd" or official is None or number is None:
        return Done("refused")
    code_store.hold(conn, official.id)
    digits = "".join(letter for letter in args["code"] if letter.isascii() and letter.isdigit())
    return steer.approve(Given(talk, conn, official, Ordered(Order.APPROVE, number), digits or "-"))
