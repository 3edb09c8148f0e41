"""Officials by role at the real desks, for tests of what they do there."""

from dataclasses import dataclass
from itertools import count
from typing import Any

from gateway.db import statement
from gateway.officials import service as officials
from gateway.officials.rules import Official
from gateway.runtime import Runtime

CITY, BENDAN, MEDONO, PONCOL, BARAT = "33.75", "33.75.01.1006", "33.75.01.1002", "33.75.02.1007", "33.75.01"
_phones = count(81255500001)


@dataclass
class Officials:
    """A new official at every call, and what the database holds."""

    rt: Runtime

    def official(self, role: str, area: str = CITY) -> Official:
        office = "DPUPR" if role == "office" else None
        made = officials.add(self.rt, f"Orang {role}", role, area, f"+62{next(_phones)}", office)
        found = officials.sign_in(self.rt, made.token)
        assert found
        return found

    def rows(self, sql: str, **values: object) -> list[Any]:
        with self.rt.engine.begin() as conn:
            return list(conn.execute(statement(sql), values))
