"""Whoever acts on the command line says so by their own token, as on the API."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.commands.opening import tools
from gateway.kernel.errors import Forbidden, Invalid
from gateway.officials import service as officials
from gateway.officials.rules import Official
from gateway.runtime import Runtime


def acting_parser() -> argparse.ArgumentParser:
    """A parent of every command that an official gives."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--token", help="the acting official's token; KABAR_TOKEN of the environment where absent")
    return parser


@contextmanager
def acting(args: argparse.Namespace) -> Iterator[tuple[Runtime, Official]]:
    """The tools and the official behind the token. Raises Invalid without one, Forbidden where it is nobody's."""
    token = args.token or args.environ.get("KABAR_TOKEN")
    if not token:
        raise Invalid("Who acts? Give --token, or set KABAR_TOKEN.")
    with tools() as rt:
        official = officials.sign_in(rt, token, "cli")
        if official is None:
            raise Forbidden("This token belongs to no active official.")
        yield rt, official
