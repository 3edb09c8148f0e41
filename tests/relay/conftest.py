"""The desks of other rooms, for what is read aloud."""

import pytest

from gateway.runtime import Runtime
from tests.information.conftest import Desk as Editors
from tests.rumours.conftest import Desk as Hoax


@pytest.fixture
def editors(rt: Runtime) -> Editors:
    """The information desk over real servers."""
    return Editors(rt)


@pytest.fixture
def hoax(rt: Runtime) -> Hoax:
    """The hoax desk over real servers."""
    return Hoax(rt)
