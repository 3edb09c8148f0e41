"""Claims that wait for a verdict, in the officials' branch of the menu: a list to read, and each with how it stands."""

from collections.abc import Mapping

from gateway.db import Connection
from gateway.dialogue.talk import Talk
from gateway.kernel.errors import Fault
from gateway.officials import store as officials
from gateway.officials.rules import Official
from gateway.rumours import desk, match_store, rules, store, verdict_store, view, words
from gateway.rumours.rules import said_label, show_claim
from menus.model import Outcome, Row, Rows

_LISTED = 24
_ALIKE = 3


def count(conn: Connection, official: Official) -> str:
    """How many claims wait; empty for a role that reads none."""
    return str(store.count_open(conn)) if official.role in rules.READERS else ""


def rows(talk: Talk, conn: Connection, _args: Mapping[str, str]) -> Rows:
    """The open claims, those first that most ask about and that harm most."""
    official = officials.on_number(conn, talk.number.id)
    if official is None or official.role not in rules.READERS:
        return Rows(())
    found, _ = view.page(talk.rt, official, None, _LISTED, within=conn)
    return Rows(tuple(
        Row(one["code"], slots={"claim": one["code"], "count": str(one["askers"]), "claim_words": words.short(one["claim"])})
        for one in found if one["state"] == "open"
    ))  # fmt: skip


def show(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Outcome:
    """One claim: its words or the result that holds, the verdict that waits for a second person, and known ones like it."""
    official = officials.on_number(conn, talk.number.id)
    if official is None:
        return Outcome("gone")
    try:
        found = desk.find(conn, official, args["claim"])
    except Fault:
        return Outcome("gone")
    shown = words.slots_of(talk.rt, found)
    verdict = verdict_store.waiting(conn, [found.id]).get(found.id)
    finding = verdict.finding if verdict else None
    alike = match_store.suggested(conn, [found.id])[:_ALIKE]
    return Outcome("ok", {
        "claim": show_claim(found.number),
        "label_code": shown["label_code"],
        "count": str(found.askers),
        "text": ". ".join(part for part in (shown["claim_words"], shown["fact"]) if part) + ".",
        "author": desk.author_of(conn, verdict) if verdict else "",
        "proposed": said_label(finding.label, finding.kind) if finding else "",
        "codes": ", ".join(show_claim(one.number) for one in alike),
    })  # fmt: skip
