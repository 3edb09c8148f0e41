"""STAT: how reports were dealt with in an area last month, as anyone may read it."""

from collections.abc import Mapping

from gateway.db import Connection
from gateway.dialogue.says import Done
from gateway.dialogue.talk import Talk
from gateway.statistics import service
from gateway.statistics.rules import Figures, Month


def tell(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """The figures of the area named, one's own or the city; where they are too few, those of the area around it too."""
    month = service.month_of(talk.rt)
    report = service.report(talk.rt, month, conn)
    area = args["area"] or talk.own_area or service.CITY
    asked = report.of(area if area in talk.areas and area.startswith(service.CITY) else service.CITY)
    shown = asked
    while shown.is_empty and shown.area != service.CITY:
        shown = report.of(talk.areas[shown.area].parent)
    said = [_say(talk, "sms.statistics_few", asked, month)] if asked.is_empty else []
    if not shown.is_empty:
        said.append(_say(talk, "sms.statistics", shown, month))
    return Done("few" if shown.is_empty else "ok", text=" ".join(said))


def _say(talk: Talk, key: str, figures: Figures, month: Month) -> str:
    counts = {name: _show(n) for name, n in figures.counts.items()}
    slots = {**counts, "median": _show(figures.median_days), "place_name": figures.name}
    return talk.say(key, **slots, month=f"{month.month}/{month.year}")


def _show(n: float | None) -> str:
    if n is None:
        return "-"
    # A median may be halfway between two days.
    return str(int(n)) if n == int(n) else f"{n:.1f}".replace(".", ",")
