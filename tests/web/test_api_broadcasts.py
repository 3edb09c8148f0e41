"""Broadcasts over the API: drafting once per key, messages about what is wrong, the way to approval, lists."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import pytest

from config.settings import Settings
from tests.web.conftest import BENDAN, CITY, MEDONO, Caller, Staff, a_broadcast, drafted, submitted


def draft(caller: Caller, body: object, key: str = "k"):
    return caller("POST", "/broadcasts", body, Idempotency_Key=key)


def test_a_draft_answers_with_its_preview(staff: Staff) -> None:
    answer = draft(staff("kim", BENDAN), a_broadcast())
    assert answer.status_code == 201
    body = answer.json
    assert body["state"] == "draft"
    assert body["preview"]["texts"] == {"id": f"Posyandu besok pukul 08.00. Kode {body['code']}"}
    assert (body["preview"]["encoding"], body["preview"]["segments"]) == ("GSM-7", 1)
    assert len(body["hash"]) == 64


def test_the_same_key_and_body_give_the_same_answer(staff: Staff, rows) -> None:
    kim = staff("kim", BENDAN)
    first, again = draft(kim, a_broadcast()), draft(kim, a_broadcast())
    assert (again.status_code, again.json) == (first.status_code, first.json)
    assert rows("SELECT count(*) FROM broadcasts") == [(1,)]


def test_the_same_key_with_another_body_is_refused(staff: Staff, rows) -> None:
    kim = staff("kim", BENDAN)
    draft(kim, a_broadcast())
    assert draft(kim, a_broadcast() | {"texts": {"id": "Lain."}}).status_code == 409
    assert rows("SELECT count(*) FROM broadcasts") == [(1,)]


def test_keys_are_an_officials_own(staff: Staff) -> None:
    first = draft(staff("kim", BENDAN), a_broadcast())
    second = draft(staff("kim", BENDAN, 2), a_broadcast())
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json["id"] != second.json["id"]


def test_the_same_key_at_the_same_moment_is_one_broadcast(staff: Staff, rows) -> None:
    kim = staff("kim", BENDAN)

    def one(_: int):
        # A client of its own for each thread, over the one application.
        return draft(dataclasses.replace(kim, client=kim.client.application.test_client()), a_broadcast())

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(one, range(16)))
    assert {answer.status_code for answer in found} == {201}
    assert len({answer.json["id"] for answer in found}) == 1
    assert rows("SELECT count(*) FROM broadcasts") == [(1,)]


@pytest.mark.parametrize("key", [None, "", "a b", "x" * 201, "ä"], ids=["absent", "empty", "spaced", "long", "letters"])
def test_a_draft_needs_a_key(staff: Staff, key: str | None) -> None:
    headers = {} if key is None else {"Idempotency_Key": key}
    answer = staff("admin")("POST", "/broadcasts", a_broadcast(), **headers)
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json["detail"]


def with_(**fields: object) -> dict[str, object]:
    return {**a_broadcast(), **fields}


def without(name: str) -> dict[str, object]:
    return {key: value for key, value in a_broadcast().items() if key != name}


NO_TEXT = f"texts needs a text by language, one of {', '.join(Settings.model_fields['languages'].default)}."
WRONG = {
    "there is no level": (without("level"), "level is missing."),
    "the level is unknown": (with_(level="urgent"), "level should be 'routine', 'important' or 'emergency'."),
    "the level is a number": (with_(level=1), "level should be 'routine', 'important' or 'emergency'."),
    "there are no texts": (without("texts"), "texts is missing."),
    "the texts are a list": (with_(texts=["a"]), "texts should be an object."),
    "no language has a text": (with_(texts={}), NO_TEXT),
    "a language is unknown": (with_(texts={"xx": "Halo"}), NO_TEXT),
    "a text is empty": (with_(texts={"id": " "}), "Text id must have between 1 and 1000 characters."),
    "a text holds NUL": (with_(texts={"id": "a\x00b"}), "texts.id must not hold the character NUL."),
    "a text is a number": (with_(texts={"id": 1}), "texts.id should be a valid string."),
    "there is no audience": (without("audience"), "audience is missing."),
    "the audience is empty": (with_(audience={}), "audience needs at least one list"),
    "the audience's lists are empty": (with_(audience={"areas": []}), "audience needs at least one list"),
    "an area is unknown": (with_(audience={"areas": ["99"]}), "There is no area 99;"),
    "an area is no text": (with_(audience={"areas": [1]}), "audience.areas.0 should be a valid string."),
    "a group holds NUL": (with_(audience={"groups": ["a\x00"]}), "audience.groups.0 must not hold the character NUL."),
    "a topic is unknown": (with_(audience={"topics": ["sport"]}), "There is no topic sport;"),
    "a field is misspelt": (
        with_(sendat="2026-11-30T08:00:00Z"),
        "There is no field sendat; the fields are level, texts,",
    ),
    "a field within is misspelt": (with_(audience={"area": [BENDAN]}), "There is no field audience.area."),
    "a moment has no zone": (with_(send_at="2026-11-30T08:00:00"), "send_at must be a moment with its zone"),
    "a moment is a day": (with_(send_at="2026-11-30"), "send_at must be a moment with its zone"),
    "a moment is a number": (with_(send_at=1795000000), "send_at must be a moment with its zone"),
    "a moment is no moment": (with_(send_at="2026-02-30T08:00:00Z"), "send_at must be a moment with its zone"),
    "a moment is of another age": (with_(send_at="0001-01-01T00:00:00+07:00"), "send_at must lie in this century."),
    "it ends before it begins": (
        with_(send_at="2026-11-30T08:00:00Z", expires_at="2026-11-30T07:00:00Z"),
        "expires_at must lie after now and after send_at.",
    ),
    "a reason is very long": (with_(reason="x" * 501), "reason string should have at most 500 characters."),
    "an emergency has no reason": (with_(level="emergency"), "An emergency needs a reason"),
    "it is a list": ([], "The body should be an object."),
}


@pytest.mark.parametrize("label", WRONG)
def test_a_draft_is_refused_when(staff: Staff, rows, label: str) -> None:
    body, said = WRONG[label]
    answer = draft(staff("admin"), body)
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert said in answer.json["detail"]
    assert rows("SELECT count(*) FROM broadcasts") == [(0,)]


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b'{"level":"\xed\xa0\x80"}', b"[" * 3000, b"null", b"NaN"])
def test_a_body_that_is_no_object_is_refused(staff: Staff, raw: bytes) -> None:
    admin = staff("admin")
    headers = {"Authorization": f"Bearer {admin.token}", "Idempotency-Key": "k"}
    assert admin.client.post("/api/v1/broadcasts", data=raw, headers=headers).status_code == 400


def test_several_things_that_are_wrong_are_told_at_once(staff: Staff) -> None:
    said = draft(staff("admin"), {"level": "x", "a": 1, "b": 2}).json["detail"]
    assert "level should be" in said
    assert "texts is missing." in said
    assert said.endswith("And 2 more.")


def test_a_wrong_value_is_never_repeated(staff: Staff) -> None:
    answer = draft(staff("admin"), with_(level="geheim", send_at="geheim", texts={"id": ["geheim"]}))
    assert "geheim" not in answer.text


def test_a_moment_is_taken_with_any_zone(staff: Staff) -> None:
    kim = staff("kim", BENDAN)
    for at, moment in enumerate(["2026-11-30T08:00:00+07:00", "2026-11-30T01:00:00Z", "2026-11-30t01:00:00.5z"]):
        assert draft(kim, with_(send_at=moment, expires_at=None), str(at)).status_code == 201


def test_a_brace_is_literal_unless_it_names_a_slot(staff: Staff) -> None:
    texts = draft(staff("kim", BENDAN), with_(texts={"id": "Balas {ya} ke {number}"})).json["preview"]["texts"]
    assert texts["id"].startswith("Balas {ya} ke 54600")


def test_a_change_makes_it_a_draft_again(staff: Staff) -> None:
    kim = staff("kim", BENDAN)
    id = submitted(kim)
    before = kim("GET", f"/broadcasts/{id}").json["hash"]
    answer = kim("PATCH", f"/broadcasts/{id}", {"texts": {"id": "Diganti."}})
    assert answer.status_code == 200
    assert answer.json["state"] == "draft"
    assert answer.json["preview"]["texts"]["id"].startswith("Diganti.")
    assert answer.json["hash"] != before


def test_a_change_leaves_the_rest_as_it_was(staff: Staff, rows) -> None:
    kim = staff("kim", BENDAN)
    id = draft(kim, with_(send_at="2026-11-30T08:00:00Z")).json["id"]
    assert kim("PATCH", f"/broadcasts/{id}", {"send_at": None}).status_code == 200
    assert rows("SELECT level, send_at, audience FROM broadcasts") == [("routine", None, {"areas": [BENDAN]})]


@pytest.mark.parametrize(
    ("label", "body", "status"),
    [
        ("a level that is null", {"level": None}, 400),
        ("an audience that is null", {"audience": None}, 400),
        ("texts that are empty", {"texts": {}}, 400),
        ("an unknown field", {"state": "approved"}, 400),
        ("an area outside one's own", {"audience": {"areas": [MEDONO]}}, 403),
        ("nothing at all", {}, 200),
    ],
)
def test_a_change_to(staff: Staff, label: str, body: object, status: int) -> None:
    kim = staff("kim", BENDAN)
    assert kim("PATCH", f"/broadcasts/{drafted(kim)}", body).status_code == status


def test_only_its_author_changes_and_submits(staff: Staff) -> None:
    id = drafted(staff("kim", BENDAN))
    assert staff("admin")("PATCH", f"/broadcasts/{id}", {"texts": {"id": "Lain."}}).status_code == 403
    assert staff("admin")("POST", f"/broadcasts/{id}/submit").status_code == 403


def test_the_way_to_approval(staff: Staff) -> None:
    kim, lurah = staff("kim", BENDAN), staff("lurah", BENDAN)
    id = drafted(kim)
    shown = kim("POST", f"/broadcasts/{id}/submit")
    assert (shown.status_code, shown.json["state"]) == (200, "submitted")
    assert shown.json == kim("GET", f"/broadcasts/{id}").json
    approved = lurah("POST", f"/broadcasts/{id}/approve", {"hash": shown.json["hash"]})
    assert (approved.status_code, approved.json["state"]) == (200, "approved")
    assert approved.json == lurah("GET", f"/broadcasts/{id}").json
    assert approved.json["total"] == sum(approved.json["counts"].values()) == 0
    assert kim("POST", f"/broadcasts/{id}/cancel").json["state"] == "cancelled"


def test_a_rejection_carries_a_word_to_the_author(staff: Staff) -> None:
    kim, lurah = staff("kim", BENDAN), staff("lurah", BENDAN)
    id = submitted(kim)
    answer = lurah("POST", f"/broadcasts/{id}/reject", {"note": "Jam keliru"})
    assert (answer.status_code, answer.json["state"]) == (200, "rejected")
    assert kim("GET", f"/broadcasts/{id}").json["note"] == "Jam keliru"


@pytest.mark.parametrize("verb", ["submit", "approve", "reject", "pause", "resume", "cancel"])
def test_an_act_takes_no_field_it_does_not_know(staff: Staff, verb: str) -> None:
    kim = staff("kim", BENDAN)
    answer = kim("POST", f"/broadcasts/{drafted(kim)}/{verb}", {"force": True})
    assert answer.status_code == 400
    assert "There is no field force" in answer.json["detail"]


@pytest.mark.parametrize("verb", ["approve", "reject", "pause", "resume"])
def test_an_act_the_state_forbids_is_a_conflict(staff: Staff, verb: str) -> None:
    id = drafted(staff("kim", BENDAN))
    answer = staff("approver")("POST", f"/broadcasts/{id}/{verb}")
    assert answer.status_code == 409
    assert "draft" in answer.json["detail"]


@pytest.mark.parametrize("verb", ["submit", "approve", "reject", "pause", "resume", "cancel"])
def test_what_is_not_there_is_missing(staff: Staff, verb: str) -> None:
    assert staff("admin")("POST", f"/broadcasts/4711/{verb}").status_code == 404


def test_the_order_of_checks_before_an_approval(staff: Staff) -> None:
    """404 not visible, 409 own, 403 role or scope, 409 state, 409 hash: each refusal hides those after it."""
    kim = staff("kim", BENDAN)
    id = drafted(kim)
    stale = {"hash": "0" * 64}

    def asked(caller: Caller) -> tuple[int, str]:
        answer = caller("POST", f"/broadcasts/{id}/approve", stale)
        return answer.status_code, answer.json["detail"]

    not_visible, own = asked(staff("lurah", MEDONO)), asked(kim)
    outside, state = asked(staff("kim", BENDAN, 2)), asked(staff("lurah", BENDAN))
    assert not_visible[0] == 404
    assert (own[0], "second person" in own[1]) == (409, True)
    assert (outside[0], "may not approve" in outside[1]) == (403, True)
    assert (state[0], "draft" in state[1]) == (409, True)
    kim("POST", f"/broadcasts/{id}/submit")
    changed = asked(staff("lurah", BENDAN))
    assert (changed[0], "changed since" in changed[1]) == (409, True)
    assert staff("lurah", BENDAN)("POST", f"/broadcasts/{id}/approve").status_code == 200


def test_a_list_comes_in_parts_newest_first(staff: Staff) -> None:
    kim = staff("kim", BENDAN)
    ids = [drafted(kim) for _ in range(5)]
    found: list[int] = []
    path = "/broadcasts?limit=2"
    for _ in range(4):
        part = kim("GET", path).json
        found += [one["id"] for one in part["items"]]
        if part["next"] is None:
            break
        path = f"/broadcasts?limit=2&cursor={part['next']}"
    assert found == ids[::-1]
    assert part["next"] is None


def test_a_list_shows_what_one_may_see(staff: Staff) -> None:
    drafted(staff("kim", BENDAN))
    drafted(staff("kim", MEDONO), "routine", MEDONO)
    for caller, seen in [
        (staff("kim", BENDAN), 1),
        (staff("lurah", MEDONO), 1),
        (staff("admin"), 2),
        (staff("auditor"), 2),
        (staff("office"), 0),
        (staff("emergency"), 0),
    ]:
        assert len(caller("GET", "/broadcasts").json["items"]) == seen


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=1", 200),
        ("limit=200", 200),
        ("limit=0", 400),
        ("limit=201", 400),
        ("limit=-1", 400),
        ("limit=x", 400),
        ("limit=%C2%B2", 400),
        ("limit=", 400),
        ("cursor=", 200),
        ("cursor=x", 400),
        ("cursor=99999999999999999999", 400),
        ("page=2", 400),
    ],
)
@pytest.mark.parametrize("path", ["/broadcasts", "/aspirations"])
def test_a_list_takes(staff: Staff, path: str, query: str, status: int) -> None:
    assert staff("admin")("GET", f"{path}?{query}").status_code == status


def test_a_call_that_is_no_list_takes_no_parameters(staff: Staff) -> None:
    kim = staff("kim", BENDAN)
    assert kim("GET", f"/broadcasts/{drafted(kim)}?limit=1").status_code == 400


def test_an_emergency_of_one_area_needs_nobody_else(staff: Staff) -> None:
    bpbd = staff("emergency", CITY)
    id = submitted(bpbd, "emergency")
    assert bpbd("POST", f"/broadcasts/{id}/approve").json["state"] == "approved"


def test_a_correction_needs_a_key_and_something_that_has_left(staff: Staff) -> None:
    kim = staff("kim", BENDAN)
    id = drafted(kim)
    assert kim("POST", f"/broadcasts/{id}/correct", {"texts": {"id": "Jam 9."}}).status_code == 400
    refused = kim("POST", f"/broadcasts/{id}/correct", {"texts": {"id": "Jam 9."}}, Idempotency_Key="r")
    assert refused.status_code == 409
    assert "Nothing of it has left" in refused.json["detail"]
    assert (
        kim("POST", f"/broadcasts/{id}/correct", {"texts": {}, "audience": {}}, Idempotency_Key="r").status_code == 400
    )
