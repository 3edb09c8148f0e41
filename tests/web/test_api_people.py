"""Residents and aspirations over the API."""

import pytest

from gateway.aspirations import service as aspirations
from gateway.aspirations.rules import Filing
from gateway.numbers import store as numbers
from gateway.runtime import Runtime
from tests.web.conftest import BENDAN, MEDONO, Staff

CONSENT = {"how": "paper", "when": "2026-10-01"}


def person(**fields: object) -> dict[str, object]:
    return {"phone": "081234567890", "area": BENDAN, "language": "id", "consent": CONSENT} | fields


def register(staff: Staff, *people: object, role: str = "admin", area: str = "33.75"):
    return staff(role, area)("POST", "/residents", {"residents": list(people)})


ROWS = {
    "a full row": (person(name="Bu Sri", rt="2", rw=3, topics=["health"], groups=["ketua_rt"]), "created", None),
    "a number with its country": (person(phone="+62 812-3456-7890"), "created", None),
    "a number that JSON took for one": (person(phone=6281234567890), "created", None),
    "an area by its name": (person(area="Bendan Kergon"), "created", None),
    "a consent with its moment": (person(consent={"how": "sms", "when": "2026-10-01T08:00:00+07:00"}), "created", None),
    "a consent by word of mouth": (person(consent={"how": "verbal", "when": "2026-10-01"}), "pending", None),
    "a sheet of a meeting": (person(consent={"how": "sheet", "when": "2026-10-01"}), "pending", None),
    "no number": (person(phone=None), "refused", "phone is no phone number"),
    "a landline": (person(phone="0285421234"), "refused", "phone is a landline"),
    "an unknown area": (person(area="99"), "refused", "area is no kelurahan"),
    "no area": ({"phone": "081234567890", "consent": CONSENT}, "refused", "area is no kelurahan"),
    "an unknown language": (person(language="xx"), "refused", "language must be one of"),
    "no consent": (person(consent=None), "refused", "consent is missing"),
    "a consent without its day": (person(consent={"how": "paper"}), "refused", "consent when must be a day"),
    "a consent of tomorrow": (person(consent={"how": "paper", "when": "2026-11-05"}), "refused", "lies in the future"),
    "an unknown topic": (person(topics=["sport"]), "refused", "topics does not know sport"),
    "a strange unit": (person(rt="dua"), "refused", "rt must be a number"),
}


@pytest.mark.parametrize("label", ROWS)
def test_a_row(staff: Staff, label: str) -> None:
    row, result, reason = ROWS[label]
    answer = register(staff, row)
    assert answer.status_code == 200
    [found] = answer.json["results"]
    assert (found["row"], found["result"]) == (1, result)
    assert (reason or "") in found.get("reason", "")
    assert ("reason" in found) is (reason is not None)


def test_one_wrong_row_stops_no_other(staff: Staff) -> None:
    rows = [person(), person(phone="x"), person(phone="081234567891"), person()]
    results = register(staff, *rows).json["results"]
    assert [(row["row"], row["result"]) for row in results] == [
        (1, "created"),
        (2, "refused"),
        (3, "created"),
        (4, "refused"),
    ]


def test_the_same_again_is_an_update(staff: Staff) -> None:
    register(staff, person())
    assert register(staff, person(name="Bu Sri")).json["results"][0]["result"] == "updated"


def test_a_kim_registers_its_own_area_only(staff: Staff) -> None:
    results = register(staff, person(), person(phone="081234567891", area=MEDONO), role="kim", area=BENDAN).json[
        "results"
    ]
    assert [row["result"] for row in results] == ["created", "refused"]
    assert "outside your own area" in results[1]["reason"]


BODIES = {
    "there is no list": ({}, "residents is missing."),
    "the list is empty": ({"residents": []}, "between 1 and 1000"),
    "the list is too long": ({"residents": [{}] * 1001}, "between 1 and 1000"),
    "a row is no object": ({"residents": [1]}, "residents.0 should be an object."),
    "a row has an unknown field": ({"residents": [person(nik="1")]}, "There is no field residents.0.nik."),
    "a consent has an unknown field": (
        {"residents": [person(consent=CONSENT | {"by": "x"})]},
        "There is no field residents.0.consent.by.",
    ),
    "a name is a number": ({"residents": [person(name=1)]}, "residents.0.name should be a valid string."),
    "a name holds NUL": ({"residents": [person(name="a\x00")]}, "residents.0.name must not hold the character NUL."),
}


@pytest.mark.parametrize("label", BODIES)
def test_a_registration_is_refused_when(staff: Staff, rows, label: str) -> None:
    body, said = BODIES[label]
    answer = staff("admin")("POST", "/residents", body)
    assert answer.status_code == 400
    assert said in answer.json["detail"]
    assert rows("SELECT count(*) FROM residents") == [(0,)]


def test_a_thousand_fit_into_a_call(staff: Staff) -> None:
    people = [person(phone=f"0812{10_000_000 + n}", name="Nama yang cukup panjang " * 3) for n in range(1000)]
    results = register(staff, *people).json["results"]
    assert {row["result"] for row in results} == {"created"}
    assert [row["row"] for row in results] == list(range(1, 1001))


def test_a_body_has_a_limit(staff: Staff) -> None:
    answer = register(staff, person(name="x" * 1024 * 1024))
    assert answer.status_code == 413


def a_ticket(rt: Runtime, area: str = BENDAN, words: str = "Jalan rusak", number: str = "+6281234567890") -> str:
    with rt.engine.begin() as conn:
        number_id = numbers.ensure(conn, rt.vault, number).id
        filing = Filing("complaint", "roads", area, words, is_confidential=False, channel="sms", cause=f"t:{words}")
        return aspirations.file(rt, conn, number_id, filing)[0].ticket


@pytest.mark.parametrize("shape", ["{0}-{1}-{2}", "{0}{1}{2}", "{0}.{1}.{2}", "{0} {1} {2}", "%23{0}-{1}{2}"])
def test_a_ticket_is_found_with_any_separators(staff: Staff, rt: Runtime, shape: str) -> None:
    ticket = a_ticket(rt)
    written = shape.format(ticket[:3], ticket[3:6], ticket[6:])
    answer = staff("admin")("GET", f"/aspirations/{written}")
    assert answer.status_code == 200
    assert answer.json["ticket"] == f"{ticket[:3]}-{ticket[3:6]}-{ticket[6:]}"
    assert answer.json["reporter"] == "masked"
    assert [event["verb"] for event in answer.json["events"]] == ["received"]


def test_a_ticket_never_shows_a_number(staff: Staff, rt: Runtime) -> None:
    text = staff("admin")("GET", f"/aspirations/{a_ticket(rt)}").text
    assert "81234567890" not in text


@pytest.mark.parametrize("written", ["000-000-1", "abc", "1", "2719089", "%00", "1" * 5000])
def test_what_is_no_ticket_is_missing(staff: Staff, rt: Runtime, written: str) -> None:
    a_ticket(rt)
    assert staff("admin")("GET", f"/aspirations/{written}").status_code == 404


@pytest.mark.parametrize(
    ("role", "area", "sees"),
    [
        ("admin", "33.75", True),
        ("approver", "33.75", True),
        ("kim", BENDAN, True),
        ("lurah", BENDAN, True),
        ("lurah", "33.75.01", True),
        ("kim", MEDONO, False),
        ("lurah", MEDONO, False),
        ("office", "33.75", False),
        ("emergency", "33.75", True),
        ("auditor", "33.75", False),
        ("dpo", "33.75", False),
    ],
)
def test_who_sees_a_ticket(staff: Staff, rt: Runtime, role: str, area: str, sees: bool) -> None:
    ticket = a_ticket(rt)
    caller = staff(role, area)
    assert caller("GET", f"/aspirations/{ticket}").status_code == (200 if sees else 404)
    page = caller("GET", "/aspirations")
    assert len(page.json["items"]) == 1 if sees else page.status_code == 404 or page.json["items"] == []


def test_tickets_come_in_parts(staff: Staff, rt: Runtime) -> None:
    made = [a_ticket(rt, words=f"Jalan {n}") for n in range(3)]
    admin = staff("admin")
    first = admin("GET", "/aspirations?limit=2").json
    second = admin("GET", f"/aspirations?limit=2&cursor={first['next']}").json
    found = [one["ticket"].replace("-", "") for one in first["items"] + second["items"]]
    assert found == made[::-1]
    assert second["next"] is None
