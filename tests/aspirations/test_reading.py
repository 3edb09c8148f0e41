"""Who reads and lists which tickets, and that what may not be seen looks like what is not there."""

from collections.abc import Callable

import pytest

from gateway.aspirations import service
from gateway.aspirations.rules import Filing, State
from gateway.aspirations.store import Aspiration
from gateway.db import statement
from gateway.kernel.codes import show_ticket
from gateway.kernel.errors import Missing
from gateway.officials.rules import Official, Role
from gateway.runtime import Runtime

MEDONO, TIRTO, BARAT, TIMUR, CITY = "33.75.01.1002", "33.75.01.1009", "33.75.01", "33.75.02", "33.75"
Make = Callable[..., Filing]
File = Callable[..., tuple[Aspiration, bool]]
Put = Callable[..., None]
Add = Callable[..., Aspiration | None]


def official(role: Role, area: str = CITY, office: str | None = None) -> Official:
    return Official(3, "Sri", role, area, office, 1)


SEEN = [
    ("admin of the city sees all", official(Role.ADMIN), {"medono", "tirto", "timur", "nowhere"}),
    ("the approver too", official(Role.APPROVER), {"medono", "tirto", "timur", "nowhere"}),
    ("BPBD too", official(Role.EMERGENCY), {"medono", "tirto", "timur", "nowhere"}),
    ("a lurah sees the kelurahan", official(Role.LURAH, MEDONO), {"medono"}),
    ("a camat sees the kecamatan", official(Role.LURAH, BARAT), {"medono", "tirto"}),
    ("a KIM sees its kelurahan", official(Role.KIM, TIRTO), {"tirto"}),
    ("an office sees what it holds", official(Role.OFFICE, CITY, "DLH"), {"tirto", "nowhere"}),
    ("an office in one kecamatan sees what it holds there", official(Role.OFFICE, BARAT, "DLH"), {"tirto"}),
    ("another office sees nothing", official(Role.OFFICE, CITY, "DINSOS"), set()),
    ("an auditor sees no content", official(Role.AUDITOR), None),
    ("a DPO sees no content", official(Role.DPO), None),
]  # fmt: skip


@pytest.mark.parametrize(("label", "who", "seen"), SEEN)
def test_what_each_role_reads_and_lists(
    rt: Runtime, label: str, who: Official, seen: set[str] | None, filing: Make, file: File, put: Put
) -> None:
    tickets = {
        "medono": file(filing("1", "a", MEDONO))[0],
        "tirto": file(filing("2", "b", TIRTO))[0],
        "timur": file(filing("3", "c", f"{TIMUR}.1004"))[0],
        "nowhere": file(filing("4", "d", ""))[0],
    }
    for place in ("tirto", "nowhere"):
        put(tickets[place], State.FORWARDED, "DLH")
    for place, aspiration in tickets.items():
        if seen and place in seen:
            shown = service.read(rt, who, show_ticket(aspiration.ticket))
            assert shown["ticket"] == show_ticket(aspiration.ticket), label
            assert shown["reporter"] == "masked"
            assert "1234567890" not in str(shown)
        else:
            with pytest.raises(Missing):
                service.read(rt, who, aspiration.ticket)
    if seen is None:
        with pytest.raises(Missing):
            service.page(rt, who, None, 10)
    else:
        listed = [item["ticket"] for item in service.page(rt, who, None, 10).items]
        wanted = [show_ticket(aspiration.ticket) for place, aspiration in tickets.items() if place in seen]
        assert listed == wanted[::-1], label


def test_what_is_not_there_looks_like_what_may_not_be_seen(rt: Runtime, filing: Make, file: File) -> None:
    made, _ = file(filing("1"))
    sentences = set()
    for who, ticket in ((official(Role.ADMIN), "000-000-0"), (official(Role.ADMIN), "apa"),
                        (official(Role.LURAH, TIRTO), made.ticket), (official(Role.AUDITOR), made.ticket)):  # fmt: skip
        with pytest.raises(Missing) as missing:
            service.read(rt, who, ticket)
        sentences.add(str(missing.value))
    assert len(sentences) == 1


def test_reading_is_on_the_trail_of_the_ticket_and_of_the_person(rt: Runtime, filing: Make, file: File) -> None:
    made, _ = file(filing("1"))
    service.read(rt, official(Role.ADMIN), made.ticket)
    with rt.engine.begin() as conn:
        found = conn.execute(
            statement("SELECT actor, act, number_id FROM audit WHERE subject = :subject ORDER BY id"),
            {"subject": f"ticket:{made.ticket}"},
        )
        assert [tuple(row) for row in found] == [
            ("resident", "file", made.number_id), ("official:3", "read", made.number_id),
        ]  # fmt: skip


@pytest.mark.parametrize("cursor", [None, "", "x", "-1", "9" * 30, "²"])
def test_a_cursor_that_is_none_begins_at_the_newest(rt: Runtime, cursor: str | None, filing: Make, file: File) -> None:
    file(filing("1"))
    assert len(service.page(rt, official(Role.ADMIN), cursor, 10).items) == 1


def test_pages_follow_one_another_without_gap_or_repeat(rt: Runtime, filing: Make, file: File) -> None:
    for at in range(7):
        file(filing(str(at), f"kata {at}"))
    seen, cursor, sizes = [], None, []
    while True:
        page = service.page(rt, official(Role.ADMIN), cursor, 3)
        seen += [item["text"] for item in page.items]
        sizes.append(len(page.items))
        cursor = page.following
        if cursor is None:
            break
    assert seen == [f"kata {at}" for at in range(6, -1, -1)]
    assert sizes == [3, 3, 1]
