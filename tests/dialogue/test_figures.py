"""STAT by SMS: one's own area, one that is named, and what is said where few stand behind it."""

from itertools import product

import pytest

from gateway.kernel.text import measure
from gateway.reference import service as reference
from gateway.runtime import Runtime
from gateway.statistics import rules, service
from gateway.statistics.rules import Figures, Month
from menus import render
from menus.loader import standard

from .conftest import BENDAN, MakePhone

OCTOBER = Month(2026, 10)


def remember(rt: Runtime, **counts: dict[str, int]) -> None:
    """Let October have these counts by area for each measure, as if they had been worked out just now."""
    rt.forget()
    found = [(code, what, n, None) for what, by_area in counts.items() for code, n in by_area.items()]
    found += [(code, "median", 0, 6.5) for code in counts.get("answered_on_time", {})]
    report = service.Report(OCTOBER, service._figures(service._tree(rt, None), found), [], rules.show_rumours({}))
    rt.remember(f"statistics:{OCTOBER}", 600, lambda: report)


def spread(rt: Runtime, n: int) -> dict[str, int]:
    """As many in every kelurahan, with what that makes above them."""
    codes = [area.code for area in reference.areas(rt) if area.code.startswith("33.75")]
    leaves = [code for code in codes if code.count(".") == 3]
    return {code: n * sum(leaf == code or leaf.startswith(f"{code}.") for leaf in leaves) for code in codes}


def test_figures_of_an_area_by_code_by_name_and_of_ones_own(rt: Runtime, make_phone: MakePhone) -> None:
    remember(rt, received=spread(rt, 8), answered_on_time=spread(rt, 6))
    phone = make_phone()
    wanted = (
        "Bendan Kergon 10/2026: masuk 8, diperiksa -, dijawab tepat waktu 6, telat -, selesai kata warga -, belum -, "
        "ditutup otomatis -, median 6,5 hari kerja. - = di bawah 5 atau dirahasiakan"
    )
    for said in ("STAT BEN", "stat bendan kergon", "Statistik BEN", "STAT"):
        assert phone.writes(said) == [wanted], said
    assert phone.writes("STAT KOTA")[0].startswith("Kota Pekalongan 10/2026: masuk 216, ")
    assert phone.writes("STAT BARAT")[0].startswith("Pekalongan Barat 10/2026: masuk 56, ")


def test_an_area_with_too_few_is_shown_with_the_one_around_it(rt: Runtime, make_phone: MakePhone) -> None:
    remember(rt, received=spread(rt, 2))
    (answer,) = make_phone().writes("STAT BEN")
    assert answer.startswith(
        "Bendan Kergon 10/2026: terlalu sedikit utk ditampilkan, demi kerahasiaan warga. Pekalongan Barat 10/2026: masuk 14,"
    )


def test_a_city_with_too_few_says_so(rt: Runtime, make_phone: MakePhone) -> None:
    remember(rt)
    assert make_phone().writes("STAT BEN") == [
        "Bendan Kergon 10/2026: terlalu sedikit utk ditampilkan, demi kerahasiaan warga."
    ]


@pytest.mark.parametrize("language", ["id", "jv", "en"])
def test_even_the_longest_answer_has_two_parts(language: str) -> None:
    slots = dict.fromkeys((*rules.MEASURES, "median"), "99999") | {"month": "12/2026"}
    few, figures = (
        render.render(standard(), key, {**slots, "place_name": "Pekalongan Selatan"}, language)
        for key in ("sms.statistics_few", "sms.statistics")
    )
    assert measure(f"{few} {figures}").segments <= 2


def test_an_area_of_figures_is_empty_only_without_any() -> None:
    nothing = dict.fromkeys(rules.MEASURES)
    assert Figures(BENDAN, "", "", nothing, None).is_empty
    for name, n in product(rules.MEASURES, (5, 60)):
        assert not Figures(BENDAN, "", "", {**nothing, name: n}, None).is_empty
