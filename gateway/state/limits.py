"""Fixed windows: how often something may happen in a span of time, counted for all processes together."""

from redis import Redis, RedisError

# Time is Redis's own. The key of a window lives as long as the window, so nothing has to be cleaned up.
_COUNT = """
local n = redis.call('INCR', KEYS[1])
if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {n, redis.call('PTTL', KEYS[1])}
"""


def count(redis: Redis, name: str, most: int, seconds: int) -> int:
    """Count one more for `name`: 0 while there were at most `most` in its window, else seconds until the window ends.

    With Redis down nobody is held up.
    """
    try:
        so_far, left = redis.eval(_COUNT, 1, f"window:{name}", str(seconds * 1000))
    except RedisError:
        return 0
    return 0 if int(so_far) <= most else max(1, -(-int(left) // 1000))
