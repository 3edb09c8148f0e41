"""A made-up company with any description, and the messages that tests send by it."""

import dataclasses
from collections.abc import Mapping
from hashlib import md5
from typing import Any

from gateway.providers.aggregator_description import Description
from gateway.providers.aggregator_requests import Config
from gateway.providers.base import Outgoing, Verdict
from tests.providers.cases import NUMBER, OTHER, build, settings

A, R, N, X, U = Verdict.ACCEPTED, Verdict.REFUSED, Verdict.NOT_SENT, Verdict.UNUSABLE, Verdict.UNKNOWN
ONE = [Outgoing("202611-1-1", NUMBER, "Banjir di Bendan")]
TWO = [*ONE, Outgoing("202611-2-1", OTHER, "Banjir di Bendan")]
DIGESTS = {"auth": {"by": "md5", "of": "{username}{api_key}{to.national}"}}
AUTH = md5(b"kotak3y/of ours081100000001").hexdigest()  # noqa: S324
"""The fingerprint that goes with ONE."""


def described(answer: Mapping[str, object] | None = None, report: object = None, **send: Any) -> Config:
    """A made-up company with this way to send, to answer and to report."""
    accepting = {"rules": [{"when": {"body": "ok"}, "then": "accepted"}]}
    call = {"method": "POST", "url": "https://x.example/a"} | send | {"answer": answer or accepting}
    given = {"company": "X", "digests": DIGESTS, "send": call, "report": report}
    told = build("aggregator", settings(aggregator_api_key="k3y/of ours", aggregator_hook_token="hook-token"))._config
    return dataclasses.replace(told, description=Description.model_validate(given), base_url="")
