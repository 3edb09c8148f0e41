"""What screens stand on: the lists and things that the engine asks for, looked up in the features."""

from collections.abc import Callable, Mapping

from gateway.aspirations import service as aspirations
from gateway.aspirations.store import Aspiration
from gateway.dialogue.talk import Talk
from gateway.information import service as information
from gateway.kernel.calendar import show_day, show_moment
from gateway.kernel.codes import show_ticket
from menus.model import Need, Outcome, Row, Rows


def meet(talk: Talk, need: Need) -> Rows | Outcome:
    """The answer to a need. Raises KeyError for one that no flow may name."""
    return NEEDS[need.name](talk, need.args)


def _areas(talk: Talk, args: Mapping[str, str]) -> Rows:
    return Rows(tuple(Row(area.code, area.name) for area in talk.areas.children(args["parent"])))


def _items(talk: Talk, args: Mapping[str, str]) -> Rows:
    found = information.find(talk.rt, args["topic"], args["area"], talk.language)
    return Rows(tuple(Row(item.code, item.title) for item in found))


def _item(talk: Talk, args: Mapping[str, str]) -> Outcome:
    item = information.get(talk.rt, args["code"], talk.language)
    if item is None:
        return Outcome("gone")
    published = show_moment(item.published, talk.rt.settings.timezone)
    return Outcome("ok", {"text": item.text, "source": item.source, "published": published, "item": item.code})


def _tickets(talk: Talk, _args: Mapping[str, str]) -> Rows:
    found = aspirations.own(talk.rt, talk.number.id)
    return Rows(tuple(Row(one.ticket, slots={"ticket": show_ticket(one.ticket), "state": one.state}) for one in found))


def _ticket(talk: Talk, args: Mapping[str, str]) -> Outcome:
    aspiration = aspirations.find(talk.rt, args["ticket"])
    if aspiration is None:
        return Outcome("gone")
    if aspiration.number_id != talk.number.id:
        return Outcome("foreign", {"ticket": show_ticket(aspiration.ticket), "state": aspiration.state})
    return Outcome("ok", status_slots(talk, aspiration))


def status_slots(talk: Talk, aspiration: Aspiration) -> dict[str, str]:
    """What a resident may read of their own ticket; neutral, since phones are shared: no words, no category."""
    return {
        "ticket": show_ticket(aspiration.ticket),
        "state": aspiration.state.value,
        "since": show_day(aspiration.changed_at.astimezone(talk.rt.settings.timezone).date()),
        "due": show_day(aspiration.due) if aspiration.due else "",
        "office": aspiration.office or "",
        "news": "",
    }


NEEDS: dict[str, Callable[[Talk, Mapping[str, str]], Rows | Outcome]] = {
    "areas": _areas,
    "items": _items,
    "item": _item,
    "tickets": _tickets,
    "ticket": _ticket,
}
