"""A broadcast through the whole gateway: every resident exactly once, also while workers are killed and Redis is flushed."""

import os
import random
import signal
import subprocess
import time
from collections import Counter

import psycopg
import pytest
import redis

from gateway.local import postgres
from tests.blast import Watch, blast, status_of, taken_by_people
from tests.stack import Stack, ask, until

PEOPLE = 20_000
WINDOWS = {"twilio": 64, "africastalking": 800}


@pytest.fixture
def gateway(begin):
    with begin(DOUBT_AFTER="15s") as made:
        yield made


def stop_by_sms(made: Stack, number: str, id: str) -> None:
    form = f"id={id}&from=%2B{number[1:]}&to=54600&text=BERHENTI"
    url = f"{made.base}/hooks/africastalking/sms?token={made.environment['AFRICASTALKING_HOOK_TOKEN']}"
    done = subprocess.run(["curl", "-s", "-d", form, url], capture_output=True, check=True)
    assert done.returncode == 0


def handled(url: str) -> int:
    with psycopg.connect(postgres.plain(url)) as conn:
        return conn.execute("SELECT count(*) FROM inbound WHERE handled_at IS NOT NULL").fetchone()[0]


def test_a_broadcast_to_20000_over_both_companies_reaches_each_exactly_once(gateway, tmp_path):
    gateway.plan(latency_ms=20, receipts=True, receipt_delay_ms=50)
    id, admin, second = blast(gateway, tmp_path, PEOPLE)
    before, after = "+6281200000000", "+6281200019998"
    stop_by_sms(gateway, before, "stop-1")
    until(20, lambda: handled(gateway.environment["DATABASE_URL"]) == 1, "the first BERHENTI is understood")
    url = f"{gateway.base}/api/v1/broadcasts/{id}"
    assert ask(f"{url}/approve", {}, admin)[0] == 409, "nobody approves their own"
    assert ask(f"{url}/approve", {"hash": "0" * 64}, second)[0] == 409, "an approval is bound to what was seen"
    watch = Watch(gateway, id, admin)
    assert ask(f"{url}/approve", {}, second)[0] == 200
    stop_by_sms(gateway, after, "stop-2")
    ended = until(
        240,
        lambda: (seen := status_of(gateway, id, admin))["counts"]["delivered"] >= PEOPLE - 2 and seen,
        "all delivered",
    )
    watch.end()
    assert watch.looks > 3
    assert watch.wrong == []
    assert ended["total"] in (PEOPLE - 1, PEOPLE - 2)
    taken = taken_by_people(gateway)
    news = Counter({number: n for number, n in taken.items() if number not in (before, after)})
    assert set(news.values()) == {1}
    assert len(news) == PEOPLE - 2
    assert taken[before] == 1, "only the answer to BERHENTI"
    assert taken[after] == 1, "only the answer to BERHENTI"
    assert until(10, lambda: status_of(gateway, id, admin)["state"] == "finished", "finished")


def test_nobody_twice_and_nobody_lost_while_workers_are_killed_and_redis_is_flushed(gateway, tmp_path, redis_url):
    gateway.plan(latency_ms=150, receipts=True, receipt_delay_ms=200)
    id, admin, second = blast(gateway, tmp_path, PEOPLE)
    watch = Watch(gateway, id, admin)
    assert ask(f"{gateway.base}/api/v1/broadcasts/{id}/approve", {}, second)[0] == 200
    until(30, lambda: status_of(gateway, id, admin)["counts"]["sent"] > 100, "under way")
    dice = random.Random(20)
    kills = 0
    for round in range(10):
        time.sleep(dice.uniform(0.3, 0.9))
        name = dice.choice(["bulk-1", "bulk-2"])
        forked = gateway.children(name)
        if forked and dice.random() < 0.5:
            for pid in forked:
                os.kill(pid, signal.SIGKILL)
        else:
            for pid in forked:
                os.kill(pid, signal.SIGKILL)
            gateway.kill(name)
        kills += 1
        if round == 4:
            redis.Redis.from_url(redis_url).flushall()
    ended = until(
        300,
        lambda: (seen := status_of(gateway, id, admin))["state"] == "finished" and seen["counts"]["sent"] == 0 and seen,
        "finished, every receipt in",
    )
    watch.end()
    assert watch.wrong == []
    counts = ended["counts"]
    assert counts["delivered"] + counts["unconfirmed"] == ended["total"] == PEOPLE
    taken = taken_by_people(gateway)
    assert max(taken.values()) == 1, "nobody twice"
    assert len(taken) >= PEOPLE - counts["unconfirmed"], "nobody lost: who is missing is shown as unconfirmed"
    assert counts["unconfirmed"] <= kills * 2 * (WINDOWS["twilio"] + WINDOWS["africastalking"])
    print(f"kills {kills}, delivered {counts['delivered']}, unconfirmed {counts['unconfirmed']}, taken {len(taken)}")
