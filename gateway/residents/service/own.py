"""A person's own choices, by SMS or USSD: subscribe, stop, move, change language. Each runs in the caller's transaction."""

from collections.abc import Sequence

from gateway.audit import store as audit
from gateway.db import Connection
from gateway.outbox.store import routes
from gateway.residents import store
from gateway.runtime import Runtime

_UNDONE_BY_JOINING = ("notices", "all")


def subscribe(
    rt: Runtime,
    conn: Connection,
    number_id: int,
    area: str,
    language: str,
    how: str,
    answer: str | None = None,
    topics: Sequence[str] = (),
) -> None:
    """The only thing that undoes a BERHENTI. `how` is `sms` or `ussd`; `answer` is what was said, such as YA."""
    store.subscribe(conn, number_id, area, language, how, answer, rt.now(), topics)
    routes.lift(conn, number_id, _UNDONE_BY_JOINING)
    audit.record(conn, rt.now(), "resident", "subscribe", f"number:{number_id}", number_id=number_id, how=how)


def stop(
    rt: Runtime, conn: Connection, number_id: int, language: str, how: str, answer: str | None, *, everything: bool
) -> None:
    """No routine or important message any more, also none that is queued; with `everything` no emergency either."""
    now = rt.now()
    store.stop(conn, number_id, how, answer, language, now)
    routes.suppress(conn, number_id, "notices", "resident", now)
    if everything:
        routes.suppress(conn, number_id, "all", "resident", now)
    act = "stop everything" if everything else "stop"
    audit.record(conn, now, "resident", act, f"number:{number_id}", number_id=number_id, how=how)


def move(rt: Runtime, conn: Connection, number_id: int, area: str) -> bool:
    """Change the area news are about; False where the number is not registered."""
    return store.move(conn, number_id, area, rt.now())


def choose_topics(rt: Runtime, conn: Connection, number_id: int, topics: Sequence[str]) -> bool:
    """Follow these topics alone; False where the number is not registered."""
    audit.record(conn, rt.now(), "resident", "choose topics", f"number:{number_id}", number_id=number_id)
    return store.set_topics(conn, number_id, topics, rt.now())


def set_language(rt: Runtime, conn: Connection, number_id: int, language: str) -> bool:
    """Change the language; False where the number is not registered, so that the choice lasts for the session only."""
    return store.set_language(conn, number_id, language, rt.now())
