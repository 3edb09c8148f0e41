"""What each provider must be set up with: the one table that the start, `make up` and `doctor` all read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class SetUp:
    """Names of settings, as the environment writes them.

    required: without them no route may name it; senders: what messages may leave as, at least one of them is required
    where `needs_sender`; proof: the secret its hooks are proven by: with it, it may bring messages in without being a
    route out; described_by: names the file that says what its hooks bring, so that none is open without it;
    development_only: it reaches no real phone.
    """

    required: tuple[str, ...]
    senders: tuple[str, ...]
    proof: str
    needs_sender: bool = False
    described_by: str = ""
    development_only: bool = False


PROVIDERS: Final[Mapping[str, SetUp]] = {
    "simulator": SetUp(
        required=(),
        senders=("SMS_NUMBER",),
        proof="SIMULATOR_HOOK_TOKEN",
        development_only=True,
    ),
    "africastalking": SetUp(
        required=("AFRICASTALKING_USERNAME", "AFRICASTALKING_API_KEY", "AFRICASTALKING_HOOK_TOKEN"),
        senders=("AFRICASTALKING_SENDER",),
        proof="AFRICASTALKING_HOOK_TOKEN",
    ),
    "twilio": SetUp(
        required=("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"),
        senders=("TWILIO_SENDER", "TWILIO_MESSAGING_SERVICE_SID"),
        proof="TWILIO_AUTH_TOKEN",
        needs_sender=True,
    ),
    "aggregator": SetUp(
        required=("AGGREGATOR_DESCRIPTION", "AGGREGATOR_API_KEY", "AGGREGATOR_HOOK_TOKEN"),
        senders=("AGGREGATOR_SENDER",),
        proof="AGGREGATOR_HOOK_TOKEN",
        described_by="AGGREGATOR_DESCRIPTION",
    ),
}
"""By the name that SMS_ROUTES and the hooks' addresses use."""

MADE_TOKENS: Final = tuple(setup.proof for setup in PROVIDERS.values() if setup.proof.endswith("_HOOK_TOKEN"))
"""Proofs that are ours to choose, so that `make up` can make them; the others come from the company."""
