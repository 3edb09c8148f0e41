"""Embedded Valkey: says how to start it and waits until it answers.

It listens on a Unix socket in a folder of mode 0700 only, without password. Every write goes to its append-only file,
flushed each second: losing it harms nothing, but a restart should not send residents back to their first screen.
"""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import quote

import redis

from gateway.local.places import LocalError, Place
from gateway.local.postgres import last_lines

LOG_NAME: Final = "valkey.log"
READY_WITHIN: Final = 30.0


def socket(place: Place) -> Path:
    """The server's only door."""
    return place.run / "valkey.sock"


def url(place: Place) -> str:
    """Address for redis-py."""
    return f"unix://{quote(str(socket(place)), safe='/')}?db=0"


def command(place: Place) -> list[str]:
    """Command line of the server, run as its account; SIGTERM is its clean shutdown."""
    options = {
        "port": "0",
        "unixsocket": str(socket(place)),
        "unixsocketperm": "700",
        "dir": str(place.valkey),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return place.tethered("TERM", [str(place.valkey_program), *words])


def retire_leftover(place: Place, within: float = READY_WITHIN) -> None:
    """Shuts down a server that a killed run left, as two on one append-only file would ruin it.

    The caller holds the data folder's lock.
    """
    deadline = time.monotonic() + within
    while socket(place).exists():
        client = redis.Redis(unix_socket_path=str(socket(place)), socket_timeout=2)
        try:
            client.ping()
            with contextlib.suppress(redis.RedisError):
                client.shutdown(save=False)
        except (redis.ConnectionError, OSError):
            # The file of a socket that nobody serves.
            socket(place).unlink(missing_ok=True)
        finally:
            client.close()
        if time.monotonic() > deadline:
            raise LocalError("A Valkey of an earlier run does not stop: end it and try again.")
        time.sleep(0.02)


def wait_ready(place: Place, log: Path, is_alive: Callable[[], bool], within: float = READY_WITHIN) -> None:
    """Returns when the server answers and has read its file.

    Raises LocalError quoting its log when it has ended or `within` seconds are over.
    """
    deadline = time.monotonic() + within
    while True:
        client = redis.Redis(unix_socket_path=str(socket(place)), socket_timeout=2)
        try:
            client.ping()
            return
        except (redis.RedisError, OSError):
            if time.monotonic() > deadline or not is_alive():
                raise LocalError(f"Valkey does not start: {last_lines(log)}") from None
            time.sleep(0.02)
        finally:
            client.close()
