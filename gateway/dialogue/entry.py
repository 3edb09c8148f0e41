"""Who enters a dialogue, and what is true of them for its length."""

from gateway.db import Connection
from gateway.dialogue.talk import language_of
from gateway.information import service as information
from gateway.kernel.areas import AreaBook
from gateway.numbers.store import Number
from gateway.officials import store as officials
from gateway.residents.store import Resident
from gateway.runtime import Runtime

_KEPT = 5.0


def facts_of(
    rt: Runtime, conn: Connection, areas: AreaBook, number: Number, resident: Resident | None, *, may_sign_in: bool
) -> dict[str, str]:
    """The facts that screens stand on; `may_sign_in` where a PIN typed by this way is kept nowhere, as on USSD."""
    language = language_of(rt, number, resident)
    area = (resident.area if resident else None) or ""
    return {
        "known": "yes" if resident else "",
        "stopped": "yes" if resident and resident.state == "stopped" else "",
        "area": area,
        "area_name": areas[area].name if area in areas else "",
        "alert": information.alert(rt, conn, area, language),
        "official": "yes" if may_sign_in and number.id in _officials(rt, conn) else "",
        "resume": "",
        "language": language,
    }


def _officials(rt: Runtime, conn: Connection) -> frozenset[int]:
    """Numbers that are shown the officials' branch, which asks for a PIN; looked up every five seconds at most."""
    return rt.remember("officials' numbers", _KEPT, lambda: officials.numbers_of_all(conn))
