"""One place for each thing: settings, jobs, actions, providers and people stand in every table they belong to."""

import ast
import importlib
import importlib.metadata
import re
from pathlib import Path
from types import ModuleType

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
from menus.drafts import effects_of
from menus.loader import standard, standard_lexicon
from menus.model import Action

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
    "call_backs": "gateway.residents.calls",
    "rumour_askers": "gateway.rumours.store",
    "forged_codes": "gateway.rumours.store",
    "erasures": "gateway.privacy.store",
    "handset_messages": "gateway.handsets.store",
    "audit": "gateway.audit.store",
    "numbers": "gateway.numbers.store",
}


def tables_with_people(url: str) -> set[str]:
    with psycopg.connect(plain(url)) as conn:
        found = conn.execute("""
            SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE a.attname IN ('number_id', 'lookup', 'cipher') AND c.relkind IN ('r', 'p') AND NOT c.relispartition
              AND c.relnamespace = 'public'::regnamespace""")
        return {name for (name,) in found}


def test_every_table_that_holds_people_has_an_owner_that_tells_and_forgets(database_url: str) -> None:
    assert tables_with_people(database_url) == set(OWNERS)
    for name in OWNERS.values():
        owner = importlib.import_module(name)
        assert callable(owner.forget), name
        assert callable(owner.about), name


def test_every_forget_of_the_house_is_known_here(modules: list[Path]) -> None:
    found = set()
    for path in modules:
        if path.parts[0] == "gateway":
            tree = ast.parse((CHECKOUT / path).read_text(encoding="utf-8"))
            if any(isinstance(node, ast.FunctionDef) and node.name == "forget" for node in tree.body):
                found.add(".".join(path.with_suffix("").parts))
    # What looks across all tables calls these and is none of them.
    assert found - {privacy.__name__} == set(OWNERS.values())


def test_erasing_a_person_forgets_them_in_every_table() -> None:
    assert {owner.__name__ for owner in privacy.OWNERS} | {numbers.__name__} == set(OWNERS.values())


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
    assert set(book.languages) - offered == set(), "no option of menus/flows/account.yaml sets it"
    assert set(book.languages) - set(standard_lexicon().languages.values()) == set(), "not in menus/keywords.yaml"


def first_cells() -> list[str]:
    return [line.split("|")[1] for line in README.splitlines() if line.startswith("|")]


def test_every_setting_stands_in_the_readmes_table_and_in_the_example() -> None:
    documented = {name for cell in first_cells() for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", cell)}
    example = (CHECKOUT / ".env.example").read_text(encoding="utf-8")
    written = set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", example, re.MULTILINE))
    settings = set(config.names())
    assert settings - documented == set()
    assert settings - written == set()
    assert written - settings == set()


def test_every_language_of_the_book_is_spoken_unless_an_installation_says_otherwise() -> None:
    spoken = config.Settings.model_fields["languages"].default
    assert set(spoken) == set(standard().languages)
    assert f"`{','.join(spoken)}`" in README


def test_every_provider_stands_in_the_readme() -> None:
    documented = {name for cell in first_cells() for name in re.findall(r"`([a-z]+)`", cell)}
    assert set(PROVIDERS) - documented == set()


def test_every_provider_says_what_it_must_be_set_up_with() -> None:
    assert set(PROVIDERS) == set(set_up.PROVIDERS)
    asked = {name for one in set_up.PROVIDERS.values() for name in (*one.required, *one.senders, one.proof)}
    assert asked - set(config.names()) == set()


def procfile() -> dict[str, str]:
    lines = (CHECKOUT / "Procfile").read_text(encoding="utf-8").splitlines()
    return dict(re.fullmatch(r"(\w+): (.+)", line).groups() for line in lines if line.strip())  # type: ignore[union-attr,misc]


@pytest.mark.parametrize("name", sorted(JOBS))
def test_every_job_resolves_and_its_queue_has_a_worker(name: str) -> None:
    job = JOBS[name]
    module, _, function = job.path.rpartition(".")
    assert callable(getattr(importlib.import_module(module), function))
    assert f"python -m workers {job.queue}" in procfile().values()


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
