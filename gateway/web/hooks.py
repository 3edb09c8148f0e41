"""The one view behind `/hooks/<provider>/<kind>`: prove, read, hand on to the service, answer in the company's form."""

import json
import logging
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote, unquote_to_bytes

from flask import Flask, Request, Response, request
from werkzeug.exceptions import MethodNotAllowed, NotFound

from gateway.dialogue import hop as dialogue
from gateway.inbox import service as inbox
from gateway.outbox.service import receive
from gateway.providers.base import (
    E164,
    Answer,
    Event,
    Hook,
    Hop,
    HopEnd,
    Inbound,
    MissingField,
    OptOut,
    Provider,
    Receipt,
    Shape,
)
from gateway.runtime import Runtime
from gateway.web.auth import access
from gateway.web.errors import RETRY_AFTER, is_down
from gateway.web.reading import read_whole

PLAIN: Final = "text/plain; charset=utf-8"
SEALED: Final = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
"""Of the headers that a page carries, those that say something to a company's client."""
LARGEST: Final = 64 * 1024
"""Bytes of a hook's body; the companies' own are below 8 kB."""
DEEPEST: Final = 8
"""Levels of a hook's JSON that are read."""

log = logging.getLogger(__name__)


def mount(app: Flask, rt: Runtime) -> None:
    """Serve the hooks of every provider of `rt`."""

    @app.route("/hooks/<name>/<kind>", methods=["GET", "POST"])
    @access("hook")
    def hook(name: str, kind: str) -> Response:
        provider = rt.providers.get(name)
        if provider is None or kind not in provider.hooks:
            raise NotFound
        shape = provider.shape(kind)
        if request.method != method_of(shape):
            raise MethodNotAllowed([method_of(shape)])
        answer = take(rt, provider, read_request(rt.settings.public_url, kind, request, shape))
        response = Response(answer.body, answer.status, content_type=answer.content_type)
        if answer.status == 503:
            response.headers["Retry-After"] = str(RETRY_AFTER)
        return response


def method_of(shape: Shape) -> str:
    """The one method that a hook of this shape is called by."""
    return "GET" if shape == "query" else "POST"


def read_request(public_url: str, kind: str, request: Request, shape: Shape = "form") -> Hook:
    """The request as the company sent it; what is no UTF-8 becomes U+FFFD. Raises 413 beyond LARGEST.

    The address is built from the raw path and query, because a signature covers them as they were sent; where the
    server does not pass the path on raw, it is quoted again, which changes nothing for the paths we give out.
    """
    raw = str(request.environ.get("REQUEST_URI") or request.environ.get("RAW_URI") or "")
    if not raw.startswith("/"):
        query = str(request.environ.get("QUERY_STRING", ""))
        raw = quote(request.path, safe="/:@!$&'()*+,;=~-._") + ("?" + query if query else "")
    query_pairs = pairs(request.query_string)
    if shape == "query":
        form = query_pairs
    elif shape == "json":
        form = flat(read_whole(request, LARGEST))
    elif request.mimetype == "multipart/form-data":
        request.max_content_length = LARGEST
        form = list(request.form.items(multi=True))
    else:
        form = pairs(read_whole(request, LARGEST))
    return Hook(
        kind=kind,
        url=public_url + raw,
        query=dict(reversed(query_pairs)),
        form=form,
        headers={name.lower(): value for name, value in request.headers},
    )


def pairs(encoded: bytes) -> list[tuple[str, str]]:
    """The names and values of a form or a query, in the order they came; what is no UTF-8 becomes U+FFFD.

    `urllib.parse.parse_qsl` says the same in three times the time, a tenth of a USSD hop.
    """
    return [
        (_decode(name), _decode(value))
        for name, _, value in (pair.partition(b"=") for pair in encoded.split(b"&") if pair)
    ]


def _decode(encoded: bytes) -> str:
    if b"+" in encoded:
        encoded = encoded.replace(b"+", b" ")
    # A hop's text has a star for every input so far, and unquoting costs by the sign.
    if b"%2A" in encoded:
        encoded = encoded.replace(b"%2A", b"*")
    return (unquote_to_bytes(encoded) if b"%" in encoded else encoded).decode("utf-8", "replace")


def flat(body: bytes) -> list[tuple[str, str]]:
    """The values of a JSON document, each named by its path: `data.0.id`. Nothing where it is no JSON."""
    try:
        return list(_leaves(json.loads(body.decode("utf-8", "replace")), "", DEEPEST))
    except (ValueError, RecursionError):
        return []


def _leaves(tree: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else None
    if pairs is not None:
        for name, child in pairs if depth else ():
            yield from _leaves(child, f"{path}.{name}" if path else str(name), depth - 1)
    elif tree is not None:
        # JSON can spell half of a pair of surrogates, which no database takes.
        text = str(tree).lower() if isinstance(tree, bool) else str(tree)
        yield path, text.encode("utf-8", "replace").decode()


def take(rt: Runtime, provider: Provider, hook: Hook) -> Answer:
    """What the company is answered: 403 without its proof, 400 naming a missing field, 503 where we cannot keep what
    it brought, else its own form of "taken" or of the next screen.
    """
    if not provider.verify(hook):
        log.warning("a hook without its company's proof", extra={"provider": provider.name, "kind": hook.kind})
        return Answer(403, PLAIN, "Forbidden")
    try:
        # All are read before any is kept: an answer holds for the whole request.
        events = [provider.read(part) for part in provider.parts(_cleaned(hook))]
    except MissingField as missing:
        return Answer(400, PLAIN, f"Missing field: {missing.field}")
    if isinstance(events[0], Hop):
        screen = dialogue.hop(rt, provider.name, events[0])
        return provider.answer(hook, screen.text, screen.ends)
    try:
        for event in events:
            _hand_on(rt, provider.name, event)
    except Exception as error:
        if not is_down(error):
            raise
        # The company sends it again: nothing was acknowledged, so nothing is lost.
        log.warning(
            "the database is down: a hook is answered 503", extra={"provider": provider.name, "kind": hook.kind}
        )
        return Answer(503, PLAIN, "Try again later")
    return provider.answer(hook, None, True)


def _cleaned(hook: Hook) -> Hook:
    # PostgreSQL cannot hold NUL. It is taken out only now, as a signature covers the form as it came.
    if not any("\x00" in value for _, value in hook.form):
        return hook
    form = [(name, value.replace("\x00", "")) for name, value in hook.form]
    return Hook(hook.kind, hook.url, hook.query, form, hook.headers)


def _hand_on(rt: Runtime, name: str, event: Event) -> None:
    match event:
        case Inbound():
            inbox.take(rt, name, event)
        case Receipt():
            receive.take(rt, name, event)
        case OptOut():
            # An opt-out of something that is no number concerns nobody.
            if E164.fullmatch(event.number):
                receive.opt_out(rt, name, event)
        case HopEnd():
            dialogue.end(rt, name, event)
