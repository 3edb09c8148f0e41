"""`python -m gateway.web`: the web server, WEB_CONCURRENCY processes on 127.0.0.1:PORT."""

import logging
import signal
import sys
from collections.abc import Callable, Iterable
from typing import Any, Final

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from config import checkout
from config.logging import configure
from config.settings import Settings, SettingsError
from gateway import runtime
from gateway.local import tether
from gateway.web.app import create_app

ADDRESS: Final = "127.0.0.1"
"""Never another: TLS and the outside belong to a proxy on this machine."""
THREADS: Final = 8
"""Requests a process works on at once. They mostly wait for PostgreSQL; the rest queue in the socket."""
POOL: Final = 8
DRAIN: Final = 20
"""Seconds that requests in flight are given at the end."""

log = logging.getLogger(__name__)


def load() -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """The application of one worker process, made after the fork."""
    # Should the parent be killed, its workers must not go on taking requests beside the next parent's: they share the
    # port. Nothing is left to drain for, and nothing that was acknowledged is lost.
    tether.tie(signal.SIGKILL)
    # Until the server sets its own handler, the parent's stands here and swallows the signal: a worker told to end while
    # it still starts would go on.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    configure("web")
    return create_app(runtime.build(Settings.load(), process="web", pool=POOL))


def main() -> None:
    """Serve until SIGTERM or SIGINT, then finish what is in flight. Dead workers are replaced."""
    checkout.check()
    try:
        settings = Settings.load()
        runtime.wire(settings)
    except SettingsError as error:
        sys.exit(str(error))
    server = Granian(
        "gateway.web",
        address=ADDRESS,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.web_concurrency,
        blocking_threads=THREADS,
        backlog=2048,
        respawn_failed_workers=True,
        workers_kill_timeout=DRAIN,
        websockets=False,
        log_level=LogLevels.error,
        # Its lines go through our handler, like all others; the access line is our own, since theirs has the query.
        log_dictconfig={"handlers": {}, "loggers": {"_granian": {"propagate": True}, "granian.access": {}}},
    )
    configure("web")
    log.info("serving on port %d with %d processes", settings.port, settings.web_concurrency)
    try:
        server.serve(target_loader=load, wrap_loader=False)
    except SystemExit:
        # Asked to end, it still calls workers that heard the same signal first a failure.
        if not server.interrupt_signal:
            raise


if __name__ == "__main__":
    main()
