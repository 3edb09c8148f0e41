"""Faults carry one sentence for a person and the status for a machine."""

import pytest

from gateway.kernel import errors


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (errors.Fault, 500), (errors.Invalid, 400), (errors.Forbidden, 403), (errors.Missing, 404),
        (errors.Conflict, 409), (errors.Unavailable, 503),
    ],
)  # fmt: skip
def test_each_fault_has_its_status_and_sentence(fault: type[errors.Fault], status: int) -> None:
    assert fault.status == status
    assert str(fault("A sentence.")) == "A sentence."


def test_a_limit_says_when_to_come_back() -> None:
    fault = errors.TooMany("Too many.", 30)
    assert (fault.status, fault.retry_after, str(fault)) == (429, 30, "Too many.")
