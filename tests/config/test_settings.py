"""Settings: what is read from the environment and the kept file, and what is said when it is wrong."""

import re
from datetime import time
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.settings import CHECKOUT, KEPT_NAME, Route, Settings, SettingsError, names

KEY = "k" * 32
DEVELOPMENT = {"GATEWAY_MODE": "development"}
PRODUCTION = {"SECRET_KEY": KEY, "DATA_KEY": KEY, "PUBLIC_URL": "https://kabar.example.go.id"}
AFRICASTALKING = {
    "AFRICASTALKING_USERNAME": "kota",
    "AFRICASTALKING_API_KEY": "key",
    "AFRICASTALKING_HOOK_TOKEN": "token",
}
AGGREGATOR = {
    "AGGREGATOR_DESCRIPTION": "config/aggregator.example.yaml",
    "AGGREGATOR_API_KEY": "key",
    "AGGREGATOR_HOOK_TOKEN": "token",
}
TWILIO = {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "token", "TWILIO_SENDER": "54600"}


def load(folder: Path, environ: dict[str, str]) -> Settings:
    return Settings.load({"GATEWAY_DATA_DIR": str(folder), **environ})


@pytest.mark.parametrize(
    ("environ", "name", "value"),
    [
        pytest.param({}, "gateway_mode", "development", id="the mode is the one that is written"),
        pytest.param({}, "gateway_demo", True, id="demo people are there in development"),
        pytest.param({"GATEWAY_DEMO": "off"}, "gateway_demo", False, id="demo people can be left out"),
        pytest.param({}, "sms_routes", (Route("", ("simulator",)),), id="development sends to the simulator"),
        pytest.param({}, "public_url", "http://127.0.0.1:8000", id="development is reached on its own machine"),
        pytest.param({"PORT": "8123"}, "public_url", "http://127.0.0.1:8123", id="the public address follows the port"),
        pytest.param(
            {"PUBLIC_URL": "https://x.example/kabar/"},
            "public_url",
            "https://x.example/kabar",
            id="a last slash of the public address is dropped",
        ),
        pytest.param({}, "timezone", ZoneInfo("Asia/Jakarta"), id="times are shown in western Indonesian time"),
        pytest.param({"LANGUAGES": "id, jv"}, "languages", ("id", "jv"), id="languages may have spaces between"),
        pytest.param({}, "tariff", "tarif SMS biasa", id="texts name the usual tariff"),
        pytest.param({"PORT": ""}, "port", 8000, id="an empty value counts as not set"),
        pytest.param({"UNKNOWN_TO_US": "x"}, "port", 8000, id="variables of others are ignored"),
        pytest.param({}, "undo_window", 120, id="two minutes are left to undo"),
        pytest.param({"UNDO_WINDOW": "2h"}, "undo_window", 7200, id="hours become seconds"),
        pytest.param({"UNDO_WINDOW": "90"}, "undo_window", 90, id="a bare number is seconds"),
        pytest.param({"UNDO_WINDOW": ""}, "undo_window", 0, id="an empty undo window is none"),
        pytest.param({}, "doubt_after", 600, id="ten minutes of doubt"),
        pytest.param({"DOUBT_AFTER": "0"}, "doubt_after", 0, id="no doubt at all"),
        pytest.param({}, "quiet_hours", (time(20), time(8)), id="nights are quiet"),
        pytest.param({"QUIET_HOURS": ""}, "quiet_hours", None, id="empty quiet hours are none"),
        pytest.param({"QUIET_HOURS": "0"}, "quiet_hours", None, id="zero quiet hours are none"),
        pytest.param({}, "quiet_friday", (time(11, 30), time(13)), id="Friday prayers are quiet"),
        pytest.param({}, "routine_per_week", 2, id="two routine messages a week"),
        pytest.param({"ROUTINE_PER_WEEK": ""}, "routine_per_week", 0, id="an empty cap is none"),
        pytest.param({"SECOND_APPROVER_OVER": "0"}, "second_approver_over", 0, id="a zero threshold is none"),
        pytest.param({}, "daily_cost_limit", None, id="costs are not limited"),
        pytest.param(
            {"DAILY_COST_LIMIT": "250000.50"}, "daily_cost_limit", Decimal("250000.50"), id="costs are limited"
        ),
        pytest.param({"DAILY_COST_LIMIT": "0"}, "daily_cost_limit", None, id="a zero limit of cost is none"),
        pytest.param({}, "balance_reserve", {}, id="no account has a reserve"),
        pytest.param(
            {"BALANCE_RESERVE": "twilio = 20.5; africastalking=500;aggregator=0"},
            "balance_reserve",
            {"twilio": Decimal("20.5"), "africastalking": Decimal(500)},
            id="accounts have reserves",
        ),
        pytest.param(
            {"DATABASE_URL": "postgres://u:p@db/kabar"},
            "database_url",
            "postgresql+psycopg://u:p@db/kabar",
            id="any address of PostgreSQL gets the driver",
        ),
        pytest.param(
            {"DATABASE_URL": "postgresql://u@db/kabar"},
            "database_owner_url",
            "postgresql+psycopg://u@db/kabar",
            id="the same login migrates unless another one is named",
        ),
        pytest.param(
            {"TWILIO_BASE_URL": "http://127.0.0.1:9000/"},
            "twilio_base_url",
            "http://127.0.0.1:9000",
            id="a stand-in for a company may be on this machine",
        ),
        pytest.param(
            {"SMS_ROUTES": "*=africastalking; +62811 = twilio,africastalking;+6281=twilio", **AFRICASTALKING, **TWILIO},
            "sms_routes",
            (
                Route("+62811", ("twilio", "africastalking")),
                Route("+6281", ("twilio",)),
                Route("", ("africastalking",)),
            ),
            id="routes stand longest prefix first",
        ),
        pytest.param(
            {"SMS_ROUTES": "*=aggregator", **AGGREGATOR},
            "aggregator_description",
            CHECKOUT / "config" / "aggregator.example.yaml",
            id="a description's path starts in the checkout",
        ),
        pytest.param(AGGREGATOR | {"AGGREGATOR_BATCH": "7"}, "aggregator_batch", 7, id="recipients a call are limited"),
    ],
)
def test_a_setting_is_read(tmp_path: Path, environ: dict[str, str], name: str, value: object) -> None:
    assert getattr(load(tmp_path, DEVELOPMENT | environ), name) == value


@pytest.mark.parametrize(
    ("environ", "fault"),
    [
        pytest.param({"GATEWAY_MODE": "test"}, "GATEWAY_MODE: write production or development", id="unknown mode"),
        pytest.param({"GATEWAY_DEMO": "maybe"}, "GATEWAY_DEMO: write on or off", id="a switch that is neither"),
        pytest.param({"PORT": "http"}, "PORT: write a whole number from 1 to 65535", id="a port in words"),
        pytest.param({"PORT": "65536"}, "PORT: write a whole number from 1 to 65535", id="a port too high"),
        pytest.param({"PORT": "٨٠"}, "PORT: write a whole number from 1 to 65535", id="a port in other digits"),
        pytest.param({"BULK_WORKERS": "0"}, "BULK_WORKERS: write a whole number", id="no bulk worker"),
        pytest.param({"UNDO_WINDOW": "2 days"}, "UNDO_WINDOW: write a duration", id="a duration in words"),
        pytest.param({"QUIET_HOURS": "20-8"}, "QUIET_HOURS: write hours", id="hours without minutes"),
        pytest.param({"QUIET_HOURS": "25:00-08:00"}, "QUIET_HOURS: write hours", id="an hour that does not exist"),
        pytest.param({"QUIET_HOURS": "08:00-08:00"}, "QUIET_HOURS: write hours", id="hours that end as they begin"),
        pytest.param({"DAILY_COST_LIMIT": "NaN"}, "DAILY_COST_LIMIT: write an amount", id="an amount that is none"),
        pytest.param({"BALANCE_RESERVE": "20"}, "BALANCE_RESERVE: write PROVIDER=AMOUNT", id="a reserve of no account"),
        pytest.param({"BALANCE_RESERVE": "simulator=1"}, "BALANCE_RESERVE: write PROVIDER", id="a reserve of a toy"),
        pytest.param({"BALANCE_RESERVE": "twilio=1;twilio=2"}, "BALANCE_RESERVE: write", id="an account twice"),
        pytest.param({"BALANCE_RESERVE": "twilio=much"}, "BALANCE_RESERVE: write an amount", id="a reserve in words"),
        pytest.param({"DAILY_COST_LIMIT": "-1"}, "DAILY_COST_LIMIT: write an amount", id="a negative amount"),
        pytest.param({"TIMEZONE": "Asia/Pekalongan"}, "TIMEZONE: write a time zone", id="a zone nobody knows"),
        pytest.param({"TIMEZONE": "../../etc/passwd"}, "TIMEZONE: write a time zone", id="a zone outside the database"),
        pytest.param({"REGION": "Indonesia"}, "REGION: write two capital letters", id="a region in words"),
        pytest.param({"LANGUAGES": "id,id"}, "LANGUAGES: write language codes", id="a language twice"),
        pytest.param({"USSD_CODE": "546"}, "USSD_CODE: write a code", id="a code without star and hash"),
        pytest.param({"SMS_NUMBER": "KOTA"}, "SMS_NUMBER: write a short code", id="a sender name nobody can answer"),
        pytest.param({"DATABASE_URL": "mysql://x"}, "DATABASE_URL: write postgresql://", id="another database"),
        pytest.param({"REDIS_URL": "localhost"}, "REDIS_URL: write redis://", id="an address without scheme"),
        pytest.param({"PUBLIC_URL": "kabar.example"}, "PUBLIC_URL: write an address", id="an address without https"),
        pytest.param({"PUBLIC_URL": "https://x:y"}, "PUBLIC_URL: write an address", id="an address with a wrong port"),
        pytest.param({"PUBLIC_URL": "https://x/?a=b"}, "PUBLIC_URL: write an address", id="an address with a query"),
        pytest.param({"TWILIO_BASE_URL": "https://x/2010"}, "TWILIO_BASE_URL: write scheme", id="a base with a path"),
        pytest.param({"SECRET_KEY": "short"}, "SECRET_KEY: write at least 32", id="a short key in development"),
        pytest.param({"SMS_ROUTES": "simulator"}, "SMS_ROUTES: write PREFIX=", id="a route without prefix"),
        pytest.param({"SMS_ROUTES": "62811=simulator"}, "SMS_ROUTES: write PREFIX=", id="a prefix without plus"),
        pytest.param({"SMS_ROUTES": "+62811234=simulator"}, "SMS_ROUTES: write PREFIX=", id="a prefix too long"),
        pytest.param({"SMS_ROUTES": "*=pigeon"}, "SMS_ROUTES: name providers out of", id="an unknown provider"),
        pytest.param({"SMS_ROUTES": "*=simulator;*=simulator"}, "SMS_ROUTES: write each prefix", id="a prefix twice"),
        pytest.param({"SMS_ROUTES": "*=simulator,simulator"}, "SMS_ROUTES: name each", id="a provider twice"),
        pytest.param(
            {"SMS_ROUTES": "*=africastalking"},
            "SMS_ROUTES: africastalking is named in a route; write AFRICASTALKING_USERNAME, AFRICASTALKING_API_KEY,"
            " AFRICASTALKING_HOOK_TOKEN too",
            id="a route to Africa's Talking without credentials",
        ),
        pytest.param(
            {"SMS_ROUTES": "*=twilio", "TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "token"},
            "SMS_ROUTES: twilio is named in a route; write TWILIO_SENDER or TWILIO_MESSAGING_SERVICE_SID too",
            id="a route to Twilio without sender",
        ),
        pytest.param(
            {"SMS_ROUTES": "*=aggregator", "AGGREGATOR_API_KEY": "key"},
            "SMS_ROUTES: aggregator is named in a route; write AGGREGATOR_DESCRIPTION, AGGREGATOR_HOOK_TOKEN too",
            id="a route to a company nobody has described",
        ),
    ],
)
def test_a_wrong_setting_is_named_with_what_to_write(tmp_path: Path, environ: dict[str, str], fault: str) -> None:
    with pytest.raises(SettingsError, match=f"^{re.escape(fault)}"):
        load(tmp_path, DEVELOPMENT | environ)


def test_all_faults_are_told_at_once_one_a_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load(
            tmp_path,
            {
                "PORT": "x",
                "UNDO_WINDOW": "x",
                "SMS_ROUTES": "*=simulator",
                "TWILIO_BASE_URL": "http://x",
                "AGGREGATOR_BASE_URL": "http://x",
            },
        )
    assert [line.partition(":")[0] for line in str(caught.value).splitlines()] == [
        "AGGREGATOR_BASE_URL",
        "DATA_KEY",
        "PORT",
        "PUBLIC_URL",
        "SECRET_KEY",
        "SMS_ROUTES",
        "TWILIO_BASE_URL",
        "UNDO_WINDOW",
    ]


@pytest.mark.parametrize("name", [name for name in names() if name not in {"GATEWAY_DATA_DIR"}])
def test_no_fault_repeats_what_was_written(tmp_path: Path, name: str) -> None:
    # The short keys are faults in every case, so that there is always something to say.
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, {"DATA_KEY": "tiny", "SECRET_KEY": "tiny", name: "Rahasia-8123456789"})
    assert not re.search("ahasia|8123456789|tiny", str(caught.value))
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_production_starts_with_its_required_settings(tmp_path: Path) -> None:
    settings = load(tmp_path, PRODUCTION)
    assert (settings.gateway_mode, settings.gateway_demo, settings.sms_routes) == ("production", False, ())
    assert not settings.is_development


def test_secrets_are_not_in_the_repr(tmp_path: Path) -> None:
    secret = {name: f"hidden-{'x' * 32}" for name in names() if name.endswith(("_KEY", "_TOKEN"))}
    shown = repr(load(tmp_path, PRODUCTION | {"DATABASE_URL": "postgresql://u:hidden-@db/x"} | secret))
    assert set(secret) >= {
        "SECRET_KEY",
        "DATA_KEY",
        "TWILIO_AUTH_TOKEN",
        "SIMULATOR_HOOK_TOKEN",
        "AGGREGATOR_API_KEY",
        "AGGREGATOR_HOOK_TOKEN",
    }
    assert "hidden-" not in shown


def test_the_environment_wins_over_the_kept_file(tmp_path: Path) -> None:
    (tmp_path / KEPT_NAME).write_text(
        "# kept\nGATEWAY_MODE=development\nPORT=8200\nQUIET_HOURS=\nTARIFF=Rp 350 = murah\n"
    )
    kept, given = load(tmp_path, {}), load(tmp_path, {"PORT": "8300", "QUIET_HOURS": "21:00-07:00"})
    assert (kept.port, kept.quiet_hours, kept.tariff) == (8200, None, "Rp 350 = murah")
    assert (given.port, given.quiet_hours) == (8300, (time(21), time(7)))


def test_embedded_addresses_stand_in_until_a_server_is_named(tmp_path: Path) -> None:
    (tmp_path / KEPT_NAME).write_text(
        "GATEWAY_MODE=development\nEMBEDDED_DATABASE_URL=postgresql://o@/kabar?host=/x\nEMBEDDED_REDIS_URL=unix:///x/s\n"
    )
    alone, named = load(tmp_path, {}), load(tmp_path, {"DATABASE_URL": "postgresql://u@db/kabar"})
    assert (alone.database_url, alone.redis_url) == ("postgresql+psycopg://o@/kabar?host=/x", "unix:///x/s")
    assert (named.database_url, named.redis_url) == ("postgresql+psycopg://u@db/kabar", "unix:///x/s")


def test_a_kept_file_that_cannot_be_read_is_a_fault_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / KEPT_NAME).mkdir()
    with pytest.raises(SettingsError, match="GATEWAY_DATA_DIR: "):
        load(tmp_path, {})


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    settings = load(tmp_path, DEVELOPMENT)
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1  # type: ignore[misc]


def test_relative_folders_start_in_the_checkout() -> None:
    assert Settings.load(DEVELOPMENT | {"GATEWAY_DATA_DIR": "var/nowhere"}).gateway_data_dir == CHECKOUT / "var/nowhere"


def test_the_example_shows_every_setting_and_its_default() -> None:
    shown = dict(re.findall(r"^#([A-Z_]+)=(.*)$", (CHECKOUT / ".env.example").read_text(), re.MULTILINE))
    assert set(shown) == set(names())
    required = {"PUBLIC_URL", "SMS_ROUTES"} | {
        name for name in shown if name.endswith(("DATABASE_URL", "REDIS_URL", "_OWNER_URL"))
    }
    defaults = Settings.load(PRODUCTION | {"GATEWAY_DATA_DIR": "var/"})
    written = {name: text for name, text in shown.items() if name not in required and text}
    given = Settings.load(PRODUCTION | written)
    assert given == defaults
