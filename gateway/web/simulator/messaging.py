"""The simulated company over HTTP: it takes send calls, keeps handsets' inboxes, follows a fault plan.

POST /simulator/version1/messaging   as Africa's Talking (gateway/providers/company.py), header apiKey
GET  /simulator/inbox/<number>       [{"at": RFC 3339, "text": "…", "from": "54600", "code": "B27"}], oldest first
GET  /simulator/faults               the plan in force;  POST sets it, as JSON or a form; what is left out is 0
"""

import hmac
import re
import time
from dataclasses import asdict
from random import Random
from typing import Final

from flask import Flask, Response, jsonify, request

from gateway.handsets import service as handsets
from gateway.kernel.errors import Invalid
from gateway.providers.company import Fate, Faults, answer_json, plan_reports, read_submission
from gateway.runtime import Runtime
from gateway.web.auth import access
from gateway.web.simulator.reporter import Reporter

STALL: Final = 12.0
"""Seconds, longer than the gateway waits for the simulated company."""

_CODE: Final = re.compile(r" Kode (B\d{1,9})\Z", re.ASCII)


def mount(app: Flask, rt: Runtime) -> None:
    """Serve the company's calls."""
    reporter = Reporter(rt.settings.port, rt.settings.simulator_hook_token)
    # Chance in a simulator need not be hard to guess.
    dice = Random()  # noqa: S311

    @app.post("/simulator/version1/messaging")
    @access("development")
    def messaging() -> Response:
        token = rt.settings.simulator_hook_token
        given = request.headers.get("apiKey", "")
        if not token or not hmac.compare_digest(given.encode("utf-8", "replace"), token.encode()):
            return Response("The supplied authentication is invalid", 403, content_type="text/plain")
        faults = handsets.plan(rt)
        time.sleep(faults.slow_ms / 1000)
        fate = faults.fate(dice.random())
        if fate is Fate.HTTP_429:
            return Response("Too Many Requests", 429, {"Retry-After": "1"}, content_type="text/plain")
        if fate is Fate.HTTP_5XX:
            return Response("Internal Server Error", 500, content_type="text/plain")
        try:
            submission = read_submission(request.form)
        except ValueError as error:
            return Response(str(error), 400, content_type="text/plain")
        results = handsets.deliver(rt, submission, faults, dice)
        reporter.post(plan_reports(results, faults, dice))
        if fate is Fate.STALL:
            time.sleep(STALL)
        return Response(answer_json(results, submission.text), 201, content_type="application/json")

    @app.get("/simulator/inbox/<number>")
    @access("development")
    def inbox(number: str) -> Response:
        shown = []
        for message in handsets.inbox(rt, number):
            one = {"at": message.at.isoformat(), "text": message.body, "from": message.sender}
            if code := _CODE.search(message.body):
                one["code"] = code[1]
            shown.append(one)
        return jsonify(shown)

    @app.get("/simulator/faults")
    @access("development")
    def faults_in_force() -> Response:
        return jsonify(asdict(handsets.plan(rt)))

    @app.post("/simulator/faults")
    @access("development")
    def set_faults() -> Response:
        plan = request.get_json(silent=True) if request.is_json else request.form.to_dict()
        if not isinstance(plan, dict):
            raise Invalid("Send the fault plan as a JSON object or as a form.")
        try:
            faults = Faults.of(plan)
        except ValueError as error:
            raise Invalid(f"{str(error).capitalize()}.") from None
        handsets.set_plan(rt, faults)
        return jsonify(asdict(faults))
