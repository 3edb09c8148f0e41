"""A broadcast in a few words for officials' SMS: slots of the book's texts, numbers and moments as people write them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from gateway.broadcasts.rules import CITY, Broadcast, is_alarm
from gateway.broadcasts.service.preview import final_texts
from gateway.db import Connection
from gateway.kernel.areas import AreaBook
from gateway.kernel.calendar import quiet_until, show_day, show_moment
from gateway.kernel.codes import show_broadcast
from gateway.numbers import store as numbers
from gateway.numbers.store import Number
from gateway.officials.rules import Official
from gateway.outbox.service.post import post, quiet
from gateway.outbox.store import batches
from gateway.residents import store as residents
from gateway.runtime import Runtime


def name_audience(areas: AreaBook, audience: Mapping[str, Sequence[str]]) -> str:
    """`Medono RW03, Tirto @pkk`: every area and every list that narrows them."""
    named = []
    for written in audience.get("areas") or (CITY,):
        code, *units = written.split("/")
        named.append(" ".join([areas[code].name if code in areas else code, *units]))
    narrowed = [f"@{group}" for group in audience.get("groups") or ()]
    narrowed += [*(audience.get("topics") or ()), *(audience.get("languages") or ())]
    return " ".join([", ".join(named), *narrowed])


def show_count(n: int) -> str:
    """`1.204`, as the city writes thousands."""
    return f"{n:,}".replace(",", ".")


def show_cost(amount: str, currency: str) -> str:
    """`Rp361.200`, or the currency's code before the amount."""
    return f"{'Rp' if currency == 'IDR' else currency + ' '}{show_count(round(float(amount)))}"


def describe(areas: AreaBook, broadcast: Broadcast) -> dict[str, str]:
    """The slots that most texts about a broadcast fill."""
    return {
        "code": show_broadcast(broadcast.number),
        "level": broadcast.level,
        "audience": name_audience(areas, broadcast.audience),
        "people": show_count(broadcast.recipients),
        "standing": broadcast.state.value,
    }


def read_whole(rt: Runtime, broadcast: Broadcast, language: str) -> str:
    """Everything it will say, in each of its languages, and how often: an approver answers for all of it."""
    said = " / ".join(final_texts(rt, broadcast.number, broadcast.texts, is_drill=broadcast.is_drill).values())
    if broadcast.repeat is None:
        return said
    slots = {"until": show_day(broadcast.repeat.until)}
    return said + rt.say(f"order.repeats_{broadcast.repeat.every}", slots, language)


def count(conn: Connection, broadcast: Broadcast) -> dict[str, str]:
    """How many messages it has in each status, as slots; nothing where none was written yet."""
    if broadcast.batch_id is None:
        return {}
    counts: dict[str, int] = {}
    for status, _, n in batches.count(conn, batches.get(conn, broadcast.batch_id)):
        counts[status] = counts.get(status, 0) + n
    waiting = sum(counts.get(name, 0) for name in ("queued", "sending", "unconfirmed"))
    shown = {name: counts.get(name, 0) for name in ("delivered", "sent", "failed", "skipped")}
    return {name: show_count(n) for name, n in {**shown, "waiting": waiting}.items()}


def begins_at(rt: Runtime, broadcast: Broadcast) -> datetime:
    """When what is approved begins to leave: after the undo window, not before its time, nor in quiet hours."""
    now = rt.now()
    begins = max(now, broadcast.release_at or now, broadcast.send_at or now)
    held = None if is_alarm(broadcast) else quiet_until(begins, quiet(rt))
    return held or begins


def show_at(rt: Runtime, moment: datetime) -> str:
    """`12/6 10.21`."""
    return show_moment(moment, rt.settings.timezone)


def language_of(rt: Runtime, conn: Connection, number: Number) -> str:
    """The language an official is written to in."""
    resident = residents.find(conn, number.id)
    chosen = (resident.language if resident else None) or number.language or "id"
    return chosen if chosen in rt.settings.languages else "id"


def write_to(
    rt: Runtime,
    conn: Connection,
    official: Official,
    body: str,
    cause: str,
    language: str,
    *,
    at_once: bool,
    wants_answer: bool = False,
) -> bool:
    """Queue an SMS of our own accord to an official, False where its cause had one already; wake `reply` after the commit."""
    number = numbers.get(conn, official.number_id)
    return post(
        rt, conn, number.id, number.prefix, body, cause, language=language, at_once=at_once, wants_answer=wants_answer
    )
