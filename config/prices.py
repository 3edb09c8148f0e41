"""The price file: what one part of an SMS costs by provider and operator, read once with every fault and its line."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from config.providers import PROVIDERS
from config.values import CHECKOUT
from menus.reading import BookError, Fault, Source, read

FILE: Final = CHECKOUT / "config" / "prices.yaml"
ANY: Final = "any"
_LARGEST: Final = 1_000_000

_Prefix = Annotated[str, StringConstraints(pattern=r"^\+[0-9]{1,7}$")]
_Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}$")]


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    provider: str
    to: str
    price: Annotated[Decimal, Field(ge=0, le=_LARGEST, decimal_places=4)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    operators: dict[_Name, list[_Prefix]]
    prices: list[_Line]


@dataclass(frozen=True, slots=True)
class Tariff:
    """The price of one part to numbers that begin with `prefix` (empty: all), by `provider` or by ANY."""

    provider: str
    prefix: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class Prices:
    """The file ready for use: operators as (prefix, name), and one tariff for every provider and prefix it names."""

    currency: str
    operators: tuple[tuple[str, str], ...]
    tariffs: tuple[Tariff, ...]


def parse(text: str) -> Prices:
    """The prices of the file at a path; a relative one starts in the checkout. Raises ValueError naming all faults."""
    path = (CHECKOUT / Path(text.strip()).expanduser()).absolute()
    try:
        return read_prices(path)
    except OSError:
        # The path is not repeated: nothing says that it is one.
        raise ValueError("write the path of a price file that can be read, such as config/prices.yaml") from None
    except BookError as error:
        raise ValueError("\nPRICES: ".join(map(str, error.faults))) from None


def read_prices(path: Path) -> Prices:
    """The prices of a file. Raises BookError naming every fault with its line, OSError where it cannot be read."""
    faults: list[Fault] = []
    source = read(path, path.name, faults)
    # What is no YAML at all has one fault, and not one for each field that is missing besides.
    shape = source.validate(_File) if source.data or not faults else None
    if shape is None:
        raise BookError(faults)
    operators = _operators(shape, source)
    tariffs = _tariffs(shape, source)
    if faults:
        raise BookError(faults)
    return Prices(shape.currency, tuple(sorted(operators.items())), tariffs)


def _operators(shape: _File, source: Source) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, prefixes in shape.operators.items():
        if name == ANY:
            source.blame(f"an operator cannot be named {ANY}", "operators", name)
        for at, prefix in enumerate(prefixes):
            if prefix in found:
                source.blame(f"{prefix} stands twice", "operators", name, at)
            found[prefix] = name
    return found


def _tariffs(shape: _File, source: Source) -> tuple[Tariff, ...]:
    seen: set[tuple[str, str]] = set()
    of_operators: dict[tuple[str, str], Tariff] = {}
    of_prefixes: dict[tuple[str, str], Tariff] = {}
    for at, line in enumerate(shape.prices):
        if line.provider not in (ANY, *PROVIDERS):
            source.blame(f"provider must be one of {', '.join(PROVIDERS)}, or {ANY}", "prices", at, "provider")
        if (line.provider, line.to) in seen:
            source.blame(f"{line.provider} to {line.to} stands twice", "prices", at)
        seen.add((line.provider, line.to))
        if line.to in shape.operators:
            for prefix in shape.operators[line.to]:
                of_operators[line.provider, prefix] = Tariff(line.provider, prefix, line.price)
        elif line.to == ANY or _is_prefix(line.to):
            prefix = "" if line.to == ANY else line.to
            of_prefixes[line.provider, prefix] = Tariff(line.provider, prefix, line.price)
        else:
            source.blame(
                f"to must be an operator of this file, + and at most seven digits, or {ANY}", "prices", at, "to"
            )
    if (ANY, ANY) not in seen:
        source.blame(f"a line with provider {ANY} to {ANY} must be there", "prices")
    # A beginning that is written out beats an operator that has it too.
    both = of_operators | of_prefixes
    return tuple(both[key] for key in sorted(both))


def _is_prefix(text: str) -> bool:
    return text[:1] == "+" and 2 <= len(text) <= 8 and text[1:].isascii() and text[1:].isdigit()
