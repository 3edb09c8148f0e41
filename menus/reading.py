"""Reads YAML with the line of every value, and gathers faults with file and line instead of stopping at one."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

Where = tuple[str, ...]
Shape = TypeVar("Shape", bound=BaseModel)
# The parser in C, where libyaml is there, reads the book in a tenth of the time.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in the book: the file, the line (counted from 1), and a sentence."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


class BookError(Exception):
    """A book that cannot be used. `faults` holds every fault found, and `str` shows one a line."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(slots=True)
class Source:
    """A YAML file as read: its data with every scalar a string, and the line of every path."""

    file: str
    faults: list[Fault]
    data: Any = None
    lines: dict[Where, int] = field(default_factory=dict)

    def line(self, *path: object) -> int:
        """The line of the deepest part of `path` that the file has."""
        where = tuple(map(str, path))
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)

    def blame(self, text: str, *path: object) -> None:
        """Records a fault at a path."""
        self.faults.append(Fault(self.file, self.line(*path), text))

    def validate(self, shape: type[Shape]) -> Shape | None:
        """The file as `shape`, or None with a fault for everything that does not fit."""
        try:
            return shape.model_validate(self.data)
        except ValidationError as error:
            for fault in error.errors(include_url=False, include_context=False, include_input=False):
                path = [part for part in fault["loc"] if part != "[key]"]
                name = ".".join(map(str, path)) or "file"
                self.blame(f"{name}: {fault['msg'].removeprefix('Value error, ')}", *path)
            return None


def read(path: Path, name: str, faults: list[Fault]) -> Source:
    """Reads one file. Duplicate keys and broken YAML become faults; the data is then what could be read."""
    source = Source(name, faults, data={})
    try:
        node = yaml.compose(path.read_text("utf-8"), Loader=_LOADER)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "not readable as UTF-8"
        faults.append(Fault(name, mark.line + 1 if mark else 1, f"not YAML: {problem}"))
        return source
    if node is not None:
        source.data = _built(node, (), source)
    return source


def _built(node: yaml.Node, where: Where, source: Source) -> Any:
    source.lines.setdefault(where, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        made: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            here = (*where, key)
            if key in made:
                source.faults.append(Fault(source.file, key_node.start_mark.line + 1, f"{key} stands twice"))
            source.lines[here] = key_node.start_mark.line + 1
            made[key] = _built(value_node, here, source)
        return made
    if isinstance(node, yaml.SequenceNode):
        return [_built(child, (*where, str(at)), source) for at, child in enumerate(node.value)]
    return node.value
