"""`routing`: a change by command, and the line that takes it back."""

import subprocess
from collections.abc import Callable

from gateway.officials import service as officials
from gateway.runtime import Runtime

Run = Callable[..., subprocess.CompletedProcess[str]]
AREA = "33.75.01.1006"


def test_a_route_is_set_and_set_back(run: Run, rt: Runtime) -> None:
    admin = officials.add(rt, "Agus", "admin", "33.75", "+6281200009003").token
    made = run("routing", "set", AREA, "waste", "BPBD", "--token", admin).stdout.splitlines()
    assert made == [f"{AREA}  waste          BPBD       ", f"to take it back: routing unset {AREA} waste"]
    assert f"{AREA}  waste          BPBD" in run("routing", "list").stdout
    back = made[-1].removeprefix("to take it back: ").split()
    struck = run(*back, "--token", admin).stdout.splitlines()
    assert struck == [
        f"{AREA}  waste          DLH          (route of 33.75)",
        f"to take it back: routing set {AREA} waste BPBD",
    ]
    listed = run("routing", "list", "--area", AREA).stdout.splitlines()
    assert len(listed) == 7
    assert all("(route of 33.75)" in line for line in listed)
    refused = run("routing", "unset", "33.75", "waste", "--token", admin)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)
