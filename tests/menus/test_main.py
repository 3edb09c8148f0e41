"""The commands for people who write menus."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from menus.__main__ import main
from menus.loader import PACKAGE
from menus.model import Lookup, Need, Outcome
from menus.play import answer


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
    assert "3 languages" in phone.shown


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
                 "s_move_city -->|if known=guest| s_join_city", "s_report_words -->|words| s_report_confirm",
                 "s_item -->|item: gone| s_item_gone", "s_items -->|each of items| s_item"):  # fmt: skip
        assert line in phone.shown


def test_play_goes_from_consent_to_a_ticket() -> None:
    phone = Phone("1", "2", "2", "2", "1", "1", "1", "lampu mati", "1")
    assert run(phone, "play", "--new") == 0
    assert "[register] area=33.75.02.1007, language=id" in phone.shown
    assert "END Terkirim. Tiket 271-908-9." in phone.shown


def test_play_ends_with_its_session() -> None:
    phone = Phone("0", "1")
    assert run(phone, "play") == 0
    assert phone.typed == ["1"]


def test_play_shows_lists_items_and_tickets_in_a_language() -> None:
    phone = Phone("1", "1", "00", "3", "1")
    assert run(phone, "play", "--language", "jv", "--alert", "SIAGA ROB") == 0
    assert "CON !SIAGA ROB\n1 Maos pengetan" in phone.shown
    assert "271-908-9 DIPUN GARAP DPUPR" in phone.shown


GONE = [
    ("an item that is not there", Need(Lookup.ITEM, {"code": "X"})),
    ("a ticket that is not there", Need(Lookup.TICKET, {"ticket": "1"})),
]


@pytest.mark.parametrize("need", [case[1] for case in GONE], ids=[case[0] for case in GONE])
def test_what_the_canned_city_does_not_have_is_gone(need: Need) -> None:
    assert answer(need) == Outcome("gone")
