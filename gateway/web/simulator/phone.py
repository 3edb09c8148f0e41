"""The phone page: dial, answer screens, write and read SMS as any number; several phones are several addresses.

The page keeps a USSD session in hidden fields (its id and the cumulative text), so the server remembers nothing, and
sending a form twice is the same hop twice, as it may come from a company.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from flask import Flask, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from gateway.handsets import service as handsets
from gateway.kernel import phone
from gateway.providers.base import Answer, Hook
from gateway.runtime import Runtime
from gateway.web import hooks
from gateway.web.auth import access

PROVIDER: Final = "simulator"
STRANGER: Final = "+6281200000001"
"""The phone shown first where no demo people are loaded."""
_NETWORK: Final = "51010"


@dataclass(frozen=True, slots=True)
class Screen:
    """What the phone shows of a USSD session; session and text are what its next hop builds on."""

    words: str
    is_over: bool
    session: str
    text: str


def mount(app: Flask, rt: Runtime) -> None:
    """Serve the page and its forms."""

    @app.get("/simulator")
    @access("development")
    def simulator() -> str:
        return _page(rt, request.args.get("number", ""))

    @app.post("/simulator/dial")
    @access("development")
    def dial() -> str:
        form = request.form
        number, code, text = form.get("number", ""), form.get("code", ""), form.get("text", "")
        session = form.get("session", "")
        if not session:
            session, text = f"sim-{secrets.token_hex(8)}", _beyond(code, rt.settings.ussd_code)
        else:
            reply = form.get("reply", "")
            text = f"{text}*{reply}" if text else reply
        fields = {"sessionId": session, "phoneNumber": number, "serviceCode": code, "text": text}
        said = _post(rt, "ussd", fields | {"networkCode": _NETWORK})
        kind, _, words = said.body.partition(" ")
        if said.status != 200 or kind not in ("CON", "END"):
            return _page(rt, number, Screen(said.body, True, "", ""), code)
        if kind == "END":
            _post(rt, "ussd-end", {"sessionId": session, "phoneNumber": number, "status": "Success"})
        return _page(rt, number, Screen(words, kind == "END", session, text), code)

    @app.post("/simulator/hangup")
    @access("development")
    def hang_up() -> AnyResponse:
        fields = {"sessionId": request.form.get("session", ""), "status": "Incomplete"}
        _post(rt, "ussd-end", fields | {"phoneNumber": request.form.get("number", "")})
        return _back(request.form)

    @app.post("/simulator/text")
    @access("development")
    def text() -> AnyResponse:
        form = request.form
        fields = {"id": form.get("id", "") or _new_id(), "from": form.get("number", ""), "text": form.get("text", "")}
        said = _post(rt, "sms", fields | {"to": rt.settings.sms_number, "networkCode": _NETWORK})
        if said.status != 200:
            return Response(said.body, said.status, content_type=said.content_type)
        return _back(form)


def _beyond(code: str, ussd_code: str) -> str:
    """What a deep dial such as *546*1*2# adds to the code, as the first text of the session."""
    stem = ussd_code.rstrip("#") + "*"
    return code.rstrip("#").removeprefix(stem) if code.startswith(stem) else ""


def _post(rt: Runtime, kind: str, fields: Mapping[str, str]) -> Answer:
    # In this process and not over HTTP: all threads may be busy with pages like this one.
    query = {"token": rt.settings.simulator_hook_token}
    url = f"{rt.settings.public_url}/hooks/{PROVIDER}/{kind}?{urlencode(query)}"
    return hooks.take(rt, rt.providers[PROVIDER], Hook(kind, url, query, list(fields.items()), {}))


def _back(form: Mapping[str, str]) -> AnyResponse:
    return redirect("/simulator?" + urlencode({"number": form.get("number", "")}), 303)


def _new_id() -> str:
    return f"SIM{secrets.token_hex(12)}"


def _page(rt: Runtime, written: str, screen: Screen | None = None, code: str = "") -> str:
    others = handsets.demo_numbers(rt)
    first = others[0] if others else STRANGER
    number = phone.normalise(written, rt.settings.region) or written.strip() or first
    return render_template(
        "phone.html",
        number=number,
        others=others or [STRANGER],
        code=code or rt.settings.ussd_code,
        sms_number=rt.settings.sms_number,
        screen=screen,
        messages=list(reversed(handsets.inbox(rt, number))),
        timezone=rt.settings.timezone,
        # The id of the SMS to write: pressing "send" twice is one message.
        next_id=_new_id(),
    )
