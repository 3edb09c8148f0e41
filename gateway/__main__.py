"""`python -m gateway`: the operator commands. Each ends with 0, or with one clear line on standard error."""

import argparse
import logging
import os
import sys
from collections.abc import Mapping

import psycopg
from redis import RedisError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from config import checkout
from config import logging as lines
from config.settings import SettingsError
from gateway.commands import (
    broadcasts,
    canaries,
    dayone,
    doctor,
    holidays,
    items,
    kim,
    kit,
    lapor,
    officials,
    presets,
    relay,
    residents,
    routing,
    rumours,
    start,
    statistics,
    tickets,
    upkeep,
)
from gateway.kernel.errors import Fault
from gateway.local.places import LocalError

MODULES = (
    start, upkeep, doctor, officials, residents, broadcasts, presets, canaries, tickets, lapor, routing, holidays, rumours,
    items, relay, statistics, kim, dayone, kit,
)  # fmt: skip
NOT_MIGRATED = frozenset({"42P01", "42703", "22023", "42704"})
"""SQLSTATEs of a table, a column or a role that is not there."""


def parser() -> argparse.ArgumentParser:
    """Every command with its help."""
    root = argparse.ArgumentParser(
        prog="python -m gateway",
        description="Kabar, the SMS and USSD gateway of Kota Pekalongan: operator commands.",
        epilog="Settings come from the environment, then from what `make up` keeps in GATEWAY_DATA_DIR.",
    )
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in MODULES:
        module.declare(commands)
    return root


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    """Guard the packages, send the log to standard error, run one command; the exit status."""
    checkout.check()
    lines.configure("command", sys.stderr)
    logging.getLogger().setLevel(logging.WARNING)
    return execute(arguments, environ)


def execute(arguments: list[str], environ: Mapping[str, str]) -> int:
    """Run one command; the exit status. SystemExit where the arguments are wrong, as argparse does."""
    args = parser().parse_args(arguments)
    args.environ = environ
    try:
        return int(args.run(args))
    except (SettingsError, Fault, LocalError) as error:
        said = str(error)
    except (SQLAlchemyError, psycopg.Error) as error:
        said = _explain(error)
    except RedisError as error:
        said = f"Redis does not answer ({type(error).__name__}): is it running, and is REDIS_URL right?"
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has enough; Python would complain once more when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    print(said, file=sys.stderr)
    return 1


def _explain(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None)
    if state in NOT_MIGRATED:
        return "The database is not that of this version: run `python -m gateway migrate` first."
    if state is not None:
        # A driver's text quotes values, which may be a person's; the state says what happened.
        return f"PostgreSQL refused that (SQLSTATE {state}, {type(cause).__name__})."
    return f"PostgreSQL does not answer ({type(cause).__name__}): is it running, and is DATABASE_URL right?"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
