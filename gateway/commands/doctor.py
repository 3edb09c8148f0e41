"""`doctor`: what an installation stands on, checked one by one, each with what to do about it."""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import psycopg
from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from config.providers import PROVIDERS
from config.settings import Settings, SettingsError
from gateway import db
from gateway.outbox.store import routes
from gateway.providers import build
from gateway.providers.aggregator import Config
from gateway.providers.balance import BALANCES
from gateway.providers.rates import is_overfed
from gateway.state import connection, queue

if TYPE_CHECKING:
    from gateway.commands.opening import Commands

LEGAL: Final = "foreign provider: sign-off needed (PP 71/2019, UU 27/2022)"
PROCESSES: Final = ("urgent", "reply", "bulk", "clock")
_MONTHS = db.statement("""
    SELECT to_regclass(format('messages_%s', to_char(now() + interval '1 month', 'YYYY_MM'))) IS NOT NULL
""")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line. `is_fine` is None for something to know that is no fault."""

    is_fine: bool | None
    subject: str
    words: str


def declare(commands: "Commands") -> None:
    """Add the parser."""
    doctor = commands.add_parser("doctor", help="check settings, servers, processes and providers")
    doctor.set_defaults(run=_doctor)


def _doctor(args: argparse.Namespace) -> int:
    faults = 0
    for finding in examine():
        mark = {True: "ok  ", False: "FAIL", None: "note"}[finding.is_fine]
        print(f"{mark}  {finding.subject}: {finding.words}", flush=True)
        faults += finding.is_fine is False
    if faults:
        print(f"{faults} of these checks failed.", file=sys.stderr)
    return 1 if faults else 0


def examine() -> Iterator[Finding]:
    """Every finding, in the order of what stands on what."""
    try:
        settings = Settings.load()
    except SettingsError as error:
        yield from (Finding(False, "settings", fault) for fault in error.faults)
        return
    yield Finding(True, "settings", f"complete, mode {settings.gateway_mode}, data in {settings.gateway_data_dir}")
    yield from _postgres(settings)
    yield from _redis(settings)
    for name in PROVIDERS:
        yield from _provider(settings, name)


def _postgres(settings: Settings) -> Iterator[Finding]:
    if not settings.database_url:
        yield Finding(False, "postgresql", "no address: run `make up` first, or set DATABASE_URL")
        return
    engine = db.connect(settings.database_url, pool=1, process="doctor")
    try:
        with engine.connect() as conn:
            version = conn.execute(db.statement("SHOW server_version")).scalar_one()
            yield Finding(True, "postgresql", f"answers, version {version}")
            if not db.is_migrated(conn):
                yield Finding(False, "tables", "not those of this version: run `python -m gateway migrate`")
                return
            yield Finding(True, "tables", "those of this version")
            has_months = bool(conn.execute(_MONTHS).scalar_one())
            words = "open" if has_months else "next month has no partition: is the clock running?"
            yield Finding(has_months, "months", words)
            for pause in routes.paused(conn).values():
                words = f"paused: {pause.reason} (`python -m gateway routes resume {pause.name}`)"
                yield Finding(False, f"route {pause.name}", words)
    except (SQLAlchemyError, psycopg.Error) as error:
        yield Finding(False, "postgresql", _why(error))
    finally:
        engine.dispose()


def _why(error: Exception) -> str:
    state = getattr(getattr(error, "orig", error), "sqlstate", None)
    if state in ("42P01", "22023", "42704"):
        return "has no tables yet: run `python -m gateway migrate`"
    return f"does not answer ({type(error).__name__}): is it running, and is DATABASE_URL right?"


def _redis(settings: Settings) -> Iterator[Finding]:
    if not settings.redis_url:
        yield Finding(False, "redis", "no address: run `make up` first, or set REDIS_URL")
        return
    client = connection.connect(settings.redis_url)
    try:
        alive = queue.beating(client)
        yield Finding(True, "redis", "answers")
        for name in PROCESSES:
            words = "at least one is alive" if name in alive else "none is alive: start the Procfile's processes"
            yield Finding(name in alive, f"process {name}", words)
    except RedisError as error:
        yield Finding(False, "redis", f"does not answer ({type(error).__name__}): is REDIS_URL right?")
    finally:
        client.close()


def _provider(settings: Settings, name: str) -> Iterator[Finding]:
    subject = f"provider {name}"
    is_routed = any(name in route.providers for route in settings.sms_routes)
    setup = PROVIDERS[name]
    try:
        if setup.described_by and getattr(settings, setup.described_by.lower()):
            yield from _description(settings, subject)
    except SettingsError as error:
        yield from (Finding(False, subject, fault) for fault in error.faults)
        return
    missing = [one for one in dict.fromkeys((*setup.required, setup.proof)) if not getattr(settings, one.lower())]
    if missing:
        yield Finding(False if is_routed else None, subject, f"not set up, without {', '.join(missing)}")
        return
    yield Finding(True, subject, "has credentials" + (", is a route out" if is_routed else ", is no route out"))
    senders = [sender for one in setup.senders if (sender := getattr(settings, one.lower()))]
    words = f"sends as {' or '.join(senders)}" if senders else "no sender of ours: the company chooses one"
    yield Finding(True if senders else None, subject, words)
    ask: Callable[[Settings], str | None] | None = BALANCES.get(name)
    if ask:
        try:
            balance = ask(settings)
            if balance is not None:
                yield Finding(True, subject, f"balance {balance}")
        except Exception as error:  # the SDKs raise of many kinds, and none of them may end the examination
            yield Finding(False, subject, f"balance cannot be asked ({type(error).__name__}): wrong credentials?")
    provider = build(name, settings)
    if is_overfed(provider):
        rate = f"{provider.sender_rate:g}"
        words = (
            f"passes on {rate} a second from this sender, and {name.upper()}_PER_SECOND hands over more: an emergency would"
            f" wait in the company's queue; set it to {rate}, or give emergencies a sender of their own"
        )
        yield Finding(None, subject, words)
    if provider.foreign:
        yield Finding(None, subject, LEGAL)


def _description(settings: Settings, subject: str) -> Iterator[Finding]:
    """What the file says of the company, and what it leaves open. Raises SettingsError with every fault of it."""
    described = Config.of(settings).description
    send = described.send
    brings = [f"{kind} by {called.by}" for kind in ("report", "sms") if (called := getattr(described, kind))]
    words = f"sends to {described.company} by {send.method}, at most {send.recipients} a call"
    yield Finding(True, subject, f"{words}; its hooks: {', '.join(brings) or 'none'}")
    for gap in described.gaps:
        yield Finding(None, subject, gap)
    if described.unencrypted:
        yield Finding(None, subject, "the key and every text travel in the clear: ask the company for https")
