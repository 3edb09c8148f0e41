"""Whether a code at the end of an SMS is that of a broadcast we sent."""

from dataclasses import dataclass
from datetime import datetime

from gateway.broadcasts.rules import CORRECTS
from gateway.db import Connection, statement
from gateway.officials.rules import Role

_SENT = statement("""
    SELECT b.started_at, b.expires_at, b.texts, b.audience, b.is_drill, o.role, o.office,
           EXISTS (SELECT FROM broadcasts c WHERE c.audience -> :corrects ->> 0 = CAST(b.id AS text)
                   AND c.started_at IS NOT NULL) AS is_corrected
    FROM broadcasts b JOIN officials o ON o.id = b.author_id
    WHERE b.number = :number AND b.started_at IS NOT NULL
""")


@dataclass(frozen=True, slots=True)
class Sent:
    """A broadcast that left: when, until when it holds, its texts as written, the areas it went to, who wrote it.

    is_corrected: a correction of it has left, so that it holds no more.
    """

    started_at: datetime
    expires_at: datetime | None
    texts: dict[str, str]
    areas: tuple[str, ...]
    role: Role
    office: str | None
    is_drill: bool
    is_corrected: bool


def find_sent(conn: Connection, number: int) -> Sent | None:
    """The broadcast with this running number, once anything of it has left; None for a draft and for no number of ours."""
    row = conn.execute(_SENT, {"number": number, "corrects": CORRECTS}).one_or_none()
    if row is None:
        return None
    areas = tuple(str(area).partition("/")[0] for area in row.audience.get("areas") or ())
    role = Role(row.role)
    return Sent(row.started_at, row.expires_at, row.texts, areas, role, row.office, row.is_drill, row.is_corrected)
