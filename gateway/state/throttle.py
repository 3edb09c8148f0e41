"""A token bucket per provider, one for all workers together."""

from redis import Redis

# The bucket holds one second's worth. Time is Redis's own, so that machines need not agree on theirs. The bulk lane
# leaves a tenth in the bucket, so that an alarm or a reply never waits behind a large blast for its first token.
_TAKE = """
local rate, want, reserve = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local held = redis.call('HMGET', KEYS[1], 't', 'at')
local burst = math.max(rate, 1)
local tokens = burst
if held[1] then tokens = math.min(burst, tonumber(held[1]) + (now - tonumber(held[2])) * rate / 1000) end
local granted = math.max(0, math.min(want, math.floor(tokens - reserve)))
redis.call('HSET', KEYS[1], 't', tostring(tokens - granted), 'at', now)
redis.call('PEXPIRE', KEYS[1], 10000)
local wait = 0
if granted == 0 then wait = math.ceil((1 + reserve - tokens) * 1000 / rate) end
return {granted, wait}
"""
_GIVE_BACK = """
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HINCRBYFLOAT', KEYS[1], 't', ARGV[1]) end
"""


def take(redis: Redis, provider: str, rate: float, want: int, *, is_bulk: bool) -> tuple[int, float]:
    """Tokens granted of the `want` asked for, and if none were, seconds until one is there. Rate 0 is no limit."""
    if rate <= 0:
        return want, 0.0
    reserve = max(1, int(rate / 10)) if is_bulk and rate >= 2 else 0
    granted, wait = redis.eval(_TAKE, 1, f"bucket:{provider}", str(rate), str(want), str(reserve))
    return int(granted), int(wait) / 1000


def give_back(redis: Redis, provider: str, rate: float, tokens: int) -> None:
    """Return tokens that were taken for messages that turned out not to be there."""
    if rate > 0 and tokens > 0:
        redis.eval(_GIVE_BACK, 1, f"bucket:{provider}", str(tokens))
