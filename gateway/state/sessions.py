"""USSD sessions in Redis: one compare-and-set write a hop, with a TTL that slides."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from redis import Redis
from redis.exceptions import NoScriptError

from gateway.state.connection import trip

TTL = 600
"""Seconds a session is kept after its last hop; networks end one after 180 seconds at the latest."""
_REPLAYS = 16
"""Screens kept to answer a repeated hop: more than a dialogue has hops."""

_SAVE = """
local held = redis.call('HGET', KEYS[1], 'v')
if (held or '0') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'v', ARGV[2], 'd', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
"""
_SAVE_SHA = hashlib.sha1(_SAVE.encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Session:
    """A dialogue between two hops.

    text: how far the cumulative text was understood, as its length and hash, never its words; answers: the last screens
    by hash of their `text`, so that a repeated hop is answered with what it was answered before; version: 0 for a
    session that is not there yet.
    """

    number_id: int
    facts: dict[str, Any]
    state: dict[str, Any]
    text: str
    ends: bool
    version: int = 0
    answers: dict[str, str] = field(default_factory=dict)

    def answer_to(self, text: str) -> str | None:
        """The answer already given to this hop: `CON …` or `END …`."""
        return self.answers.get(_mark(text))

    def answered(self, text: str, answer: str) -> dict[str, str]:
        """`answers` with this one added and the oldest dropped."""
        kept = [(mark, said) for mark, said in self.answers.items() if mark != _mark(text)][-(_REPLAYS - 1) :]
        return {**dict(kept), _mark(text): answer}


def load(redis: Redis, provider: str, session_id: str) -> Session | None:
    """The session, or None where Redis does not have it (new, expired, or flushed)."""
    held = trip(redis, "HGET", _key(provider, session_id), "d")
    if held is None:
        return None
    return Session(**json.loads(held))


def save(redis: Redis, provider: str, session_id: str, session: Session) -> bool:
    """Write `session` as the successor of the version it was read at; False where another hop was faster."""
    following = session.version + 1
    body = json.dumps(
        {
            "number_id": session.number_id,
            "facts": session.facts,
            "state": session.state,
            "text": session.text,
            "ends": session.ends,
            "version": following,
            "answers": session.answers,
        },
        separators=(",", ":"),
    )
    key = _key(provider, session_id)
    arguments = ("1", key, str(session.version), str(following), body, str(TTL))
    try:
        return bool(trip(redis, "EVALSHA", _SAVE_SHA, *arguments))
    except NoScriptError:
        return bool(trip(redis, "EVAL", _SAVE, *arguments))


def _key(provider: str, session_id: str) -> str:
    return f"ussd:{provider}:{hashlib.blake2b(session_id.encode(), digest_size=16).hexdigest()}"


def _mark(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
