"""What the words and screens about a ticket stand on."""

from gateway.aspirations.notices import holder_name
from gateway.aspirations.store import Aspiration
from gateway.db import Connection
from gateway.dialogue.talk import Talk
from gateway.kernel.calendar import show_day
from gateway.kernel.codes import show_ticket


def status_slots(talk: Talk, conn: Connection, aspiration: Aspiration) -> dict[str, str]:
    """What a resident may read of their own ticket; neutral, since phones are shared: no words, no category."""
    return {
        "ticket": show_ticket(aspiration.ticket),
        "state": aspiration.state.value,
        "since": show_day(aspiration.changed_at.astimezone(talk.rt.settings.timezone).date()),
        "due": show_day(aspiration.due) if aspiration.due else "",
        "office": holder_name(talk.rt, conn, aspiration, talk.language)
        if aspiration.office or aspiration.held_by
        else "",
        "news": "",
    }
