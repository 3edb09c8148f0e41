"""The people of the demo city, made from one seed: the same in every installation, and nobody's."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gateway.kernel.areas import Area
from gateway.officials.rules import Role

RESIDENTS: Final = 500
HOME: Final = "33.75.01.1006"
"""Bendan Kergon, where the demo's KIM and lurah work."""
CITY: Final = "33.75"
_SEED: Final = 3375

PREFIXES: Final = (
    "811", "812", "813", "821", "822", "852", "853",
    "814", "815", "816", "855", "856", "857", "858",
    "817", "818", "819", "859", "877", "878",
    "895", "896", "897", "898", "899",
    "881", "882", "887", "888",
)  # fmt: skip
"""Prefixes of five operators. What follows, 0000 and a running number, is well-formed and was never handed out."""

_FIRST: Final = (
    "Siti", "Slamet", "Nur", "Agus", "Sri", "Budi", "Dewi", "Joko", "Ani", "Eko", "Rini", "Wahyu", "Tutik", "Bambang",
    "Lestari", "Hadi", "Wati", "Imam", "Yuni", "Rudi", "Endah", "Tono", "Umi", "Darsono", "Fitri", "Zaenal", "Murni",
    "Karno", "Laila", "Sugeng", "Maryam", "Ridwan", "Ratna", "Yanto", "Khotimah", "Taufik", "Sulastri", "Anwar",
)  # fmt: skip
_LAST: Final = (
    "Aminah", "Riyadi", "Hidayah", "Santoso", "Wulandari", "Prasetyo", "Rahayu", "Susilo", "Handayani", "Purnomo",
    "Lestari", "Setiawan", "Kurniasih", "Hartono", "Maulida", "Basuki", "Utami", "Nugroho", "Safitri", "Wibowo",
    "Mulyani", "Saputra", "Astuti", "Kuncoro", "Ningsih", "Firdaus", "Indriani", "Sudarmo", "Zahroh", "Gunawan",
)  # fmt: skip
_TOPICS: Final = ("", "", "", "alert", "alert;health", "services;development", "events", "alert;services;health")
_GROUPS: Final = ("", "", "", "", "", "pkk", "kader", "nelayan", "pembatik")
_HOW: Final = ("paper", "paper", "ussd", "sms")


def phone_of(index: int) -> str:
    """The number of the demo's person `index`, in E.164."""
    return f"+62{PREFIXES[index % len(PREFIXES)]}0000{index:04d}"


def residents(areas: Iterable[Area], now: datetime) -> Iterator[dict[str, str]]:
    """Rows for an import: spread evenly over the kelurahan, each with a few heads of an RT and two languages."""
    dice = random.Random(_SEED)  # noqa: S311  (made-up people, no secret)
    wards = sorted(area.code for area in areas if area.level == "kelurahan" and area.code.startswith(CITY))
    for index in range(RESIDENTS):
        turn, ward = divmod(index, len(wards))
        agreed = now - timedelta(days=dice.randrange(1, 300))
        yield {
            "phone": phone_of(index),
            "area": wards[ward],
            "language": "jv" if dice.random() < 0.3 else "id",
            "name": f"{dice.choice(_FIRST)} {dice.choice(_LAST)}",
            "rt": str(1 + turn % 6),
            "rw": str(1 + turn // 6),
            "topics": dice.choice(_TOPICS),
            "groups": "ketua_rt" if turn % 6 == 0 else dice.choice(_GROUPS),
            "consent_how": dice.choice(_HOW),
            "consent_when": agreed.isoformat(timespec="seconds"),
        }


@dataclass(frozen=True, slots=True)
class Person:
    """An official of the demo. `key` names the account over restarts."""

    key: str
    name: str
    role: Role
    area: str
    number: str
    office: str | None = None


def _officials() -> Iterator[Person]:
    listed = (
        ("kim", "Siti Aminah", Role.KIM, HOME, None),
        ("lurah", "Hadi Purnomo", Role.LURAH, HOME, None),
        ("camat", "Ratna Kurniasih", Role.LURAH, "33.75.01", None),
        ("admin", "Budi Prasetyo", Role.ADMIN, CITY, None),
        ("approver", "Endah Wulandari", Role.APPROVER, CITY, None),
        ("emergency", "Sugeng Riyadi", Role.EMERGENCY, CITY, None),
        ("emergency-2", "Laila Safitri", Role.EMERGENCY, CITY, None),
        ("office", "Anwar Setiawan", Role.OFFICE, CITY, "DPUPR"),
        ("auditor", "Dewi Handayani", Role.AUDITOR, CITY, None),
        ("dpo", "Wahyu Nugroho", Role.DPO, CITY, None),
    )
    for at, (key, name, role, area, office) in enumerate(listed):
        # Behind the residents' numbers, so that no account shares a phone with one of them.
        yield Person(key, name, role, area, phone_of(9000 + at), office)


OFFICIALS: Final = tuple(_officials())
