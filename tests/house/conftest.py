"""The files of the checkout, as the rules of the house look at them."""

from pathlib import Path

import pytest

from config.settings import CHECKOUT

FOLDERS = ("config", "gateway", "menus", "workers", "tests", "docs", ".ci")
IGNORED = {"__pycache__"}


@pytest.fixture(scope="session")
def files() -> list[Path]:
    """Every file that belongs to the repository, by its path in it; data folders and caches do not."""
    found = [path for path in CHECKOUT.iterdir() if path.is_file() and path.name not in (".coverage", ".git")]
    for folder in FOLDERS:
        found += [path for path in (CHECKOUT / folder).rglob("*") if path.is_file() and not IGNORED & set(path.parts)]
    return sorted(path.relative_to(CHECKOUT) for path in found)


@pytest.fixture(scope="session")
def modules(files: list[Path]) -> list[Path]:
    """Every Python file of the repository."""
    return [path for path in files if path.suffix == ".py"]
