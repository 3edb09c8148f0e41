"""An item in the words residents read: as one SMS with source, time and code, and the line of a project."""

from gateway.information.rules import Content
from gateway.information.store import Item
from gateway.kernel.calendar import show_moment
from gateway.kernel.text import measure
from gateway.runtime import Runtime

PARTS = 2
"""SMS that an item may take with its source, its time and a code of five digits."""
_LONG_CODE = "N99999"


def project_of(rt: Runtime, office: str | None, budget: int | None, percent: int | None, language: str) -> str:
    """` Anggaran Rp120 jt. Selesai 60%. DPUPR.`, of what is known; empty for what is no project."""
    said = ""
    if budget is not None:
        said += " " + rt.say("item.budget", {"cost": show_rupiah(rt, budget, language)}, language)
    if percent is not None:
        said += " " + rt.say("item.percent", {"percent": str(percent)}, language)
    return said + (f" {office}." if office else "")


def show_rupiah(rt: Runtime, amount: int, language: str) -> str:
    """`Rp120 jt`, `Rp1,5 M`: amounts as people say them."""
    for size, name in ((10**12, "trillion"), (10**9, "billion"), (10**6, "million")):
        if amount >= size:
            number = f"{amount / size:.1f}".rstrip("0").rstrip(".")
            if language != "en":
                number = number.replace(".", ",")
            return f"Rp{number} {rt.say(f'amount.{name}', {}, language)}"
    return f"Rp{amount:,}".replace(",", ".")


def text_of(rt: Runtime, item: Item, language: str) -> str:
    """What an item says, a project's figures behind it, and first of all what it corrects."""
    opening = rt.say("order.correction", {"code": item.corrects}, language) if item.corrects else ""
    return opening + item.text + project_of(rt, item.office, item.budget, item.percent, language)


def sms(rt: Runtime, item: Item, language: str) -> str:
    """An item as one SMS, with its source, its time and its code."""
    published = show_moment(item.published, rt.settings.timezone)
    slots = {"text": text_of(rt, item, language), "source": item.source, "published": published, "item": item.code}
    return rt.say("sms.item", slots, language)


def ask(rt: Runtime, item: Item, language: str) -> str:
    """A quiz as one SMS, with until when it may be answered, its source and its code."""
    until = show_moment(item.until, rt.settings.timezone)
    slots = {"text": text_of(rt, item, language), "source": item.source, "until": until, "item": item.code}
    return rt.say("sms.quiz", slots, language)


def fault_of(rt: Runtime, content: Content) -> str:
    """Why an item cannot be sent as it is; empty where it fits two SMS in each of its languages."""
    for language, text in content.texts.items():
        item = Item(_LONG_CODE, content.topic, content.area, "", text, content.source, content.valid_from,
                    content.valid_until, content.office, content.budget, content.percent, _LONG_CODE)  # fmt: skip
        size = measure((ask if content.quiz else sms)(rt, item, language))
        if size.encoding != "GSM-7" or size.segments > PARTS:
            return f"Text {language} makes an SMS of {size.units} letters with its source and code; 306 are the limit."
    return ""
