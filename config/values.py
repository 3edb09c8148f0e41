"""Turns the text of one setting into a useful value, or says in a ValueError what to write instead.

No message here repeats what was written: a secret pasted into the wrong setting must not reach a terminal or a log.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from config.providers import PROVIDERS

CHECKOUT = Path(__file__).resolve().parent.parent
"""Folder of this checkout; relative paths in settings start here, not in the current folder."""

_ON = frozenset({"on", "1", "true", "yes"})
_OFF = frozenset({"off", "0", "false", "no"})
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Route:
    """Numbers that start with `prefix` (`+62811`; empty: all) and the providers to try for them, best first."""

    prefix: str
    providers: tuple[str, ...]


def parse_switch(text: str) -> bool:
    """`on` or `off` (also 1, 0, true, false, yes, no)."""
    word = text.strip().lower()
    if word in _ON:
        return True
    if word in _OFF:
        return False
    raise ValueError("write on or off")


def parse_whole(low: int, high: int) -> Callable[[str], int]:
    """A parser of whole numbers from `low` to `high`, both included."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", text.strip()) or not low <= int(text) <= high:
            raise ValueError(f"write a whole number from {low} to {high}")
        return int(text)

    return parse


def parse_duration(text: str) -> int:
    """Seconds of `90`, `120s`, `10m`, `2h` or `1d`; 0 of an empty text."""
    found = re.fullmatch(r"([0-9]{1,9})([smhd]?)", text.strip().lower() or "0")
    if not found:
        raise ValueError("write a duration such as 120s, 10m or 2h, or 0 for none")
    return int(found[1]) * _SECONDS[found[2]]


def parse_promise(text: str) -> int:
    """Seconds of a length of time that people are told: whole minutes, from `1m` to `1d`."""
    seconds = parse_duration(text)
    if not 60 <= seconds <= 86400 or seconds % 60:
        raise ValueError("write a duration of whole minutes or hours such as 90m or 3h, from 1m to 24h")
    return seconds


def parse_hours(text: str) -> tuple[time, time] | None:
    """First and last moment of `20:00-08:00`, which may pass midnight; None of an empty text or 0."""
    if text.strip() in {"", "0"}:
        return None
    found = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})\s*-\s*([0-9]{1,2}):([0-9]{2})", text.strip())
    fault = "write hours such as 20:00-08:00, or 0 for none"
    if not found:
        raise ValueError(fault)
    numbers = [int(part) for part in found.groups()]
    try:
        start, end = time(numbers[0], numbers[1]), time(numbers[2], numbers[3])
    except ValueError:
        raise ValueError(fault) from None
    if start == end:
        raise ValueError(fault)
    return start, end


def parse_day_hours(text: str) -> tuple[time, time]:
    """First and last moment of `08:00-20:00`, on one day."""
    hours = parse_hours(text)
    if hours is None or hours[0] >= hours[1]:
        raise ValueError("write hours of one day such as 08:00-20:00")
    return hours


def parse_amount(text: str) -> Decimal | None:
    """An amount of money; None of an empty text or 0."""
    try:
        amount = Decimal(text.strip() or "0")
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount < 0:
        raise ValueError("write an amount such as 250000, or 0 for none")
    return amount or None


def parse_reserves(text: str) -> dict[str, Decimal]:
    """Amounts by provider of `twilio=20;africastalking=500`; empty for none."""
    reserves: dict[str, Decimal] = {}
    for entry in filter(None, (part.strip() for part in text.split(";"))):
        name, equals, amount = (part.strip() for part in entry.partition("="))
        if not equals or name not in PROVIDERS or PROVIDERS[name].development_only or name in reserves:
            real = ", ".join(name for name, setup in PROVIDERS.items() if not setup.development_only)
            raise ValueError(f"write PROVIDER=AMOUNT;PROVIDER=AMOUNT, each provider once, out of {real}")
        if reserve := parse_amount(amount):
            reserves[name] = reserve
    return reserves


def parse_routes(text: str) -> tuple[Route, ...]:
    """Routes of `+62811=twilio,africastalking;*=africastalking`, longest prefix first; `*` is the empty prefix."""
    routes: dict[str, Route] = {}
    for entry in filter(None, (part.strip() for part in text.split(";"))):
        prefix, equals, names = (part.strip() for part in entry.partition("="))
        providers = tuple(name.strip() for name in names.split(","))
        if not equals or not re.fullmatch(r"\*|\+[0-9]{1,7}", prefix):
            raise ValueError("write PREFIX=PROVIDER,PROVIDER;*=PROVIDER, where a prefix is * or + and at most 7 digits")
        if not set(providers) <= set(PROVIDERS):
            raise ValueError(f"name providers out of {', '.join(PROVIDERS)} only")
        if len(set(providers)) != len(providers):
            raise ValueError("name each provider once in a route")
        start = prefix.removeprefix("*")
        if start in routes:
            raise ValueError("write each prefix once")
        routes[start] = Route(start, providers)
    return tuple(sorted(routes.values(), key=lambda route: (-len(route.prefix), route.prefix)))


def parse_languages(text: str) -> tuple[str, ...]:
    """Language codes of `id,jv,en`, the one to fall back on first."""
    codes = tuple(code.strip().lower() for code in text.split(","))
    if not all(re.fullmatch(r"[a-z]{2,3}", code) for code in codes) or len(set(codes)) != len(codes):
        raise ValueError("write language codes such as id,jv,en, each once")
    return codes


def parse_timezone(text: str) -> ZoneInfo:
    """A time zone by its name in the IANA database."""
    try:
        return ZoneInfo(text.strip())
    except (KeyError, ValueError, OSError):
        raise ValueError("write a time zone such as Asia/Jakarta that this system knows (package tzdata)") from None


def parse_folder(text: str) -> Path:
    """An absolute path; a relative one starts in the checkout."""
    return (CHECKOUT / Path(text).expanduser()).absolute()


def parse_database(text: str) -> str:
    """An address for SQLAlchemy with the driver psycopg, of any `postgres://` or `postgresql://` address."""
    found = re.fullmatch(r"postgres(?:ql)?(?:\+psycopg)?://(\S+)", text.strip())
    if not found:
        raise ValueError("write postgresql://USER:PASSWORD@HOST:5432/NAME, or leave it out for the embedded server")
    return f"postgresql+psycopg://{found[1]}"


def parse_redis(text: str) -> str:
    """An address for redis-py: `redis://`, `rediss://` or `unix://`."""
    if not re.fullmatch(r"(rediss?|unix)://\S+", text.strip()):
        raise ValueError("write redis://HOST:6379/0 or unix:///PATH?db=0, or leave it out for the embedded server")
    return text.strip()


def parse_address(text: str) -> str:
    """A web address without its last slash, query or fragment."""
    fault = "write an address such as https://kabar.example.go.id"
    try:
        parts = urlsplit(text.strip())
        parts.port  # noqa: B018  (the property is what checks the port)
    except ValueError:
        raise ValueError(fault) from None
    if (
        parts.scheme not in {"http", "https"}
        or not parts.hostname
        or "@" in parts.netloc
        or re.search(r"\s", text.strip())
    ):
        raise ValueError(fault)
    if parts.query or parts.fragment:
        raise ValueError(fault)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def parse_base(text: str) -> str:
    """Scheme and host that stand in for a company's; the paths stay the company's."""
    address = parse_address(text)
    if urlsplit(address).path:
        raise ValueError("write scheme and host only, such as https://api.example.com")
    return address


def is_plain(address: str) -> bool:
    """Whether requests to `address` would cross a network unencrypted."""
    parts = urlsplit(address)
    return parts.scheme == "http" and parts.hostname not in _LOOPBACK


def parse_shape(shape: str, advice: str, most: int = 1000) -> Callable[[str], str]:
    """A parser of texts of at most `most` letters that match the pattern `shape` whole."""

    def parse(text: str) -> str:
        if not re.fullmatch(shape, text.strip()) or len(text.strip()) > most:
            raise ValueError(advice)
        return text.strip()

    return parse


CASEWORK_DAYS = {
    "verify": 3, "first": 5, "done": 14, "again": 3, "info": 10, "close": 10, "reopen": 30, "outer": 60,
}  # fmt: skip
"""Days a ticket's clocks run: the first four working days, the others calendar days.

verify: until a ticket is sorted (SP4N-LAPOR); first: until whoever holds it answers (SP4N-LAPOR); done: until it is done
(Lapor Ajib); again: until one that was opened again is looked at; info, close: how long the resident may be silent (Lapor
Ajib); reopen: how long they may open it again; outer: Perpres 76/2013.
"""


def parse_days(text: str) -> dict[str, int]:
    """Casework's days from `verify=3,first=5`; what is not named keeps its default."""
    found = dict(CASEWORK_DAYS)
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, mark, days = (piece.strip() for piece in part.partition("="))
        if name not in CASEWORK_DAYS or not mark or not re.fullmatch(r"0?[1-9]|[1-9][0-9]", days):
            raise ValueError(
                f"write name=days, from 1 to 99, parted by commas; the names are {', '.join(CASEWORK_DAYS)}"
            )
        found[name] = int(days)
    return found
