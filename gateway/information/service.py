"""Use cases on information: what holds now, for whom."""

from gateway.information import store
from gateway.information.store import Item
from gateway.runtime import Runtime


def find(rt: Runtime, topic: str, area: str, language: str) -> list[Item]:
    """What holds now on a topic for an area; an empty topic means what concerns that kelurahan alone."""
    with rt.engine.begin() as conn:
        return store.find(conn, topic, area, language, rt.now(), only_own=not topic)


def get(rt: Runtime, code: str, language: str) -> Item | None:
    """One item, or None where it does not hold any more."""
    with rt.engine.begin() as conn:
        return store.get(conn, code, language, rt.now())


def alert(rt: Runtime, area: str, language: str) -> str:
    """The title of the alert that holds for an area now, or empty."""
    with rt.engine.begin() as conn:
        found = store.find(conn, "alert", area, language, rt.now(), most=1)
    return found[0].title if found else ""
