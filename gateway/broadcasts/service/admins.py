"""Tell the city's admins by SMS of what only they can put right."""

from collections.abc import Mapping

from gateway.broadcasts import rules
from gateway.broadcasts.service import words
from gateway.db import Connection
from gateway.numbers import store as numbers
from gateway.officials import store as officials
from gateway.officials.rules import Role
from gateway.runtime import Runtime


def tell(
    rt: Runtime,
    conn: Connection,
    message: str,
    slots: Mapping[str, str],
    cause: str,
    *,
    at_once: bool = False,
    also: int | None = None,
    but: int | None = None,
) -> int:
    """Queue a message of the book for each admin of the city; how many had not been told of this `cause` yet.

    also, but: ids of an official who is told too, and of one who is not. Wake `reply` after the commit.
    """
    told = 0
    for official in officials.active(conn):
        is_admin = official.role is Role.ADMIN and official.area == rules.CITY
        if (is_admin or official.id == also) and official.id != but:
            language = words.language_of(rt, conn, numbers.get(conn, official.number_id))
            body = rt.say(message, slots, language)
            told += words.write_to(rt, conn, official, body, f"{cause}:{official.id}", language, at_once=at_once)
    return told
