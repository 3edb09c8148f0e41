"""What screens stand on: the lists and things that the engine asks for, looked up in the features."""

from collections.abc import Callable, Mapping

from gateway.aspirations import case_store, follow
from gateway.aspirations import store as aspirations
from gateway.aspirations.rules import State
from gateway.db import Connection
from gateway.dialogue import alike, claims, desk, hoax, mine, news, waiting
from gateway.dialogue.follow import status_slots
from gateway.dialogue.talk import Talk
from gateway.information import service as information
from gateway.information import words
from gateway.information.store import Item
from gateway.kernel.calendar import show_moment
from gateway.kernel.codes import parse_ticket, show_ticket
from menus.model import Lookup, Need, Outcome, Row, Rows


def meet(talk: Talk, conn: Connection, need: Need) -> Rows | Outcome:
    """The answer to a need. Raises KeyError for one that no flow may name."""
    return NEEDS[need.name](talk, conn, need.args)


def _areas(talk: Talk, _conn: Connection, args: Mapping[str, str]) -> Rows:
    return Rows(tuple(Row(area.code, area.name) for area in talk.areas.children(args["parent"])))


def _items(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Rows:
    if args.get("words"):
        found = news.look_for(talk, conn, news.words_of(args["words"]) or ["-"], "", args["area"])
    else:
        found = information.find(talk.rt, conn, args["topic"], args["area"], talk.language)
    return Rows(tuple(Row(item.code, _titled(item)) for item in found))


def _titled(item: Item) -> str:
    return f"{item.title} {item.percent}%" if item.percent is not None else item.title


def _item(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Outcome:
    item = information.get(talk.rt, conn, args["code"], talk.language)
    if item is None:
        return Outcome("gone")
    published = show_moment(item.published, talk.rt.settings.timezone)
    text = words.text_of(talk.rt, item, talk.language)
    return Outcome("ok", {"text": text, "source": item.source, "published": published, "item": item.code})


def _tickets(talk: Talk, conn: Connection, _args: Mapping[str, str]) -> Rows:
    found = aspirations.own(conn, talk.number.id)
    return Rows(tuple(Row(one.ticket, slots={"ticket": show_ticket(one.ticket), "state": one.state}) for one in found))


def _ticket(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Outcome:
    digits = parse_ticket(args["ticket"])
    aspiration = aspirations.get(conn, digits) if digits else None
    if aspiration is None:
        return Outcome("gone")
    if not follow.is_concerned(conn, talk.number.id, aspiration):
        return Outcome("foreign", {"ticket": show_ticket(aspiration.ticket), "state": aspiration.state})
    current = follow.current(conn, aspiration)
    news = case_store.news(conn, current.id).rstrip(" .")
    # Only the reporter is asked; who follows a report, or whose own was merged into it, reads how it stands.
    asks = "yes" if current.state is State.ANSWERED and current.number_id == talk.number.id else ""
    return Outcome("ok", {**status_slots(talk, conn, current), "news": news, "asks": asks})


def _similar(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Outcome:
    found = alike.find(talk, conn, args["kind"], args["category"], args["area"], args["words"])
    return Outcome("ok", found) if found else Outcome("none")


NEEDS: dict[Lookup, Callable[[Talk, Connection, Mapping[str, str]], Rows | Outcome]] = {
    Lookup.AREAS: _areas,
    Lookup.ITEMS: _items,
    Lookup.ITEM: _item,
    Lookup.TICKETS: _tickets,
    Lookup.TICKET: _ticket,
    Lookup.SIMILAR: _similar,
    Lookup.TOPICS: mine.topic_rows,
    Lookup.MY_DATA: mine.copy,
    Lookup.VIEWS: mine.view_rows,
    Lookup.RUMOURS: hoax.latest,
    Lookup.RUMOUR: hoax.result,
    Lookup.OFFICIAL: desk.standing,
    Lookup.OFFICIAL_TICKETS: desk.ticket_rows,
    Lookup.OFFICIAL_TICKET: desk.ticket,
    Lookup.OFFICIAL_BROADCASTS: waiting.rows,
    Lookup.OFFICIAL_BROADCAST: waiting.show,
    Lookup.OFFICIAL_CLAIMS: claims.rows,
    Lookup.OFFICIAL_CLAIM: claims.show,
}
