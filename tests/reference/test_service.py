"""Reference data: loaded once, edits kept, working days counted."""

from datetime import date

import pytest

from gateway.reference import service, store
from gateway.runtime import Runtime


def test_loading_again_keeps_what_an_admin_edited(rt: Runtime) -> None:
    assert service.areas(rt)["33.75.01.1006"].name
