"""The simulated company: Africa's Talking's language spoken to the application's own development routes.

POST http://127.0.0.1:<PORT>/simulator/version1/messaging takes the classic send form (see company.py), keeps the
handsets'
inboxes and reports back to /hooks/simulator/<kind>?token=<SIMULATOR_HOOK_TOKEN>. The same token is the call's `apiKey`,
so that the route can tell the gateway from a stranger. It is the only provider that sends to demo people.
"""

from dataclasses import dataclass, field
from typing import Final, Self

from config.settings import Settings
from gateway.providers import africastalking

TIMEOUT: Final = 10.0
"""Seconds; nothing but this machine is in between."""

STATUSES: Final = africastalking.STATUSES


@dataclass(frozen=True, slots=True)
class Config:
    """Where the application itself listens, and what the simulated company proves itself with."""

    port: int
    hook_token: str = field(repr=False)
    sms_number: str
    region: str

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(settings.port, settings.simulator_hook_token, settings.sms_number, settings.region)

    @property
    def as_company(self) -> africastalking.Config:
        return africastalking.Config(
            name="simulator",
            username="simulator",
            api_key=self.hook_token,
            hook_token=self.hook_token,
            sender=self.sms_number,
            sms_number=self.sms_number,
            base_url=f"http://127.0.0.1:{self.port}/simulator",
            region=self.region,
            timeout=TIMEOUT,
            foreign=False,
            sends_to_demo=True,
        )
