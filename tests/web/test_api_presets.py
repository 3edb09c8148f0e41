"""Presets over the API: from the first draft to a warning that one person sent, and the look at it afterwards."""

from gateway.runtime import Runtime
from tests.web.conftest import BENDAN, CITY, Staff
from tests.web.test_openapi import A_PRESET


def test_the_whole_way(staff: Staff, rt: Runtime) -> None:
    bpbd, approver = staff("emergency"), staff("approver")
    body = {**A_PRESET, "audience": {"areas": [CITY]}}
    made = bpbd("POST", "/presets", body)
    assert (made.status_code, made.json["state"]) == (201, "submitted")
    assert bpbd("POST", f"/presets/{made.json['id']}/approve").status_code == 409
    early = bpbd("POST", "/presets/rob/broadcasts", {"slots": {"jam": "14-18"}, "reason": "rob"}, Idempotency_Key="k")
    assert early.status_code == 404
    assert approver("POST", f"/presets/{made.json['id']}/approve", {"hash": "0" * 64}).status_code == 409
    assert approver("POST", f"/presets/{made.json['id']}/approve", {"hash": made.json["hash"]}).status_code == 200
    assert [one["state"] for one in bpbd("GET", "/presets").json["items"]] == ["approved"]
    wanted = {"slots": {"jam": "14-18"}, "reason": "rob"}
    assert bpbd("POST", "/presets/rob/broadcasts", wanted).status_code == 400, "a key is needed"
    drafted = bpbd("POST", "/presets/rob/broadcasts", wanted, Idempotency_Key="k")
    assert drafted.status_code == 201
    assert drafted.json["preview"]["texts"]["id"].startswith("SIAGA ROB jam 14-18.")
    assert bpbd("POST", "/presets/rob/broadcasts", wanted, Idempotency_Key="k").json == drafted.json
    one = f"/broadcasts/{drafted.json['id']}"
    assert bpbd("POST", f"{one}/submit").status_code == 200
    assert bpbd("POST", f"{one}/approve").json["state"] == "approved", "city-wide, and by its author alone"
    assert bpbd("POST", f"{one}/review", {}).status_code == 409
    assert approver("POST", f"{one}/review", {"note": "benar"}).status_code == 200
    assert approver("POST", f"{one}/review", {}).status_code == 409


def test_who_has_nothing_to_do_with_emergencies_sees_no_presets(staff: Staff) -> None:
    id = staff("emergency")("POST", "/presets", A_PRESET).json["id"]
    kim = staff("kim", BENDAN)
    assert kim("GET", "/presets").status_code == 404
    assert kim("POST", "/presets", A_PRESET).status_code == 403
    for verb in ("approve", "reject", "retire"):
        assert kim("POST", f"/presets/{id}/{verb}").status_code == 404
