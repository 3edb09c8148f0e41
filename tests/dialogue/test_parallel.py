"""Two hundred sessions side by side, their hops doubled, repeated and out of order, and Redis flushed in the middle."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from gateway.db import connect, statement
from gateway.dialogue.hop import Screen, hop
from gateway.providers.base import Hop
from gateway.runtime import Runtime

from .conftest import MakePhone, Phone, lose_redis

SESSIONS, THREADS, SEED = 200, 16, 3375
BEFORE = 4
"""Hops of each session before the flush: it stands where words are taken."""


def hops_of(phone: Phone, words: str) -> list[str]:
    """The cumulative texts of a report from the first dial to its ticket."""
    said = ("2", "1", "1", "1", words, "1")
    return ["*".join(said[:at]) for at in range(len(said) + 1)]


def test_each_intention_is_recorded_once_and_nobody_sees_anothers(make_phone: MakePhone, rt: Runtime) -> None:
    tools = replace(rt, engine=connect(rt.settings.database_url, pool=THREADS, process="parallel"))
    phones = [make_phone(tools=tools) for _ in range(SESSIONS)]
    # A place of one's own each, so that nobody's report is like another's.
    words = [f"lampu mati gang {at} * RT {1 + at % 9}" for at in range(SESSIONS)]
    dice = random.Random(SEED)
    seen: list[list[Screen]] = [[] for _ in range(SESSIONS)]

    def send(at: int, text: str) -> Screen:
        phone = phones[at]
        screen = hop(tools, phone.provider, Hop(f"parallel-{at}", phone.number, text, "*546#"))
        seen[at].append(screen)
        return screen

    def play(at: int, texts: list[str], pool: ThreadPoolExecutor, turns: random.Random) -> None:
        for step, text in enumerate(texts):
            copies = [pool.submit(send, at, text) for _ in range(turns.choice((1, 1, 2, 3)))]
            if step and turns.random() < 0.3:
                copies.append(pool.submit(send, at, texts[turns.randrange(step)]))
            for copy in copies:
                copy.result()

    def half(mine: list[int], part: slice, seed: float) -> None:
        turns = random.Random(seed)
        with ThreadPoolExecutor(3) as pool:
            for at in mine:
                texts = hops_of(phones[at], words[at])
                play(at, texts[part], pool, turns)

    shares = [list(range(start, SESSIONS, THREADS)) for start in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as crowd:
        for part in (slice(BEFORE + 1), slice(BEFORE + 1, None)):
            started = [crowd.submit(half, mine, part, dice.random()) for mine in shares]
            for one in started:
                one.result()
            # In the middle, and once more behind the end.
            lose_redis(rt)

    with rt.engine.begin() as conn:
        rows = conn.execute(statement("SELECT number_id, body FROM aspirations ORDER BY id")).all()
        receipts = conn.execute(statement("SELECT count(*), count(DISTINCT number_id) FROM messages")).one()
    assert sorted((row.number_id, row.body) for row in rows) == sorted(
        (phone.id, said) for phone, said in zip(phones, words, strict=True)
    )
    assert tuple(receipts) == (SESSIONS, SESSIONS)
    for at, screens in enumerate(seen):
        texts = [screen.text for screen in screens]
        assert not any("gangguan" in text or "terganggu" in text for text in texts), at
        shown = [text for text in texts if "lampu mati gang" in text]
        assert shown
        assert all(f"gang {at} " in text for text in shown), at
    tools.engine.dispose()
