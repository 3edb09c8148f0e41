"""Roles, scope, and how credentials are made and kept."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

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
    """An official as use cases see them. `area` is a Kemendagri code; the city is 33.75."""

    id: int
    name: str
    role: Role
    area: str
    office: str | None
    number_id: int

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
