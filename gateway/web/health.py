"""Whether the process lives, and whether the whole gateway is ready to serve."""

import logging
from typing import Final

from flask import Flask, Response, jsonify
from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from gateway import db
from gateway.runtime import Runtime
from gateway.state import queue
from gateway.web.auth import access

BEATING: Final = ("urgent", "reply", "bulk", "clock")
"""Kinds of process of which at least one must be alive."""
_KNOWN_FOR: Final = 60.0

log = logging.getLogger(__name__)


class _BehindError(Exception):
    pass


def mount(app: Flask, rt: Runtime) -> None:
    """Serve /healthz and /readyz."""

    @app.get("/healthz")
    @access("public")
    def healthz() -> Response:
        return jsonify({"ok": True})

    @app.get("/readyz")
    @access("public")
    def readyz() -> Response:
        missing = find_missing(rt)
        response = jsonify({"ok": not missing, "missing": missing})
        response.status_code = 503 if missing else 200
        return response


def find_missing(rt: Runtime) -> list[str]:
    """What keeps the gateway from serving: `postgresql`, `migrations`, `redis`, `worker bulk`, `clock`; empty if ready."""
    missing = _database(rt)
    try:
        alive = queue.beating(rt.redis)
    except RedisError:
        return [*missing, "redis"]
    names = {name: name if name == "clock" else f"worker {name}" for name in BEATING}
    return missing + [names[name] for name in BEATING if name not in alive]


def _database(rt: Runtime) -> list[str]:
    def check() -> bool:
        with rt.engine.connect() as conn:
            if not db.is_migrated(conn):
                raise _BehindError
        return True

    try:
        with rt.engine.connect() as conn:
            conn.execute(db.statement("SELECT 1"))
    except SQLAlchemyError:
        return ["postgresql"]
    try:
        # Reading the migrations costs some 50 ms; a schema that was right stays so for a while.
        rt.remember("is migrated", _KNOWN_FOR, check)
    except (_BehindError, SQLAlchemyError):
        return ["migrations"]
    return []
