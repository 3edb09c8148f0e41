"""The keys behind phone numbers: a keyed hash to look one up, authenticated encryption to read one back.

All keys come from `DATA_KEY` by HKDF (RFC 5869). The lookup key never changes, since the hash is how a number is found;
cipher keys are numbered and may rotate, old numbers staying readable.
"""

import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12


class Vault:
    """Seals and opens phone numbers (E.164 text). Cheap to share; holds no state but its keys."""

    def __init__(self, data_key: str, key_no: int = 1) -> None:
        self._root = data_key.encode()
        self._lookup = self._derive("kabar number lookup")
        self._ciphers: dict[int, AESGCM] = {}
        self.key_no = key_no

    def lookup(self, number: str) -> bytes:
        """32 bytes by which the number is found; without the key they cannot be tried out one by one."""
        return hmac.digest(self._lookup, number.encode(), "sha256")

    def seal(self, number: str) -> bytes:
        """Nonce and AES-256-GCM ciphertext under the present cipher key."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher(self.key_no).encrypt(nonce, number.encode(), None)

    def open(self, cipher: bytes, key_no: int) -> str:
        """The number back. Raises cryptography's InvalidTag where DATA_KEY is another one or the row was touched."""
        return self._cipher(key_no).decrypt(bytes(cipher[:_NONCE]), bytes(cipher[_NONCE:]), None).decode()

    def digest(self, purpose: str, text: str) -> bytes:
        """A keyed hash for things other than numbers (codes, repeated texts); `purpose` keeps the uses apart."""
        return hmac.digest(self._derive(f"kabar digest {purpose}"), text.encode(), "sha256")

    def _cipher(self, key_no: int) -> AESGCM:
        if key_no not in self._ciphers:
            self._ciphers[key_no] = AESGCM(self._derive(f"kabar number cipher {key_no}"))
        return self._ciphers[key_no]

    def _derive(self, purpose: str) -> bytes:
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(self._root)


def token_hash(token: str) -> bytes:
    """What is kept of an API token. Tokens are 256 random bits, so a plain hash cannot be tried out."""
    return hashlib.sha256(token.encode()).digest()
