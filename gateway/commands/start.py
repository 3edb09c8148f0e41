"""`up`: everything on this machine; once it is ready, the addresses, the demo's sign-ins and curl lines to try."""

import argparse
import http.client
import json
import secrets
import shlex
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from config.settings import Settings
from gateway.demo import load as demo
from gateway.demo.people import HOME, residents
from gateway.demo.signins import SignIn
from gateway.kernel.errors import Fault
from gateway.local.up import up
from gateway.reference import service as reference
from gateway.runtime import build

if TYPE_CHECKING:
    from gateway.commands.opening import Commands

TEXT: Final = "KIM PKL: Posyandu Bendan Kergon Sabtu jam 08-11 di balai kelurahan. Bawa KTP. Stop: BERHENTI."


def declare(commands: "Commands") -> None:
    """Add the parser."""
    start = commands.add_parser("up", help="start everything on this machine and show how to try it (`make up`)")
    start.set_defaults(run=_up)


def _up(args: argparse.Namespace) -> int:
    return up(args.environ, announce)


def announce(settings: Settings) -> None:
    """Print what a newcomer needs. Called once the web process is ready; the release step has loaded the demo."""
    base = f"http://127.0.0.1:{settings.port}"
    print(f"\nKabar is ready: {base}")
    if settings.is_development:
        print(f"Simulated phones: {base}/simulator")
    print(f"API: {base}/api/v1/openapi.json")
    if settings.gateway_demo:
        rt = build(settings, process="up", pool=4)
        try:
            found = demo.load(rt)
            phone = next(row["phone"] for row in residents(reference.areas(rt), rt.now()) if row["area"] == HOME)
        finally:
            rt.close()
        print("\nSign-ins of the demo city:")
        for sign_in in found:
            print(f"  {demo.show(sign_in)}")
        print("\nTry it:")
        for line in curl_lines(settings, {sign_in.key: sign_in for sign_in in found}, phone):
            print(f"  {line}")
    print("\nCtrl-C stops everything.", flush=True)


def curl_lines(settings: Settings, signed: Mapping[str, SignIn], phone: str) -> Iterator[str]:
    """Commands that work as printed: a dialogue and an SMS of one phone, and a broadcast from draft to status."""
    base = f"http://127.0.0.1:{settings.port}"
    if settings.is_development and settings.simulator_hook_token:
        hook = f"{base}/hooks/simulator"
        token = f"token={settings.simulator_hook_token}"
        session = f"try-{secrets.token_hex(4)}"
        for said in ("", "1"):
            form = {"sessionId": session, "phoneNumber": phone, "serviceCode": settings.ussd_code, "text": said}
            yield _curl(f"{hook}/ussd?{token}", form=form)
        form = {"id": f"{session}-sms", "from": phone, "to": settings.sms_number, "text": "INFO"}
        yield _curl(f"{hook}/sms?{token}", form=form)
        yield _curl(f"{base}/simulator/inbox/{phone}")
    if "kim" in signed and "lurah" in signed:
        yield from _broadcast_lines(settings, base, signed["kim"].token, signed["lurah"].token)


def _broadcast_lines(settings: Settings, base: str, author: str, approver: str) -> Iterator[str]:
    calls = f"{base}/api/v1/broadcasts"
    key = f"try-{secrets.token_hex(8)}"
    body = json.dumps({"level": "routine", "texts": {"id": TEXT}, "audience": {"areas": [HOME]}})
    # Drafted here already: the same key and body get the same answer again, so that its id can stand in the lines
    # that follow.
    id = _draft(settings, author, key, body)
    yield _curl(calls, author, body=body, headers={"Idempotency-Key": key})
    yield _curl(f"{calls}/{id}/submit", author, method="POST")
    yield _curl(f"{calls}/{id}/approve", approver, method="POST")
    yield _curl(f"{calls}/{id}", approver)


def _draft(settings: Settings, token: str, key: str, body: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", settings.port, timeout=10)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key, "Content-Type": "application/json"}
    try:
        connection.request("POST", "/api/v1/broadcasts", body, headers)
        answer = json.loads(connection.getresponse().read())
        return int(answer["id"])
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        raise Fault("The API does not draft a broadcast, so the gateway is not ready after all.") from None
    finally:
        connection.close()


def _curl(
    url: str,
    token: str = "",
    *,
    method: str = "",
    form: Mapping[str, str] | None = None,
    body: str = "",
    headers: Mapping[str, str] | None = None,
) -> str:
    words = ["curl", "-sS"]
    if method:
        words += ["-X", method]
    if token:
        words += ["-H", f"Authorization: Bearer {token}"]
    for name, value in (headers or {}).items():
        words += ["-H", f"{name}: {value}"]
    if body:
        words += ["-H", "Content-Type: application/json", "-d", body]
    for name, value in (form or {}).items():
        words += ["--data-urlencode", f"{name}={value}"]
    return shlex.join([*words, url])
