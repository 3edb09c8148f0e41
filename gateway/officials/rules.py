"""Roles, scope, and how credentials are made and kept."""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from gateway.kernel.areas import covers


class Role(StrEnum):
    """What an official is; the tables of what each may do are beside what is done."""

    ADMIN = "admin"
    APPROVER = "approver"
    KIM = "kim"
    LURAH = "lurah"
    OFFICE = "office"
    EMERGENCY = "emergency"
    AUDITOR = "auditor"
    DPO = "dpo"


@dataclass(frozen=True, slots=True)
class Official:
    """An official as use cases see them. `area` is a Kemendagri code; the city is 33.75.

    channel: by which way they act now (`api`, `cli`, `sms`, `ussd`), for the trail.
    """

    id: int
    name: str
    role: Role
    area: str
    office: str | None
    number_id: int
    channel: str = field(default="api", compare=False)

    @property
    def actor(self) -> str:
        """How the audit trail names them."""
        return f"official:{self.id}"

    def is_over(self, area: str | None) -> bool:
        """Whether the area lies in the official's scope. Something without an area belongs to the city."""
        return covers(self.area, area or "33.75")


CARD_COLUMNS, CARD_ROWS = "ABCDE", range(1, 9)


def make_card(below: Callable[[int], int]) -> dict[str, str]:
    """A paper card: forty numbered cells of six digits, each good for one act."""
    return {f"{column}{row}": f"{below(1_000_000):06d}" for row in CARD_ROWS for column in CARD_COLUMNS}


def make_token() -> str:
    """An API token of 256 random bits."""
    return "kabar_" + secrets.token_urlsafe(32)


def make_pin(below: Callable[[int], int]) -> str:
    """Six digits for the officials' branch of the USSD menu."""
    return f"{below(1_000_000):06d}"


_SCRYPT = {"n": 2**14, "r": 8, "p": 1}


def hash_pin(pin: str) -> str:
    """A salted scrypt hash: six digits are few, so each guess must cost."""
    salt = os.urandom(16)
    return salt.hex() + "$" + hashlib.scrypt(pin.encode(), salt=salt, dklen=32, **_SCRYPT).hex()


def is_pin(pin: str, kept: str) -> bool:
    """Whether the PIN is the one that was hashed, in constant time."""
    salt, _, digest = kept.partition("$")
    tried = hashlib.scrypt(pin.encode(), salt=bytes.fromhex(salt), dklen=32, **_SCRYPT)
    return hmac.compare_digest(tried.hex(), digest)


CODE_TRIES = 3
CODE_LOCKED = timedelta(minutes=30)
CODE_LIVES = timedelta(minutes=15)
CODE_DIGITS = 6
_STEP = 30
_DRIFT = 1


def make_totp_secret() -> str:
    """A secret of 160 random bits for an authenticator, in base32 as people type it."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def _totp(secret: str) -> TOTP:
    # SHA-1 is what every authenticator speaks; RFC 6238 keeps it, and a keyed hash does not fall with its collisions.
    return TOTP(base64.b32decode(secret), CODE_DIGITS, SHA1(), _STEP)  # noqa: S303


def totp_uri(secret: str, name: str) -> str:
    """The `otpauth://` address that an authenticator reads."""
    return _totp(secret).get_provisioning_uri(name, "Kabar")


def find_totp_step(secret: str, code: str, now: datetime, last: int | None) -> int | None:
    """The time step (RFC 6238, 30 seconds) whose code this is, a step before and after now included; None for none.

    Steps up to `last`, the one used before, no longer count. Every step is compared, in constant time.
    """
    totp, present = _totp(secret), int(now.timestamp()) // _STEP
    found = None
    for step in range(present - _DRIFT, present + _DRIFT + 1):
        if hmac.compare_digest(totp.generate(step * _STEP), code.encode()) and (last is None or step > last):
            found = step
    return found
