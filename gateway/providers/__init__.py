"""The companies that carry our messages: one file each, one line each in PROVIDERS."""

from collections.abc import Callable, Mapping
from typing import Final

from config.settings import Settings
from gateway.providers import africastalking, aggregator, simulator, twilio
from gateway.providers.africastalking import AfricasTalking
from gateway.providers.aggregator import Aggregator
from gateway.providers.base import Provider
from gateway.providers.twilio import Twilio

PROVIDERS: Final[Mapping[str, Callable[[Settings], Provider]]] = {
    "africastalking": lambda settings: AfricasTalking(africastalking.Config.of(settings)),
    "twilio": lambda settings: Twilio(twilio.Config.of(settings)),
    "aggregator": lambda settings: Aggregator(aggregator.Config.of(settings)),
    "simulator": lambda settings: AfricasTalking(simulator.Config.of(settings).as_company),
}


def build(name: str, settings: Settings) -> Provider:
    """The provider `name`, wired from the settings, without a connection yet. LookupError for an unknown name,
    SettingsError where the description it stands on has faults.
    """
    if name not in PROVIDERS:
        raise LookupError(f"no provider is called {name!r}; there are {', '.join(PROVIDERS)}")
    return PROVIDERS[name](settings)
