"""Officials who write and approve items, and residents who read them."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from gateway.db import statement
from gateway.information import desk
from gateway.information.desk_store import Draft
from gateway.information.rules import Content
from gateway.officials import service as officials
from gateway.officials.rules import Official
from gateway.runtime import Runtime

CITY, BENDAN, MEDONO, PONCOL, BARAT = "33.75", "33.75.01.1006", "33.75.01.1002", "33.75.02.1007", "33.75.01"
_phones = count(81255600001)


@dataclass
class Desk:
    """Officials by role, and items they write."""

    rt: Runtime

    def official(self, role: str, area: str = CITY) -> Official:
        office = "DPUPR" if role == "office" else None
        made = officials.add(self.rt, f"Orang {role}", role, area, f"+62{next(_phones)}", office)
        found = officials.sign_in(self.rt, made.token)
        assert found
        return found

    def content(self, text: str = "Posyandu lansia Sabtu jam 8-11", area: str = BENDAN, **more: Any) -> Content:
        now = self.rt.now()
        given: dict[str, Any] = {
            "topic": "health", "area": area, "titles": {"id": text[:34]}, "texts": {"id": text}, "source": "Dinkes",
            "valid_from": now, "valid_until": now + timedelta(days=7),
        }  # fmt: skip
        return Content(**(given | more))

    def draft(self, author: Official, corrects: str | None = None, **more: Any) -> Draft:
        return desk.draft(self.rt, author, self.content(**more), corrects)

    def publish(self, corrects: str | None = None, **more: Any) -> Draft:
        """An item by an admin, approved by an approver."""
        code = self.draft(self.official("admin"), corrects, **more).code
        desk.submit(self.rt, self.official("admin"), code)
        return desk.approve(self.rt, self.official("approver"), code)

    def rows(self, sql: str, **values: object) -> list[Any]:
        with self.rt.engine.begin() as conn:
            return list(conn.execute(statement(sql), values))


@pytest.fixture
def editors(rt: Runtime) -> Desk:
    """The information desk over real servers."""
    return Desk(rt)
