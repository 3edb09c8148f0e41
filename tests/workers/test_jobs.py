"""The table of jobs, the Procfile and the functions belong together."""

import inspect
from importlib import import_module

import pytest

from config.settings import CHECKOUT
from gateway.state.queue import JOBS, LANES

PROCFILE = dict(
    line.split(": ", 1) for line in (CHECKOUT / "Procfile").read_text().splitlines() if line and line[0] != "#"
)


@pytest.mark.parametrize("name", JOBS)
def test_every_job_is_a_function_that_takes_what_is_enqueued(name: str) -> None:
    module, _, function = JOBS[name].path.rpartition(".")
    found = getattr(import_module(module), function)
    assert len(inspect.signature(found).parameters) == 1
    assert inspect.getdoc(found)


@pytest.mark.parametrize("name", JOBS)
def test_every_queue_that_jobs_are_put_on_has_a_process(name: str) -> None:
    assert f"python -m workers {JOBS[name].queue}" in PROCFILE.values()


@pytest.mark.parametrize("name", PROCFILE)
def test_every_process_is_started_as_a_module(name: str) -> None:
    # A console script would find whichever `config` or `workers` comes first on the path.
    assert PROCFILE[name].startswith("python -m ")


def test_every_lane_has_a_job_of_its_own() -> None:
    assert {lane: JOBS[f"work_{lane}"].queue for lane in LANES} == {lane: lane for lane in LANES}
