"""The table of roles, cell by cell: who may draft, who needs a second person, who may approve whom, who registers."""

import dataclasses

import pytest
from flask.testing import FlaskClient

from gateway.runtime import Runtime
from gateway.web.app import create_app
from tests.web.conftest import BARAT, BENDAN, CITY, MEDONO, Caller, Staff, a_broadcast, submitted

HOME = {"kim": BENDAN, "lurah": BENDAN}
ROLES = ("admin", "approver", "kim", "lurah", "office", "emergency", "auditor", "dpo")
LEVELS = ("routine", "important", "emergency")
MAY_DRAFT = {
    "admin": set(LEVELS),
    "approver": set(LEVELS),
    "kim": {"routine"},
    "lurah": {"routine", "important"},
    "emergency": {"emergency"},
}


def of(staff: Staff, role: str, which: int = 1) -> Caller:
    return staff(role, HOME.get(role, CITY), which)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("role", ROLES)
def test_drafting(staff: Staff, role: str, level: str) -> None:
    answer = of(staff, role)("POST", "/broadcasts", a_broadcast(level), Idempotency_Key="k")
    assert answer.status_code == (201 if level in MAY_DRAFT.get(role, set()) else 403)


@pytest.mark.parametrize(
    ("role", "area", "audience", "status"),
    [
        ("kim", BENDAN, {"areas": [BENDAN]}, 201),
        ("kim", BENDAN, {"areas": [f"{BENDAN}/RW03/RT02"]}, 201),
        ("kim", BENDAN, {"areas": [MEDONO]}, 403),
        ("kim", BENDAN, {"areas": [BENDAN, MEDONO]}, 403),
        ("kim", BENDAN, {"areas": [BARAT]}, 403),
        ("kim", BENDAN, {"areas": [CITY]}, 403),
        ("kim", BENDAN, {"topics": ["health"]}, 403),
        ("kim", CITY, {"areas": [CITY]}, 201),
        ("lurah", BENDAN, {"areas": [MEDONO]}, 403),
        ("lurah", BARAT, {"areas": [BENDAN, MEDONO]}, 201),
        ("lurah", BARAT, {"areas": ["33.75.02"]}, 403),
        ("admin", CITY, {"topics": ["health"]}, 201),
        ("admin", BARAT, {"areas": [CITY]}, 403),
    ],
)
def test_drafting_is_for_ones_own_area(staff: Staff, role: str, area: str, audience: object, status: int) -> None:
    body = a_broadcast() | {"audience": audience}
    assert staff(role, area)("POST", "/broadcasts", body, Idempotency_Key="k").status_code == status


@pytest.fixture
def strict(rt: Runtime) -> FlaskClient:
    """The application where two recipients already need a second person."""
    settings = rt.settings.model_copy(update={"second_approver_over": 1})
    return create_app(dataclasses.replace(rt, settings=settings)).test_client()


@pytest.fixture
def two_people(staff: Staff) -> None:
    people = [
        {"phone": f"0812345678{n}", "area": BENDAN, "language": "id", "consent": {"how": "paper", "when": "2026-10-01"}}
        for n in (1, 2)
    ]
    answer = staff("admin")("POST", "/residents", {"residents": people})
    assert [row["result"] for row in answer.json["results"]] == ["created", "created"]


OWN = [
    ("a KIM's own routine news", "kim", "routine", BENDAN, False, 409),
    ("a lurah's own to few", "lurah", "routine", BENDAN, False, 200),
    ("a lurah's own important news to few", "lurah", "important", BENDAN, False, 200),
    ("a lurah's own to many", "lurah", "routine", BENDAN, True, 409),
    ("an admin's own to few", "admin", "important", BENDAN, False, 200),
    ("an admin's own to many", "admin", "routine", BENDAN, True, 409),
    ("an admin's own to the city", "admin", "routine", CITY, False, 409),
    ("an approver's own to few", "approver", "emergency", BENDAN, False, 200),
    ("an approver's own to many", "approver", "routine", BENDAN, True, 409),
    ("an approver's own to the city", "approver", "routine", CITY, False, 409),
    ("BPBD's own to few", "emergency", "emergency", BENDAN, False, 200),
    ("BPBD's own to many", "emergency", "emergency", BENDAN, True, 409),
    ("BPBD's own to the city", "emergency", "emergency", CITY, False, 409),
]


@pytest.mark.parametrize(("label", "role", "level", "area", "is_many", "status"), OWN, ids=[row[0] for row in OWN])
def test_approving_ones_own(
    staff: Staff, two_people: None, strict: FlaskClient, label, role, level, area, is_many, status
) -> None:
    author = of(staff, role)
    if is_many:
        author = dataclasses.replace(author, client=strict)
    id = submitted(author, level, area)
    assert author("POST", f"/broadcasts/{id}/approve").status_code == status


ANOTHERS = [
    ("lurah", "kim", "routine", BENDAN, 200),
    ("admin", "kim", "routine", BENDAN, 200),
    ("approver", "kim", "routine", BENDAN, 200),
    ("kim", "kim", "routine", BENDAN, 403),
    ("emergency", "kim", "routine", BENDAN, 404),
    ("office", "kim", "routine", BENDAN, 404),
    ("auditor", "kim", "routine", BENDAN, 403),
    ("dpo", "kim", "routine", BENDAN, 403),
    ("lurah", "lurah", "routine", BENDAN, 403),
    ("kim", "lurah", "routine", BENDAN, 403),
    ("admin", "lurah", "important", BENDAN, 200),
    ("approver", "lurah", "important", BENDAN, 200),
    ("admin", "admin", "routine", BENDAN, 200),
    ("admin", "admin", "routine", CITY, 403),
    ("approver", "admin", "routine", CITY, 200),
    ("lurah", "admin", "routine", BENDAN, 403),
    ("approver", "approver", "routine", CITY, 200),
    ("admin", "approver", "routine", CITY, 403),
    ("admin", "approver", "routine", BENDAN, 200),
    ("emergency", "emergency", "emergency", CITY, 200),
    ("emergency", "admin", "emergency", BENDAN, 403),
    ("approver", "emergency", "emergency", CITY, 200),
    ("admin", "emergency", "emergency", BENDAN, 200),
    ("admin", "emergency", "emergency", CITY, 403),
    ("auditor", "emergency", "emergency", BENDAN, 403),
]


@pytest.mark.parametrize(("approver", "author", "level", "area", "status"), ANOTHERS)
@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_deciding_on_anothers(
    staff: Staff, verb: str, approver: str, author: str, level: str, area: str, status: int
) -> None:
    id = submitted(of(staff, author), level, area)
    assert of(staff, approver, 2)("POST", f"/broadcasts/{id}/{verb}").status_code == status


@pytest.mark.parametrize(("role", "area"), [("lurah", MEDONO), ("kim", MEDONO)])
def test_what_concerns_another_area_is_not_there(staff: Staff, role: str, area: str) -> None:
    id = submitted(staff("kim", BENDAN))
    caller = staff(role, area)
    assert caller("GET", f"/broadcasts/{id}").status_code == 404
    assert caller("POST", f"/broadcasts/{id}/approve").status_code == 404
    assert caller("POST", f"/broadcasts/{id}/cancel").status_code == 404


def test_a_camat_approves_what_the_kim_of_a_kelurahan_below_wrote(staff: Staff) -> None:
    id = submitted(staff("kim", BENDAN))
    assert staff("lurah", BARAT)("POST", f"/broadcasts/{id}/approve").status_code == 200


@pytest.mark.parametrize(
    ("role", "status"),
    [("admin", 200), ("kim", 200), ("lurah", 200)]
    + [(role, 403) for role in ("approver", "office", "emergency", "auditor", "dpo")],
)
def test_registering_residents(staff: Staff, role: str, status: int) -> None:
    person = {
        "phone": "081234567890",
        "area": BENDAN,
        "language": "id",
        "consent": {"how": "paper", "when": "2026-10-01"},
    }
    assert of(staff, role)("POST", "/residents", {"residents": [person]}).status_code == status
