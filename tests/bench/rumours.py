"""The hoax desk among ten thousand claims beside a thousand: its list, what a new claim is compared with, its clock."""

import random
import statistics
import time
from collections.abc import Callable

from config.settings import Settings
from gateway import runtime
from gateway.db import statement
from gateway.officials.rules import Official, Role
from gateway.rumours import service, store, tell, view
from gateway.runtime import Runtime
from tests.stack import Stack

Line = tuple[str, str]
FEW, MANY = 1_000, 10_000
_DUE, _TIMES = 100, 15
_SYLLABLES = ("ba", "ka", "lu", "mi", "ro", "tan", "sel", "gang", "pur", "wi", "nyo", "dem")
# Words that stand in very many claims, and words that stand in a few, as among real ones.
_COMMON = ("bansos", "link", "rob", "vaksin", "uang", "sekolah", "jalan", "air", "warga", "besok")

_OLDEST = statement("SELECT id FROM rumours WHERE state = 'open' ORDER BY id LIMIT :most")
_MAKE_DUE = statement("""
    UPDATE rumours SET due_at = now() - interval '1 minute', first_word_at = NULL, warned_at = NULL WHERE id = ANY(:ids)
""")
_UNTELL = statement("UPDATE rumour_askers SET told = -1 WHERE rumour_id = ANY(:ids)")


def desk(made: Stack) -> list[Line]:
    """Ratios of each figure among `MANY` claims and among `FEW`; the target of all is below two."""
    rt = runtime.build(Settings.load(made.environment), process="bench")
    try:
        number = _number(rt)
        _fill(rt, number, 0, FEW)
        few = _measure(rt, number)
        _fill(rt, number, FEW, MANY)
        many = _measure(rt, number)
    finally:
        rt.close()
    return [
        (f"{name}, {MANY:,} claims / {FEW:,} (target: < 2)", f"{many[name] / few[name]:.2f}  ({few[name]:.1f} ms)")
        for name in few
    ]


def _number(rt: Runtime) -> int:
    with rt.engine.begin() as conn:
        return int(conn.execute(statement("SELECT id FROM numbers ORDER BY id LIMIT 1")).scalar_one())


def _claim(dice: random.Random) -> str:
    rare = ("".join(dice.choices(_SYLLABLES, k=3)) for _ in range(5))
    return " ".join([*dice.sample(_COMMON, 2), *rare])


def _fill(rt: Runtime, number: int, begin: int, end: int) -> None:
    dice = random.Random(begin)
    for first in range(begin, end, 500):
        with rt.engine.begin() as conn:
            for _ in range(first, min(first + 500, end)):
                service.ask(rt, conn, number, _claim(dice), "", "sms")
    with rt.engine.begin() as conn:
        # None of them is due while the other figures are taken.
        conn.execute(statement("UPDATE rumours SET due_at = now() + interval '1 day', warned_at = now()"))
    with rt.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(statement("ANALYZE rumours, rumour_words, rumour_wordings, rumour_askers, rumour_matches"))


def _measure(rt: Runtime, number: int) -> dict[str, float]:
    reader = Official(0, "bench", Role.ADMIN, "33.75", None, number)
    dice = random.Random(time.time_ns())
    _, second = view.page(rt, reader, None, 50)

    def ask() -> None:
        with rt.engine.begin() as conn:
            service.ask(rt, conn, number, _claim(dice), "", "sms")
            conn.rollback()

    def latest() -> None:
        with rt.engine.begin() as conn:
            store.latest(conn)

    def tick() -> None:
        with rt.engine.begin() as conn:
            ids = list(conn.execute(_OLDEST, {"most": _DUE}).scalars())
            conn.execute(_MAKE_DUE, {"ids": ids})
            conn.execute(_UNTELL, {"ids": ids})
        began = time.perf_counter()
        tell.tick(rt)
        spent.append(1000 * (time.perf_counter() - began))

    spent: list[float] = []
    for _ in range(_TIMES):
        tick()
    return {
        "first page of the desk's list": _median(lambda: view.page(rt, reader, None, 50)),
        "its second page": _median(lambda: view.page(rt, reader, second, 50)),
        "latest results on the menu": _median(latest),
        "a new claim, compared with known ones": _median(ask),
        "the clock with nothing due": _median(lambda: tell.tick(rt)),
        f"the clock with {_DUE} claims due": statistics.median(spent),
    }


def _median(do: Callable[[], object]) -> float:
    waits = []
    for _ in range(3 * _TIMES):
        began = time.perf_counter()
        do()
        waits.append(1000 * (time.perf_counter() - began))
    return statistics.median(waits)
