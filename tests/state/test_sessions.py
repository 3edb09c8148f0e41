"""USSD sessions in Redis: one winner a hop, answers kept for repeats, a life that slides."""

import shutil
import tempfile
import threading
from pathlib import Path

import pytest
import redis

from gateway.local.embedded import Embedded
from gateway.state import sessions
from gateway.state.connection import connect
from gateway.state.sessions import Session, place
from menus.model import State
from tests.stack import until


def load(client: redis.Redis, hop: str = "") -> tuple[Session | None, str | None]:
    return sessions.load(place(client, "simulator", "s1", hop))


def save(client: redis.Redis, session: Session, hop: str = "", answer: str = "CON") -> bool:
    return sessions.save(place(client, "simulator", "s1", hop), session, answer)


FIRST = Session(number_id=7, facts={"known": "yes"}, state=State("home", "id"), text="", ends=False)


def test_a_session_comes_back_as_it_was_saved_one_version_on(redis_client: redis.Redis) -> None:
    assert load(redis_client) == (None, None)
    assert save(redis_client, FIRST, "1", "CON x")
    kept, answer = load(redis_client, "1")
    assert kept == FIRST._replace(version=1, marks=kept.marks if kept else (), is_begun=True)
    assert answer == "CON x"
    assert load(redis_client, "1*1") == (kept, None)


def test_of_twenty_hops_at_the_same_moment_one_wins(redis_client: redis.Redis) -> None:
    assert save(redis_client, FIRST)
    read, _ = load(redis_client)
    assert read
    gate, won = threading.Barrier(20), []

    def hop(at: int) -> None:
        gate.wait()
        if save(redis_client, read._replace(text=str(at))):
            won.append(at)

    threads = [threading.Thread(target=hop, args=(at,)) for at in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept, _ = load(redis_client)
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
    save(redis_client, FIRST)
    after = save(redis_client, FIRST._replace(version=version))
    assert after is saved, label


def test_after_a_flush_the_old_version_is_not_written_back(redis_client: redis.Redis) -> None:
    save(redis_client, FIRST)
    redis_client.flushall()
    assert not save(redis_client, FIRST._replace(version=1))
    assert save(redis_client, FIRST)


def test_every_hop_renews_the_life_of_a_session(redis_client: redis.Redis) -> None:
    save(redis_client, FIRST)
    (key,) = redis_client.keys("hops:*")
    redis_client.expire(key, 5)
    save(redis_client, FIRST._replace(version=1))
    assert redis_client.ttl(key) > 500
    assert b"s1" not in key.split(b":")


def test_sessions_of_two_companies_with_one_id_are_two(redis_client: redis.Redis) -> None:
    save(redis_client, FIRST)
    assert sessions.load(place(redis_client, "africastalking", "s1")) == (None, None)


def test_repeated_hops_are_answered_as_before_and_only_the_last_screens_are_kept(redis_client: redis.Redis) -> None:
    session: Session | None = FIRST
    for at in range(40):
        assert session
        assert save(redis_client, session, f"1*{at}", f"CON {at}")
        session, _ = load(redis_client)
    (key,) = redis_client.keys("hops:*")
    most = redis_client.hlen(key) - 3
    assert 6 <= most <= 20
    assert [at for at in range(40) if load(redis_client, f"1*{at}")[1] == f"CON {at}"] == list(range(40 - most, 40))
    assert session
    assert save(redis_client, session, "1*39", "CON new")
    assert load(redis_client, "1*39")[1] == "CON new"
    assert redis_client.hlen(key) - 3 == most


def test_a_thread_goes_on_with_a_server_that_was_restarted() -> None:
    data = Path(tempfile.mkdtemp(prefix="kabar-test-mortal-"))
    try:
        with Embedded(data) as servers:
            client = connect(servers.start_valkey())
            save(client, FIRST, "1", "CON x")
            servers.restart_valkey()
            assert load(client, "1")[1] == "CON x"
    finally:
        shutil.rmtree(data)


def test_a_server_that_does_not_answer_is_waited_for_no_longer_than_the_patience() -> None:
    data = Path(tempfile.mkdtemp(prefix="kabar-test-paused-"))
    try:
        with Embedded(data) as servers:
            url = servers.start_valkey()
            impatient, other = connect(url, patience=0.2), connect(url)
            save(impatient, FIRST, "1", "CON x")
            # Far longer than the patience: were it not kept, the answer would come at last.
            other.execute_command("CLIENT", "PAUSE", "5000", "ALL")
            with pytest.raises(redis.RedisError):
                load(impatient, "1")
            assert until(20, lambda: answered(impatient), "an answer after the pause") == "CON x"
    finally:
        shutil.rmtree(data)


def answered(client: redis.Redis) -> str | None:
    try:
        return load(client, "1")[1]
    except redis.RedisError:
        return None


def remembered(client: redis.Redis, hop: str = "1*1") -> Session | None:
    return sessions.recent(place(client, "simulator", "s1", hop))


def test_a_process_remembers_what_it_saved_until_another_goes_on_or_the_dialogue_ends(
    redis_client: redis.Redis,
) -> None:
    assert remembered(redis_client) is None
    save(redis_client, FIRST, "1")
    ours = remembered(redis_client)
    assert ours == load(redis_client)[0]
    assert remembered(redis_client, "1") is None, "Redis has the answer to this hop"
    assert ours
    # Another process saves; what this one remembers no longer counts once it has found that out.
    sessions._recent[redis_client] = {}
    save(redis_client, ours, "1*1")
    sessions._recent[redis_client] = {next(iter(sessions._recent[redis_client])): (sessions.time.monotonic(), ours)}
    assert remembered(redis_client, "1*2") == ours
    assert not save(redis_client, ours, "1*2")
    assert remembered(redis_client, "1*2") is None
    later, _ = load(redis_client)
    assert later
    save(redis_client, later._replace(ends=True), "1*2")
    assert remembered(redis_client, "1*3") is None


def test_a_process_forgets_a_session_when_redis_would(
    redis_client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = sessions.time.monotonic()
    save(redis_client, FIRST, "1")
    monkeypatch.setattr(sessions.time, "monotonic", lambda: began + sessions.TTL + 5)
    assert remembered(redis_client) is None
    sessions.save(place(redis_client, "simulator", "s2", "1"), FIRST, "CON")
    assert len(sessions._recent[redis_client]) == 1, "nor does its memory grow"
