"""The preview warns of what operators may block, and of questions nobody can answer, in every language of a broadcast."""

from dataclasses import replace

import pytest

from config.values import Route
from gateway.officials.rules import Official, Role
from gateway.providers import build
from tests.broadcasts.town import Town


@pytest.fixture
def admin(town: Town) -> Official:
    town.people(1)
    return town.official(Role.ADMIN)


def warnings(town: Town, admin: Official, **texts: str) -> list[str]:
    found: list[str] = town.write(admin, texts=texts)["preview"]["warnings"]
    return found


def test_a_plain_notice_has_no_warning(town: Town, admin: Official) -> None:
    assert warnings(town, admin, id="Rob 12/6 jam 14-18. Cek {ussd} atau SMS ke {number}.") == []


def test_each_text_is_read_and_named(town: Town, admin: Official) -> None:
    found = warnings(town, admin, id="Menang undian.", jv="Rob enggal surut.", en="Water at 10.00.")
    assert [warning.split(":")[0] for warning in found] == [
        "Text id says 'undian'", "Text jv promises a time without a number ('enggal')"]  # fmt: skip


def test_a_number_put_into_the_text_by_hand_is_found_though_our_own_slots_are_not(town: Town, admin: Official) -> None:
    found = warnings(town, admin, id="SMS ke {number} atau 0812 3456 7890")
    assert len(found) == 1
    assert "phone number (0812 3456 7890)" in found[0]


SENDERS = [
    ("a number", "54600", False),
    ("a name", "PEMKOTPKL", True),
    ("none of its own, whose company can be answered", "", False),
]


@pytest.mark.parametrize(("sender", "warns"), [case[1:] for case in SENDERS], ids=[case[0] for case in SENDERS])
def test_a_question_is_a_warning_where_the_sender_is(town: Town, admin: Official, sender: str, warns: bool) -> None:
    changed = {"twilio_sender": sender, "sms_routes": (Route("", ("twilio",)),)}
    rt = replace(town.rt, settings=town.rt.settings.model_copy(update=changed),
                 providers={"twilio": town.rt.providers["simulator"]})  # fmt: skip
    found = warnings(replace(town, rt=rt), admin, id="Apa kabar ini bermanfaat?")
    assert ["cannot be answered" in warning for warning in found] == ([True] if warns else [])


RATES = [
    ("a long number", {"twilio_sender": "+15005550006"}, 130, "twilio passes on 1 SMS a second from our sender: these take 2"),
    ("a short blast", {"twilio_sender": "+15005550006"}, 100, ""),
    ("held to its rate", {"twilio_sender": "+15005550006", "twilio_per_second": 1}, 130, ""),
    ("still too fast", {"twilio_sender": "+15005550006", "twilio_per_second": 2}, 130, "twilio passes on 1 SMS a second"),
    ("a short code", {"twilio_sender": "54600"}, 130, ""),
    ("emergencies apart", {"twilio_sender": "+15005550006", "twilio_urgent_sender": "+15005550007"}, 130, ""),
    ("a name, whose rate nobody says", {"twilio_sender": "PEMKOTPKL"}, 130, ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("senders", "people", "warning"), [case[1:] for case in RATES], ids=[case[0] for case in RATES]
)
def test_a_blast_that_would_hold_up_an_alarm_at_the_company_is_a_warning(
    town: Town, senders: dict[str, object], people: int, warning: str
) -> None:
    town.people(people)
    update = {
        "sms_routes": (Route("", ("twilio",)),),
        "twilio_account_sid": "AC1",
        "twilio_auth_token": "t",
        **senders,
    }
    changed = town.rt.settings.model_copy(update=update)
    rt = replace(town.rt, settings=changed, providers={"twilio": build("twilio", changed)})
    found = [
        one for one in warnings(replace(town, rt=rt), town.official(Role.ADMIN), id="Air mati.") if "passes on" in one
    ]
    assert [one.startswith(warning) for one in found] == ([True] if warning else [])
