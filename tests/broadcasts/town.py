"""A town with officials, residents and a ledger, in which broadcasts live; every step goes through the real services."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Barrier
from typing import Any, TypeVar

from gateway.broadcasts.rules import Broadcast, Content
from gateway.broadcasts.service import decide, draft, view
from gateway.broadcasts.service import start as starting
from gateway.db import statement
from gateway.kernel.calendar import quiet_until
from gateway.kernel.errors import Fault
from gateway.numbers import store as numbers
from gateway.officials import store as officials
from gateway.officials.rules import Official, Role
from gateway.outbox.rules import Claimed
from gateway.outbox.service import sweep
from gateway.outbox.service.post import quiet
from gateway.outbox.store import batches, messages, routes
from gateway.outbox.store.messages import Settled
from gateway.residents import store as residents
from gateway.residents.rules import Registration
from gateway.runtime import Runtime

CITY, BARAT, TIMUR = "33.75", "33.75.01", "33.75.02"
T = TypeVar("T")
_LANES = ("urgent", "bulk")


@dataclass
class Town:
    """Steps of a story. Ids of people are those of their numbers; `home` is a kelurahan, `other` one elsewhere."""

    rt: Runtime
    home: str
    other: str
    _phones: int = 0
    _keys: int = 0
    _known: dict[tuple[Role, str], Official] = field(default_factory=dict)

    def new_official(self, role: Role, area: str = CITY) -> Official:
        """Another official of this role."""
        office = "DPUPR" if role is Role.OFFICE else None
        with self.rt.engine.begin() as conn:
            number = numbers.ensure(conn, self.rt.vault, self._phone())
            made = f"token {number.id}".encode()
            id = officials.add(conn, "Someone", role, area, office, number.id, made, "", self.rt.now())
        return Official(id, "Someone", role, area, office, number.id)

    def official(self, role: Role, area: str = CITY) -> Official:
        """The official of this role and area, always the same one."""
        if (role, area) not in self._known:
            self._known[role, area] = self.new_official(role, area)
        return self._known[role, area]

    def people(
        self,
        n: int,
        area: str | None = None,
        language: str = "id",
        *,
        topics: Sequence[str] = (),
        groups: Sequence[str] = (),
        how: str = "paper",
        is_demo: bool = False,
        prefix: str = "+62812",
    ) -> list[int]:
        """`n` residents; `verbal` consent waits for its YA."""
        phones = [self._phone(prefix) for _ in range(n)]
        with self.rt.engine.begin() as conn:
            ids = numbers.ensure_many(conn, self.rt.vault, phones, is_demo=is_demo)
            rows = [
                (ids[phone], Registration(phone, area or self.home, language, None, None, None, tuple(topics),
                                          tuple(groups), how, self.rt.now()))
                for phone in phones
            ]  # fmt: skip
            residents.register_many(conn, rows, "operator", self.rt.now(), is_demo=is_demo)
        return sorted(ids.values())

    def _phone(self, prefix: str = "+62812") -> str:
        self._phones += 1
        return f"{prefix}{self._phones:08d}"

    def stop(self, people: Sequence[int], scope: str = "notices", route: str = "") -> None:
        """BERHENTI (`notices`), BERHENTI SEMUA (`all`), or a carrier's block of one route."""
        with self.rt.engine.begin() as conn:
            for id in people:
                routes.suppress(conn, id, scope, "resident", self.rt.now(), route)
                if scope != "route":
                    residents.stop(conn, id, "sms", "BERHENTI", "id", self.rt.now())

    def write(
        self,
        author: Official,
        level: str = "routine",
        texts: Mapping[str, str] | None = None,
        audience: Mapping[str, Sequence[str]] | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        """Draft to everyone at home unless told otherwise; the API's answer."""
        self._keys += 1
        key = more.pop("key", f"key {self._keys}")
        more.setdefault("reason", "rob" if level == "emergency" else None)
        content = Content(level, texts or {"id": "Air mati sampai sore."}, audience or {"areas": [self.home]}, **more)
        return draft.draft(self.rt, author, content, key)

    def submitted(self, author: Official, level: str = "routine", **more: Any) -> int:
        """The id of a broadcast that waits for approval."""
        id = int(self.write(author, level, **more)["id"])
        draft.submit(self.rt, author, id)
        return id

    def approved(self, author: Official, level: str = "routine", **more: Any) -> int:
        """The id of a broadcast that another than its author has approved."""
        id = self.submitted(author, level, **more)
        decide.approve(self.rt, self.official(Role.APPROVER), id)
        return id

    def started(self, author: Official, level: str = "routine", **more: Any) -> int:
        """The id of a broadcast that is under way; the clock has passed the undo window."""
        id = self.approved(author, level, **more)
        self.rt.now.ahead(seconds=self.rt.settings.undo_window)  # type: ignore[attr-defined]
        assert starting.start(self.rt, id)
        return id

    def get(self, id: int) -> Broadcast:
        """The broadcast as stored."""
        with self.rt.engine.begin() as conn:
            return view.find(conn, self.official(Role.AUDITOR), id)[0]

    def state(self, id: int) -> str:
        """Its state's word."""
        return self.get(id).state.value

    def status(self, id: int) -> dict[str, Any]:
        """The API's view of it."""
        return view.status(self.rt, self.official(Role.AUDITOR), id)

    def counts(self, id: int) -> dict[str, int]:
        """Its counts that are not zero."""
        return {name: n for name, n in self.status(id)["counts"].items() if n}

    def rows(self, id: int) -> list[tuple[int, str, str | None, str, str]]:
        """Number id, status, reason, route and language of each row of its batch, by number id."""
        with self.rt.engine.begin() as conn:
            found = conn.execute(
                statement(
                    "SELECT m.number_id, m.status, m.reason, m.route, m.language FROM messages m JOIN broadcasts b USING (batch_id)"
                    " WHERE b.id = :id ORDER BY m.number_id"
                ),
                {"id": id},
            ).all()
        return [tuple(row) for row in found]  # type: ignore[misc]

    def count_of(self, sql: str, **values: object) -> int:
        """What a `SELECT count(*)` gives."""
        with self.rt.engine.begin() as conn:
            return int(conn.execute(statement(sql), values).scalar_one())

    def claim(self, most: int = 10_000, route: str = "simulator") -> list[Claimed]:
        """Do what a worker's turn does on both lanes: lease, claim, release; up to `most` rows."""
        now, claimed = self.rt.now(), []
        is_quiet = quiet_until(now, quiet(self.rt)) is not None
        takes_demo = self.rt.providers[route].sends_to_demo
        with self.rt.engine.begin() as conn:
            for lane in _LANES:
                looked_at = 0
                while looked_at < most:
                    chunk = batches.lease(conn, lane, route, now, now + timedelta(seconds=45), is_quiet=is_quiet)
                    if chunk is None:
                        break
                    queued = "SELECT min(id) FROM messages WHERE status = 'queued' AND id BETWEEN :first AND :last"
                    ids = {"first": chunk.first_id, "last": chunk.last_id}
                    first = conn.execute(statement(queued), ids).scalar() or chunk.first_id
                    last = min(chunk.last_id, first + most - looked_at - 1)
                    more, seen = messages.claim_run(conn, chunk, first, last, now, takes_demo=takes_demo)
                    claimed += more
                    looked_at += seen
                    batches.release(conn, chunk, now)
        return claimed

    def claim_of(self, id: int) -> list[Claimed]:
        """Claim everything, and keep the rows of this broadcast."""
        batch_id = self.get(id).batch_id
        return [row for row in self.claim() if row.batch_id == batch_id]

    def settle(self, rows: Sequence[Claimed], rank: int = 1, code: str = "") -> None:
        """Record what became of claimed rows: rank 1 sent, 2 failed, 3 delivered."""
        with self.rt.engine.begin() as conn:
            messages.settle(
                conn,
                self.rt.now(),
                [
                    Settled(row.month, row.id, row.attempt, row.number_id, row.route, rank, f"id-{row.key}", code, "", 1,
                            None, row.claimed_at)
                    for row in rows
                ],
            )  # fmt: skip

    def clock_ticks(self) -> None:
        """What the clock does about batches and broadcasts; jobs are left to the test."""
        sweep.finish(self.rt)
        starting.tick(self.rt)


def at_once(*acts: Callable[[], T]) -> list[T | Fault]:
    """Run every act in a thread of its own, begun together: what each gave, or the fault it met, in their order."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], T]) -> T | Fault:
        barrier.wait()
        try:
            return act()
        except Fault as fault:
            return fault

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
