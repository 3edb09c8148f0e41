"""SMS of the hoax desk to officials: a verdict waits for a second person, or somebody has decided on it."""

from collections.abc import Mapping

from gateway.db import Connection
from gateway.officials import store as officials
from gateway.officials.rules import Official
from gateway.outbox.service.post import Notice, post_many
from gateway.residents.contact_store import contacts
from gateway.rumours import rules
from gateway.rumours.rules import said_label, show_claim
from gateway.rumours.store import Rumour
from gateway.rumours.verdict_store import Verdict
from gateway.runtime import Runtime


def ask_deciders(rt: Runtime, conn: Connection, rumour: Rumour, verdict: Verdict, author: Official) -> None:
    """Tell everyone who may decide on it, but its author, that a verdict waits; the clock wakes what is queued."""
    people = [
        one for one in officials.active(conn) if one.role in rules.MAY_DECIDE and one.number_id != author.number_id
    ]
    _write(
        rt, conn, people, "verdict_waits", f"verdict:{verdict.id}", _slots(rumour, verdict) | {"author": author.name}
    )


def tell_author(rt: Runtime, conn: Connection, rumour: Rumour, verdict: Verdict, outcome: str) -> None:
    """Tell the author that the verdict was `approved` or `rejected`, where somebody else has a phone for it."""
    people = [one for one in officials.active(conn) if one.id == verdict.author_id]
    _write(rt, conn, people, f"verdict_{outcome}", f"verdict:{verdict.id}:{outcome}", _slots(rumour, verdict))


def _slots(rumour: Rumour, verdict: Verdict) -> dict[str, str]:
    finding = verdict.finding
    label = said_label(finding.label, finding.kind)
    return {
        "claim": show_claim(rumour.number),
        "label_code": label,
        "claim_words": finding.summary,
        "text": finding.fact,
    }


def _write(
    rt: Runtime, conn: Connection, people: list[Official], key: str, cause: str, slots: Mapping[str, str]
) -> None:
    notices = []
    for contact in contacts(conn, [one.number_id for one in people], rt.settings.languages):
        body = rt.say(f"hoax_desk.{key}", slots, contact.language)
        notices.append(
            Notice(contact.number_id, contact.prefix, contact.language, body, f"{cause}:{contact.number_id}")
        )
    post_many(rt, conn, notices)
