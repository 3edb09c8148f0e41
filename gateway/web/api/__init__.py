"""The JSON API under /api/v1: officials' programs draft, decide and look."""

import json
from collections.abc import Callable
from typing import Any, Final

from flask import Flask, Response, g, request

from gateway.runtime import Runtime
from gateway.web.api import (
    aspirations,
    broadcasts,
    groups,
    holidays,
    items,
    lapor,
    openapi,
    people,
    planning,
    presets,
    public,
    relay,
    results,
    rumours,
)
from gateway.web.api.calls import PREFIX, Ask, Call, Part, Visit, read_body, refuse_unknown
from gateway.web.auth import access, let_visit
from gateway.web.reading import read_whole

LARGEST: Final = 1024 * 1024
"""Bytes of a body: a thousand residents fit three times."""

CALLS: Final[tuple[Call, ...]] = (
    *people.table,
    *aspirations.table,
    *lapor.table,
    *holidays.table,
    *broadcasts.table,
    *planning.table,
    *results.table,
    *groups.table,
    *presets.table,
    *rumours.table,
    *items.table,
    *relay.table,
    *public.table,
)


def mount(app: Flask, rt: Runtime) -> None:
    """Serve every call of CALLS and the document that tells of them."""
    for call in CALLS:
        app.add_url_rule(
            call.rule,
            endpoint=f"api {call.method} {call.path}",
            view_func=_serve(rt, call),
            methods=[call.method],
            provide_automatic_options=False,
        )
    document = json.dumps(openapi.build(CALLS), ensure_ascii=False)

    @app.get(PREFIX + openapi.PATH)
    @access("public")
    def openapi_document() -> Response:
        return Response(document, content_type="application/json")


def _serve(rt: Runtime, call: Call) -> Callable[..., Response]:
    body_model, is_list = call.body, call.is_list
    takes_body = "body" in call.hints

    @access("public" if call.is_public else "official")
    def view(**given: Any) -> Response:
        ask: Ask | Visit
        if call.is_public:
            let_visit(rt, request)
            ask = Visit(rt, request.args)
        else:
            headers = {name.lower(): value for name, value in request.headers}
            ask = Ask(rt, g.official, headers, request.args)
        if is_list:
            given["part"] = Part.of(request.args, call.query)
        else:
            refuse_unknown(request.args, call.query)
        if body_model:
            body = read_body(body_model, read_whole(request, LARGEST))
            given |= {"body": body} if takes_body else {}
        answer = call.view(ask, **given)
        if isinstance(answer, Response):
            return answer
        return Response(json.dumps(answer, ensure_ascii=False), call.status, content_type="application/json")

    return view
