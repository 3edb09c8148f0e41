"""Every setting of the gateway, and the only reader of the environment.

Three layers, lowest first: the defaults below, the file `settings.env` that `make up` keeps in the data folder (0600),
the environment. Field names are the environment's names in lower case. A variable that is set but empty counts as not
set, except for those of `MAY_BE_NONE`, where empty says "none". Variables we do not know are ignored.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from config import values
from config.prices import FILE, Prices, read_prices
from config.prices import parse as parse_prices
from config.providers import PROVIDERS
from config.values import CHECKOUT, Route

__all__ = ["CHECKOUT", "Route", "Settings", "SettingsError", "compose", "data_folder", "read_kept"]

KEPT_NAME: Final = "settings.env"
EMBEDDED: Final = {"EMBEDDED_DATABASE_URL": "DATABASE_URL", "EMBEDDED_REDIS_URL": "REDIS_URL"}
"""Kept names of the addresses of servers that `make up` itself starts, and the settings they stand in for."""

MAY_BE_NONE: Final = frozenset(
    {
        "QUIET_HOURS",
        "QUIET_FRIDAY",
        "ROUTINE_PER_WEEK",
        "UNDO_WINDOW",
        "SECOND_APPROVER_OVER",
        "DOUBT_AFTER",
        "DAILY_COST_LIMIT",
    }
)
KEY_BYTES: Final = 32

Mode = Literal["production", "development"]


class SettingsError(Exception):
    """Settings that are missing or malformed; its text has one line for each, naming it and what to write."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


def _parsed(parse: Callable[[str], object]) -> BeforeValidator:
    # Code (tests, `model_copy`) may hand in values that are parsed already; only text is parsed.
    return BeforeValidator(lambda value: parse(value) if isinstance(value, str) else value)


def _whole(low: int, high: int) -> BeforeValidator:
    return _parsed(values.parse_whole(low, high))


_Mode = _parsed(values.parse_shape("production|development", "write production or development"))
_Switch = _parsed(values.parse_switch)
_Folder = _parsed(values.parse_folder)
_Hours = _parsed(values.parse_hours)
_Seconds = _parsed(values.parse_duration)
_Rate = _whole(0, 1_000_000)
_Base = _parsed(values.parse_base)
_Region = _parsed(values.parse_shape("[A-Z]{2}", "write two capital letters such as ID"))
_UssdCode = _parsed(values.parse_shape(r"\*[0-9]+(\*[0-9]+)*#", "write a code such as *546#, 10 signs at most", 10))
# Texts have room for so much: see `menus/flows/slots.yaml`.
_Tariff = _parsed(
    values.parse_shape(r"[ -Z_a-z]+", "write a few plain words such as tarif SMS biasa, 18 letters at most", 18)
)
_SmsNumber = _parsed(values.parse_shape(r"\+?[0-9]{3,15}", "write a short code such as 54600 or a number"))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Settings(BaseModel):
    """All settings, parsed. Texts that are not set are empty, times are in seconds, 0 and None mean "none".

    Built by `load`; secrets are left out of `repr`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    gateway_mode: Annotated[Mode, _Mode] = "production"
    gateway_data_dir: Annotated[Path, _Folder] = CHECKOUT / "var"
    gateway_demo: Annotated[bool, _Switch] = False
    """On by default in development."""

    database_url: Annotated[str, _parsed(values.parse_database)] = Field(default="", repr=False)
    """SQLAlchemy address with driver psycopg; empty only before the embedded server has been started."""
    database_owner_url: Annotated[str, _parsed(values.parse_database)] = Field(default="", repr=False)
    """Login that migrates; `database_url` unless set."""
    redis_url: Annotated[str, _parsed(values.parse_redis)] = Field(default="", repr=False)

    secret_key: str = Field(default="", repr=False)
    data_key: str = Field(default="", repr=False)
    """Root of every key that protects phone numbers. Losing it loses them; at least 32 bytes of text."""

    port: Annotated[int, _whole(1, 65535)] = 8000
    web_concurrency: Annotated[int, _whole(1, 256)] = Field(default_factory=_cores)
    public_url: Annotated[str, _parsed(values.parse_address)] = ""
    """Without its last slash; what Twilio signs."""
    timezone: Annotated[ZoneInfo, _parsed(values.parse_timezone)] = Field(
        default_factory=lambda: values.parse_timezone("Asia/Jakarta")
    )
    region: Annotated[str, _Region] = "ID"
    languages: Annotated[tuple[str, ...], _parsed(values.parse_languages)] = ("id", "jv", "en")
    tariff: Annotated[str, _Tariff] = "tarif SMS biasa"
    """What a resident pays to answer, as texts say it."""

    sms_routes: Annotated[tuple[Route, ...], _parsed(values.parse_routes)] = ()
    """Longest prefix first; `*=simulator` by default in development."""
    prices: Annotated[Prices, _parsed(parse_prices)] = Field(default_factory=lambda: read_prices(FILE), repr=False)
    """What one part of an SMS costs; written as the path of a price file."""
    ussd_code: Annotated[str, _UssdCode] = "*546#"
    sms_number: Annotated[str, _SmsNumber] = "54600"

    africastalking_username: str = ""
    africastalking_api_key: str = Field(default="", repr=False)
    africastalking_sender: str = ""
    africastalking_hook_token: str = Field(default="", repr=False)
    africastalking_base_url: Annotated[str, _Base] = ""
    africastalking_per_second: Annotated[int, _Rate] = 0
    africastalking_batch: Annotated[int, _whole(1, 1000)] = 100

    twilio_account_sid: str = ""
    twilio_auth_token: str = Field(default="", repr=False)
    twilio_sender: str = ""
    twilio_messaging_service_sid: str = ""
    twilio_urgent_sender: str = ""
    twilio_base_url: Annotated[str, _Base] = ""
    twilio_per_second: Annotated[int, _Rate] = 0
    twilio_concurrency: Annotated[int, _whole(1, 2000)] = 64

    aggregator_description: Annotated[Path | None, _Folder] = None
    """The YAML file that describes a local company's API; a relative path starts in the checkout."""
    aggregator_username: str = ""
    aggregator_api_key: str = Field(default="", repr=False)
    aggregator_hook_token: str = Field(default="", repr=False)
    aggregator_sender: str = ""
    aggregator_base_url: Annotated[str, _Base] = ""
    aggregator_per_second: Annotated[int, _Rate] = 0
    aggregator_batch: Annotated[int, _whole(1, 1000)] = 100

    bulk_workers: Annotated[int, _whole(1, 64)] = 2
    simulator_hook_token: str = Field(default="", repr=False)

    quiet_hours: Annotated[tuple[time, time] | None, _Hours] = (time(20), time(8))
    quiet_friday: Annotated[tuple[time, time] | None, _Hours] = (time(11, 30), time(13))
    routine_per_week: Annotated[int, _parsed(lambda text: values.parse_whole(0, 99)(text or "0"))] = 2
    undo_window: Annotated[int, _Seconds] = 120
    second_approver_over: Annotated[int, _parsed(lambda text: values.parse_whole(0, 10_000_000)(text or "0"))] = 500
    doubt_after: Annotated[int, _Seconds] = 600
    casework_days: Annotated[dict[str, int], _parsed(values.parse_days)] = Field(
        default_factory=lambda: dict(values.CASEWORK_DAYS)
    )
    """Days of every clock of a ticket, by name; see `config.values.CASEWORK_DAYS`."""
    daily_cost_limit: Annotated[Decimal | None, _parsed(values.parse_amount)] = None
    balance_reserve: Annotated[dict[str, Decimal], _parsed(values.parse_reserves)] = Field(default_factory=dict)
    """What broadcasts leave on a company's account for emergencies: provider to amount in the account's currency."""

    rumour_first_word: Annotated[int, _parsed(values.parse_promise)] = 10800
    """Seconds of `rumour_hours` within which whoever asked about a claim gets a first word."""
    rumour_hours: Annotated[tuple[time, time], _parsed(values.parse_day_hours)] = (time(8), time(20))
    rumour_alarm_numbers: Annotated[int, _whole(1, 1_000_000)] = 10
    rumour_alarm_areas: Annotated[int, _whole(1, 1000)] = 3

    @property
    def is_development(self) -> bool:
        """Whether the simulator is shown and may be routed to."""
        return self.gateway_mode == "development"

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Self:
        """The settings of `environ` (the process's own environment if None) over the kept file over the defaults.

        The kept file is read in every case, from `GATEWAY_DATA_DIR`. Raises SettingsError naming all faults at once.
        """
        written = compose(os.environ if environ is None else environ)
        faults = list(_cross_faults(written))
        try:
            settings = cls.model_validate({name.lower(): text for name, text in written.items()})
        except ValidationError as error:
            # Only our own messages go on: pydantic's text quotes the input, which may be a secret.
            wrong = [f"{str(fault['loc'][0]).upper()}: {fault['ctx']['error']}" for fault in error.errors()]
            raise SettingsError(sorted({*wrong, *faults})) from None
        if faults:
            raise SettingsError(sorted(faults))
        return settings.model_copy(update={"database_owner_url": settings.database_owner_url or settings.database_url})


def names() -> tuple[str, ...]:
    """Names of all settings as the environment writes them."""
    return tuple(name.upper() for name in Settings.model_fields)


def data_folder(environ: Mapping[str, str]) -> Path:
    """The data folder that `environ` names, or `var/` of the checkout."""
    return values.parse_folder(environ.get("GATEWAY_DATA_DIR") or "var")


def read_kept(folder: Path) -> dict[str, str]:
    """What `make up` keeps in `folder`: setting to text, empty when there is no file. Lines are NAME=text, unquoted."""
    try:
        lines = (folder / KEPT_NAME).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f"GATEWAY_DATA_DIR: {KEPT_NAME} there cannot be read ({type(error).__name__})"]) from None
    pairs = (line.partition("=") for line in lines if line.strip() and not line.startswith("#"))
    return {name.strip(): text for name, _, text in pairs}


def compose(environ: Mapping[str, str]) -> dict[str, str]:
    """Text of every setting written anywhere, the environment over the kept file; then defaults that follow others."""
    kept = read_kept(data_folder(environ))
    stood_in = {setting: kept[name] for name, setting in EMBEDDED.items() if name in kept}
    written: dict[str, str] = {}
    for layer in (stood_in, kept, environ):
        known = {name: layer[name] for name in names() if name in layer}
        written |= {name: text for name, text in known.items() if text.strip() or name in MAY_BE_NONE}
    if written.get("GATEWAY_MODE") == "development":
        written.setdefault("GATEWAY_DEMO", "on")
        written.setdefault("SMS_ROUTES", "*=simulator")
        written.setdefault("PUBLIC_URL", f"http://127.0.0.1:{written.get('PORT', '8000').strip()}")
    return written


def _cross_faults(written: Mapping[str, str]) -> Iterable[str]:
    """Faults that no single setting shows: what the mode and the routes require."""
    mode = written.get("GATEWAY_MODE", "production").strip()
    for name in ("SECRET_KEY", "DATA_KEY"):
        if len(written.get(name, "").encode()) < KEY_BYTES and (mode == "production" or name in written):
            yield f"{name}: write at least {KEY_BYTES} random bytes, such as `openssl rand -hex 32` prints"
    if mode == "production":
        if "PUBLIC_URL" not in written:
            yield "PUBLIC_URL: write the address the providers reach us at, such as https://kabar.example.go.id"
        for name in names():
            if name.endswith("_BASE_URL") and _is_plain(written.get(name, "")):
                yield f"{name}: write an https address; http would send the credentials in the clear"
    try:
        routes = values.parse_routes(written.get("SMS_ROUTES", ""))
    except ValueError:
        return
    for provider in sorted({name for route in routes for name in route.providers}):
        if missing := _missing_credentials(provider, written, mode):
            yield f"SMS_ROUTES: {provider} is named in a route; {missing}"


def _is_plain(text: str) -> bool:
    try:
        return bool(text) and values.is_plain(values.parse_address(text))
    except ValueError:
        return False


def _missing_credentials(provider: str, written: Mapping[str, str], mode: str) -> str:
    """What to do before a route may name `provider`; empty when nothing is missing."""
    setup = PROVIDERS[provider]
    if setup.development_only and mode != "development":
        return f"the {provider} sends nothing to real phones, name it in development only"
    missing = [name for name in setup.required if name not in written]
    if setup.needs_sender and not set(setup.senders) & set(written):
        missing.append(" or ".join(setup.senders))
    return f"write {', '.join(missing)} too" if missing else ""
