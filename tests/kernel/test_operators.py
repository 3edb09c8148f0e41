"""Prefixes tell the operator."""

import pytest

from gateway.kernel.operators import operator_of


@pytest.mark.parametrize(
    ("prefix", "operator"),
    [
        ("+6281100", "Telkomsel"),
        ("+62851", "Telkomsel"),
        ("+6285312", "Telkomsel"),
        ("+6281412", "Indosat"),
        ("+6285512", "Indosat"),
        ("+6281712", "XL"),
        ("+6285912", "XL"),
        ("+6287912", "XL"),
        ("+6283312", "Axis"),
        ("+6283812", "Axis"),
        ("+6289512", "Tri"),
        ("+6288912", "Smartfren"),
        ("+6283412", "other"),
        ("+6228512", "other"),
        ("+1555000", "other"),
        ("", "other"),
    ],
)
def test_the_operator_of_a_prefix(prefix, operator):
    assert operator_of(prefix) == operator
