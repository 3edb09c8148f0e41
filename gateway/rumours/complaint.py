"""A "rumour" that is really a complaint: it becomes a ticket of whoever asked, who is told so."""

from gateway.aspirations import service as aspirations
from gateway.aspirations.rules import Filing
from gateway.audit import store as audit
from gateway.db import Connection, transaction
from gateway.kernel.codes import show_ticket
from gateway.kernel.errors import Conflict, Forbidden
from gateway.officials.rules import Official
from gateway.outbox.service.post import Notice, post_many
from gateway.residents.contact_store import contacts
from gateway.rumours import desk, match_store, rules, store, verdict_store
from gateway.rumours.rules import show_claim
from gateway.runtime import Runtime
from menus.keywords import guess_category


def move(rt: Runtime, official: Official, written: str, *, within: Connection | None = None) -> str:
    """File an open claim as the complaint it is, and give its ticket. Raises Missing, Forbidden or Conflict.

    What several people have asked about is no complaint of one of them, and is judged like any other claim.
    """
    now = rt.now()
    with transaction(rt.engine, within) as conn:
        rumour = store.hold(conn, desk.find(conn, official, written).id)
        if official.role not in rules.MAY_JUDGE:
            raise Forbidden("An admin or a KIM says that a claim is a complaint.", reason="role")
        if rumour.state != "open":
            raise Conflict(f"This claim is {rumour.state}; only an open one may be a complaint.", reason="state")
        askers = store.asker_ids(conn, rumour.id, 2)
        if len(askers) != 1:
            raise Conflict("More than one person asked about this; judge it instead.", reason="state")
        filing = Filing(
            kind="complaint",
            category=guess_category(rumour.claim) or "",
            area=rumour.area or "",
            words=rumour.claim,
            is_confidential=False,
            channel="api",
            cause=f"rumour:{rumour.id}",
        )
        ticket, _ = aspirations.file(rt, conn, askers[0], filing)
        store.set_state(conn, rumour.id, "moved")
        verdict_store.withdraw(conn, rumour.id)
        match_store.drop(conn, rumour.id)
        notices = []
        for contact in contacts(conn, askers, rt.settings.languages):
            slots = {"claim": show_claim(rumour.number), "ticket": show_ticket(ticket.ticket)}
            body = rt.say("sms.rumour_moved", slots, contact.language)
            cause = f"rumour:{rumour.id}:moved:{contact.number_id}"
            notices.append(Notice(contact.number_id, contact.prefix, contact.language, body, cause, rumour.created_at))
        post_many(rt, conn, notices)
        audit.record(conn, now, official.actor, "move to complaints", desk.subject_of(rumour), ticket=ticket.ticket,
                     channel=official.channel)  # fmt: skip
        return show_ticket(ticket.ticket)
