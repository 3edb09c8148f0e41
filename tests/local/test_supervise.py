"""Procfiles and the supervisor's configuration."""

import configparser
import sys
from pathlib import Path

import pytest

from config.settings import CHECKOUT
from gateway.local.places import LocalError
from gateway.local.supervise import Program, read_procfile, render


def test_the_procfile_names_every_process() -> None:
    assert read_procfile(CHECKOUT / "Procfile") == {
        "release": [sys.executable, "-m", "gateway", "migrate"],
        "web": [sys.executable, "-m", "gateway.web"],
        "urgent": [sys.executable, "-m", "workers", "urgent"],
        "reply": [sys.executable, "-m", "workers", "reply"],
        "bulk": [sys.executable, "-m", "workers", "bulk"],
        "clock": [sys.executable, "-m", "workers.clock"],
    }


@pytest.mark.parametrize(
    ("text", "programs"),
    [
        pytest.param("", {}, id="an empty file"),
        pytest.param("# note\n\nweb: run 'a b' --x=1:2", {"web": ["run", "a b", "--x=1:2"]}, id="comments and quotes"),
    ],
)
def test_a_procfile_is_read(tmp_path: Path, text: str, programs: dict[str, list[str]]) -> None:
    (tmp_path / "Procfile").write_text(text)
    assert read_procfile(tmp_path / "Procfile") == programs


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("web", id="no command"),
        pytest.param("web:  ", id="an empty command"),
        pytest.param("a b: run", id="a name of two words"),
        pytest.param("web: run\nweb: run", id="a name twice"),
    ],
)
def test_a_wrong_procfile_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "Procfile").write_text(text)
    with pytest.raises(LocalError, match="NAME: COMMAND"):
        read_procfile(tmp_path / "Procfile")


def test_the_configuration_has_every_program_in_its_group(tmp_path: Path) -> None:
    programs = [Program("postgres", ["serve"], log=tmp_path / "log", stop_signal="INT", is_server=True)]
    programs += [Program("web", ["run", "50%"]), Program("bulk", ["run"], copies=3)]
    read = configparser.RawConfigParser()
    read.read_string(render(programs, tmp_path, CHECKOUT))
    assert dict(read["group:servers"]) == {"programs": "postgres", "priority": "1"}
    assert dict(read["group:app"]) == {"programs": "web,bulk", "priority": "2"}
    assert [read[f"program:{name}"]["autostart"] for name in ("postgres", "web", "bulk")] == ["true", "false", "false"]
    assert [read[f"program:{name}"]["numprocs"] for name in ("postgres", "web", "bulk")] == ["1", "1", "3"]
    assert read["program:postgres"]["stopsignal"] == "INT"
    assert read["program:web"]["command"].endswith("-- run 50%%")
