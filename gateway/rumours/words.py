"""A claim in the words that residents and KIM read: its result by SMS, a correction, a script to read aloud."""

from gateway.kernel.calendar import show_day
from gateway.kernel.text import is_gsm7, septets
from gateway.rumours.rules import CHECKING, LONGEST, Finding, name_of, said_label, show_claim
from gateway.rumours.store import Rumour
from gateway.runtime import Runtime
from menus import render

ROOM = 160
"""Septets of one SMS: a result goes from phone to phone, and must not lose its second half."""
_WIDEST = {"summary": 50, "text": 100, "sources": 20}
"""What the book's slots show of each; more would be cut in the middle of a fact."""


def slots_of(rt: Runtime, rumour: Rumour) -> dict[str, str]:
    """The slots of the book's texts about a claim, as published or as it stands."""
    slots = {"claim": show_claim(rumour.number)}
    if rumour.state != "published" or rumour.checked_at is None:
        return {
            **slots,
            "label_code": CHECKING,
            "claim_words": short(rumour.claim, LONGEST),
            "fact": "",
            "source": "",
            "checked": "",
        }
    checked = rumour.checked_at.astimezone(rt.settings.timezone)
    finding = Finding(
        rumour.label or "", rumour.summary or "", rumour.fact or "", tuple(rumour.sources), rumour.kind or ""
    )
    return _filled(rumour.number, finding, show_day(checked.date()))


def _filled(number: int, finding: Finding, checked: str) -> dict[str, str]:
    return {
        "claim": show_claim(number),
        "label_code": said_label(finding.label, finding.kind),
        "claim_words": finding.summary,
        "fact": finding.fact.rstrip("."),
        "source": " & ".join(map(name_of, finding.sources)),
        "checked": checked,
    }


def result(rt: Runtime, rumour: Rumour, language: str, *, corrects: bool = False) -> str:
    """The result as one SMS, the label first; `corrects` for somebody who was told another one before."""
    slots = slots_of(rt, rumour)
    text = rt.say(f"sms.rumour_result.{slots['label_code']}", slots, language)
    return rt.say("sms.rumour_correction", {}, language) + text if corrects else text


def short(text: str, room: int = 60) -> str:
    """The beginning of a claim, on one line, without the mark of a question: a sentence of ours goes on behind it."""
    return render.shorten(" ".join(text.split()).rstrip(" ?!.,;:"), room)


def script(rt: Runtime, rumour: Rumour, language: str) -> str:
    """What a KIM reads aloud in about half a minute: the label before the claim, the facts, who says so."""
    slots = slots_of(rt, rumour)
    slots |= {"text": slots["fact"]}
    key = "false" if rumour.label in ("salah", "menyesatkan") else "true" if rumour.label == "benar" else "unproven"
    return rt.say(f"script.rumour_{key}", slots, language)


def fault_of(rt: Runtime, number: int, version: int, finding: Finding) -> str:
    """Why a finding cannot be told as it is: what an SMS would cut, or a text of more than one; empty where it fits."""
    shown = " & ".join(map(name_of, finding.sources))
    for name, value in (("summary", finding.summary), ("text", finding.fact), ("sources", shown)):
        if not is_gsm7(value) or "\n" in value:
            return f"{name} must be one line of plain letters, as every phone shows them."
        if septets(value) > _WIDEST[name]:
            hint = " Write each source as `name: where`; only names are sent." if name == "sources" else ""
            return f"{name} takes {septets(value)} letters; an SMS has room for {_WIDEST[name]}.{hint}"
    slots = _filled(number, finding, "30/12")
    for language in rt.settings.languages:
        text = rt.say(f"sms.rumour_result.{slots['label_code']}", slots, language)
        if version:
            text = rt.say("sms.rumour_correction", {}, language) + text
        if (over := septets(text) - ROOM) > 0:
            return f"In language {language} the SMS is {over} letters too long; shorten summary, text or sources."
    return ""
