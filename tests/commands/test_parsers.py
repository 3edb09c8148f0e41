"""Every command explains itself."""

import argparse
import subprocess
import sys
from collections.abc import Iterator

import pytest

from config.settings import CHECKOUT
from gateway.__main__ import parser

PROMISED = {
    "up", "migrate", "demo", "doctor", "areas", "offices", "residents import", "officials add", "officials token",
    "officials card", "officials disable", "officials list", "broadcast draft", "broadcast submit",
    "broadcast approve", "broadcast reject", "broadcast pause", "broadcast resume", "broadcast cancel",
    "broadcast status", "broadcast list", "routes", "audit verify",
}  # fmt: skip


def _commands(at: argparse.ArgumentParser, path: str = "") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in at._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                yield f"{path} {name}".strip(), below
                yield from _commands(below, f"{path} {name}".strip())


COMMANDS = dict(_commands(parser()))


def test_every_promised_command_is_there() -> None:
    assert set(COMMANDS) >= PROMISED


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_argument_has_a_line_of_help(name: str) -> None:
    *above, own = name.split()
    root = COMMANDS[" ".join(above)] if above else parser()
    listed = next(action for action in root._actions if isinstance(action, argparse._SubParsersAction))
    assert any(choice.dest == own and choice.help for choice in listed._choices_actions)
    for action in COMMANDS[name]._actions:
        if not isinstance(action, argparse._SubParsersAction):
            assert action.help or action.choices or action.metavar, action.dest
    assert COMMANDS[name].format_help()


def test_help_needs_no_settings() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gateway", "--help"], cwd=CHECKOUT, env={}, capture_output=True, text=True
    )
    assert done.returncode == 0
    assert "residents" in done.stdout
