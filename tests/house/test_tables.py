"""One place for each thing: settings, jobs, actions, providers and people stand in every table they belong to."""

import ast
import importlib
import importlib.metadata
import inspect
import re
from pathlib import Path
from types import ModuleType
from typing import get_args

import psycopg
import pytest

from config import providers as set_up
from config import settings as config
from config.settings import CHECKOUT
from gateway.dialogue.actions import HANDLERS
from gateway.kernel.vault import Vault
from gateway.local.postgres import plain
from gateway.numbers import store as numbers
from gateway.privacy import service as privacy
from gateway.providers import PROVIDERS
from gateway.runtime import Runtime
from gateway.state.queue import JOBS, LANES
from gateway.web.api import CALLS
from menus import shaping
from menus.drafts import effects_of
from menus.lexicon import Shape
from menus.loader import standard, standard_lexicon
from menus.model import Action
from workers import jobs

README = (CHECKOUT / "README.md").read_text(encoding="utf-8")

# The store that owns each table with a column `number_id`: it tells a person what it holds, and forgets it.
OWNERS = {
    "messages": "gateway.outbox.store.people",
    "attempts": "gateway.outbox.store.people",
    "receipts": "gateway.outbox.store.people",
    "suppressions": "gateway.outbox.store.people",
    "inbound": "gateway.inbox.store",
    "ussd_sessions": "gateway.inbox.store",
    "questions": "gateway.questions.store",
    "officials": "gateway.officials.store",
    "residents": "gateway.residents.store",
    "consents": "gateway.residents.store",
    "aspirations": "gateway.aspirations.store",
    "drafts": "gateway.aspirations.store",
    "aspiration_supporters": "gateway.aspirations.store",
    "call_backs": "gateway.residents.call_store",
    "poll_answers": "gateway.broadcasts.poll_store",
    "quiz_answers": "gateway.information.quiz_store",
    "canaries": "gateway.broadcasts.canary_store",
    "rumour_askers": "gateway.rumours.store",
    "forged_codes": "gateway.rumours.store",
    "item_readers": "gateway.information.reader_store",
    "erasures": "gateway.privacy.store",
    "handset_messages": "gateway.handsets.store",
    "audit": "gateway.audit.store",
    "numbers": "gateway.numbers.store",
}


def told(missing: set[str], words: str) -> None:
    """Fails with the place to mend and what is missing there."""
    assert not missing, f"{words} {', '.join(sorted(missing))}"


def tables_with_people(url: str) -> set[str]:
    with psycopg.connect(plain(url)) as conn:
        found = conn.execute("""
            SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE a.attname IN ('number_id', 'lookup', 'cipher') AND c.relkind IN ('r', 'p') AND NOT c.relispartition
              AND c.relnamespace = 'public'::regnamespace""")
        return {name for (name,) in found}


def test_every_table_that_holds_people_has_an_owner(database_url: str) -> None:
    told(tables_with_people(database_url) - set(OWNERS), "OWNERS in tests/house/test_tables.py does not list")
    told(set(OWNERS) - tables_with_people(database_url), "no migration makes a table with people")


@pytest.mark.parametrize("name", sorted(set(OWNERS.values())))
def test_every_owner_has_a_way_to_tell_and_to_forget(name: str) -> None:
    owner = importlib.import_module(name)
    assert hasattr(owner, "forget"), f"{name} has no forget"
    assert hasattr(owner, "about"), f"{name} has no about"


def test_every_forget_of_the_house_is_known_here(modules: list[Path]) -> None:
    found = set()
    for path in modules:
        if path.parts[0] == "gateway":
            tree = ast.parse((CHECKOUT / path).read_text(encoding="utf-8"))
            if any(isinstance(node, ast.FunctionDef) and node.name == "forget" for node in tree.body):
                found.add(".".join(path.with_suffix("").parts))
    # What looks across all tables calls these and is none of them.
    told(found - {privacy.__name__} - set(OWNERS.values()), "OWNERS in tests/house/test_tables.py does not list")


def test_erasing_a_person_forgets_them_in_every_table() -> None:
    erased = {owner.__name__ for owner in privacy.OWNERS} | {numbers.__name__}
    told(set(OWNERS.values()) - erased, "OWNERS in gateway/privacy/service.py does not list")
    told(erased - set(OWNERS.values()), "OWNERS in tests/house/test_tables.py does not list")


@pytest.mark.parametrize("name", sorted(set(OWNERS.values())))
def test_every_owner_tells_and_forgets_with_the_applications_own_rights(rt: Runtime, name: str) -> None:
    owner: ModuleType = importlib.import_module(name)
    with rt.engine.begin() as conn:
        number = numbers.ensure(conn, Vault(rt.settings.data_key), "+6281234567890")
        owner.about(conn, number.id)
        owner.forget(conn, number.id)


def test_every_language_can_be_chosen_in_the_menu_and_by_sms() -> None:
    book = standard()
    effects = [doing for screen in book.screens.values() for _, doing in effects_of(screen)]
    offered = {doing.args["language"] for doing in effects if doing.action is Action.SET_LANGUAGE}
    told(set(book.languages) - offered, "menus/flows/account.yaml has no option that sets")
    told(set(book.languages) - set(standard_lexicon().languages.values()), "menus/keywords.yaml has no words for")


def first_cells() -> list[str]:
    return [line.split("|")[1] for line in README.splitlines() if line.startswith("|")]


def test_every_setting_stands_in_the_readmes_table_and_in_the_example() -> None:
    documented = {name for cell in first_cells() for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", cell)}
    example = (CHECKOUT / ".env.example").read_text(encoding="utf-8")
    written = set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", example, re.MULTILINE))
    settings = set(config.names())
    told(settings - documented, "README.md has no row for")
    told(settings - written, ".env.example has no line for")
    told(written - settings, "config/settings.py has no field for")


def test_every_language_of_the_book_is_spoken_unless_an_installation_says_otherwise() -> None:
    spoken = config.Settings.model_fields["languages"].default
    told(set(standard().languages) - set(spoken), "LANGUAGES in config/settings.py does not name")
    told(set(spoken) - set(standard().languages), "menus/lang/ has no file for")
    assert f"`{','.join(spoken)}`" in README, "README.md shows another default of LANGUAGES"


def test_every_provider_stands_in_the_readme() -> None:
    documented = {name for cell in first_cells() for name in re.findall(r"`([a-z]+)`", cell)}
    told(set(PROVIDERS) - documented, "README.md has no row for")


def test_every_provider_says_what_it_must_be_set_up_with() -> None:
    told(set(set_up.PROVIDERS) - set(PROVIDERS), "gateway/providers/__init__.py does not list")
    told(set(PROVIDERS) - set(set_up.PROVIDERS), "config/providers.py does not list")
    asked = {name for one in set_up.PROVIDERS.values() for name in (*one.required, *one.senders, one.proof)}
    told(asked - set(config.names()), "config/settings.py has no field for")


def procfile() -> dict[str, str]:
    lines = (CHECKOUT / "Procfile").read_text(encoding="utf-8").splitlines()
    return dict(re.fullmatch(r"(\w+): (.+)", line).groups() for line in lines if line.strip())  # type: ignore[union-attr,misc]


@pytest.mark.parametrize("name", sorted(JOBS))
def test_every_job_resolves_and_its_queue_has_a_worker(name: str) -> None:
    job = JOBS[name]
    module, _, function = job.path.rpartition(".")
    assert hasattr(importlib.import_module(module), function), f"{module} has no function {function}"
    assert f"python -m workers {job.queue}" in procfile().values(), f"the Procfile has no worker of {job.queue}"


def test_every_job_stands_in_the_table() -> None:
    taking_an_id = {
        f"{jobs.__name__}.{name}"
        for name, made in inspect.getmembers(jobs, inspect.isfunction)
        if made.__module__ == jobs.__name__ and not name.startswith("_")
        if [one.default for one in inspect.signature(made).parameters.values()] == [inspect.Parameter.empty]
    }
    assert taking_an_id
    told(taking_an_id - {job.path for job in JOBS.values()}, "JOBS in gateway/state/queue.py does not list")


def test_every_module_of_the_api_joins_its_calls(modules: list[Path]) -> None:
    names = {".".join(path.with_suffix("").parts) for path in modules if path.parts[:3] == ("gateway", "web", "api")}
    with_calls = {name for name in names if hasattr(importlib.import_module(name), "table")}
    lost = {name for name in with_calls if not set(map(id, importlib.import_module(name).table)) <= set(map(id, CALLS))}
    assert with_calls
    told(lost, "CALLS in gateway/web/api/__init__.py does not hold")


def test_every_lane_has_a_job_that_works_it_and_every_worker_a_lane() -> None:
    assert {f"work_{lane}" for lane in LANES} <= set(JOBS)
    queues = {line.rpartition(" ")[2] for line in procfile().values() if line.startswith("python -m workers ")}
    assert queues == set(LANES) == {job.queue for job in JOBS.values()}


def test_every_line_of_the_procfile_starts_a_module_that_is_there() -> None:
    for line in procfile().values():
        python, dash_m, module = line.split()[:3]
        assert (python, dash_m) == ("python", "-m")
        path = CHECKOUT / module.replace(".", "/")
        assert (path / "__main__.py").exists() or path.with_suffix(".py").exists(), line


def test_every_action_has_a_handler_and_no_handler_is_without_action() -> None:
    assert set(HANDLERS) == set(Action)


def test_every_shape_of_a_keyword_has_a_function() -> None:
    told(set(get_args(Shape)) - set(shaping._SHAPES), "menus/shaping.py has no function for")
    told(set(shaping._SHAPES) - set(get_args(Shape)), "Shape in menus/lexicon.py does not name")


def test_the_urllib3_under_the_sdks_is_the_one_of_that_name() -> None:
    import urllib3

    names = {distribution.metadata["Name"].lower() for distribution in importlib.metadata.distributions()}
    assert not names & {"urllib3-future", "urllib3_future", "niquests"}
    assert importlib.metadata.version("urllib3") == urllib3.__version__


@pytest.mark.parametrize("name", ["config", "gateway", "menus", "workers"])
def test_our_packages_with_everyday_names_come_from_this_checkout(name: str) -> None:
    assert Path(importlib.import_module(name).__file__ or "").parent == CHECKOUT / name


@pytest.mark.parametrize(
    "path", ["gateway/__main__.py", "gateway/web/__main__.py", "workers/__main__.py", "workers/clock.py"]
)
def test_every_process_checks_at_its_start_where_its_packages_come_from(path: str) -> None:
    assert "checkout.check()" in (CHECKOUT / path).read_text(encoding="utf-8")


def test_only_settings_read_the_environment(modules: list[Path]) -> None:
    bad = [
        str(path)
        for path in modules
        if path.parts[0] in ("gateway", "menus", "workers")
        and path.parts[:2] not in (("gateway", "local"), ("gateway", "commands"), ("gateway", "__main__.py"))
        and re.search(r"\bos\.(?:environ|getenv)", (CHECKOUT / path).read_text(encoding="utf-8"))
    ]
    assert bad == []


def test_jobs_and_edges_are_never_imported_from_below(modules: list[Path]) -> None:
    bad = [
        str(path)
        for path in modules
        if path.parts[0] in ("gateway", "menus", "config")
        and re.search(r"^\s*(?:from|import) workers\b", (CHECKOUT / path).read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert bad == []
