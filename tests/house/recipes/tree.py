"""A copy of the tree in which recipes of CONTRIBUTING.md are followed, and the project's doors as processes in it."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path

from config.settings import CHECKOUT

PASSED_ON = ("PATH", "HOME", "USER", "TMPDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
MADE_BY_DOORS = {"__pycache__", ".hypothesis", ".pytest_cache", ".ruff_cache", ".import_linter_cache"}
LONGEST_DOOR = 120.0

Edit = Callable[[str], str]
Door = tuple[str, ...]

CHECK: Door = ("-m", "menus", "check")
LINT: Door = ("-m", "ruff", "check", "--no-cache", ".")
FORMAT: Door = ("-m", "ruff", "format", "--no-cache", "--check", ".")


def suite(*what: str) -> Door:
    """The door of some tests, in one process."""
    alone = ("-n", "0") if find_spec("xdist") else ()
    return ("-m", "pytest", "-q", "-p", "no:cacheprovider", *alone, *what)


def code(text: str) -> Door:
    """What a few lines of Python say."""
    return ("-c", text)


@dataclass(frozen=True, slots=True)
class Step:
    """One edit of a recipe.

    edit: the file's text before (empty where it is new) to the text after; door and says: what fails where the step is
    left out, and words it says then; wrong: the step done badly: a label, another edit, the door, its words.
    """

    label: str
    path: str
    edit: Edit
    door: Door
    says: str
    wrong: tuple[tuple[str, Edit, Door, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Recipe:
    """A section of CONTRIBUTING.md and the edits that follow it; `opens` are doors that let the whole through."""

    title: str
    steps: tuple[Step, ...]
    opens: tuple[Door, ...]


@dataclass(frozen=True, slots=True)
class Lapse:
    """A recipe followed with one step left out or done badly, and what is then said by which door."""

    steps: tuple[Step, ...]
    door: Door
    says: str


def lapses(recipe: Recipe) -> dict[str, Lapse]:
    """Every lapse of a recipe by its label."""
    found = {}
    for step in recipe.steps:
        others = tuple(one for one in recipe.steps if one is not step)
        found[f"{recipe.title}: without {step.label}"] = Lapse(others, step.door, step.says)
        for label, edit, door, says in step.wrong:
            spoilt = Step(label, step.path, edit, door, says)
            steps = tuple(spoilt if one is step else one for one in recipe.steps)
            found[f"{recipe.title}: with {label}"] = Lapse(steps, door, says)
    return found


def after(mark: str, text: str) -> Edit:
    """Puts `text` behind the one place where `mark` stands."""
    return swap(mark, mark + text)


def before(mark: str, text: str) -> Edit:
    """Puts `text` before the one place where `mark` stands."""
    return swap(mark, text + mark)


def swap(mark: str, text: str) -> Edit:
    """Puts `text` in the one place where `mark` stands."""

    def edit(whole: str) -> str:
        assert whole.count(mark) == 1, f"{mark!r} stands {whole.count(mark)} times"
        return whole.replace(mark, text)

    return edit


def end(text: str) -> Edit:
    """Puts `text` at the end."""
    return lambda whole: whole + text


class Tree:
    """The copy. Every file is as in the checkout, but for those of the steps that are followed."""

    def __init__(self, root: Path, files: Iterable[Path]) -> None:
        self.root = root
        self._original = {str(path): (CHECKOUT / path).read_bytes() for path in files}
        self._written: set[str] = set()
        self._moments = count(1_700_000_000)
        for path, content in self._original.items():
            self._write(path, content)

    def follow(self, steps: Sequence[Step]) -> None:
        """Makes the edits of `steps`, and no others, on what stands in the checkout."""
        texts: dict[str, str] = {}
        for step in steps:
            original = self._original.get(step.path, b"").decode("utf-8")
            texts[step.path] = step.edit(texts.get(step.path, original))
        for path in self._written - texts.keys():
            if path in self._original:
                self._write(path, self._original[path])
            else:
                (self.root / path).unlink()
        for path, text in texts.items():
            self._write(path, text.encode("utf-8"))
        self._written = set(texts)

    def _write(self, path: str, content: bytes) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        # Python tells an old .pyc by its source's second and size, and edits here follow each other within a second.
        os.utime(file, (moment := next(self._moments), moment))

    def changed(self) -> set[str]:
        """Every file that is not as in the checkout."""
        found = {
            str(path.relative_to(self.root))
            for path in self.root.rglob("*")
            if path.is_file() and not MADE_BY_DOORS & set(path.parts)
        }
        same = {path for path in found & self._original.keys() if self._content(path) == self._original[path]}
        return (found | self._original.keys()) - same

    def _content(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def knock(self, door: Door) -> tuple[bool, str]:
        """Runs a door to its end: whether it let us through, and all it said."""
        done = subprocess.run(
            [sys.executable, *door],
            cwd=self.root,
            env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONGEST_DOOR,
            check=False,
        )
        return done.returncode == 0, done.stdout


def sections() -> dict[str, str]:
    """The sections of CONTRIBUTING.md by their titles."""
    parts = re.split(r"^## (.+)\n", (CHECKOUT / "CONTRIBUTING.md").read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def named(title: str) -> list[str]:
    """The files to touch by a recipe: what stands before the colon of its numbered lines."""
    return [path for line in re.findall(r"^\d+\. (.+?): ", sections()[title], re.MULTILINE) for path in written(line)]


def written(text: str) -> list[str]:
    """What is written between backticks."""
    return re.findall(r"`([^`\n]+)`", text)


def is_meant(name: str, path: str) -> bool:
    """Whether the recipe's `name` (`menus/lang/*.yaml`, `gateway/providers/NAME.py`) means `path`."""
    pattern = re.sub(r"NNNN|NAME|CODE|WHAT", "[a-z0-9_]+", re.escape(name)).replace(r"\*", "[^/]*")
    return re.fullmatch(pattern, path) is not None
