"""What commands begin with: their parsers' type, the settings, the tools over them, and how far a long one has come."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tqdm import tqdm

from config.settings import Settings
from gateway.kernel.errors import Forbidden, Invalid, Unavailable
from gateway.officials import service as officials
from gateway.officials.rules import Official
from gateway.runtime import Runtime, build, wire

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]
    """Where a module adds its parsers. argparse gives the type no public name."""


def read_settings() -> Settings:
    """The settings, servers' addresses included. Raises SettingsError, or Unavailable where no server is named."""
    settings = Settings.load()
    if missing := [name for name in ("database_url", "redis_url") if not getattr(settings, name)]:
        names = " and ".join(name.upper() for name in missing)
        raise Unavailable(f"No address for {names}: run `make up` first, which embeds servers, or set it.")
    wire(settings)
    return settings


@contextmanager
def tools() -> Iterator[Runtime]:
    """The tools of one command, given back at its end."""
    rt = build(read_settings(), process="command", pool=4)
    try:
        yield rt
    finally:
        rt.close()


def by_token() -> argparse.ArgumentParser:
    """A parent of parsers of acts that an official does: it takes the official's token."""
    acting = argparse.ArgumentParser(add_help=False)
    acting.add_argument("--token", help="the acting official's token; KABAR_TOKEN of the environment where absent")
    return acting


@contextmanager
def acting(args: argparse.Namespace) -> Iterator[tuple[Runtime, Official]]:
    """The tools, and the official whose token was given. Raises Invalid without a token, Forbidden for a wrong one."""
    token = args.token or args.environ.get("KABAR_TOKEN")
    if not token:
        raise Invalid("Who acts? Give --token, or set KABAR_TOKEN.")
    with tools() as rt:
        official = officials.sign_in(rt, token, "cli")
        if official is None:
            raise Forbidden("This token belongs to no active official.")
        yield rt, official


@contextmanager
def progress_of(total: int) -> Iterator[Callable[[int], None]]:
    """What is told of rows done: it moves a bar on a terminal, and prints plain lines elsewhere."""
    if not sys.stderr.isatty():
        done = 0

        def say(rows: int) -> None:
            nonlocal done
            done += rows
            print(f"{done} of about {total} rows", file=sys.stderr, flush=True)

        yield say
        return
    with tqdm(total=total, unit=" rows", leave=False) as bar:

        def move(rows: int) -> None:
            bar.update(rows)

        yield move
