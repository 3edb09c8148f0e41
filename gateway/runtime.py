"""Runtime: the tools that services work with, wired in one place and handed to every use case as its first argument."""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from redis import Redis

from config.figures import spoken
from config.providers import PROVIDERS
from config.settings import Settings
from gateway import db
from gateway.kernel.vault import Vault
from gateway.providers import build as build_provider
from gateway.providers.base import Provider
from gateway.state import connection
from menus import loader, render
from menus.book import Book

T = TypeVar("T")
log = logging.getLogger(__name__)


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Runtime:
    """Frozen set of tools. `now` gives an aware UTC moment, `below(n)` a random whole number below n.

    `book` and `say` speak of what these settings are; a variant with other settings (`dataclasses.replace`) says theirs.
    """

    settings: Settings
    engine: db.Engine
    redis: Redis
    vault: Vault
    providers: dict[str, Provider]
    now: Callable[[], datetime] = _utc_now
    below: Callable[[int], int] = secrets.randbelow
    _cache: dict[str, tuple[float, Any]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _spoken: tuple[tuple[str, str], ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_spoken", tuple(spoken(self.settings).items()))

    @property
    def book(self) -> Book:
        """The dialogue book, with every figure of the settings in its texts."""
        return loader.bound(self._spoken)

    def say(self, key: str, slots: Mapping[str, str], language: str) -> str:
        """A text of the book; see `menus.render`."""
        return render.render(self.book, key, slots, language)

    def remember(self, key: str, seconds: float, make: Callable[[], T]) -> T:
        """What `make` gives, kept for `seconds` in this process: for reference data that rarely changes."""
        kept = self._cache.get(key)
        if kept and kept[0] > time.monotonic():
            return kept[1]  # type: ignore[no-any-return]
        value = make()
        with self._lock:
            self._cache[key] = (time.monotonic() + seconds, value)
        return value

    def forget(self) -> None:
        """Drop what is remembered, after reference data was edited in this process."""
        with self._lock:
            self._cache.clear()

    def close(self) -> None:
        """Give every connection back. Providers are closed by the loop that used them."""
        self.engine.dispose()
        self.redis.close()


def build(settings: Settings, *, process: str = "kabar", pool: int = 10) -> Runtime:
    """Wire the tools of one process. Connects nothing yet; must be called after a fork, never before one. Raises
    SettingsError as `wire` does.
    """
    return Runtime(
        settings=settings,
        engine=db.connect(settings.database_url, pool=pool, process=process),
        redis=connection.connect(settings.redis_url),
        vault=Vault(settings.data_key),
        providers=wire(settings),
    )


def wire(settings: Settings) -> dict[str, Provider]:
    """Every provider that is a route out or may call us, by name. SettingsError where a description has faults; who
    starts a process calls it first, so that it ends with one message.
    """
    names = {name for route in settings.sms_routes for name in route.providers} | _hooked(settings)
    return {name: build_provider(name, settings) for name in sorted(names)}


def _hooked(settings: Settings) -> set[str]:
    # A provider may bring messages in (USSD, SMS) without being a route out.
    return {
        name
        for name, setup in PROVIDERS.items()
        if all(getattr(settings, one.lower()) for one in (setup.proof, setup.described_by) if one)
        and (settings.is_development or not setup.development_only)
    }
