"""What a broadcast will be, before anyone says yes: its exact texts, people, parts, cost, warnings."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from gateway.broadcasts import preview_store, store
from gateway.broadcasts.preview_store import Share
from gateway.broadcasts.rules import Broadcast, Content, fallback, is_alarm, is_same_text
from gateway.broadcasts.service.reach import cap, people
from gateway.db import Connection
from gateway.kernel.calendar import quiet_until
from gateway.kernel.codes import show_broadcast
from gateway.kernel.text import Size, measure
from gateway.outbox.lint import lint, standard
from gateway.outbox.service.post import quiet
from gateway.outbox.store import routes
from gateway.providers.base import is_numeric
from gateway.providers.rates import is_overfed
from gateway.residents import store as residents
from gateway.runtime import Runtime

SAME_WITHIN = timedelta(minutes=10)
"""How long after a broadcast the same text to the same people is taken for a slip."""
_MANY_PARTS = 3
_LONG = 120
"""Seconds in a company's own queue that a preview warns of."""
_CENT = Decimal("0.01")


def final_texts(rt: Runtime, number: int, texts: Mapping[str, str], *, is_drill: bool = False) -> dict[str, str]:
    """Texts exactly as they will be sent: known slots filled, the public code at the end, nothing else touched.

    A drill says so at the beginning of every text.

    A brace is literal unless it names a slot that is known. Letters outside GSM-7 stay too: the official reads in the
    preview what they cost, and the words that go out are those that were approved.
    """
    known = {
        "ussd": rt.settings.ussd_code,
        "number": rt.settings.sms_number,
        "cap": str(rt.settings.routine_per_week),
        "tariff": rt.settings.tariff,
        "code": show_broadcast(number),
    }
    done = {}
    for language, text in texts.items():
        for slot, value in known.items():
            text = text.replace("{" + slot + "}", value)
        opening = rt.say("sms.drill", {}, language) if is_drill else ""
        done[language] = opening + text.strip() + rt.say("sms.code", {"code": known["code"]}, language)
    return done


def count(conn: Connection, what: Content | Broadcast) -> dict[str, int]:
    """People the rule names now by language, without those who stopped what this level is."""
    return store.count(conn, people(conn, what), _scopes(what))


def _scopes(what: Content | Broadcast) -> list[str]:
    return ["all"] if is_alarm(what) else ["notices", "all"]


def survey(rt: Runtime, conn: Connection, what: Content | Broadcast) -> list[Share]:
    """The same people by area, language, operator and route, with what one part costs to each."""
    return preview_store.survey(
        conn,
        residents.located(people(conn, what)),
        _scopes(what),
        rt.settings.sms_routes,
        set(routes.paused(conn)),
        rt.settings.prices,
        avoids_blocked=is_alarm(what),
    )


def preview(
    rt: Runtime, conn: Connection, id: int, number: int, what: Content | Broadcast, shares: Sequence[Share]
) -> dict[str, Any]:
    """The API's `preview` object of the broadcast with this id and running number; `shares` are its people."""
    final = final_texts(rt, number, what.texts, is_drill=what.is_drill)
    sizes = {language: measure(text) for language, text in final.items()}
    spare = sizes[fallback(final)]
    parts = [share.people * sizes.get(share.language, spare).segments for share in shares]
    cost = sum((n * share.price for n, share in zip(parts, shares, strict=True)), Decimal(0))
    longest = max(sizes.values(), key=lambda size: (size.segments, size.units))
    begins = max(what.send_at, rt.now()) if what.send_at else rt.now()
    held = None if is_alarm(what) else quiet_until(begins, quiet(rt))
    recipients = sum(share.people for share in shares)
    shown: dict[str, Any] = {
        "texts": final,
        "recipients": recipients,
        "by_area": _by(shares, lambda share: share.area),
        "by_language": _by(shares, lambda share: share.language),
        "by_operator": _by(shares, lambda share: share.operator),
        "by_route": _by(shares, lambda share: share.route),
        "encoding": "UCS-2" if any(size.encoding == "UCS-2" for size in sizes.values()) else "GSM-7",
        "segments": longest.segments,
        "total_segments": sum(parts),
        "cost": {"amount": show_amount(cost), "currency": rt.settings.prices.currency},
        "warnings": [
            *_text_warnings(rt, final, sizes, recipients),
            *(_people_warnings(rt, conn, id, what) if recipients else ()),
            *_quiet_warnings(rt, held),
            *_rate_warnings(rt, shares, parts),
        ],
    }
    if held:
        shown["held_until"] = held.isoformat()
    return shown


def show_amount(amount: Decimal) -> str:
    """An amount with its cents where it has any: `3900`, `820.50`."""
    rounded = amount.quantize(_CENT)
    return str(int(rounded)) if rounded == rounded.to_integral_value() else str(rounded)


def _by(shares: Sequence[Share], name: Callable[[Share], str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for share in shares:
        key = name(share) or "none"
        counts[key] = counts.get(key, 0) + share.people
    return dict(sorted(counts.items()))


def _text_warnings(rt: Runtime, final: Mapping[str, str], sizes: Mapping[str, Size], recipients: int) -> list[str]:
    found = []
    if recipients == 0:
        found.append("Nobody is in this audience now.")
    for language, size in sizes.items():
        if size.encoding == "UCS-2":
            odd = sorted({letter for letter in final[language] if measure(letter).encoding == "UCS-2"})
            found.append(
                f"Text {language} has letters outside GSM-7 ({' '.join(odd[:5])}): it takes {size.segments} parts."
            )
        elif size.segments >= _MANY_PARTS:
            found.append(f"Text {language} takes {size.segments} parts; one part holds 160 characters.")
    if (spare := fallback(final)) != "id":
        found.append(f"There is no Indonesian text; people of other languages get the text {spare}.")
    known, answered = (rt.settings.ussd_code, rt.settings.sms_number), _can_be_answered(rt)
    for language, text in final.items():
        warnings = lint(text, standard(), known=known, can_be_answered=answered)
        found += [f"Text {language} {warning}" for warning in warnings]
    return found


def _people_warnings(rt: Runtime, conn: Connection, id: int, what: Content | Broadcast) -> list[str]:
    """What these people have had lately: the same text, or as much as the weekly cap allows."""
    audience, scopes, most = people(conn, what), _scopes(what), cap(rt, what)
    now, found = rt.now(), []
    for other in preview_store.recent(conn, now - SAME_WITHIN, id):
        if is_same_text(what.texts, other.texts) and (
            n := preview_store.count_overlap(conn, audience, scopes, other.batch_id)
        ):
            minutes = max(0, int((now - other.started_at).total_seconds() // 60))
            code = show_broadcast(other.number)
            found.append(f"The same text went to {n} of these people {minutes} minutes ago ({code}).")
    if most and (n := preview_store.count_over_cap(conn, audience, scopes, now, most)):
        found.append(f"{n} of these people have had {most} messages within seven days; they will be skipped (cap).")
    return found


def _quiet_warnings(rt: Runtime, held: datetime | None) -> list[str]:
    if held is None:
        return []
    local = held.astimezone(rt.settings.timezone)
    return [f"Quiet hours: it would begin at {local:%H:%M} on {local:%d/%m}."]


def _rate_warnings(rt: Runtime, shares: Sequence[Share], parts: Sequence[int]) -> list[str]:
    """Routes where these messages would stand for minutes in the company's own queue, and an emergency behind them."""
    found = []
    for name, provider in rt.providers.items():
        n = sum(count for share, count in zip(shares, parts, strict=True) if share.route == name)
        if is_overfed(provider) and n > provider.sender_rate * _LONG:
            minutes = round(n / provider.sender_rate / 60)
            found.append(
                f"{name} passes on {provider.sender_rate:g} SMS a second from our sender: these take {minutes} minutes there, "
                f"and an emergency would wait behind them. Ask an admin to look at doctor."
            )
    return found


def _can_be_answered(rt: Runtime) -> bool:
    """Whether an answer to a broadcast reaches us on every route: none of them sends under a name."""
    for name in {name for route in rt.settings.sms_routes for name in route.providers}:
        sender = getattr(rt.settings, f"{name}_sender", "")
        if not (is_numeric(sender) if sender else rt.providers[name].answerable):
            return False
    return True
