"""Use cases on information: what holds now, for whom. Each runs in the caller's transaction."""

from gateway.db import Connection
from gateway.information import store
from gateway.information.store import Item
from gateway.runtime import Runtime

_KEPT = 5.0


def find(rt: Runtime, conn: Connection, topic: str, area: str, language: str) -> list[Item]:
    """What holds now on a topic for an area; an empty topic means what concerns that kelurahan alone."""
    return store.find(conn, topic, area, language, rt.now(), only_own=not topic)


def get(rt: Runtime, conn: Connection, code: str, language: str) -> Item | None:
    """One item, or None where it does not hold any more."""
    return store.get(conn, code, language, rt.now())


def alert(rt: Runtime, conn: Connection, area: str, language: str) -> str:
    """The title of the alert that holds for an area now, or empty.

    Whether there is any in the city is looked up every five seconds at most: on nearly every day there is none.
    """
    if not rt.remember("alerts", _KEPT, lambda: store.has_alert(conn, rt.now())):
        return ""
    found = store.find(conn, "alert", area, language, rt.now(), most=1)
    return found[0].title if found else ""
