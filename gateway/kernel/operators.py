"""Which Indonesian operator a number belongs to, by its prefix: numbers are not ported here, so the prefix tells.

Source: libphonenumber and lokal-id, which agree but for 0851, by.U's, which the first does not know.
"""

from typing import Final

OTHER: Final = "other"
PREFIX: Final = len("+62811")
"""Signs of an E.164 number that decide it."""

_RANGES: Final = {
    "Telkomsel": (range(811, 814), range(821, 824), range(851, 854)),
    "Indosat": (range(814, 817), range(855, 859)),
    "XL": (range(817, 820), (859,), (877, 878, 879)),
    "Axis": (range(831, 834), (838,)),
    "Tri": (range(895, 900),),
    "Smartfren": (range(881, 890),),
}
_OF: Final = {
    f"+62{code}": name for name, ranges in _RANGES.items() for codes in ranges for code in codes
}  # fmt: skip


def operator_of(prefix: str) -> str:
    """The operator behind the beginning of an E.164 number; `other` where it is none of those we know."""
    return _OF.get(prefix[:PREFIX], OTHER)
