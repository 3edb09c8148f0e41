"""One table of API calls: a view's own signature is what is served, validated and documented.

    @table.call("POST", "/broadcasts/{id}/approve", "Approve what was submitted", Status)
    def approve(ask: Ask, id: int, body: Approval) -> dict[str, Any]: ...

A parameter named in the path is one of the path, `body` is the JSON body, `part` makes the call a list.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError

from gateway.kernel.errors import Invalid
from gateway.kernel.text import clean
from gateway.officials.rules import Official
from gateway.runtime import Runtime

PREFIX: Final = "/api/v1"
LARGEST_ID: Final = 2**63 - 1
MOST, USUAL = 200, 50
_NAMED: Final = 3
_IN_PATH: Final = re.compile(r"\{(\w+)\}")

View = Callable[..., Any]


class Body(BaseModel):
    """A JSON body; fields we do not know are refused, since a misspelt one would otherwise do nothing."""

    model_config = ConfigDict(extra="forbid")


class Nothing(Body):
    """An empty body, or none."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks, with which tools, and the headers of the request, case folded."""

    rt: Runtime
    official: Official
    headers: Mapping[str, str] = field(repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Visit:
    """What a call for anyone is told: the tools, and what stood after `?`."""

    rt: Runtime
    query: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a list is asked for."""

    cursor: str | None
    limit: int

    @classmethod
    def of(cls, query: Mapping[str, str], more: Collection[str] = ()) -> "Part":
        """Reads `?cursor&limit`; the list takes parameters named in `more` beside them. Raises Invalid."""
        known = ("cursor", "limit", *more)
        if unknown := sorted(query.keys() - set(known)):
            raise Invalid(
                f"There is no parameter {_name(unknown[0])}; a list takes {', '.join(known[:-1])} and {known[-1]}."
            )
        limit, cursor = query.get("limit", str(USUAL)), query.get("cursor") or None
        if not (limit.isascii() and limit.isdigit() and len(limit) < 4 and 1 <= int(limit) <= MOST):
            raise Invalid(f"limit must be a whole number from 1 to {MOST}.")
        if cursor is not None and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 18):
            raise Invalid("cursor must be what `next` of the part before said.")
        return cls(cursor, int(limit))


@dataclass(frozen=True, slots=True)
class Call:
    """One call. path: below PREFIX, with {names}; answers: what a success (`status`) looks like, a media type where it is
    no JSON; headers: required; query: parameters that may be, in a list beside its part; is_public: for anyone, without a
    token.
    """

    method: str
    path: str
    summary: str
    view: View
    answers: type[BaseModel] | str
    status: int
    headers: Mapping[str, str]
    query: Mapping[str, str]
    is_public: bool = False

    @property
    def hints(self) -> dict[str, Any]:
        return get_type_hints(self.view)

    @property
    def body(self) -> type[Body] | None:
        """The model of the body; None for a GET."""
        if self.method == "GET":
            return None
        found: type[Body] = self.hints.get("body", Nothing)
        return found

    @property
    def is_list(self) -> bool:
        return "part" in self.hints

    @property
    def params(self) -> dict[str, type]:
        """Names and types of the parts of the path."""
        hints = self.hints
        return {name: hints[name] for name in _IN_PATH.findall(self.path)}

    @property
    def rule(self) -> str:
        """The path as Flask writes it. A number too large for an id is no address."""
        kinds = {int: f"int(max={LARGEST_ID}):", str: ""}
        params = self.params
        return PREFIX + _IN_PATH.sub(lambda match: f"<{kinds[params[match[1]]]}{match[1]}>", self.path)


class Table(list[Call]):
    """The calls of one module, in the order they are written."""

    def call(
        self,
        method: str,
        path: str,
        summary: str,
        answers: type[BaseModel] | str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        is_public: bool = False,
    ) -> Callable[[View], View]:
        """Adds the decorated view; `headers` maps required ones to what they are for, `query` parameters that may be."""

        def add(view: View) -> View:
            self.append(Call(method, path, summary, view, answers, status, headers or {}, query or {}, is_public))
            return view

        return add


def refuse_unknown(query: Mapping[str, str], known: Collection[str]) -> None:
    """Raises Invalid for a parameter after `?` that a call which is no list does not take."""
    if unknown := sorted(query.keys() - set(known)):
        takes = f"this call takes {' and '.join(known)}" if known else "this call takes none"
        raise Invalid(f"There is no parameter {_name(unknown[0])}; {takes}.")


def read_body(model: type[Body], raw: bytes) -> Body:
    """The body as the model says. Raises Invalid naming the fields to mend, never what stood in them."""
    try:
        return model.model_validate_json(raw or b"{}")
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        sentences = [_sentence(model, fault) for fault in faults[:_NAMED]]
        more = f" And {len(faults) - _NAMED} more." if len(faults) > _NAMED else ""
        raise Invalid(" ".join(sentences) + more) from None


def _sentence(model: type[Body], fault: Any) -> str:
    where = ".".join(_name(str(step)) for step in fault["loc"])
    match fault["type"]:
        case "json_invalid":
            return "The body is no JSON."
        case "missing":
            return f"{where} is missing."
        case "extra_forbidden" if len(fault["loc"]) == 1:
            known = ", ".join(model.model_fields) or "none"
            return f"There is no field {where}; the fields are {known}."
        case "extra_forbidden":
            return f"There is no field {where}."
        case "value_error":
            return f"{where} {fault['ctx']['error']}."
    said = fault["msg"].replace("Input should", "should")
    return f"{where or 'The body'} {said[0].lower()}{said[1:]}."


def _name(step: str) -> str:
    return clean(step)[:40]
