"""KIM organisations over a real database: renamed, merged and seated, with all that they were."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from gateway.kernel.errors import Conflict, Fault, Invalid, Missing
from gateway.kim import service
from gateway.kim.rules import Span
from gateway.officials import service as officials
from gateway.runtime import Runtime

BENDAN, MEDONO, TIRTO = "33.75.01.1006", "33.75.01.1002", "33.75.01.1008"
OLD, LATER = date(2019, 5, 1), date(2024, 7, 1)


@pytest.fixture
def person(rt: Runtime) -> Callable[[], int]:
    """Another official of the KIM of Bendan Kergon."""
    made: list[int] = []

    def make() -> int:
        made.append(officials.add(rt, f"Siti {len(made)}", "kim", BENDAN, f"+6281277770{len(made):03d}").id)
        return made[-1]

    return make


def test_renaming_keeps_the_old_name_in_its_time(rt: Runtime) -> None:
    id = service.add(rt, "Kelompok Informasi Bendan", [BENDAN], OLD)
    service.rename(rt, id, "KIM Bendan Kergon", LATER)
    one = service.get(rt, id)
    assert [one.name_on(day) for day in (OLD, LATER - timedelta(days=1), LATER)] == [
        "Kelompok Informasi Bendan", "Kelompok Informasi Bendan", "KIM Bendan Kergon",
    ]  # fmt: skip
    with pytest.raises(Invalid):
        service.rename(rt, id, "KIM", OLD - timedelta(days=1))


def test_merging_ends_one_gives_its_areas_to_the_other_and_keeps_both_pasts(
    rt: Runtime, person: Callable[[], int]
) -> None:
    gone, stays = service.add(rt, "KIM A", [BENDAN, TIRTO], OLD), service.add(rt, "KIM B", [MEDONO], OLD)
    member = person()
    service.seat(rt, gone, member, "chair", Span(OLD))
    assert service.merge(rt, gone, stays, LATER) == [BENDAN, TIRTO]
    before, after = LATER - timedelta(days=1), LATER
    ended, other = service.get(rt, gone), service.get(rt, stays)
    assert (ended.areas_on(before), ended.areas_on(after)) == ([BENDAN, TIRTO], [])
    assert (other.areas_on(before), other.areas_on(after)) == ([MEDONO], [MEDONO, BENDAN, TIRTO])
    assert (ended.merged_into, ended.life.until) == (stays, LATER)
    assert [len(ended.board_on(day)) for day in (before, after)] == [1, 0]
    for first, second in ((gone, stays), (stays, gone), (stays, stays)):
        with pytest.raises(Conflict):
            service.merge(rt, first, second)
    with pytest.raises(Conflict):
        service.seat(rt, gone, member, "member", Span(LATER))


def test_a_merger_never_cuts_off_what_begins_later(rt: Runtime) -> None:
    gone, stays = service.add(rt, "KIM A", [BENDAN], OLD), service.add(rt, "KIM B", [MEDONO], OLD)
    service.rename(rt, gone, "KIM AA", LATER)
    with pytest.raises(Conflict, match=str(LATER)):
        service.merge(rt, gone, stays, LATER - timedelta(days=1))


def test_an_area_has_one_kim_also_where_two_found_it_at_once(rt: Runtime) -> None:
    def found(name: str) -> int | Fault:
        try:
            return service.add(rt, name, [BENDAN], OLD)
        except Fault as fault:
            return fault

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(found, ("A", "B", "C", "D")))
    assert sum(isinstance(one, int) for one in made) == 1
    assert all(isinstance(one, int | Conflict) for one in made)
    with pytest.raises(Conflict, match=BENDAN):
        service.add(rt, "E", [TIRTO, BENDAN])
    assert [one.areas_on(LATER) for one in service.every(rt)] == [[BENDAN]]


def test_a_board_has_terms(rt: Runtime, person: Callable[[], int]) -> None:
    id, first, second = service.add(rt, "KIM A", [BENDAN], OLD), person(), person()
    service.seat(rt, id, first, "member", Span(OLD))
    service.seat(rt, id, second, "secretary", Span(OLD))
    service.seat(rt, id, first, "chair", Span(LATER, LATER + timedelta(days=1000)))
    one = service.get(rt, id)
    assert [(seat.seat, seat.official_id) for seat in one.board_on(OLD)] == [("secretary", second), ("member", first)]
    assert [(seat.seat, seat.official_id) for seat in one.board_on(LATER)] == [("chair", first), ("secretary", second)]
    service.leave(rt, id, second, LATER)
    assert [seat.official_id for seat in service.get(rt, id).board_on(LATER)] == [first]
    with pytest.raises(Missing):
        service.leave(rt, id, second, LATER)
    with pytest.raises(Invalid):
        service.seat(rt, id, first, "chair", Span(LATER, LATER))
    with pytest.raises(Missing):
        service.seat(rt, id, 10**9, "chair", Span(LATER))


def test_what_is_no_kim_is_refused(rt: Runtime) -> None:
    for name, areas in (("", [BENDAN]), ("KIM", []), ("KIM", ["33.75.99"])):
        with pytest.raises(Invalid):
            service.add(rt, name, areas)
    with pytest.raises(Missing):
        service.get(rt, 10**9)
