"""USSD sessions in Redis: one winner a hop, answers kept for repeats, a life that slides."""

import dataclasses
import threading

import pytest
import redis

from gateway.state import sessions
from gateway.state.sessions import Session

FIRST = Session(number_id=7, facts={"known": "yes"}, state={"screen": "home"}, text="", ends=False)


def test_a_session_comes_back_as_it_was_saved_one_version_on(redis_client: redis.Redis) -> None:
    assert sessions.load(redis_client, "simulator", "s1") is None
    assert sessions.save(redis_client, "simulator", "s1", dataclasses.replace(FIRST, answers={"a": "CON x"}))
    kept = sessions.load(redis_client, "simulator", "s1")
    assert kept == dataclasses.replace(FIRST, version=1, answers={"a": "CON x"})


def test_of_twenty_hops_at_the_same_moment_one_wins(redis_client: redis.Redis) -> None:
    assert sessions.save(redis_client, "simulator", "s1", FIRST)
    read = sessions.load(redis_client, "simulator", "s1")
    assert read
    gate, won = threading.Barrier(20), []

    def hop(at: int) -> None:
        gate.wait()
        if sessions.save(redis_client, "simulator", "s1", dataclasses.replace(read, text=str(at))):
            won.append(at)

    threads = [threading.Thread(target=hop, args=(at,)) for at in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = sessions.load(redis_client, "simulator", "s1")
    assert kept
    assert [kept.text] == [str(at) for at in won]
    assert kept.version == 2


@pytest.mark.parametrize(
    ("label", "version", "saved"),
    [
        ("a version that is already there", 0, False),
        ("the version that was read", 1, True),
        ("a version of the future", 5, False),
    ],
)
def test_saves_only_the_successor(redis_client: redis.Redis, label: str, version: int, saved: bool) -> None:
    sessions.save(redis_client, "simulator", "s1", FIRST)
    after = sessions.save(redis_client, "simulator", "s1", dataclasses.replace(FIRST, version=version))
    assert after is saved, label


def test_after_a_flush_the_old_version_is_not_written_back(redis_client: redis.Redis) -> None:
    sessions.save(redis_client, "simulator", "s1", FIRST)
    redis_client.flushall()
    assert not sessions.save(redis_client, "simulator", "s1", dataclasses.replace(FIRST, version=1))
    assert sessions.save(redis_client, "simulator", "s1", FIRST)


def test_every_hop_renews_the_life_of_a_session(redis_client: redis.Redis) -> None:
    sessions.save(redis_client, "simulator", "s1", FIRST)
    (key,) = redis_client.keys("ussd:*")
    redis_client.expire(key, 5)
    sessions.save(redis_client, "simulator", "s1", dataclasses.replace(FIRST, version=1))
    assert redis_client.ttl(key) > 500
    assert b"s1" not in key.split(b":")


def test_sessions_of_two_companies_with_one_id_are_two(redis_client: redis.Redis) -> None:
    sessions.save(redis_client, "simulator", "s1", FIRST)
    assert sessions.load(redis_client, "africastalking", "s1") is None


def test_repeated_hops_are_answered_as_before_and_only_the_last_screens_are_kept() -> None:
    session = FIRST
    for at in range(100):
        session = dataclasses.replace(session, answers=session.answered(f"1*{at}", f"CON {at}"))
    most = len(session.answers)
    assert 6 <= most <= 20
    kept = [at for at in range(100) if session.answer_to(f"1*{at}") == f"CON {at}"]
    assert kept == list(range(100 - most, 100))
    again = dataclasses.replace(session, answers=session.answered("1*99", "CON new"))
    assert again.answer_to("1*99") == "CON new"
    assert len(again.answers) == most
