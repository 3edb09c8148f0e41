"""How files look here: short, opened by a sentence, and free of what belongs elsewhere."""

import ast
import re
from pathlib import Path

from config.settings import CHECKOUT

LONGEST, LONGEST_TABLE_OF_CASES = 320, 350
VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}
# Written in halves, so that this file does not hold what it looks for.
REGISTRIES = [
    "py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com", "proxy.go" + "lang.org",
    "crates" + ".io", "ruby" + "gems.org", "repo.maven" + ".org", "conda" + ".anaconda.org", "docker" + ".io",
]  # fmt: skip
MACHINE = re.compile(r"(?<![\w.$}])/(?:wo" r"rk|ro" r"ot|ho" r"me/\w+)/")
UNDONE = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX)\b")


def text_of(path: Path) -> str:
    return (CHECKOUT / path).read_text(encoding="utf-8", errors="replace")


def test_no_file_of_code_or_texts_is_longer_than_a_person_reads_at_once(files: list[Path]) -> None:
    long = {
        str(path): lines
        for path in files
        if path.suffix in (".py", ".yaml", ".html", ".css")
        # A language is one file, and a corpus one list, however much there is to say.
        and path.parts[:2] not in (("menus", "lang"), ("tests", "corpus"))
        and (lines := text_of(path).count("\n")) > (LONGEST_TABLE_OF_CASES if path.parts[0] == "tests" else LONGEST)
    }
    assert long == {}


def test_every_module_opens_with_a_sentence(modules: list[Path]) -> None:
    bad = {}
    for path in modules:
        first = (ast.get_docstring(ast.parse(text_of(path))) or "").partition("\n\n")[0]
        if not re.match(r"[^a-z\s].*[.:…?]$", first, re.DOTALL):
            bad[str(path)] = first
    assert bad == {}


def test_no_module_has_a_vague_name(modules: list[Path]) -> None:
    assert [str(path) for path in modules if {path.stem, *path.parts[:-1]} & VAGUE] == []


def test_no_file_names_a_registry_or_a_path_of_one_machine_or_leaves_work_for_later(files: list[Path]) -> None:
    bad = []
    for path in files:
        if path.suffix in (".png", ".ico", ".woff2", ".gz"):
            continue
        for at, line in enumerate(text_of(path).splitlines(), start=1):
            if any(host in line for host in REGISTRIES) or MACHINE.search(line):
                bad.append(f"{path}:{at} names a registry or a machine's path")
            if path.suffix in (".py", ".yaml", ".md", ".html", ".css") and UNDONE.search(line):
                bad.append(f"{path}:{at} leaves work for later")
    assert bad == []


def test_tests_mirror_the_tree_without_package_files(modules: list[Path]) -> None:
    assert [str(path) for path in modules if path.parts[0] == "tests" and path.name == "__init__.py"] == []


def test_locks_carry_hashes_for_every_package() -> None:
    for name in ("requirements.lock", "requirements-test.lock"):
        pinned = re.findall(r"^[A-Za-z0-9][^\n]*==[^\n]*(?:\n[ ]+[^\n]*)*", text_of(Path(name)), re.MULTILINE)
        assert len(pinned) > 20
        assert [entry.splitlines()[0] for entry in pinned if "--hash=sha256:" not in entry] == [], name
