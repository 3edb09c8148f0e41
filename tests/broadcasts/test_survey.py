"""The preview's counts: people by area, language, operator and route, cost by the price file, and what they had lately."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest

from config.prices import Prices, Tariff
from config.values import Route
from gateway.broadcasts.rules import is_same_text
from gateway.broadcasts.service import draft, preview
from gateway.officials.rules import Official, Role
from gateway.outbox.store import routes
from tests.broadcasts.town import BARAT, CITY, Town
from tests.conftest import Clock

PRICES = Prices(
    "USD",
    (("+62811", "Telkomsel"), ("+62812", "Telkomsel"), ("+62895", "Tri")),
    (Tariff("any", "", Decimal(300)), Tariff("any", "+62895", Decimal("250.25")), Tariff("twilio", "", Decimal(6400))),
)
ROUTES = (Route("+62811", ("twilio", "simulator")), Route("+6289", ("simulator",)), Route("+62812", ("simulator",)))


@pytest.fixture
def admin(town: Town) -> Official:
    return town.official(Role.ADMIN)


@pytest.fixture
def priced(town: Town) -> Town:
    """The town with three operators, two routes and a price file of its own; +62881 has no route."""
    changes = {"prices": PRICES, "sms_routes": ROUTES}
    providers = {"simulator": town.rt.providers["simulator"], "twilio": town.rt.providers["simulator"]}
    town.rt = replace(town.rt, settings=town.rt.settings.model_copy(update=changes), providers=providers)
    return town


def test_counts_by_every_side_and_the_cost_of_each(priced: Town, admin: Official) -> None:
    town = priced
    town.people(4, prefix="+62811")
    town.people(3, language="jv", prefix="+62895")
    town.people(2, town.other, "en", prefix="+62812")
    town.people(1, town.other, prefix="+62881")
    town.stop(town.people(5, prefix="+62811"))
    shown = town.write(admin, texts={"id": "x", "jv": "y" * 200}, audience={"areas": [CITY]})["preview"]
    assert shown["recipients"] == 10
    assert shown["by_area"] == {town.home: 7, town.other: 3}
    assert shown["by_language"] == {"en": 2, "id": 5, "jv": 3}
    assert shown["by_operator"] == {"Telkomsel": 6, "Tri": 3, "other": 1}
    assert shown["by_route"] == {"none": 1, "simulator": 5, "twilio": 4}
    # Who has no route costs nothing; the Javanese text takes two parts.
    assert shown["cost"] == {"amount": "27701.50", "currency": "USD"}
    assert shown["total_segments"] == 4 + 6 + 2 + 1


def test_a_paused_route_is_passed_over_as_the_fan_out_does(priced: Town, admin: Official) -> None:
    priced.people(2, prefix="+62811")
    with priced.rt.engine.begin() as conn:
        routes.pause(conn, "twilio", "balance", priced.rt.now())
    assert priced.write(admin)["preview"]["by_route"] == {"simulator": 2}


def test_an_emergency_passes_over_a_route_that_the_carrier_blocks(priced: Town, admin: Official) -> None:
    priced.stop(priced.people(1, prefix="+62811"), "route", "twilio")
    priced.people(1, prefix="+62811")
    assert priced.write(admin)["preview"]["by_route"] == {"twilio": 2}
    assert priced.write(admin, "emergency")["preview"]["by_route"] == {"simulator": 1, "twilio": 1}


def test_the_counts_are_those_of_a_plain_count_in_any_town(priced: Town, admin: Official) -> None:
    chance, town = Random(11), priced
    oracle: dict[str, Counter[str]] = {name: Counter() for name in ("area", "language", "operator", "route")}
    operators = {"+62811": "Telkomsel", "+62812": "Telkomsel", "+62895": "Tri", "+62881": "other"}
    leads = {"+62811": "twilio", "+62812": "simulator", "+62895": "simulator", "+62881": "none"}
    cost = Decimal(0)
    for _ in range(40):
        area, language = chance.choice([town.home, town.other]), chance.choice(["id", "jv", "en"])
        prefix, n = chance.choice(sorted(operators)), chance.randint(1, 4)
        people = town.people(n, area, language, prefix=prefix)
        gone = chance.randint(0, n)
        town.stop(people[:gone], chance.choice(["notices", "all"]))
        left = n - gone
        for name, key in (
            ("area", area),
            ("language", language),
            ("operator", operators[prefix]),
            ("route", leads[prefix]),
        ):
            oracle[name][key] += left
        price = {"none": Decimal(0), "twilio": Decimal(6400)}.get(
            leads[prefix], Decimal("250.25") if prefix == "+62895" else Decimal(300)
        )
        cost += left * price * (2 if language == "jv" else 1)
    shown = town.write(admin, texts={"id": "x", "jv": "y" * 200}, audience={"areas": [CITY]})["preview"]
    for name, counts in oracle.items():
        assert shown[f"by_{name}"] == {key: n for key, n in sorted(counts.items()) if n}, name
        assert sum(counts.values()) == shown["recipients"]
    assert shown["cost"]["amount"] == preview.show_amount(cost)


AMOUNTS = [("3900", "3900"), ("0", "0"), ("820.5", "820.50"), ("0.004", "0"), ("1E+3", "1000")]


@pytest.mark.parametrize(("amount", "shown"), AMOUNTS)
def test_amounts_have_cents_only_where_there_are_any(amount: str, shown: str) -> None:
    assert preview.show_amount(Decimal(amount)) == shown


SAME: dict[str, tuple[Mapping[str, str], Mapping[str, str], bool]] = {
    "the same": ({"id": "Air mati."}, {"id": "Air mati."}, True),
    "other case and blanks": ({"id": "AIR  mati.\n"}, {"id": "Air mati."}, True),
    "one language of two": ({"id": "Air mati.", "jv": "Toya"}, {"id": "Lain", "jv": "toya"}, True),
    "another text": ({"id": "Air mati."}, {"id": "Air hidup."}, False),
    "the same words in another language's place": ({"id": "Air"}, {"jv": "Air"}, False),
}


@pytest.mark.parametrize(("texts", "others", "same"), SAME.values(), ids=SAME)
def test_the_same_text(texts: Mapping[str, str], others: Mapping[str, str], same: bool) -> None:
    assert is_same_text(texts, others) is same


def warnings_about(shown: Mapping[str, object], word: str) -> list[str]:
    return [one for one in shown["warnings"] if word in one]  # type: ignore[attr-defined]


def test_the_same_text_to_some_of_the_same_people_is_a_warning_for_ten_minutes(
    town: Town, clock: Clock, admin: Official
) -> None:
    town.people(3)
    town.people(4, town.other)
    first = town.started(admin)
    clock.ahead(minutes=6, seconds=30)
    code = f"B{town.get(first).number}"
    shown = town.write(admin, audience={"areas": [CITY]})["preview"]
    assert shown["warnings"] == [f"The same text went to 3 of these people 6 minutes ago ({code})."]
    assert warnings_about(town.write(admin, audience={"areas": [town.other]})["preview"], "same text") == []
    assert warnings_about(town.write(admin, texts={"id": "Lain."})["preview"], "same text") == []
    clock.ahead(minutes=4)
    assert warnings_about(town.write(admin)["preview"], "same text") == []


def test_who_has_had_enough_this_week_is_told_before(town: Town, admin: Official) -> None:
    people = town.people(4)
    for text in ("Satu.", "Dua."):
        town.started(admin, texts={"id": text})
    town.stop(people[:1])
    town.people(2, BARAT + ".1002")
    shown = town.write(admin, texts={"id": "Tiga."}, audience={"areas": [BARAT]})["preview"]
    assert warnings_about(shown, "cap") == [
        "3 of these people have had 2 messages within seven days; they will be skipped (cap)."
    ]
    assert warnings_about(town.write(admin, "emergency")["preview"], "cap") == []


def test_a_change_is_counted_anew(town: Town, admin: Official) -> None:
    town.people(3)
    town.people(2, town.other, "jv")
    id = town.write(admin)["id"]
    shown = draft.change(town.rt, admin, id, {"audience": {"areas": [CITY]}})["preview"]
    assert (shown["recipients"], shown["by_language"]) == (5, {"id": 3, "jv": 2})
