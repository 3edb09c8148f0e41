"""`officials`: credentials are shown once, work, and stop when they should."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from gateway.officials import service
from gateway.runtime import Runtime

Run = Callable[..., subprocess.CompletedProcess[str]]
AREA = "33.75.01.1006"


def _fields(printed: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in printed.splitlines())


def test_from_add_to_disable(run: Run, rt: Runtime) -> None:
    added = run("officials", "add", "Siti Aminah", "--role", "kim", "--area", AREA, "--phone", "0812-0000-0001")
    assert added.returncode == 0
    shown = _fields(added.stdout)
    official = service.sign_in(rt, shown["token"])
    assert official is not None
    assert (official.id, official.name, official.role.value, official.area) == (
        int(shown["id"]),
        "Siti Aminah",
        "kim",
        AREA,
    )
    assert re.fullmatch(r"\d{6}", shown["pin"])
    assert len(_cells(added.stdout)) == 40

    listed = run("officials", "list").stdout
    assert re.search(rf"{shown['id']}  active    kim        {AREA} +Siti Aminah", listed)
    assert "+62" not in listed
    assert shown["token"] not in listed

    renewed = _fields(run("officials", "token", shown["id"]).stdout)["token"]
    assert service.sign_in(rt, shown["token"]) is None, "the old token stops at once"
    assert service.sign_in(rt, renewed) is not None

    card = run("officials", "card", shown["id"]).stdout
    assert len(_cells(card)) == 40
    assert _cells(card) != _cells(added.stdout)

    assert run("officials", "disable", shown["id"]).returncode == 0
    assert service.sign_in(rt, renewed) is None
    assert f"{shown['id']}  disabled" in run("officials", "list").stdout
    again = run("officials", "disable", shown["id"])
    assert again.returncode == 1
    assert "no active official" in again.stderr


def _cells(printed: str) -> dict[str, str]:
    return dict(re.findall(r"\b([A-E][1-8]) (\d{6})\b", printed))


def test_an_officer_belongs_to_an_agency(run: Run, rt: Runtime) -> None:
    words = ["officials", "add", "Anwar", "--role", "office", "--area", "33.75", "--phone", "+6281200000002"]
    assert run(*words, "--office", "DPUPR").returncode == 0
    assert "33.75 DPUPR" in run("officials", "list").stdout


def test_an_authenticator_is_shown_once_and_a_lost_phone_voids_it(run: Run, rt: Runtime) -> None:
    shown = _fields(
        run("officials", "add", "Budi", "--role", "lurah", "--area", AREA, "--phone", "081200000077").stdout
    )
    made = _fields(run("officials", "totp", shown["id"]).stdout)
    assert re.fullmatch(r"[A-Z2-7]{32}", made["totp"])
    assert made["uri"].startswith(f"otpauth://totp/Kabar:official-{shown['id']}?")
    assert made["totp"] not in run("officials", "list").stdout
    assert "authenticator" in run("officials", "lost", shown["id"]).stdout
    refused = run("officials", "totp", shown["id"])
    assert refused.returncode != 0
    assert f"no active official {shown['id']}" in refused.stderr
    assert service.sign_in(rt, shown["token"]) is None


def test_the_roster_is_set_shown_loaded_and_cleared(run: Run, tmp_path: Path) -> None:
    added = run("officials", "add", "Rini", "--role", "approver", "--area", "33.75", "--phone", "081200000078").stdout
    id = _fields(added)["id"]
    assert "Nobody is on the roster" in run("officials", "roster", "show").stdout
    shown = run("officials", "roster", "set", id, "--days", "mon-fri", "--from", "20:00", "--to", "08:00").stdout
    assert re.search(rf"{id}  1  20:00-08:00  mon,tue,wed,thu,fri .*approver   Rini", shown)
    path = tmp_path / "roster.csv"
    path.write_text(f"official,place,from,to\n{id},2,08:00,20:00\n{id},x,8,9\n")
    refused = run("officials", "roster", "load", str(path))
    assert refused.returncode == 1
    assert refused.stderr.count("line 3: ") == 2
    path.write_text(f"official,place,from,to\n{id},2,08:00,20:00\n")
    assert "now: 1." in run("officials", "roster", "load", str(path)).stdout
    assert "Nobody" in run("officials", "roster", "clear", id).stdout


def test_the_trail_shows_who_did_what_by_which_channel(run: Run, rt: Runtime) -> None:
    added = _fields(
        run("officials", "add", "Dewi", "--role", "admin", "--area", "33.75", "--phone", "081200000079").stdout
    )
    words = ["--level", "routine", "--text", "Air mati.", "--area", AREA]
    made = _fields(run("broadcast", "draft", *words, "--token", added["token"]).stdout)
    shown = run("audit", "show", f"broadcast:{made['id']}").stdout
    assert re.search(rf"official:{added['id']} +cli +draft +level=routine", shown)
