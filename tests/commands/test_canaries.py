"""`canaries`: the city's own test phones, by command."""

import subprocess
from collections.abc import Callable

from gateway.officials import service as officials
from gateway.runtime import Runtime

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_an_admin_adds_lists_and_removes_a_phone(run: Run, rt: Runtime, lurah: str) -> None:
    admin = officials.add(rt, "Ani", "admin", "33.75", "+6281200009405").token
    added = ("canaries", "add", "081100000041", "Telkomsel", "--token")
    assert run(*added, admin).stdout == "added\n"
    assert run(*added, admin).stdout == "it was there already\n"
    id, *shown = run("canaries", "list", "--token", admin).stdout.split()
    assert shown == ["Telkomsel", "+6281100…"]
    refused = run("canaries", "remove", id, "--token", lurah)
    assert refused.returncode == 1
    assert "Only an admin of the city" in refused.stderr
    assert run("canaries", "remove", id, "--token", admin).stdout == "removed\n"
    assert run("canaries", "list", "--token", admin).stdout == ""
