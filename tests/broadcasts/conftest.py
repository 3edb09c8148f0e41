"""Fixtures of the tests of broadcasts: a town in which they live."""

import pytest

from gateway.runtime import Runtime
from tests.broadcasts.town import Town


@pytest.fixture
def town(rt: Runtime) -> Town:
    """An empty town at the clock of `rt`: Wednesday 10:00 WIB."""
    return Town(rt, home="33.75.01.1006", other="33.75.02.1007")
