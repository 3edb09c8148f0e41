"""Signing in to the API: tokens, strangers, limits."""

import pytest
from flask.testing import FlaskClient

from gateway.officials import service as officials
from gateway.runtime import Runtime
from gateway.web import auth
from tests.web.conftest import Staff

CALL = "/api/v1/broadcasts"


@pytest.mark.parametrize(
    ("label", "header", "status"),
    [
        ("a token", "Bearer {}", 200),
        ("a scheme in small letters", "bearer {}", 200),
        ("spaces around the token", "Bearer   {}  ", 200),
        ("nothing", None, 401),
        ("no token after the scheme", "Bearer", 401),
        ("another scheme", "Basic {}", 401),
        ("the token alone", "{}", 401),
        ("a token with a letter more", "Bearer {}x", 401),
        ("a very long token", "Bearer " + "x" * 5000, 401),
        ("letters that no token has", "Bearer ÿþ", 401),
    ],
)
def test_a_caller_is_known_by(client: FlaskClient, staff: Staff, label: str, header: str | None, status: int) -> None:
    headers = {"Authorization": header.format(staff("admin").token)} if header else {}
    answer = client.get(CALL, headers=headers)
    assert answer.status_code == status
    if status == 401:
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.content_type == "application/problem+json"


def test_a_token_stops_with_its_official(client: FlaskClient, rt: Runtime, staff: Staff) -> None:
    admin = staff("admin")
    officials.disable(rt, admin.id)
    assert admin("GET", "/broadcasts").status_code == 401


def test_an_old_token_stops_when_a_new_one_is_made(client: FlaskClient, rt: Runtime, staff: Staff) -> None:
    admin = staff("admin")
    token = officials.renew_token(rt, admin.id)
    assert admin("GET", "/broadcasts").status_code == 401
    assert client.get(CALL, headers={"Authorization": f"Bearer {token}"}).status_code == 200


def fail(client: FlaskClient, times: int, **more: object) -> list[int]:
    return [client.get(CALL, headers={"Authorization": "Bearer kabar_x"}, **more).status_code for _ in range(times)]


def test_failed_sign_ins_are_limited_by_address(client: FlaskClient, staff: Staff) -> None:
    assert fail(client, auth.MOST_FAILURES + 2) == [401] * auth.MOST_FAILURES + [429, 429]
    limited = client.get(CALL)
    assert limited.status_code == 429
    assert 0 < int(limited.headers["Retry-After"]) <= auth.WINDOW
    assert limited.content_type == "application/problem+json"


def test_a_stranger_locks_no_official_out(client: FlaskClient, staff: Staff) -> None:
    fail(client, auth.MOST_FAILURES + 1)
    assert staff("admin")("GET", "/broadcasts").status_code == 200


@pytest.mark.parametrize(
    ("label", "peer", "passed_on", "address"),
    [
        ("a client of our own proxy", "127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("the last of several", "127.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("a client that pretends to be a proxy", "203.0.113.5", "198.51.100.1", "203.0.113.5"),
        ("a proxy that passes nonsense on", "127.0.0.1", "unknown", "127.0.0.1"),
        ("a client of this machine", "127.0.0.1", None, "127.0.0.1"),
        ("a client over IPv6", "::1", "2001:db8::1", "2001:db8::1"),
        ("no address at all", "", "203.0.113.9", ""),
    ],
)
def test_the_address_of(client: FlaskClient, label: str, peer: str, passed_on: str | None, address: str) -> None:
    headers = {"X-Forwarded-For": passed_on} if passed_on else {}
    with client.application.test_request_context(headers=headers, environ_base={"REMOTE_ADDR": peer}) as context:
        assert auth.client_of(context.request) == address


def test_another_address_has_failures_of_its_own(client: FlaskClient) -> None:
    fail(client, auth.MOST_FAILURES + 1)
    assert fail(client, 1, environ_base={"REMOTE_ADDR": "203.0.113.9"}) == [401]


def test_calls_are_limited_by_official(client: FlaskClient, rt: Runtime, staff: Staff, monkeypatch) -> None:
    monkeypatch.setattr(auth, "MOST_CALLS", 3)
    admin, approver = staff("admin"), staff("approver")
    assert [admin("GET", "/broadcasts").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    assert int(admin("GET", "/broadcasts").headers["Retry-After"]) > 0
    assert approver("GET", "/broadcasts").status_code == 200


def test_what_is_kept_of_an_address_is_a_hash(client: FlaskClient, rt: Runtime) -> None:
    fail(client, 1, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    keys = list(rt.redis.scan_iter("window:*"))
    assert len(keys) == 1
    assert b"203.0.113.9" not in keys[0]
    assert rt.redis.pttl(keys[0]) > 0
