"""Filing an aspiration, as the tests of this room do it."""

from collections.abc import Callable

import pytest

from gateway.aspirations import follow, service
from gateway.aspirations.rules import Filing, State
from gateway.aspirations.store import Aspiration
from gateway.db import statement
from gateway.numbers import store as numbers
from gateway.runtime import Runtime


def _filing(cause: str, words: str = "Lampu mati", area: str = "33.75.01.1002", **other: object) -> Filing:
    given: dict[str, object] = {
        "kind": "complaint", "category": "roads", "area": area, "words": words, "is_confidential": False,
        "channel": "sms", "cause": cause,
    }  # fmt: skip
    return Filing(**(given | other))  # type: ignore[arg-type]


@pytest.fixture
def filing() -> Callable[..., Filing]:
    """A complaint about roads in Medono, by its cause, words and area, and other fields by name."""
    return _filing


@pytest.fixture
def file(rt: Runtime) -> Callable[..., tuple[Aspiration, bool]]:
    """Files for a number: the ticket, and whether it is new."""

    def act(what: Filing, number: str = "+6281234567890") -> tuple[Aspiration, bool]:
        with rt.engine.begin() as conn:
            return service.file(rt, conn, numbers.ensure(conn, rt.vault, number).id, what)

    return act


@pytest.fixture
def put(rt: Runtime) -> Callable[..., None]:
    """Sets a ticket's state as the casework of officials will, without its steps."""

    def act(aspiration: Aspiration, state: State, office: str | None = None) -> None:
        with rt.engine.begin() as conn:
            conn.execute(
                statement("UPDATE aspirations SET state = :state, office = :office, changed_at = :now WHERE id = :id"),
                {"state": state, "office": office, "id": aspiration.id, "now": rt.now()},
            )

    return act


@pytest.fixture
def add(rt: Runtime) -> Callable[..., Aspiration | None]:
    """Adds words to a ticket, as a number; the ticket, or None where it is not theirs."""

    def act(ticket: str, cause: str = "inbound:9", number: str = "+6281234567890") -> Aspiration | None:
        with rt.engine.begin() as conn:
            id = numbers.ensure(conn, rt.vault, number).id
            return follow.add_words(rt, conn, id, ticket, "di depan masjid", cause)

    return act
