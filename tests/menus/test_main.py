"""The commands for people who write menus."""

import runpy
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from menus.__main__ import main
from menus.loader import PACKAGE, standard

SVG = "{http://www.w3.org/2000/svg}"


class Phone:
    """Keys typed beforehand, and all that was shown."""

    def __init__(self, *typed: str) -> None:
        self.typed = list(typed)
        self.lines: list[str] = []

    def ask(self, prompt: str) -> str:
        if not self.typed:
            raise EOFError
        return self.typed.pop(0)

    @property
    def shown(self) -> str:
        return "\n".join(self.lines)


def run(phone: Phone, *arguments: str) -> int:
    return main(list(arguments), phone.lines.append, phone.ask)


def test_check_counts_what_it_looked_at() -> None:
    phone = Phone()
    assert run(phone, "check") == 0
    assert phone.shown.startswith("no faults: ")
    assert f"{len(standard().languages)} languages" in phone.shown


def test_check_lists_every_fault_and_fails(tmp_path: Path) -> None:
    for path in PACKAGE.rglob("*.yaml"):
        target = tmp_path / path.relative_to(PACKAGE)
        target.parent.mkdir(exist_ok=True)
        target.write_text(path.read_text("utf-8").replace("go: report}", "go: rpeort}"), "utf-8")
    phone = Phone()
    assert run(phone, "--folder", str(tmp_path), "check") == 1
    assert "flows/home.yaml" in phone.shown
    assert phone.lines[-1].endswith("faults")


def test_check_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "menus", "check"], capture_output=True, text=True, cwd=PACKAGE.parent, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_module_without_a_command_says_how_it_is_used(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "menus.__main__")
    monkeypatch.setattr(sys, "argv", ["menus"])
    with pytest.raises(SystemExit):
        runpy.run_module("menus", run_name="__main__")
    assert "usage:" in capsys.readouterr().err


def test_graph_draws_every_screen_and_names_effects_and_conditions() -> None:
    phone = Phone()
    assert run(phone, "graph") == 0
    assert phone.shown.startswith("flowchart LR\n")
    for line in ('s_home["home"]', 's_report_done(["report done"])', "s_home -->|2 Lapor & usul| s_report",
                 "s_report_confirm -->|1 Kirim / file_aspiration: ok| s_report_done", "s_home -->|if not known| s_welcome",
                 "s_move_city -->|if known=guest| s_join_city", "s_report_words -->|words| s_report_similar",
                 "s_item -->|item: gone| s_item_gone", "s_items -->|each of items| s_item"):  # fmt: skip
        assert line in phone.shown


def test_graph_draws_an_svg_of_every_screen() -> None:
    phone = Phone()
    assert run(phone, "graph", "--svg") == 0
    root = ElementTree.fromstring(phone.shown)  # noqa: S314  (written by ourselves a line above)
    boxes = {group.get("id"): group for group in root.iter(f"{SVG}g") if group.get("id")}
    assert set(boxes) == set(standard().screens)
    spots = {(box.get("x"), box.get("y")) for box in root.iter(f"{SVG}rect")}
    assert len(spots) == len(boxes)
    width, height = int(root.get("width", "")), int(root.get("height", ""))
    for box in root.iter(f"{SVG}rect"):
        assert int(box.get("x", "")) + int(box.get("width", "")) <= width
        assert int(box.get("y", "")) + int(box.get("height", "")) <= height
    titles = [title.text for title in root.iter(f"{SVG}title")]
    assert "2 Lapor & usul" in titles


def test_check_lists_what_awaits_a_native_speaker() -> None:
    phone = Phone()
    assert run(phone, "check", "--unreviewed") == 0
    listed = [line for line in phone.lines if line.endswith("is not reviewed")]
    assert len(listed) == sum(map(len, standard().unreviewed.values()))
    file, line, rest = listed[0].split(":", 2)
    key = rest.split()[0].rpartition(".")[2]
    assert f"{key}:" in (PACKAGE / file).read_text("utf-8").split("\n")[int(line) - 1].replace('"', "")
