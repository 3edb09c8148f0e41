"""Everything that goes wrong, as `application/problem+json` (RFC 9457) with one sentence a person can act on.

Nothing of the request stands in it but the names of fields, and nothing of the program: a traceback goes to the log.
"""

import json
import logging
from http import HTTPStatus
from typing import Final

import psycopg
from flask import Flask, Response
from redis import RedisError
from sqlalchemy import exc
from werkzeug.exceptions import HTTPException

from gateway.kernel.errors import Fault, TooMany

PROBLEM: Final = "application/problem+json"
RETRY_AFTER: Final = 30
"""Seconds after which it is worth asking again while a service we stand on is down."""

_SENTENCES: Final = {
    400: "The request cannot be read.",
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    408: "The request came too slowly.",
    413: "The request is too large.",
    415: "Send the body as JSON.",
    431: "The request's headers are too large.",
}
_DOWN: Final = "The gateway cannot reach its database now; try again shortly."
BROKEN: Final = "Something went wrong on our side; the request's id leads to it in the log."

log = logging.getLogger(__name__)


class Unauthorised(Fault):
    """No token, or one that no official holds (HTTP 401)."""

    status = 401


def is_down(error: BaseException) -> bool:
    """Whether an exception says that PostgreSQL is away or cannot serve now, rather than that we asked wrongly."""
    if isinstance(error, exc.DBAPIError):
        return isinstance(error, exc.OperationalError | exc.InterfaceError) or error.connection_invalidated
    return isinstance(error, exc.TimeoutError | psycopg.OperationalError)


def problem(status: int, sentence: str, *, retry_after: int | None = None) -> Response:
    """An answer that says what went wrong."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": sentence}
    response = Response(json.dumps(body, ensure_ascii=False), status, content_type=PROBLEM)
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="kabar"'
    return response


def register(app: Flask) -> None:
    """Answer every exception of `app` as a problem."""
    app.register_error_handler(Fault, _show_fault)
    app.register_error_handler(HTTPException, _show_http)
    app.register_error_handler(Exception, _show_any)


def _show_fault(fault: Fault) -> Response:
    return problem(fault.status, str(fault), retry_after=fault.retry_after if isinstance(fault, TooMany) else None)


def _show_http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        # A redirection is no problem.
        return Response.force_type(error.get_response())  # type: ignore[return-value]
    shown = problem(error.code, _SENTENCES.get(error.code, HTTPStatus(error.code).phrase + "."))
    for name, value in error.get_headers():
        if name == "Allow":
            shown.headers[name] = value
    return shown


def _show_any(error: Exception) -> Response:
    if is_down(error):
        log.warning("the database is down: the request is answered 503")
        return problem(503, _DOWN, retry_after=RETRY_AFTER)
    if isinstance(error, RedisError):
        log.warning("redis is down: the request is answered 503")
        return problem(503, "The gateway cannot reach Redis now; try again shortly.", retry_after=RETRY_AFTER)
    log.error("a request failed", exc_info=error)
    return problem(500, BROKEN)
