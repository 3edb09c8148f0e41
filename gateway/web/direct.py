"""Hooks answered before Flask sees them: a company's plain form or query needs neither routing by rules nor a request object.

Half of what a USSD hop costs in Flask is spent around the view. Anything else (another method than the hook is called by, a
body without a length, multipart, JSON, an unknown provider) is left to Flask, whose view does the same by the same
`hooks.take`.
"""

import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final

from gateway.providers.base import Hook
from gateway.runtime import Runtime
from gateway.web import hooks
from gateway.web.errors import RETRY_AFTER

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
FORM: Final = "application/x-www-form-urlencoded"
_PREFIX: Final = "/hooks/"
_LINES: Final = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}

log = logging.getLogger(__name__)


def mount(rt: Runtime, inner: Wsgi) -> Wsgi:
    """`inner`, with the hooks of `rt` in front of it."""
    known = {
        f"{_PREFIX}{name}/{kind}": (provider, kind, hooks.method_of(provider.shape(kind)))
        for name, provider in rt.providers.items()
        for kind in provider.hooks
        if provider.shape(kind) != "json"
    }
    public_url = rt.settings.public_url

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        found = known.get(environ["PATH_INFO"])
        if found is None or environ["REQUEST_METHOD"] != found[2]:
            return inner(environ, start_response)
        provider, kind, method = found
        body = None
        if method == "POST":
            length = environ.get("CONTENT_LENGTH") or ""
            kind_of_body = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
            if kind_of_body != FORM or not length.isdigit() or int(length) > hooks.LARGEST:
                return inner(environ, start_response)
            body = environ["wsgi.input"].read(int(length))
        answer = hooks.take(rt, provider, _read(public_url, kind, environ, body))
        encoded = answer.body.encode()
        headers = [("Content-Type", answer.content_type), ("Content-Length", str(len(encoded))), *hooks.SEALED.items()]
        if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
            headers.append(("Retry-After", str(RETRY_AFTER)))
        start_response(_LINES[answer.status], headers)
        return [encoded]

    return serve


def _read(public_url: str, kind: str, environ: dict[str, Any], body: bytes | None) -> Hook:
    """The hook of a form, or of its query alone."""
    query = environ.get("QUERY_STRING", "")
    raw = str(environ.get("REQUEST_URI") or environ.get("RAW_URI") or "")
    if not raw.startswith("/"):
        # The path is one of ours, which quoting would not change.
        raw = environ["PATH_INFO"] + ("?" + query if query else "")
    query_pairs = hooks.pairs(query.encode("latin-1", "replace"))
    return Hook(
        kind=kind,
        url=public_url + raw,
        query=dict(reversed(query_pairs)),
        form=query_pairs if body is None else hooks.pairs(body),
        headers={
            name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")
        },
    )
