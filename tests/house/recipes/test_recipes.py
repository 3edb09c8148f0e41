"""Every recipe of CONTRIBUTING.md, followed word for word in a copy of the tree, and with each step left out in turn.

Each door is the one that a contributor would knock at, run as a process of its own in the copy.
"""

import re
from pathlib import Path

import pytest

from tests.house.recipes.menus import MENUS
from tests.house.recipes.program import PROGRAM
from tests.house.recipes.provider import PROVIDER, ROUTED
from tests.house.recipes.tree import Tree, is_meant, lapses, named, sections, written

RECIPES = {recipe.title: recipe for recipe in (PROVIDER, *MENUS, *PROGRAM)}
LAPSES = {label: one for recipe in RECIPES.values() for label, one in lapses(recipe).items()}
# A feature is a folder of its own, with no lines to follow one by one, and to lock nothing is written by hand.
UNFOLLOWED = {"Add a feature", "Lock the dependencies"}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory, files: list[Path]) -> Tree:
    """One copy for all: each test begins by saying which steps stand in it."""
    return Tree(tmp_path_factory.mktemp("recipe"), files)


def test_every_recipe_is_followed() -> None:
    assert set(sections()) == set(RECIPES) | UNFOLLOWED


@pytest.mark.parametrize("title", RECIPES)
def test_the_files_a_recipe_names_are_the_files_it_touches(tree: Tree, title: str) -> None:
    tree.follow(RECIPES[title].steps)
    names, changed = named(title), tree.changed()
    assert {path for path in changed if not any(is_meant(name, path) for name in names)} == set(), "not named"
    assert {name for name in names if not any(is_meant(name, path) for path in changed)} == set(), "not touched"


@pytest.mark.parametrize("title", RECIPES)
def test_a_recipe_that_is_followed_opens_every_door(tree: Tree, title: str) -> None:
    recipe = RECIPES[title]
    tree.follow(recipe.steps)
    for door in recipe.opens:
        is_open, said = tree.knock(door)
        assert is_open, f"{' '.join(door)}\n{said}"


@pytest.mark.parametrize("label", LAPSES)
def test_a_step_left_out_shuts_a_door_that_says_so(tree: Tree, label: str) -> None:
    one = LAPSES[label]
    tree.follow(one.steps)
    is_open, said = tree.knock(one.door)
    assert not is_open
    assert one.says in said, said


def test_routes_hooks_and_make_up_know_a_provider_by_its_entry_alone(tree: Tree) -> None:
    tree.follow(PROVIDER.steps)
    _, said = tree.knock(ROUTED)
    assert said.splitlines() == [
        "SMS_ROUTES: merpati is named in a route; write MERPATI_USERNAME, MERPATI_API_KEY, MERPATI_HOOK_TOKEN too",
        "merpati simulator SIMULATOR_HOOK_TOKEN AFRICASTALKING_HOOK_TOKEN MERPATI_HOOK_TOKEN AGGREGATOR_HOOK_TOKEN",
    ]


@pytest.mark.parametrize("title", RECIPES)
def test_every_numbered_line_names_files(title: str) -> None:
    lines = re.findall(r"^\d+\. .*", sections()[title], re.MULTILINE)
    assert lines
    assert [line for line in lines if not re.match(r"\d+\. `[^`]*[./][^`]*`(?: and `[^`]+`)?: ", line)] == []
    assert len(named(title)) >= len(lines)


def test_every_path_that_is_written_is_there(files: list[Path]) -> None:
    paths = [str(path) for path in files]
    folders = {f"{parent}/" for path in files for parent in path.parents}
    said = {text for section in sections().values() for text in written(section) if re.fullmatch(r"[\w.*/-]+", text)}
    said = {text for text in said if "/" in text}
    assert len(said) > 20
    # A name in capitals stands for one that is still to be made, beside others of its kind.
    lost = {text for text in said if text not in folders and not any(is_meant(text, path) for path in paths)}
    assert lost == set()
