"""What comes in: cleaned, redacted, stored once, and handed out one person at a time."""

import dataclasses
import threading
from datetime import timedelta

import pytest

from gateway.db import Connection, statement
from gateway.inbox import service, store
from gateway.numbers import store as numbers
from gateway.providers.base import Inbound
from gateway.runtime import Runtime
from gateway.state import connection, queue

NUMBER = "+6281234567890"


def sms(id: str, text: str = "LAPOR lampu mati", sender: str = NUMBER) -> Inbound:
    return Inbound(provider_id=id, sender=sender, to="54600", text=text)


def rows(rt: Runtime) -> list[tuple[object, ...]]:
    with rt.engine.begin() as conn:
        found = conn.execute(
            statement("SELECT number_id IS NOT NULL, sender, body, had_identity FROM inbound ORDER BY id")
        )
        return [tuple(row) for row in found]


@pytest.mark.parametrize(
    ("label", "text", "body", "had_identity"),
    [
        ("plain words", "LAPOR lampu mati", "LAPOR lampu mati", False),
        ("an identity number", "NIK 3375014107900001", "NIK [NIK]", True),
        ("an identity number that base64 would hide", "TEFQT1IgTklLIHNheWEgMzM3NTAxNDEwNzkwMDAwMSBsYW1wdSBtYXRp",
         "LAPOR NIK saya [NIK] lampu mati", True),
        ("NUL and invalid characters", "a\x00b\ud800", "ab?", False),
        ("nothing", "", "", False),
        ("more than anyone writes is cut", "x" * 5000, "x" * 2000, False),
        ("an identity number over the cut leaves no half behind", "x" * 1990 + " 3375014107900001",
         "x" * 1990 + " [NIK]", True),
    ],
)  # fmt: skip
def test_stores_redacted(rt: Runtime, label: str, text: str, body: str, had_identity: bool) -> None:
    assert service.take(rt, "simulator", sms("1", text)), label
    assert rows(rt) == [(True, None, body, had_identity)]


@pytest.mark.parametrize(
    ("label", "sender", "kept"),
    [
        ("a sender name", "KIM PKL", "KIM PKL"),
        ("a short code", "54600", "54600"),
        ("a name with a number in it", "Toko 081234567890123", "Toko 081234567890123"),
        ("something that looks like a number but is none", "(0285) 42123456789", "(0285) 42123456789"),
        ("a name that hides a number", "Budi 081234567890", "Budi [no HP]"),
        ("a very long name", "x" * 100, "x" * 40),
    ],
)
def test_a_sender_that_is_no_number_is_kept_without_one(rt: Runtime, label: str, sender: str, kept: str) -> None:
    service.take(rt, "simulator", sms("1", sender=sender))
    assert rows(rt) == [(False, kept, "LAPOR lampu mati", False)], label


def test_the_same_id_twenty_times_at_once_is_one_record_and_one_wake(rt: Runtime) -> None:
    gate, new = threading.Barrier(8), []

    def take(at: int) -> None:
        gate.wait()
        new.extend(service.take(rt, "simulator", sms("1")) for _ in range(3))

    threads = [threading.Thread(target=take, args=(at,)) for at in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(new) == [False] * 23 + [True]
    assert len(rows(rt)) == 1
    assert len(queue.queue(rt.redis, "reply").jobs) == 1
    assert service.take(rt, "africastalking", sms("1"))


def test_with_redis_away_the_message_is_stored_all_the_same(rt: Runtime) -> None:
    away = dataclasses.replace(rt, redis=connection.connect("redis://127.0.0.1:1/0", patience=0.2))
    assert service.take(away, "simulator", sms("1"))
    away.redis.close()
    with rt.engine.begin() as conn:
        assert store.count_waiting(conn) == 1


def number_id(conn: Connection, rt: Runtime, number: str = NUMBER) -> int:
    found = numbers.find(conn, rt.vault, number)
    assert found
    return found.id


def test_messages_are_taken_in_turn_and_marked_once(rt: Runtime) -> None:
    for at in range(3):
        service.take(rt, "simulator", sms(str(at), f"pesan {at}"))
    said = []
    for _ in range(3):
        with rt.engine.begin() as conn:
            arrived = store.take_next(conn)
            assert arrived
            said.append((arrived.body, store.is_first(conn, number_id(conn, rt), arrived.id)))
            store.handled(conn, arrived.id, rt.now(), "filed")
    assert said == [("pesan 0", True), ("pesan 1", False), ("pesan 2", False)]
    with rt.engine.begin() as conn:
        assert store.take_next(conn) is None
        assert store.count_waiting(conn) == 0
        assert store.count_since(conn, number_id(conn, rt), rt.now() - timedelta(hours=1)) == 3
        assert store.count_since(conn, number_id(conn, rt), rt.now()) == 0


def test_two_workers_take_two_peoples_messages(rt: Runtime) -> None:
    service.take(rt, "simulator", sms("1", "satu"))
    service.take(rt, "simulator", sms("2", "dua", sender="+6281200000001"))
    with rt.engine.begin() as first, rt.engine.begin() as second:
        one, two = store.take_next(first), store.take_next(second)
        assert one
        assert two
        assert (one.body, two.body) == ("satu", "dua")


def test_a_message_that_cannot_be_understood_stands_back_and_is_given_up_after_five_tries(rt: Runtime) -> None:
    service.take(rt, "simulator", sms("1", "sulit"))
    service.take(rt, "simulator", sms("2", "mudah", sender="+6281200000001"))
    with rt.engine.begin() as conn:
        hard = store.take_next(conn)
        assert hard
        store.tried(conn, hard.id)
    with rt.engine.begin() as conn:
        easy = store.take_next(conn)
        assert easy
        assert easy.body == "mudah"
        store.handled(conn, easy.id, rt.now(), "filed")
    for _ in range(4):
        with rt.engine.begin() as conn:
            again = store.take_next(conn)
            assert again
            assert again.id == hard.id
            store.tried(conn, again.id)
    with rt.engine.begin() as conn:
        assert store.take_next(conn) is None
        assert store.count_waiting(conn) == 0


def test_a_ussd_session_is_written_once_and_goes_only_forward(rt: Runtime) -> None:
    now = rt.now()
    with rt.engine.begin() as conn:
        id = numbers.ensure(conn, rt.vault, NUMBER).id
        store.begin_session(conn, "simulator", "s1", id, {"known": "yes"}, now)
        store.begin_session(conn, "simulator", "s1", id, {"known": ""}, now)
        begun = store.find_session(conn, "simulator", "s1")
        assert begun == store.Restart(id, {"known": "yes"}, None, 0, None)
        store.checkpoint(conn, "simulator", "s1", {"screen": "b"}, 8)
        store.checkpoint(conn, "simulator", "s1", {"screen": "a"}, 4)
        kept = store.find_session(conn, "simulator", "s1")
        assert kept
        assert (kept.state, kept.consumed) == ({"screen": "b"}, 8)
        assert store.end_session(conn, "simulator", "s1", "Success" * 20, now)
        assert store.end_session(conn, "simulator", "s1", "Success", now + timedelta(hours=1))
        ended = store.find_session(conn, "simulator", "s1")
        assert ended
        assert ended.ended_at == now
        assert not store.end_session(conn, "simulator", "s2", "Success", now)
        assert store.find_session(conn, "africastalking", "s1") is None


def test_sessions_are_dropped_after_a_day(rt: Runtime) -> None:
    now = rt.now()
    with rt.engine.begin() as conn:
        id = numbers.ensure(conn, rt.vault, NUMBER).id
        store.begin_session(conn, "simulator", "old", id, {}, now - timedelta(hours=24, seconds=1))
        store.begin_session(conn, "simulator", "young", id, {}, now - timedelta(hours=23))
        assert store.drop_old_sessions(conn, now) == 1
        assert store.find_session(conn, "simulator", "old") is None
        assert store.find_session(conn, "simulator", "young")


def test_forgetting_blanks_the_words_and_drops_the_sessions(rt: Runtime) -> None:
    service.take(rt, "simulator", sms("1", "rahasia"))
    service.take(rt, "simulator", sms("2", "milik orang lain", sender="+6281200000001"))
    with rt.engine.begin() as conn:
        id = number_id(conn, rt)
        store.begin_session(conn, "simulator", "s1", id, {"name": "x"}, rt.now())
        assert [row["body"] for row in store.about(conn, id)] == ["rahasia"]
        store.forget(conn, id)
        assert [row["body"] for row in store.about(conn, id)] == [""]
        assert store.find_session(conn, "simulator", "s1") is None
    assert [row[2] for row in rows(rt)] == ["", "milik orang lain"]
