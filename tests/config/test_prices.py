"""The price file: what is read, which price a number has, and every fault told at once with its line."""

from decimal import Decimal
from pathlib import Path

import pytest

from config.prices import FILE, Prices, read_prices
from config.settings import Settings, SettingsError
from gateway.db import statement
from gateway.outbox.store.prices import PRICED, values_of
from gateway.runtime import Runtime
from menus.reading import BookError

HEAD = "currency: IDR\noperators:\n  Telkomsel: ['+62811', '+62812']\n  Tri: ['+62895']\nprices:\n"
LINES = """\
  - {provider: any, to: any, price: 300}
  - {provider: any, to: Telkomsel, price: 350.5}
  - {provider: any, to: '+628125', price: 390}
  - {provider: any, to: '+62811', price: 340}
  - {provider: twilio, to: any, price: 6000}
  - {provider: twilio, to: Tri, price: 7000}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "prices.yaml"
    path.write_text(text, "utf-8")
    return path


FOUND = [
    ("an operator's own price", "simulator", "+6281234", "Telkomsel", "350.5"),
    ("the longest beginning wins", "simulator", "+6281256", "Telkomsel", "390"),
    ("a beginning that is written out beats its operator", "simulator", "+6281134", "Telkomsel", "340"),
    ("any price for an operator without one", "simulator", "+6289512", "Tri", "300"),
    ("a number of no operator", "simulator", "+6288112", "other", "300"),
    ("a provider's own line beats one for any provider, though that is longer", "twilio", "+6281256", "Telkomsel",
     "6000"),
    ("a provider's own line for an operator", "twilio", "+6289512", "Tri", "7000"),
    ("an erased number", "simulator", "", "other", "300"),
    ("no route costs nothing", "", "+6281234", "Telkomsel", "0"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("route", "prefix", "operator", "price"), [case[1:] for case in FOUND], ids=[case[0] for case in FOUND]
)
def test_a_price_is_found(rt: Runtime, tmp_path: Path, route: str, prefix: str, operator: str, price: str) -> None:
    prices = read_prices(written(tmp_path, HEAD + LINES))
    sql = f"WITH grouped AS (SELECT CAST(:route AS text) AS route, CAST(:prefix AS text) AS prefix) {PRICED}"
    with rt.engine.begin() as conn:
        row = conn.execute(statement(sql), {"route": route, "prefix": prefix, **values_of(prices)}).one()
    assert (row.operator, Decimal(row.price)) == (operator, Decimal(price))


FAULTS = [
    ("no currency", HEAD.replace("currency: IDR\n", "") + LINES, "currency: Field required", 1),
    ("a currency in words", HEAD.replace("IDR", "rupiah") + LINES, "currency:", 1),
    ("no fallback", HEAD + LINES.replace("any, to: any, price: 300", "simulator, to: any, price: 300"),
     "a line with provider any to any must be there", 5),
    ("a provider nobody knows", HEAD + LINES.replace("twilio, to: Tri", "pigeon, to: Tri"), "provider must be one of", 11),
    ("an operator nobody knows", HEAD + LINES.replace("to: Tri", "to: Flexi"), "to must be an operator", 11),
    ("a beginning too long", HEAD + LINES.replace("+628125", "+62812512"), "to must be an operator", 8),
    ("a price below nothing", HEAD + LINES.replace("350.5", "-1"), "prices.1.price:", 7),
    ("a price that is none", HEAD + LINES.replace("350.5", "NaN"), "prices.1.price:", 7),
    ("a line twice", HEAD + LINES + "  - {provider: any, to: any, price: 1}\n", "any to any stands twice", 12),
    ("a beginning of two operators", HEAD.replace("+62895", "+62811") + LINES, "+62811 stands twice", 4),
    ("an operator named any", HEAD.replace("Tri:", "any:") + LINES.replace("to: Tri", "to: '+62895'"),
     "an operator cannot be named any", 4),
    ("a field nobody knows", HEAD + LINES + "more: 1\n", "more: Extra inputs", 12),
    ("no YAML", "currency: [", "not YAML", 2),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fault", "line"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_a_fault_is_named_with_its_line(tmp_path: Path, text: str, fault: str, line: int) -> None:
    with pytest.raises(BookError) as refused:
        read_prices(written(tmp_path, text))
    assert len(refused.value.faults) == 1
    assert str(refused.value).startswith(f"prices.yaml:{line}: {fault}")


def test_all_faults_of_the_file_stop_the_start_one_a_line(tmp_path: Path) -> None:
    text = HEAD + LINES.replace("to: Tri", "to: Flexi").replace("twilio, to: any", "pigeon, to: any")
    environ = {"GATEWAY_MODE": "development", "GATEWAY_DATA_DIR": str(tmp_path), "PRICES": str(written(tmp_path, text))}
    with pytest.raises(SettingsError) as refused:
        Settings.load(environ)
    assert [line.partition(": ")[2].partition(": ")[0] for line in str(refused.value).splitlines()] == [
        "prices.yaml:10", "prices.yaml:11"]  # fmt: skip
    assert all(line.startswith("PRICES: ") for line in str(refused.value).splitlines())


def test_the_file_shipped_knows_every_operator_of_the_country_and_says_that_it_is_an_example() -> None:
    found: Prices = read_prices(FILE)
    assert {name for _, name in found.operators} == {"Telkomsel", "Indosat", "Tri", "XL", "Axis", "Smartfren"}
    assert "EXAMPLES" in FILE.read_text("utf-8").splitlines()[0]
