"""What is left on an account, asked of the company by its SDK or as its description says."""

import asyncio
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from africastalking.Application import ApplicationService
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]

from config.settings import Settings
from gateway.providers.aggregator import Aggregator, Config

PATIENCE: Final = 5.0
"""Seconds a company has to answer."""


def ask_twilio(settings: Settings) -> str:
    """Such as `14.20 USD`. Raises whatever the SDK raises, of many kinds."""
    transport = TwilioHttpClient(pool_connections=False, timeout=PATIENCE, max_retries=0)
    client = Client(settings.twilio_account_sid, settings.twilio_auth_token, http_client=transport)
    if settings.twilio_base_url:
        client.api.base_url = settings.twilio_base_url
    found = client.balance.fetch()
    return f"{found.balance} {found.currency}"


class _Application(ApplicationService):  # type: ignore[misc]
    """The SDK's service, at the address that the settings name."""

    def __init__(self, username: str, api_key: str, base_url: str) -> None:
        self._override = base_url
        super().__init__(username, api_key)

    def _init_service(self) -> None:
        super()._init_service()
        if self._override:
            self._baseUrl = f"{self._override}/version1"


def ask_africastalking(settings: Settings) -> str:
    """Such as `KES 1785.50`. Raises whatever the SDK raises, of many kinds."""
    service = _Application(
        settings.africastalking_username, settings.africastalking_api_key, settings.africastalking_base_url
    )
    found: Any = service.fetch_application_data(timeout=PATIENCE)
    return str(found["UserData"]["balance"])


def ask_aggregator(settings: Settings) -> str | None:
    """In the company's own words; None where its description says no way to ask. Raises CallFailed or ValueError."""

    async def ask() -> str | None:
        provider = Aggregator(Config.of(settings))
        try:
            return await asyncio.wait_for(provider.balance(), PATIENCE)
        finally:
            await provider.aclose()

    return asyncio.run(ask())


BALANCES: Final[Mapping[str, Callable[[Settings], str | None]]] = {
    "aggregator": ask_aggregator,
    "twilio": ask_twilio,
    "africastalking": ask_africastalking,
}


def read_amount(words: str) -> Decimal | None:
    """The amount in `KES 1785.50`, `14.20 USD`, `-0.0312 USD` or `Rp 1.250.000,50`; None where there is none, or two.

    A point or comma divides thousands where another of its kind does so too or the other kind comes after it; one alone is
    the decimal point, except before the three last digits of rupiah, which have no smaller part.
    """
    found = re.findall(r"-?[0-9][0-9.,]*(?<![.,])", words)
    if len(found) != 1:
        return None
    text = found[0]
    mark = max((text.rfind(kind), kind) for kind in ".,")[1]
    is_rupiah = bool(re.search(r"\b(rp|idr)", words, re.IGNORECASE))
    divides_thousands = text.count(mark) > 1 or (is_rupiah and bool(re.search(r"[.,][0-9]{3}$", text)))
    whole, _, rest = (text, "", "") if divides_thousands else text.rpartition(mark) if mark in text else (text, "", "")
    whole = re.sub(r"[.,]", "", whole)
    return Decimal(f"{whole}.{rest}" if rest else whole)
