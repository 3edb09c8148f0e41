"""Phone numbers as people, forms and carriers write them."""

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType

from gateway.kernel import phone


@pytest.mark.parametrize(
    ("label", "written", "number"),
    [
        ("as it should be", "+6281234567890", "+6281234567890"),
        ("a plus that a form turned into a space", " 6281234567890", "+6281234567890"),
        ("without its plus", "6281234567890", "+6281234567890"),
        ("as people write it", "0812-3456-7890", "+6281234567890"),
        ("with blanks", "+62 812 3456 7890", "+6281234567890"),
        ("with dots and brackets", "(0812) 3456.7890", "+6281234567890"),
        ("with typographic dashes", "0812–3456–7890", "+6281234567890"),
        ("dialled from abroad", "006281234567890", "+6281234567890"),
        ("country and trunk zero together", "+62 0812 3456 7890", "+6281234567890"),
        ("country and trunk zero without plus", "62081234567890", "+6281234567890"),
        ("without any zero", "81234567890", "+6281234567890"),
        ("a landline of the city", "(0285) 421234", "+62285421234"),
        ("a prefix the library does not know yet", "085112345678", "+6285112345678"),
        ("a foreign number", "+65 8123 4567", "+6581234567"),
        ("an Australian one starting like ours with a plus", "+81 90 1234 5678", "+819012345678"),
        ("a sender name", "KIM PKL", None),
        ("a sender name with digits", "INFO123", None),
        ("a short code", "54600", None),
        ("an emergency number", "112", None),
        ("nothing", "", None),
        ("a plus alone", "+", None),
        ("too short to be ours", "+62812345", None),
        ("too long for any", "+6281234567890123", None),
        ("digits of another script", "٠٨١٢٣٤٥٦٧٨٩٠", None),
        ("an unknown country", "+9991234567", None),
        ("too short for its country", "+651234567", None),
        ("zeroes only", "0000000000", None),
    ],
)
def test_normalises(label: str, written: str, number: str | None) -> None:
    assert phone.normalise(written) == number, label


def test_another_region_has_its_own_zero_and_no_bare_eight() -> None:
    assert phone.normalise("0171 1234567", "DE") == "+491711234567"
    assert phone.normalise("81234567890", "DE") != "+6281234567890"
    assert phone.normalise("+6281234567890", "DE") == "+6281234567890"
    assert phone.normalise("+620812345678", "DE") == "+620812345678"


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.text(max_size=20), st.from_regex(r"[ +]?(62|0|00|8|65)?[0-9 .()-]{4,14}", fullmatch=True)))
def test_normalising_twice_changes_nothing_and_never_raises(written: str) -> None:
    if number := phone.normalise(written):
        assert phone.normalise(number) == number
        assert number.isascii()
        assert phone.is_mobile(number) in (True, False)


def slow_is_possible(number: str) -> bool:
    """What libphonenumber says of a number, without the short cut."""
    return phonenumbers.is_possible_number(phonenumbers.parse(number, None))


def test_the_short_cut_says_what_the_library_says_for_each_prefix_and_length() -> None:
    for prefix in range(100, 1000):
        for tail in ("12345", "123456", "1234567", "12345678", "123456789", "1234567890"):
            number = f"+628{prefix}{tail[:9]}"
            long_enough = len(number) - 3 >= 8
            assert phone.normalise(number) == (number if long_enough and slow_is_possible(number) else None)
            kind = phonenumbers.number_type(phonenumbers.parse(number, None))
            slow = kind in (PhoneNumberType.MOBILE, PhoneNumberType.UNKNOWN)
            assert phone.is_mobile(number) is slow


@settings(max_examples=500, deadline=None)
@given(st.from_regex(r"\+628[0-9]{4,14}", fullmatch=True))
def test_the_short_cut_agrees_with_the_library_on_any_number(number: str) -> None:
    if phone.normalise(number):
        assert slow_is_possible(number)
    else:
        assert not 8 <= len(number) - 3 <= 13 or not slow_is_possible(number) or number.startswith("+6280")


@pytest.mark.parametrize(
    ("label", "number", "mobile"),
    [
        ("a mobile number", "+6281234567890", True),
        ("a mobile prefix unknown to the library", "+6285112345678", True),
        ("a landline", "+62285421234", False),
        ("a toll-free number", "+628001234567", False),
        ("a number of a country whose kinds look alike", "+12025550123", True),
        ("an unknown number abroad", "+6511111111", False),
    ],
)
def test_is_mobile(label: str, number: str, mobile: bool) -> None:
    assert phone.is_mobile(number) is mobile, label


def test_what_others_may_see_of_a_number() -> None:
    assert phone.prefix_of("+6281234567890") == "+6281234"
    assert phone.mask("+6281234567890") == "+62812******90"
    assert phone.mask("+1234567") == "+12***67"
