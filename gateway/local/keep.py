"""The settings that `make up` makes and is given, kept in the data folder so that every later command finds them."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from config.providers import MADE_TOKENS
from config.settings import EMBEDDED, KEPT_NAME, MAY_BE_NONE, SettingsError, data_folder, names, read_kept

ALWAYS_MADE: Final = ("SECRET_KEY", "DATA_KEY")

_HEAD: Final = """\
# Written by `make up`. The environment wins over these lines. DATA_KEY opens the phone numbers in the database: back it
# up apart from the data, and never change it.
"""


def gather(environ: Mapping[str, str]) -> dict[str, str]:
    """What to keep: the kept settings under those of `environ`, with the mode and the secrets that are still missing.

    Raises SettingsError when the kept file cannot be read or a given value has several lines.
    """
    kept = read_kept(data_folder(environ))
    given = {name: environ[name].strip() for name in names() if name in environ}
    given = {name: text for name, text in given.items() if text or name in MAY_BE_NONE}
    if faults := [f"{name}: write it on one line" for name, text in given.items() if len(text.splitlines()) > 1]:
        raise SettingsError(faults)
    lines = {"GATEWAY_MODE": "development"} | kept | given
    # The folder cannot name itself: it may be moved.
    lines.pop("GATEWAY_DATA_DIR", None)
    made = ALWAYS_MADE + (MADE_TOKENS if lines["GATEWAY_MODE"] == "development" else ())
    for name in made:
        if not lines.get(name):
            lines[name] = secrets.token_hex(32) if name in ALWAYS_MADE else secrets.token_urlsafe(24)
    for name, setting in EMBEDDED.items():
        if setting in lines:
            lines.pop(name, None)
    return lines


def save(folder: Path, lines: Mapping[str, str]) -> None:
    """Writes `lines` to the kept file, whole or not at all, readable by us alone."""
    text = _HEAD + "".join(f"{name}={value}\n" for name, value in sorted(lines.items()))
    partial = folder / f"{KEPT_NAME}.partial"
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        # The secrets in it are made once; data written under them must not outlive them.
        os.fsync(file.fileno())
    partial.rename(folder / KEPT_NAME)
