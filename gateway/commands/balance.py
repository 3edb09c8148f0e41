"""What is left on an account, asked of the company by its SDK or as its description says, for `doctor`."""

import asyncio
from collections.abc import Callable, Mapping
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
