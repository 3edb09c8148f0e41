"""The OpenAPI 3.1 document, built from the table of calls."""

from collections.abc import Iterable
from typing import Any, Final

from pydantic.json_schema import JsonSchemaMode, models_json_schema

from gateway.web.api.answers import Problem
from gateway.web.api.calls import LARGEST_ID, MOST, PREFIX, USUAL, Call
from gateway.web.errors import PROBLEM

PATH: Final = "/openapi.json"
_REFERENCE: Final = "#/components/schemas/{model}"
_ALWAYS: Final = {401: "No token of an active official", 429: "Too many calls", 503: "A service we stand on is down"}
_WRITING: Final = {
    400: "Something in the request has to be mended",
    403: "Outside your role or area",
    409: "The present state forbids it",
}
_INTEGER: Final = {"type": "integer", "minimum": 0, "maximum": LARGEST_ID}


def build(calls: Iterable[Call]) -> dict[str, Any]:
    """The document as JSON objects."""
    calls = list(calls)
    bodies = {call.body for call in calls if call.body}
    wanted: list[tuple[Any, JsonSchemaMode]] = [(model, "validation") for model in sorted(bodies, key=str)]
    answers = {call.answers for call in calls if not isinstance(call.answers, str)} | {Problem}
    wanted += [(model, "serialization") for model in sorted(answers, key=str)]
    _, schemas = models_json_schema(wanted, ref_template=_REFERENCE)
    paths: dict[str, dict[str, Any]] = {}
    for call in calls:
        paths.setdefault(PREFIX + call.path, {})[call.method.lower()] = _operation(call)
    paths[PREFIX + PATH] = {
        "get": {
            "operationId": "openapi",
            "summary": "This document",
            "security": [],
            "responses": {"200": {"description": "OpenAPI 3.1", "content": {"application/json": {"schema": {}}}}},
        }
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Kabar",
            "version": "1",
            "description": "SMS and USSD gateway of Kota Pekalongan. Errors are problems with one sentence to act on.",
        },
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "An official's token"}},
            "schemas": schemas["$defs"],
        },
    }


def _operation(call: Call) -> dict[str, Any]:
    if isinstance(call.answers, str):
        content: dict[str, Any] = {call.answers: {"schema": {"type": "string"}}}
    else:
        content = {"application/json": {"schema": _ref(call.answers.__name__)}}
    success = {"description": "Done", "content": content}
    faults = dict(_ALWAYS)
    if call.is_public:
        del faults[401]
    if call.method != "GET":
        faults |= _WRITING
    if call.is_list or call.query:
        faults[400] = _WRITING[400]
    if call.params or call.method == "GET":
        faults[404] = "It does not exist, or you may not see it"
    refused = {"content": {PROBLEM: {"schema": _ref("Problem")}}}
    responses = {str(call.status): success}
    responses |= {str(status): {"description": text, **refused} for status, text in sorted(faults.items())}
    operation: dict[str, Any] = {
        "operationId": f"{call.view.__module__.rpartition('.')[2]}_{call.view.__name__}",
        "summary": call.summary,
        "parameters": _parameters(call),
        "responses": responses,
    }
    if call.is_public:
        operation["security"] = []
    if call.body and (call.body.model_fields):
        is_required = any(one.is_required() for one in call.body.model_fields.values())
        content = {"application/json": {"schema": _ref(call.body.__name__)}}
        operation["requestBody"] = {"required": is_required, "content": content}
    return operation


def _parameters(call: Call) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name, kind in call.params.items():
        schema = _INTEGER if kind is int else {"type": "string"}
        found.append({"name": name, "in": "path", "required": True, "schema": schema})
    if call.is_list:
        limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
        found.append({"name": "limit", "in": "query", "schema": limit})
        cursor = {"name": "cursor", "in": "query", "schema": {"type": "string"}}
        found.append(cursor | {"description": "`next` of the part before"})
    for name, text in call.query.items():
        found.append({"name": name, "in": "query", "description": text, "schema": {"type": "string"}})
    for name, text in call.headers.items():
        found.append(
            {"name": name, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
        )
    return found


def _ref(name: str) -> dict[str, str]:
    return {"$ref": _REFERENCE.format(model=name)}
