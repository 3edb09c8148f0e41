"""What hangs on a notice board and is read in a mosque or at a meeting: an A4 page and scripts for an area, of what holds now."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gateway.information import store as information
from gateway.information import words as items
from gateway.information.store import Item
from gateway.kernel.calendar import show_day, show_moment
from gateway.kernel.errors import Missing
from gateway.reference import service as reference
from gateway.rumours import store as rumours
from gateway.rumours import words as claims
from gateway.rumours.store import Rumour
from gateway.runtime import Runtime

_ITEMS, _CLAIMS = 12, 5
_CITY = "33.75"
_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


@dataclass(frozen=True, slots=True)
class Script:
    """Words to be read aloud in about half a minute, of an item or a claim."""

    code: str
    text: str


def _hold(rt: Runtime, area: str, language: str) -> tuple[str, list[Item], list[Rumour]]:
    """The area's name, and what holds for it now: alerts first, then results of the hoax desk. Raises Missing."""
    areas = reference.areas(rt)
    if area not in areas:
        raise Missing("There is no such area; `areas` lists the codes.")
    with rt.engine.begin() as conn:
        found = information.find(conn, "", area, language, rt.now(), most=_ITEMS)
        return areas[area].name, found, rumours.latest(conn, _CLAIMS)


def scripts(rt: Runtime, area: str, language: str = "id") -> list[Script]:
    """What may be read aloud in an area now, one by one; a claim never without its label before it."""
    name, held, judged = _hold(rt, area, language)
    read = [Script(item.code, rt.say("script.item", _slots(rt, item, name, language), language)) for item in held]
    return read + [Script(claims.slots_of(rt, one)["claim"], claims.script(rt, one, language)) for one in judged]


def _slots(rt: Runtime, item: Item, area_name: str, language: str) -> dict[str, str]:
    text = items.text_of(rt, item, language).rstrip(".")
    return {"area_name": area_name, "title": item.title, "text": text, "source": item.source, "item": item.code}


def page(rt: Runtime, area: str, language: str = "id") -> str:
    """The A4 page of an area as HTML that prints by itself: no script, no picture, nothing from elsewhere."""
    name, held, judged = _hold(rt, area, language)
    zone = rt.settings.timezone
    shown: list[dict[str, Any]] = [
        {"title": item.title, "topic": rt.say("bulletin.topic", {"topic": item.topic}, language),
         "text": items.text_of(rt, item, language), "is_alert": item.topic == "alert",
         "foot": rt.say("bulletin.foot", {"source": item.source, "until": show_moment(item.until, zone),
                                                 "item": item.code}, language)}
        for item in held
    ]  # fmt: skip
    results = []
    for one in judged:
        slots = claims.slots_of(rt, one)
        label = rt.say(f"label.{slots['label_code']}", {}, language)
        results.append({**slots, "label": label, "is_false": one.label in ("salah", "menyesatkan")})
    return _PAGES.get_template("bulletin.html").render(
        language=language,
        title=rt.say("bulletin.title", {"area_name": name}, language),
        day=show_day(rt.now().astimezone(zone).date()) + f"/{rt.now().astimezone(zone).year}",
        items=shown,
        nothing=rt.say("bulletin.nothing", {}, language),
        hoaxes=rt.say("bulletin.rumours", {}, language),
        results=results,
        reach=rt.say("bulletin.reach", {}, language),
    )
