"""What a person may read: information, the state of their tickets, help, and what we keep of them."""

from collections.abc import Mapping

from gateway.aspirations import follow
from gateway.aspirations import store as aspirations
from gateway.db import Connection
from gateway.dialogue import hoax
from gateway.dialogue.lookups import status_slots
from gateway.dialogue.says import Done
from gateway.dialogue.talk import Talk
from gateway.information import store as information
from gateway.information.store import Item
from gateway.kernel.calendar import show_moment
from gateway.kernel.codes import parse_ticket, show_ticket


def info(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """INFO [topic] [area]: the newest item that holds now, for the area named or the person's own."""
    topic, area = args.get("topic", ""), args.get("area", "") or talk.own_area
    if not topic and not args.get("area"):
        return Done("ask", text=talk.say("sms.info_topics"), wants_answer=True)
    found = information.find(conn, topic, area, talk.language, talk.rt.now(), only_own=not topic)
    return Done("ok", text=item_text(talk, found[0])) if found else Done("gone", text=talk.say("sms.info_none"))


def send_item(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """`1 SMS-kan`: the item, or the result of a rumour, as an SMS, once for this hop."""
    if args.get("claim"):
        return hoax.send(talk, conn, args)
    item = information.get(conn, args["item"], talk.language, talk.rt.now())
    if item is None:
        return Done("gone")
    talk.send(conn, item_text(talk, item))
    return Done("ok")


def item_text(talk: Talk, item: Item) -> str:
    """An item as one SMS, with its source, its time and its code."""
    published = show_moment(item.published, talk.rt.settings.timezone)
    return talk.say("sms.item", text=item.text, source=item.source, published=published, item=item.code)


def status(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """STATUS [ticket]: neutral words for one's own ticket, less for another's; without a ticket, one's newest."""
    if written := args.get("ticket"):
        ticket = parse_ticket(written)
        aspiration = aspirations.get(conn, ticket) if ticket else None
    elif args.get("typed"):
        return Done("gone", text=talk.say("sms.status_gone"))
    else:
        own = aspirations.own(conn, talk.number.id)
        if not own:
            return Done("gone", text=talk.say("sms.status_none"))
        aspiration = own[0]
    if aspiration is None:
        return Done("gone", text=talk.say("sms.status_gone"))
    if not follow.is_concerned(conn, talk.number.id, aspiration):
        shown = {"ticket": show_ticket(aspiration.ticket), "state": aspiration.state.value}
        return Done("foreign", text=talk.say("sms.status_foreign", **shown))
    slots = {**status_slots(talk, conn, follow.current(conn, aspiration)), "ussd": talk.rt.settings.ussd_code}
    with_office = "sms.status" if slots["due"] else "sms.status_no_due"
    return Done("ok", text=talk.say(with_office if slots["office"] else "sms.status_no_office", **slots))


def help_text(talk: Talk, _conn: Connection, _args: Mapping[str, str]) -> Done:
    """BANTUAN: the commands."""
    return Done("ok", text=talk.say("sms.help", ussd=talk.rt.settings.ussd_code))


def data_notice(talk: Talk, _conn: Connection, _args: Mapping[str, str]) -> Done:
    """INFO DATA: what we keep, why, and who sees it."""
    return Done("ok", text=talk.say("sms.data_notice"))
