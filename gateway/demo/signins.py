"""Sign-ins of the demo's officials, kept in the data folder (0600), since the database holds hashes alone."""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

NAME: Final = "demo.json"


@dataclass(frozen=True, slots=True)
class SignIn:
    """What an official of the demo signs in with. `pin` is empty where it was lost with the file."""

    key: str
    name: str
    role: str
    area: str
    number: str
    id: int
    token: str
    pin: str


def read(folder: Path) -> dict[str, SignIn]:
    """The kept sign-ins by key; empty where there are none, or none that can be read."""
    try:
        kept = json.loads((folder / NAME).read_text(encoding="utf-8"))
        return {one["key"]: SignIn(**one) for one in kept}
    except (OSError, ValueError, TypeError, KeyError):
        return {}


def write(folder: Path, found: Iterable[SignIn]) -> None:
    """Keep them, whole or not at all, for us alone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = folder / f"{NAME}.partial"
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump([asdict(one) for one in found], file, indent=1)
    partial.rename(folder / NAME)


def show(one: SignIn) -> str:
    """One line of `make up` and `demo`; these lines and the curl lines are the only ones that show a token."""
    pin = one.pin or "lost"
    return (
        f"{one.role:9}  {one.area:13}  {one.name:16}  phone: {one.number}  id: {one.id}  token: {one.token}  pin: {pin}"
    )
