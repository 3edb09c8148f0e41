"""The shape of the YAML files, checked by pydantic at the edge and turned into the book's own dataclasses."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from menus.model import Action, Lookup
from menus.screens import Condition, Doing, Fetch, Instead, Listing, Option, Part, Screen, Slot, Take, Way


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str | dict) else value


def _parted(value: Any) -> Any:
    return [{"key": part} if isinstance(part, str) else part for part in _listed(value)]


def _spoken(value: Any) -> Any:
    return {"*": value} if isinstance(value, str) else value


Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]*$")]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$")]
Number = Annotated[str, StringConstraints(pattern=r"^([1-8]|[1-9][0-9])$")]
Tests = Annotated[list[str], BeforeValidator(_listed)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Conditional(_Shape):
    when: Tests = []
    unless: Tests = []

    def conditions(self) -> tuple[Condition, ...]:
        return tuple(
            Condition(name, value, wanted)
            for tests, wanted in ((self.when, True), (self.unless, False))
            for name, _, value in (test.partition("=") for test in tests)
        )


class DoingShape(_Shape):
    """An effect: `go` maps outcomes to screens and must name "else" and one besides."""

    action: Action
    args: dict[Name, str] = {}
    done: dict[Name, str] = {}
    go: dict[Name, Name]

    @model_validator(mode="after")
    def _ends_somewhere(self) -> Self:
        if "else" not in self.go:
            raise ValueError("an effect needs an outcome else")
        if len(self.go) == 1:
            raise ValueError("an effect needs an outcome that is not else")
        return self

    def built(self) -> Doing:
        return Doing(self.action, self.args, self.done, self.go)


class _Leading(_Shape):
    set: dict[Name, str] = {}
    language: Annotated[dict[str, str], BeforeValidator(_spoken)] = {}
    go: Name = ""
    do: DoingShape | None = None

    @model_validator(mode="after")
    def _leads_once(self) -> Self:
        if bool(self.go) is bool(self.do):
            raise ValueError("needs either go or do")
        return self

    def way(self) -> Way:
        return Way(self.set, self.language, self.go, self.do.built() if self.do else None)


class OptionShape(_Conditional, _Leading):
    """A numbered line."""

    label: Key

    def built(self, key: str) -> Option:
        return Option(key, self.label, self.way(), self.conditions())


class PartShape(_Conditional):
    """A piece of text."""

    key: Key


def _parts(shapes: list[PartShape]) -> tuple[Part, ...]:
    return tuple(Part(part.key, part.conditions()) for part in shapes)


class RowsShape(_Leading):
    """Lines from a need; `label` is the text of a line, without it the row brings its own."""

    need: Lookup
    args: dict[Name, str] = {}
    label: Annotated[list[PartShape], BeforeValidator(_parted)] = []
    empty: Key

    def built(self) -> Listing:
        return Listing(self.need, self.args, _parts(self.label), self.empty, self.way())


class InsteadShape(_Conditional):
    """A stand-in screen."""

    go: Name

    def built(self) -> Instead:
        return Instead(self.conditions(), self.go)


class FetchShape(_Shape):
    """One thing a screen stands on; `go` must say where "else" leads, `then` what is shown for some of what is found."""

    need: Lookup
    args: dict[Name, str] = {}
    go: dict[Name, Name]
    then: list[InsteadShape] = []

    @model_validator(mode="after")
    def _ends_somewhere(self) -> Self:
        if "else" not in self.go:
            raise ValueError("a fetch needs an outcome else")
        return self

    def built(self) -> Fetch:
        return Fetch(self.need, self.args, self.go, tuple(other.built() for other in self.then))


class TakeShape(_Leading):
    """Free text into a slot."""

    slot: Name
    secret: bool = False

    @model_validator(mode="after")
    def _stays_secret(self) -> Self:
        if self.secret and not self.do:
            raise ValueError("what is secret must go to an effect")
        return self

    def built(self) -> Take:
        return Take(self.slot, self.way(), self.secret)


class ScreenShape(_Shape):
    """A screen; see `menus.model.Screen` for what its marks mean."""

    text: Annotated[list[PartShape], BeforeValidator(_parted)]
    options: dict[Number, OptionShape] = {}
    then: list[OptionShape] = []
    rows: RowsShape | None = None
    fetch: FetchShape | None = None
    take: TakeShape | None = None
    instead: list[InsteadShape] = []
    ends: bool = False
    title: bool = False
    deep: bool = False
    checkpoint: bool = False
    inline: bool = False
    long: bool = False
    home: bool = False
    cancels: bool = False
    entry: bool = False
    back: Key = "nav.back"

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.rows and self.fetch:
            raise ValueError("has both rows and fetch")
        if self.ends and (self.options or self.then or self.rows or self.take):
            raise ValueError("ends, so nobody can choose from it")
        return self

    def built(self, name: str) -> Screen:
        return Screen(
            id=name,
            text=_parts(self.text),
            options=tuple(option.built(key) for key, option in self.options.items())
            + tuple(option.built("") for option in self.then),
            rows=self.rows.built() if self.rows else None,
            fetch=self.fetch.built() if self.fetch else None,
            take=self.take.built() if self.take else None,
            instead=tuple(other.built() for other in self.instead),
            **{
                mark: getattr(self, mark)
                for mark in (
                    "ends", "title", "deep", "checkpoint", "inline", "long", "home", "cancels", "entry", "back"
                )
            },
        )  # fmt: skip


class SlotShape(_Shape):
    """A slot; see `menus.model.Slot`."""

    width: int = Field(default=0, ge=0, le=160)
    names: str = ""
    like: str = ""
    upper: bool = False
    long: bool = False
    kept: bool = False
    units: tuple[Name, ...] = ()

    def built(self, name: str) -> Slot:
        return Slot(name, **self.model_dump())


class MessageShape(_Shape):
    """A text that Python sends: how many SMS parts it may take at its longest."""

    parts: int = Field(default=1, ge=1, le=2)


class FlowFile(_Shape):
    """One file of menus/flows."""

    screens: dict[Name, ScreenShape] = {}
    slots: dict[Name, SlotShape] = {}
    messages: dict[Key, MessageShape] = {}


class LanguageFile(_Shape):
    """One file of menus/lang: `reviewed` and `fallback` list keys, `texts` nests them by their dots."""

    language: str
    name: str
    reviewed: list[Key] = []
    fallback: list[Key] = []
    texts: dict[str, Any]
