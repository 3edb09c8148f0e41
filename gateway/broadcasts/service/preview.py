"""What a broadcast will be, before anyone says yes: its exact texts, people, parts, cost, warnings."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gateway.broadcasts import store
from gateway.broadcasts.rules import fallback
from gateway.broadcasts.service.reach import people
from gateway.db import Connection
from gateway.kernel.calendar import quiet_until
from gateway.kernel.codes import show_broadcast
from gateway.kernel.text import measure
from gateway.outbox.lint import lint, standard
from gateway.outbox.rules import RESTING, Class
from gateway.outbox.service.post import quiet
from gateway.providers.base import is_numeric
from gateway.runtime import Runtime
from menus import render

_MANY_PARTS = 3


def final_texts(rt: Runtime, number: int, texts: Mapping[str, str]) -> dict[str, str]:
    """Texts exactly as they will be sent: known slots filled, the public code at the end, nothing else touched.

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
        done[language] = text.strip() + render.render("sms.code", {"code": known["code"]}, language)
    return done


def count(conn: Connection, level: str, audience: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """People the rule names now by language, without those who stopped what this level is."""
    is_emergency = level == Class.EMERGENCY
    scopes = ["all"] if is_emergency else ["notices", "all"]
    return store.count(conn, people(conn, level, audience), scopes)


def preview(
    rt: Runtime,
    number: int,
    level: str,
    texts: Mapping[str, str],
    by_language: Mapping[str, int],
    send_at: datetime | None,
) -> dict[str, Any]:
    """The API's `preview` object."""
    final = final_texts(rt, number, texts)
    sizes = {language: measure(text) for language, text in final.items()}
    spare = fallback(final)
    recipients = sum(by_language.values())
    parts = sum(n * sizes[language if language in sizes else spare].segments for language, n in by_language.items())
    longest = max(sizes.values(), key=lambda size: (size.segments, size.units))
    begins = max(send_at, rt.now()) if send_at else rt.now()
    held = quiet_until(begins, quiet(rt)) if level in RESTING else None
    shown: dict[str, Any] = {
        "texts": final,
        "recipients": recipients,
        "encoding": "UCS-2" if any(size.encoding == "UCS-2" for size in sizes.values()) else "GSM-7",
        "segments": longest.segments,
        "total_segments": parts,
        "cost": {"amount": str(parts * rt.settings.sms_price), "currency": rt.settings.currency},
        "warnings": _warnings(final, sizes, recipients, held, rt),
    }
    if held:
        shown["held_until"] = held.isoformat()
    return shown


def _warnings(
    final: Mapping[str, str], sizes: Mapping[str, Any], recipients: int, held: datetime | None, rt: Runtime
) -> list[str]:
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
    if held:
        local = held.astimezone(rt.settings.timezone)
        found.append(f"Quiet hours: it would begin at {local:%H:%M} on {local:%d/%m}.")
    return found


def _can_be_answered(rt: Runtime) -> bool:
    """Whether an answer to a broadcast reaches us on every route: none of them sends under a name."""
    for name in {name for route in rt.settings.sms_routes for name in route.providers}:
        sender = getattr(rt.settings, f"{name}_sender", "")
        if not (is_numeric(sender) if sender else rt.providers[name].answerable):
            return False
    return True
