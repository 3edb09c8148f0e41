"""Phone numbers: repair what people and carriers write, and store E.164 only."""

import re

import phonenumbers
from phonenumbers import PhoneNumberType

PREFIX_DIGITS = 7
"""Digits of a number that stand in the clear for routing by operator: country code and the first of the national part."""

_MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
_GLUE = re.compile(r"[\s().\-/‐-―]+")
_INTERNATIONAL = re.compile(r"\+[1-9]\d{6,14}")
# libphonenumber calls every number of this shape possible, and a mobile or unknown: asking it costs 20 times the time,
# which an import of a whole city would feel. A test compares the two for each prefix and length.
_PLAIN_MOBILE = re.compile(r"\+628[1-9][0-9]{6,11}")


def normalise(text: str, region: str = "ID") -> str | None:
    """The E.164 form of `text`, or None where it is no phone number (a sender name, a short code).

    Repairs what forms and people do to numbers: a `+` that became a space, a leading `00`, `0`, `62` or a bare `8`,
    spaces, dots and dashes. A number that libphonenumber holds possible is accepted, since its table of Indonesian
    prefixes lags behind what operators hand out (0851 is missing in it).
    """
    if region == "ID" and _PLAIN_MOBILE.fullmatch(text):
        return text
    raw = text.strip()
    was_plus = raw.startswith("+") or text.startswith(" ")
    digits = _GLUE.sub("", raw.lstrip("+"))
    if not digits.isascii() or not digits.isdigit():
        return None
    if digits.startswith("00"):
        digits, was_plus = digits[2:], True
    country = str(phonenumbers.country_code_for_region(region))
    if digits.startswith("0"):
        digits = country + digits[1:]
    elif not was_plus and region == "ID" and digits.startswith("8") and 9 <= len(digits) <= 12:
        digits = country + digits
    if region == "ID" and digits.startswith("620"):
        # +62 0812…: no Indonesian number starts with 0 behind the country's code.
        digits = country + digits[2:].lstrip("0")
    candidate = "+" + digits
    if region == "ID" and _PLAIN_MOBILE.fullmatch(candidate):
        return candidate
    if not _INTERNATIONAL.fullmatch(candidate):
        return None
    if candidate.startswith("+" + country) and len(digits) - len(country) < 8:
        return None
    try:
        parsed = phonenumbers.parse(candidate, None)
    except phonenumbers.NumberParseException:
        return None
    return candidate if phonenumbers.is_possible_number(parsed) else None


def is_mobile(e164: str) -> bool:
    """Whether an SMS can reach the number: false for what is surely a landline, such as Pekalongan's 0285."""
    if _PLAIN_MOBILE.fullmatch(e164):
        return True
    kind = phonenumbers.number_type(phonenumbers.parse(e164, None))
    return kind in _MOBILE or (kind == PhoneNumberType.UNKNOWN and e164.startswith("+628"))


def prefix_of(e164: str) -> str:
    """The part of a number that routing may see: `+` and seven digits."""
    return e164[: PREFIX_DIGITS + 1]


def mask(e164: str) -> str:
    """A number as people without the right to see it are shown it: `+62811*****89`, with the operator's digits.

    Of a short number only the country's digits stand there, so that at least three are hidden.
    """
    shown = 6 if len(e164) >= 12 else 3
    return e164[:shown] + "*" * (len(e164) - shown - 2) + e164[-2:]


def national(e164: str, region: str = "ID") -> str:
    """A number as people of the region dial it, `08…`; one of another country as `00` and its digits."""
    country = f"+{phonenumbers.country_code_for_region(region)}"
    return f"0{e164.removeprefix(country)}" if e164.startswith(country) else f"00{e164[1:]}"
