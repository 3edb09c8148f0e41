"""A city whose reports went through some months, each step at a moment of its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

import pytest

from gateway.aspirations import service, store
from gateway.aspirations.rules import Filing
from gateway.db import statement
from gateway.numbers import store as numbers
from gateway.runtime import Runtime
from tests.conftest import Clock

MEDONO, BENDAN, BARAT, CITY = "33.75.01.1002", "33.75.01.1006", "33.75.01", "33.75"
_ids = count(1)


@dataclass
class Desk:
    """Files reports and writes what became of them, at the moments it is told."""

    rt: Runtime
    clock: Clock

    def file(self, at: datetime, area: str = MEDONO, kind: str = "complaint") -> int:
        """A report filed at a moment; its id."""
        self.clock.moment = at
        id = next(_ids)
        filing = Filing(kind=kind, category="roads", area=area, words=f"lampu mati gang {id}", is_confidential=False,
                        channel="sms", cause=f"statistics:{id}")  # fmt: skip
        with self.rt.engine.begin() as conn:
            number = numbers.ensure(conn, self.rt.vault, f"+62812777{id:05d}")
            ticket, is_new = service.file(self.rt, conn, number.id, filing)
        assert is_new
        return ticket.id

    def did(self, aspiration_id: int, *steps: tuple[str, datetime]) -> None:
        """What was done to it: verbs with their moments."""
        with self.rt.engine.begin() as conn:
            for verb, at in steps:
                store.add_event(conn, aspiration_id, at, "official:1", verb, None, f"statistics:event:{next(_ids)}")

    def handed(self, aspiration_id: int, office: str, at: datetime) -> None:
        """It was forwarded to an office."""
        with self.rt.engine.begin() as conn:
            store.add_event(conn, aspiration_id, at, "official:1", "forward", office, f"statistics:event:{next(_ids)}")

    def filed(self, n: int, at: datetime, *steps: tuple[str, datetime], area: str = MEDONO) -> None:
        """As many reports, each with the same steps."""
        for i in range(n):
            self.did(self.file(at + timedelta(seconds=i), area), *steps)

    def stand(self, aspiration_id: int, state: str) -> None:
        """Set a state, without its steps."""
        with self.rt.engine.begin() as conn:
            conn.execute(statement("UPDATE aspirations SET state = :state WHERE id = :id"),
                         {"state": state, "id": aspiration_id})  # fmt: skip


@pytest.fixture
def desk(rt: Runtime, clock: Clock) -> Desk:
    """A desk in a city without any report yet."""
    return Desk(rt, clock)
