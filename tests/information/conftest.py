"""Officials who write and approve items, and residents who read them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from gateway.information import desk
from gateway.information.desk_store import Draft
from gateway.information.rules import Content
from gateway.officials.rules import Official
from gateway.runtime import Runtime
from tests.desks import BENDAN, Officials


@dataclass
class Desk(Officials):
    """Officials by role, and items they write."""

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


@pytest.fixture
def editors(rt: Runtime) -> Desk:
    """The information desk over real servers."""
    return Desk(rt)
