"""Who may call: every route declares its access, and the declaration is what is enforced."""

import ipaddress
from collections.abc import Callable
from typing import Final, Literal, TypeVar, cast, get_args

from flask import Request

from gateway.kernel.errors import TooMany
from gateway.officials import service as officials
from gateway.officials.rules import Official
from gateway.runtime import Runtime
from gateway.state import limits
from gateway.web.errors import Unauthorised

Access = Literal["public", "hook", "official", "development"]
"""public: anyone. hook: the company proves itself in the view. official: a bearer token. development: 404 elsewhere."""

WINDOW: Final = 60
"""Seconds in which calls and failed sign-ins are counted."""
MOST_FAILURES: Final = 20
MOST_CALLS: Final = 600
MOST_VISITS: Final = 120
"""Calls a minute of one address without a token: many people of an office or an operator share one."""
_LONGEST: Final = 200

View = TypeVar("View", bound=Callable[..., object])


def access(kind: Access) -> Callable[[View], View]:
    """Declares who may reach a view."""
    if kind not in get_args(Access):
        raise ValueError(f"no such access: {kind}")

    def declare(view: View) -> View:
        view.__dict__["access"] = kind
        return view

    return declare


def declared(view: Callable[..., object]) -> Access:
    """The access of a view. Raises LookupError where none was declared: such an application must not start."""
    kind = getattr(view, "access", None)
    if kind is None:
        raise LookupError(f"{view.__module__}.{view.__qualname__} declares no access")
    return cast(Access, kind)


def sign_in(rt: Runtime, request: Request) -> Official:
    """The official behind `Authorization: Bearer …`. Raises Unauthorised, or TooMany beyond a limit.

    Failures are counted by client address and a token that is known is let in all the same: behind one proxy or one
    office's line a stranger must not lock the officials out. Tokens are 256 random bits, so nobody guesses one.
    """
    scheme, _, token = request.headers.get("Authorization", "").strip().partition(" ")
    token = token.strip()
    is_bearer = scheme.lower() == "bearer" and 0 < len(token) <= _LONGEST
    official = officials.sign_in(rt, token) if is_bearer else None
    if official is None:
        if wait := limits.count(rt.redis, f"failed:{_digest(rt, request)}", MOST_FAILURES, WINDOW):
            raise TooMany("There were too many failed sign-ins from your address; wait a little.", wait)
        raise Unauthorised("Send the token of an active official as Authorization: Bearer <token>.")
    if wait := limits.count(rt.redis, f"calls:{official.id}", MOST_CALLS, WINDOW):
        raise TooMany(f"At most {MOST_CALLS} calls a minute for each official; wait a little.", wait)
    return official


def let_visit(rt: Runtime, request: Request) -> None:
    """Let somebody without a token call what is public. Raises TooMany beyond the limit of their address."""
    if wait := limits.count(rt.redis, f"visits:{_digest(rt, request)}", MOST_VISITS, WINDOW):
        raise TooMany(f"At most {MOST_VISITS} calls a minute from one address; wait a little.", wait)


def _digest(rt: Runtime, request: Request) -> str:
    """An address as it is counted: a keyed hash."""
    return rt.vault.digest("client", client_of(request)).hex()[:16]


def client_of(request: Request) -> str:
    """The address of the client: the last hop that our own proxy, on this machine, says it took the request from."""
    peer = request.remote_addr or ""
    passed_on = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        if passed_on and ipaddress.ip_address(peer).is_loopback:
            return str(ipaddress.ip_address(passed_on))
    except ValueError:
        return peer
    return peer
