"""The rate of a provider holds over every second, however many workers ask at once."""

import threading
import time

import pytest
import redis

from gateway.state import throttle


def ages(client: redis.Redis, by: int) -> None:
    """Make all that was taken so far `by` milliseconds older: the clock is Redis's own and cannot be moved."""
    key = "rate:x:took"
    for at, entry in enumerate(client.lrange(key, 0, -1)):
        moment, count = entry.decode().split(":")
        client.lset(key, at, f"{int(moment) - by}:{count}")


def test_eight_workers_together_never_take_more_than_the_rate_in_any_second(redis_client: redis.Redis) -> None:
    rate, taken, ending = 50, [], time.monotonic() + 2.2

    def work() -> None:
        while time.monotonic() < ending:
            granted, wait = throttle.take(redis_client, "x", rate, 7, is_bulk=False)
            if granted:
                seconds, micros = redis_client.time()
                taken.append((seconds + micros / 1e6, granted))
            else:
                time.sleep(wait)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(granted for _, granted in taken) > rate  # The first second did not use it all up for ever.
    for begin, _ in taken:
        # Our own look at the clock comes after the grant, so a little is left out at the window's end.
        assert sum(granted for at, granted in taken if begin <= at < begin + 0.9) <= rate


def test_after_a_rest_no_more_than_one_seconds_worth_is_there(redis_client: redis.Redis) -> None:
    assert throttle.take(redis_client, "x", 100, 30, is_bulk=False) == (30, 0.0)
    ages(redis_client, 500)
    assert throttle.take(redis_client, "x", 100, 1000, is_bulk=False) == (70, 0.0)
    ages(redis_client, 501)
    assert throttle.take(redis_client, "x", 100, 1000, is_bulk=False)[0] == 30
    ages(redis_client, 5000)
    assert throttle.take(redis_client, "x", 100, 1000, is_bulk=False)[0] == 100


def test_the_bulk_lane_leaves_a_tenth_for_alarms_and_replies(redis_client: redis.Redis) -> None:
    assert throttle.take(redis_client, "x", 100, 1000, is_bulk=True)[0] == 90
    granted, wait = throttle.take(redis_client, "x", 100, 1, is_bulk=True)
    assert granted == 0
    assert 0 < wait <= 0.1
    assert throttle.take(redis_client, "x", 100, 1000, is_bulk=False)[0] == 10


@pytest.mark.parametrize(
    ("label", "rate", "is_bulk", "granted"),
    [
        ("no limit grants all", 0, True, 5000),
        ("one a second leaves bulk its one", 1, True, 1),
        ("two a second leave one for others", 2, True, 1),
        ("one in two seconds is one", 0.5, False, 1),
        ("two and a half a second are two at once", 2.5, False, 2),
    ],
)
def test_first_takes(redis_client: redis.Redis, label: str, rate: float, is_bulk: bool, granted: int) -> None:
    assert throttle.take(redis_client, "x", rate, 5000, is_bulk=is_bulk)[0] == granted, label


def test_a_slow_rate_waits_longer_than_a_second(redis_client: redis.Redis) -> None:
    throttle.take(redis_client, "x", 0.5, 1, is_bulk=False)
    ages(redis_client, 1500)
    assert throttle.take(redis_client, "x", 0.5, 1, is_bulk=False)[0] == 0
    ages(redis_client, 600)
    assert throttle.take(redis_client, "x", 0.5, 1, is_bulk=False)[0] == 1


def test_what_is_given_back_may_be_taken_again_but_no_more_than_that(redis_client: redis.Redis) -> None:
    for _ in range(4):
        throttle.take(redis_client, "x", 100, 25, is_bulk=False)
    throttle.give_back(redis_client, "x", 100, 40)
    assert throttle.take(redis_client, "x", 100, 1000, is_bulk=False)[0] == 40
    throttle.give_back(redis_client, "x", 100, 5000)
    assert throttle.take(redis_client, "x", 100, 1000, is_bulk=False)[0] == 100


def test_giving_back_after_the_second_is_over_adds_nothing(redis_client: redis.Redis) -> None:
    throttle.take(redis_client, "x", 100, 60, is_bulk=False)
    ages(redis_client, 1001)
    throttle.give_back(redis_client, "x", 100, 60)
    assert throttle.take(redis_client, "x", 100, 1000, is_bulk=False)[0] == 100
    throttle.give_back(redis_client, "nobody", 0, 5)
    throttle.give_back(redis_client, "nobody", 10, 0)
    assert not redis_client.keys("rate:nobody:*")


def test_providers_do_not_share_a_rate_and_leave_nothing_for_ever(redis_client: redis.Redis) -> None:
    throttle.take(redis_client, "x", 10, 10, is_bulk=False)
    assert throttle.take(redis_client, "y", 10, 10, is_bulk=False)[0] == 10
    assert all(redis_client.pttl(key) > 0 for key in redis_client.keys("rate:*"))


def test_flushing_redis_only_forgets_the_last_second(redis_client: redis.Redis) -> None:
    throttle.take(redis_client, "x", 10, 10, is_bulk=False)
    redis_client.flushall()
    assert throttle.take(redis_client, "x", 10, 4, is_bulk=False)[0] == 4
    redis_client.delete("rate:x:took")
    assert throttle.take(redis_client, "x", 10, 100, is_bulk=False)[0] == 10
