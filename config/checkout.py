"""Guard at the start of every process: our four packages must come from this checkout.

`gateway`, `workers`, `menus` and `config` are generic names; another project's package of the same name, earlier on the
path, would be imported without a word.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Final

PACKAGES: Final = ("config", "gateway", "menus", "workers")
ROOT: Final = Path(__file__).resolve().parent.parent


def check(root: Path = ROOT) -> None:
    """Ends the process (SystemExit with one line) unless each of our packages would be imported from `root`."""
    for package in PACKAGES:
        found = find_spec(package)
        place = Path(found.origin).resolve().parent.parent if found and found.origin else None
        if place != root:
            raise SystemExit(
                f"The package {package} is {'missing' if place is None else f'imported from {place}'}, "
                f"not from {root}. Start with `python -m …` in that folder."
            )
