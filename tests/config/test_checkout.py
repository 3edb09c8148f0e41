"""The guard: a process whose packages come from elsewhere ends with one line."""

import subprocess
import sys
from pathlib import Path

import pytest

from config import checkout


def run(*folders: Path) -> subprocess.CompletedProcess[str]:
    """The guard in a fresh Python that looks for packages in `folders`, in this order."""
    path = [str(folder) for folder in folders]
    code = f"import sys; sys.path[:0] = {path!r}; from config import checkout; checkout.check()"
    return subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder with somebody else's package `menus`."""
    (tmp_path / "menus").mkdir()
    (tmp_path / "menus" / "__init__.py").touch()
    return tmp_path


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """A checkout with our four packages, `config` being the real one."""
    root = tmp_path / "ours"
    for package in checkout.PACKAGES:
        (root / package).mkdir(parents=True)
        (root / package / "__init__.py").touch()
    (root / "config" / "checkout.py").write_text(Path(checkout.__file__).read_text())
    return root


def test_a_whole_checkout_passes(ours: Path) -> None:
    done = run(ours)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_package_from_elsewhere_ends_the_process_with_one_line(ours: Path, elsewhere: Path) -> None:
    # `config` is found in ours first only because elsewhere has none.
    done = run(elsewhere, ours)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"The package menus is imported from {elsewhere}, not from {ours}." in done.stderr


def test_a_missing_package_is_told(ours: Path) -> None:
    (ours / "workers" / "__init__.py").unlink()
    (ours / "workers").rmdir()
    assert "The package workers is missing" in run(ours).stderr
