"""The simulated company's pure part: forms, answers, faults, reports."""

import json
from random import Random

import pytest

from gateway.providers.africastalking_rulings import judge
from gateway.providers.base import Outgoing, Verdict
from gateway.providers.company import (
    Fate,
    Faults,
    Report,
    Result,
    Submission,
    answer_json,
    plan_reports,
    read_submission,
    refusal_json,
)
from gateway.providers.http import Reply
from tests.providers.cases import NUMBER, OTHER

FORM = {"username": "u", "to": f"{NUMBER}, {OTHER},", "message": "Halo"}
TAKEN = [Result(NUMBER, 101, "ATXid_1"), Result(OTHER, 101, "ATXid_2")]


def test_a_form_is_read_with_every_number() -> None:
    assert read_submission(FORM | {"from": "KABAR"}) == Submission("u", (NUMBER, OTHER), "Halo", "KABAR")
    assert read_submission(FORM).sender is None


@pytest.mark.parametrize("missing", FORM)
def test_a_form_without_a_field_is_refused_by_its_name(missing: str) -> None:
    with pytest.raises(ValueError, match=f"'{missing}'"):
        read_submission({name: value for name, value in FORM.items() if name != missing})


def test_an_answer_is_understood_by_the_adapter() -> None:
    results = [TAKEN[0], Result(OTHER, 406, None)]
    body = answer_json(results, "a" * 161)
    first, second = judge(Reply(201, {}, body.encode()), [Outgoing("k1", NUMBER, ""), Outgoing("k2", OTHER, "")], "ID")
    assert (first.verdict, first.provider_id, first.parts, first.cost) == (Verdict.ACCEPTED, "ATXid_1", 2, "KES 1.6000")
    assert (second.verdict, second.opted_out, second.text) == (Verdict.REFUSED, True, "UserInBlacklist")
    assert json.loads(body)["SMSMessageData"]["Message"] == "Sent to 1/2 Total Cost: KES 1.6000"
    [refused] = judge(Reply(201, {}, refusal_json("InsufficientBalance").encode()), [Outgoing("k", NUMBER, "")], "ID")
    assert (refused.verdict, refused.at_once) == (Verdict.UNUSABLE, True)


FATES = [
    ("no faults", Faults(), 0.0, Fate.TAKE),
    ("a low roll stalls", Faults(stall=0.1, http_429=0.2, http_5xx=0.3), 0.05, Fate.STALL),
    ("the next share is too many requests", Faults(stall=0.1, http_429=0.2, http_5xx=0.3), 0.15, Fate.HTTP_429),
    ("the next share is an inner error", Faults(stall=0.1, http_429=0.2, http_5xx=0.3), 0.5, Fate.HTTP_5XX),
    ("a high roll is taken", Faults(stall=0.1, http_429=0.2, http_5xx=0.3), 0.7, Fate.TAKE),
]


@pytest.mark.parametrize(("label", "faults", "roll", "fate"), FATES, ids=[label for label, *_ in FATES])
def test_a_roll_decides(label: str, faults: Faults, roll: float, fate: Fate) -> None:
    assert faults.fate(roll) is fate


def test_a_plan_is_read_from_texts() -> None:
    assert Faults.of({"refuse": "0.5", "slow_ms": 250}) == Faults(refuse=0.5, slow_ms=250.0)


@pytest.mark.parametrize("plan", [{"refuse": 2}, {"refuse": -0.1}, {"refuse": "x"}, {"refuse": "nan"}, {"other": 0},
                                  {"slow_ms": 60_001}])  # fmt: skip
def test_a_plan_names_its_faults(plan: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(plan))):
        Faults.of(plan)


PLANS = [
    ("nothing goes wrong", Faults(), ["Sent", "Success", "Sent", "Success"]),
    ("all come twice", Faults(duplicate_receipts=1), ["Sent", "Sent", "Success", "Success"] * 2),
    ("all come the other way round", Faults(reorder_receipts=1), ["Success", "Sent"] * 2),
    ("all are lost", Faults(drop_receipts=1), []),
]


@pytest.mark.parametrize(("label", "faults", "statuses"), PLANS, ids=[label for label, *_ in PLANS])
def test_reports_follow_the_faults(label: str, faults: Faults, statuses: list[str]) -> None:
    refused = Result("+6281100000003", 403, None)
    assert [report.status for report in plan_reports([*TAKEN, refused], faults, Random(1))] == statuses


def test_a_report_is_the_hook_s_form() -> None:
    assert Report(NUMBER, "ATXid_1", "Success").form.items() >= {("id", "ATXid_1"), ("phoneNumber", NUMBER)}
    assert Report(NUMBER, "ATXid_1", "Failed", "DeliveryFailure").form["failureReason"] == "DeliveryFailure"
