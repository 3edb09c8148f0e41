"""People to register, and a look at what came of it."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from gateway.db import statement
from gateway.runtime import Runtime


def _person(phone: str, area: str = "33.75.01.1002", how: str = "paper", **more: object) -> dict[str, Any]:
    return {"phone": phone, "area": area, "consent": {"how": how, "when": "2026-11-01"}, **more}


@pytest.fixture
def person() -> Callable[..., Mapping[str, Any]]:
    """A row of the API: phone, area and way of consent, and more fields by name."""
    return _person


@pytest.fixture
def ask(rt: Runtime) -> Callable[..., list[tuple[Any, ...]]]:
    """Rows of one SELECT as the application's role sees them."""

    def run(query: str, **values: object) -> list[tuple[Any, ...]]:
        with rt.engine.begin() as conn:
            return [tuple(row) for row in conn.execute(statement(query), values)]

    return run
