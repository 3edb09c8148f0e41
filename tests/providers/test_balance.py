"""What companies say is left, read as an amount."""

from decimal import Decimal

import pytest

from gateway.providers.balance import read_amount

READ = [
    ("KES 1785.50", "1785.50"),
    ("14.20 USD", "14.20"),
    ("12.345 USD", "12.345"),
    ("-0.0312 USD", "-0.0312"),
    ("USD 1,234.5", "1234.5"),
    ("Rp 125.000", "125000"),
    ("Rp125.000,-", "125000"),
    ("Rp. 1.250.000,50", "1250000.50"),
    ("IDR 98000", "98000"),
    ("IDR 1,250,000.00", "1250000.00"),
    ("98000", "98000"),
    ("1.250.000", "1250000"),
    ("nothing", None),
    ("", None),
    ("3 of 4", None),
]


@pytest.mark.parametrize(("words", "amount"), READ)
def test_an_amount_is_read_as_its_country_writes_it(words: str, amount: str | None) -> None:
    assert read_amount(words) == (None if amount is None else Decimal(amount))
