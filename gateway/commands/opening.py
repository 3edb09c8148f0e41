"""What every command begins with: its parser's type, the settings, and the tools over them."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from config.settings import Settings
from gateway.kernel.errors import Unavailable
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
