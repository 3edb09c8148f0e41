"""USSD sessions in Redis: one compare-and-set write a hop, with a TTL that slides."""

import hashlib
import json
import threading
import time
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from redis import Redis
from redis.exceptions import NoScriptError

from gateway.state.connection import trip
from menus.model import State

TTL: Final = 600
"""Seconds a session is kept after its last hop; networks end one after 180 seconds at the latest."""
_REPLAYS: Final = 16
"""Screens kept to answer a repeated hop: more than a dialogue has hops."""

_MARK: Final = 8
"""Letters that tell the hops of one session apart."""

# Each answer is a field of its own, and so is what holds for the whole dialogue: a hop carries neither the other fifteen
# answers nor the facts, whose way to the server and into its file costs more than the command.
_SAVE: Final = """
local held = redis.call('HGET', KEYS[1], 'v')
if (held or '0') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'v', ARGV[2], 'd', ARGV[3], ARGV[4], ARGV[5])
if ARGV[6] ~= '' then redis.call('HDEL', KEYS[1], ARGV[6]) end
if ARGV[7] ~= '' then redis.call('HSET', KEYS[1], 'f', ARGV[7]) end
redis.call('EXPIRE', KEYS[1], ARGV[8])
return 1
"""
_SAVE_SHA: Final = hashlib.sha1(_SAVE.encode(), usedforsecurity=False).hexdigest()


class Place(NamedTuple):
    """Where one hop of a dialogue is kept."""

    redis: Redis
    key: str
    mark: str


class Session(NamedTuple):
    """A dialogue between two hops.

    state: None where what Redis has is not of our writing; text: how far the cumulative text was understood, as its length
    and hash, never its words; version: 0 for a session that is not there yet; marks: the hops, oldest first, whose answers
    Redis keeps; is_begun: Redis has the number and the facts, which no hop changes.
    """

    number_id: int
    facts: dict[str, Any]
    state: State | None
    text: str
    ends: bool
    version: int = 0
    marks: tuple[str, ...] = ()
    is_begun: bool = False


_recent: WeakKeyDictionary[Redis, dict[str, tuple[float, Session]]] = WeakKeyDictionary()
_MOST_RECENT: Final = 4096
"""Sessions that a process remembers beside Redis, none longer than Redis does."""
_lock = threading.Lock()


def place(redis: Redis, provider: str, session_id: str, hop: str = "") -> Place:
    """The place of the hop that a company calls by `session_id` and that `hop` tells from the session's others."""
    key = hashlib.blake2b(session_id.encode(), digest_size=16).hexdigest()
    mark = hashlib.blake2b(hop.encode(), digest_size=_MARK // 2).hexdigest()
    return Place(redis, f"hops:{provider}:{key}", mark)


def recent(at: Place) -> Session | None:
    """The session as this process saved it last, which is Redis's unless another process went on with it.

    None for a hop whose answer Redis may have. Whoever steps from it must be sure that only one input was made since, and
    `save` tells when it was not the last.
    """
    saved_at, kept = _recent.get(at.redis, {}).get(at.key, (0.0, None))
    if kept is None or saved_at < time.monotonic() - TTL or at.mark in kept.marks:
        return None
    return kept


def _remember(at: Place, session: Session | None) -> None:
    now = time.monotonic()
    with _lock:
        known = _recent.setdefault(at.redis, {})
        known.pop(at.key, None)
        if session and not session.ends:
            known[at.key] = (now, session)
        # They stand in the order in which they were saved.
        while known and (len(known) > _MOST_RECENT or known[next(iter(known))][0] < now - TTL):
            del known[next(iter(known))]


def load(at: Place) -> tuple[Session | None, str | None]:
    """The session, or None where Redis does not have it (new, expired, or flushed); and the answer already given to
    this hop, `CON …` or `END …`, so that a repeated hop is answered with what it was answered before.
    """
    begun, held, answer = trip(at.redis, "HMGET", at.key, "f", "d", at.mark)
    if begun is None or held is None:
        return None, None
    number_id, facts = json.loads(begun)
    state, text, ends, version, marks = json.loads(held)
    each = tuple(marks[first : first + _MARK] for first in range(0, len(marks), _MARK))
    return Session(number_id, facts, _read(state), text, ends, version, each, True), answer and answer.decode()


def _read(state: Any) -> State | None:
    try:
        return State.from_json(state)
    except ValueError:
        return None


def save(at: Place, session: Session, answer: str) -> bool:
    """Write `session` as the successor of the version it was read at, with the answer given to this hop; False where
    another hop was faster.
    """
    marks = (*(one for one in session.marks if one != at.mark), at.mark)
    dropped, kept = (marks[0], marks[1:]) if len(marks) > _REPLAYS else ("", marks)
    following = session._replace(version=session.version + 1, marks=kept, is_begun=True)
    state = session.state and session.state.to_json()
    body = _dumps((state, session.text, session.ends, following.version, "".join(kept)))
    begun = "" if session.is_begun else _dumps((session.number_id, session.facts))
    values = (str(session.version), str(following.version), body, at.mark, answer, dropped, begun, str(TTL))
    is_saved = False
    try:
        is_saved = bool(_compare_and_set(at, *values))
    finally:
        _remember(at, following if is_saved else None)
    return is_saved


def _compare_and_set(at: Place, *values: str) -> int:
    try:
        return int(trip(at.redis, "EVALSHA", _SAVE_SHA, "1", at.key, *values))
    except NoScriptError:
        return int(trip(at.redis, "EVAL", _SAVE, "1", at.key, *values))


_dumps = json.JSONEncoder(separators=(",", ":")).encode
