"""An API call for anyone: the KIM of today, and who stands in where an area has none."""

from typing import Any, Final, Literal

from gateway.kim import service
from gateway.runtime import Runtime
from gateway.web.api.answers import Answer
from gateway.web.api.calls import Table, Visit

_KEPT: Final = 60.0


class Kim(Answer):
    """A KIM as it is today. areas: codes of the areas it serves; board: how many sit on it."""

    id: int
    name: str
    since: str
    areas: list[str]
    board: int


class KimToday(Answer):
    """KIM of today, and who serves the kelurahan without one that can be reached, by code."""

    items: list[Kim]
    others: dict[str, Literal["lurah", "city"]]


table = Table()


@table.call("GET", "/kim", "Community information groups of today", KimToday, is_public=True)
def groups(visit: Visit) -> dict[str, Any]:
    found: dict[str, Any] = visit.rt.remember("kim", _KEPT, lambda: _read(visit.rt))
    return found


def _read(rt: Runtime) -> dict[str, Any]:
    day = service.today(rt)
    with rt.engine.begin() as conn:
        serving = service.serving(rt, conn, day)
    items = [
        {"id": one.id, "name": one.name_on(day), "since": one.life.since.isoformat(), "areas": one.areas_on(day),
         "board": len(one.board_on(day))}
        for one in service.every(rt) if one.life.holds_on(day)
    ]  # fmt: skip
    return {"items": items, "others": {code: by.kind for code, by in serving.items() if by.kind != "kim"}}
