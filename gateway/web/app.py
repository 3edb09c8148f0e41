"""The application: routes mounted on the tools of one process, and what every request has in common."""

import logging
import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from flask import Flask, Response, g, request, send_from_directory
from werkzeug.exceptions import NotFound

from config.logging import access as log_access
from config.logging import bind, new_id
from gateway.runtime import Runtime
from gateway.web import api, auth, direct, errors, health, hooks, simulator

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    **hooks.SEALED,
    "X-Frame-Options": "DENY",
    # Not "no-referrer": a browser would then send the simulator's own forms with `Origin: null`.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_STATIC: Final = Path(__file__).with_name("static")
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
log = logging.getLogger(__name__)


def create_app(rt: Runtime) -> Flask:
    """The application over `rt`. Raises LookupError where a route declares no access."""
    app = Flask(__name__, static_folder=None)
    # What reads more, or less, says so itself.
    app.config["MAX_CONTENT_LENGTH"] = hooks.LARGEST
    app.config["MAX_FORM_MEMORY_SIZE"] = hooks.LARGEST
    app.url_map.strict_slashes = False
    errors.register(app)
    health.mount(app, rt)
    hooks.mount(app, rt)
    api.mount(app, rt)
    simulator.mount(app, rt)
    _mount_static(app)
    accesses = {name: auth.declared(view) for name, view in app.view_functions.items()}

    @app.before_request
    def let_in() -> None:
        if request.endpoint is None:
            return
        kind = accesses[request.endpoint]
        if kind == "development" and not (rt.settings.is_development and _is_from_here()):
            raise NotFound
        if kind == "official":
            g.official = auth.sign_in(rt, request)

    @app.after_request
    def seal(response: Response) -> Response:
        for name, value in (hooks.SEALED if request.endpoint == "hook" else HEADERS).items():
            response.headers.setdefault(name, value)
        return response

    app.wsgi_app = _journal(direct.mount(rt, app.wsgi_app))  # type: ignore[method-assign,assignment]
    return app


def _is_from_here() -> bool:
    """Whether a form was not sent by another site's page: the simulator asks for no password."""
    origin = request.headers.get("Origin")
    return origin is None or origin.partition("://")[2] == request.host


def _mount_static(app: Flask) -> None:
    @app.get("/static/<path:name>")
    @auth.access("public")
    def static(name: str) -> Response:
        return send_from_directory(_STATIC, name, max_age=3600)


def _journal(inner: Wsgi) -> Wsgi:
    """Gives every request an id, which every log line of it and the answer carry, and writes its access line."""

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        given = str(environ.get("HTTP_X_REQUEST_ID", ""))
        id = given if _REQUEST_ID.fullmatch(given) else new_id()
        began = time.perf_counter()
        status = 500

        def start(line: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            nonlocal status
            status = int(line[:3])
            return start_response(line, [*headers, ("X-Request-Id", id)], *rest)

        with bind(request=id):
            try:
                return inner(environ, start)
            except Exception:
                # Flask answers its own failures; this is one of a hook taken before it.
                log.exception("a request failed")
                shown = errors.problem(500, errors.BROKEN)
                return shown(environ, start)
            finally:
                log_access(str(environ.get("PATH_INFO", "")), status, (time.perf_counter() - began) * 1000)

    return serve
