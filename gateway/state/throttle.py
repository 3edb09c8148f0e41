"""Sending rates: how many messages each provider took in the last second, counted for all workers together."""

import math

from redis import Redis

_LONGEST_WAIT_MS = 100

# A list of "moment:count", oldest first, and its sum. A bucket of tokens would let through twice the rate in the second
# after a rest; companies count seconds and drop or queue what is above. Time is Redis's own, so that machines need not
# agree on theirs. The bulk lane leaves a tenth, so that an alarm or a reply never waits behind a large blast.
_TAKE = """
local most, want, reserve, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local sum = tonumber(redis.call('GET', KEYS[2]) or '0')
local wait = 0
while true do
    local head = redis.call('LINDEX', KEYS[1], 0)
    if not head then sum = 0 break end
    local at, count = string.match(head, '(%d+):(%d+)')
    if tonumber(at) > now - window then wait = tonumber(at) + window - now break end
    redis.call('LPOP', KEYS[1])
    sum = sum - tonumber(count)
end
local granted = math.max(0, math.min(want, most - reserve - sum))
if granted > 0 then
    redis.call('RPUSH', KEYS[1], string.format('%.0f:%d', now, granted))
    redis.call('PEXPIRE', KEYS[1], window * 10)
    wait = 0
end
redis.call('SET', KEYS[2], sum + granted, 'PX', window * 10)
return {granted, wait}
"""
_GIVE_BACK = """
local back = tonumber(ARGV[1])
while back > 0 do
    local tail = redis.call('RPOP', KEYS[1])
    if not tail then break end
    local at, count = string.match(tail, '(%d+):(%d+)')
    local less = math.min(back, tonumber(count))
    if tonumber(count) > less then redis.call('RPUSH', KEYS[1], at .. ':' .. (tonumber(count) - less)) end
    redis.call('DECRBY', KEYS[2], less)
    back = back - less
end
"""


def take(redis: Redis, provider: str, rate: float, want: int, *, is_bulk: bool) -> tuple[int, float]:
    """How many of the `want` messages may go now, and if none, seconds until it is worth asking again. Rate 0 is no limit.

    In no second are more than `rate` granted. The wait is short even where the second has long to go, as another
    worker may give back what it took too much.
    """
    if rate <= 0:
        return want, 0.0
    most = max(1, int(rate))
    reserve = max(1, most // 10) if is_bulk and most >= 2 else 0
    window = math.ceil(most / rate * 1000)
    granted, wait = redis.eval(_TAKE, 2, *_keys(provider), str(most), str(want), str(reserve), str(window))
    return int(granted), min(int(wait), _LONGEST_WAIT_MS) / 1000


def give_back(redis: Redis, provider: str, rate: float, count: int) -> None:
    """Return what was taken for messages that turned out not to be there."""
    if rate > 0 and count > 0:
        redis.eval(_GIVE_BACK, 2, *_keys(provider), str(count))


def _keys(provider: str) -> tuple[str, str]:
    return f"rate:{provider}:took", f"rate:{provider}:sum"
