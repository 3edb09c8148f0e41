"""The hoax desk: who may do what, cell by cell; two people, two sources, versions; the city never judges itself alone."""

from collections.abc import Callable

import pytest
from sqlalchemy.exc import IntegrityError

from gateway.kernel.errors import Conflict, Fault, Forbidden, Invalid, Missing
from gateway.officials.rules import Official, Role
from gateway.rumours import complaint, desk, store, verdict_store, view
from gateway.rumours.rules import show_claim
from gateway.rumours.store import Rumour
from tests.desks import BENDAN, CITY
from tests.rumours.conftest import SOURCES, Desk

Act = Callable[[Desk, Official, Rumour, Rumour], object]
ACTS: dict[str, Act] = {
    "list": lambda hoax, who, one, other: view.page(hoax.rt, who, None, 10),
    "look": lambda hoax, who, one, other: view.look(hoax.rt, who, show_claim(one.number)),
    "judge": lambda hoax, who, one, other: hoax.judge(who, one),
    "match": lambda hoax, who, one, other: desk.match(hoax.rt, who, show_claim(one.number), show_claim(other.number)),
    "part": lambda hoax, who, one, other: desk.part(hoax.rt, who, show_claim(one.number), show_claim(other.number)),
    "move": lambda hoax, who, one, other: complaint.move(hoax.rt, who, show_claim(one.number)),
    "approve": lambda hoax, who, one, other: desk.approve(hoax.rt, who, show_claim(one.number)),
    "reject": lambda hoax, who, one, other: desk.reject(hoax.rt, who, show_claim(one.number)),
}
READ, JUDGE, DECIDE = {"list", "look"}, {"judge", "match", "part", "move"}, {"approve", "reject"}
MAY = {
    "admin": READ | JUDGE | DECIDE,
    "approver": READ | DECIDE,
    "kim": READ | JUDGE,
    "lurah": READ,
    "emergency": READ,
    "office": set(),
    "auditor": set(),
    "dpo": set(),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", Role)
def test_every_role_and_every_act(hoax: Desk, role: str, act: str) -> None:
    one, other = hoax.ask(1, "rob 3 meter malam ini"), hoax.ask(2, "sekolah libur besok pagi")
    if act in DECIDE:
        hoax.judge(hoax.official("kim"), one)
    who = hoax.official(role, BENDAN if role in ("kim", "lurah") else CITY)
    if act in MAY[role]:
        ACTS[act](hoax, who, one, other)
    elif MAY[role]:
        with pytest.raises(Forbidden):
            ACTS[act](hoax, who, one, other)
    else:
        with pytest.raises(Missing):
            ACTS[act](hoax, who, one, other)


def test_nobody_approves_or_rejects_their_own(hoax: Desk) -> None:
    claim, admin = hoax.ask(1, "rob 3 meter malam ini"), hoax.official("admin")
    hoax.judge(admin, claim)
    for act in (desk.approve, desk.reject):
        with pytest.raises(Conflict, match="your own"):
            act(hoax.rt, admin, show_claim(claim.number))
    kim = hoax.official("kim")
    hoax.judge(kim, claim)
    with pytest.raises(Conflict, match="your own"):
        desk.approve(hoax.rt, kim, show_claim(claim.number))
    desk.approve(hoax.rt, admin, show_claim(claim.number))


def test_even_the_table_refuses_an_author_who_approves(hoax: Desk) -> None:
    claim, admin = hoax.ask(1, "rob 3 meter malam ini"), hoax.official("admin")
    hoax.judge(admin, claim)
    with hoax.rt.engine.begin() as conn:
        waiting = verdict_store.waiting(conn, [claim.id])[claim.id]
    with pytest.raises(IntegrityError), hoax.rt.engine.begin() as conn:
        verdict_store.approve(conn, waiting, 1, admin.id, hoax.rt.now())


BAD = [
    ("an unknown label", {"label": "MUNGKIN"}, "label must be"),
    ("one source", {"sources": ["BMKG"]}, "2 different sources"),
    ("one source twice", {"sources": ["BMKG: pagi", "bmkg: sore"]}, "2 different sources"),
    ("a source without a name", {"sources": ["BMKG", ": siaran"]}, "has a name"),
    ("an unknown kind", {"kind": "lies"}, "kind must be"),
    ("no facts", {"text": "  "}, "what is true"),
    ("facts that an SMS would cut", {"text": "a" * 101}, "room for 100"),
    ("sources that an SMS would cut", {"sources": ["Badan Meteorologi", "Mafindo"]}, "only names are sent"),
    ("letters no phone shows", {"text": "rob 40 cm 🌊"}, "plain letters"),
    ("a text of two SMS", {"text": "b " * 50, "summary": "c" * 50}, "letters too long"),
]


@pytest.mark.parametrize(("more", "says"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_a_verdict_that_cannot_be_told_is_refused_with_what_to_mend(
    hoax: Desk, more: dict[str, str], says: str
) -> None:
    claim = hoax.ask(1, "rob 3 meter malam ini")
    with pytest.raises(Invalid, match=says):
        hoax.judge(hoax.official("kim"), claim, **more)


ALONE = [
    ("an admin with the city's own word", "admin", "Walikota bagi sembako", ["Humas", "Dinsos"], False),
    ("an admin with one voice from outside", "admin", "Walikota bagi sembako", ["Humas", "Mafindo"], True),
    ("an admin who names the KIM", "admin", "Dinsos minta uang", ["KIM", "Dinsos"], False),
    ("a KIM", "kim", "Dinsos minta uang", ["KIM", "Dinsos"], True),
    ("a claim about something else", "admin", "rob 3 meter malam ini", ["BPBD", "Dinkominfo"], True),
]


@pytest.mark.parametrize(
    ("role", "claim", "sources", "stands"), [case[1:] for case in ALONE], ids=[case[0] for case in ALONE]
)
def test_the_city_does_not_judge_claims_about_itself_alone(
    hoax: Desk, role: str, claim: str, sources: list[str], stands: bool
) -> None:
    asked, who = hoax.ask(1, claim), hoax.official(role)
    if stands:
        hoax.judge(who, asked, sources=sources)
    else:
        with pytest.raises(Invalid, match="alone"):
            hoax.judge(who, asked, sources=sources)


def test_an_approval_is_bound_to_what_was_seen_and_a_new_verdict_takes_the_place_of_one_that_waits(hoax: Desk) -> None:
    claim, kim, admin = hoax.ask(1, "rob 3 meter malam ini"), hoax.official("kim"), hoax.official("admin")
    code = show_claim(claim.number)
    seen = hoax.judge(kim, claim)
    hoax.judge(kim, claim, "MENYESATKAN")
    with pytest.raises(Conflict, match="changed"):
        desk.approve(hoax.rt, admin, code, seen)
    published = desk.approve(hoax.rt, admin, code)
    assert (published.state, published.label, published.version) == ("published", "menyesatkan", 1)
    with pytest.raises(Conflict, match="No verdict waits"):
        desk.approve(hoax.rt, admin, code)
    states = [row.state for row in hoax.rows("SELECT state FROM rumour_verdicts ORDER BY id")]
    assert states == ["replaced", "approved"]


def test_a_correction_is_a_version_and_the_old_one_stays_on_record(hoax: Desk) -> None:
    claim = hoax.ask(1, "rob 3 meter malam ini")
    hoax.publish(claim)
    hoax.publish(claim, "MENYESATKAN", "rob naik 80 cm")
    shown = view.look(hoax.rt, hoax.official("approver"), show_claim(claim.number))
    assert (shown["label"], shown["text"], shown["version"]) == ("MENYESATKAN", "rob naik 80 cm", 2)
    assert [(one["version"], one["label"]) for one in shown["versions"]] == [(1, "SALAH"), (2, "MENYESATKAN")]
    assert all(one["by"] != one["approved_by"] for one in shown["versions"])


def test_a_rejected_verdict_leaves_the_claim_as_it_was(hoax: Desk) -> None:
    claim, admin = hoax.ask(1, "rob 3 meter malam ini"), hoax.official("admin")
    hoax.judge(hoax.official("kim"), claim)
    desk.reject(hoax.rt, admin, show_claim(claim.number), "kurang sumber")
    shown = view.look(hoax.rt, admin, show_claim(claim.number))
    assert (shown["state"], shown["label"], shown["waiting"]) == ("open", None, None)


def test_satire_is_wrong_but_a_joke(hoax: Desk) -> None:
    claim = hoax.ask(1, "Pekalongan pindah ke bulan")
    hoax.publish(claim, "salah", "tulisan lucu di koran", kind="satire")
    hoax.ask(2, "Pekalongan pindah ke bulan")
    with hoax.rt.engine.begin() as conn:
        found = store.get(conn, claim.number)
    assert found
    assert found.kind == "satire"


def test_the_desk_sees_what_is_masked_and_nobody_s_number(hoax: Desk) -> None:
    claim = hoax.ask(1, "Hubungi 081234567890, NIK 3375011201900001, bansos cair")
    shown = str(view.look(hoax.rt, hoax.official("admin"), show_claim(claim.number)))
    assert "[no HP]" in shown
    assert "[NIK]" in shown
    assert "8123456" not in shown
    kim = hoax.official("kim")
    desk.judge(hoax.rt, kim, show_claim(claim.number), "SALAH", "lapor ke 081234567890", SOURCES, summary="bansos cair")
    assert "[no HP]" in str(view.look(hoax.rt, kim, show_claim(claim.number))["waiting"])


def test_the_queue_is_by_askers_and_harm_and_pages(hoax: Desk) -> None:
    hoax.ask(1, "artis datang ke alun-alun")
    hoax.ask(1, "vaksin campak beracun")
    for at in range(4):
        hoax.ask(at, "konser gagal karena hujan")
    hoax.publish(hoax.ask(1, "rob 3 meter malam ini"))
    admin, seen, cursor = hoax.official("admin"), [], None
    while True:
        items, cursor = view.page(hoax.rt, admin, cursor, 1)
        seen += [one["claim"] for one in items]
        if cursor is None:
            break
    assert seen == [
        "konser gagal karena hujan",
        "vaksin campak beracun",
        "artis datang ke alun-alun",
        "rob 3 meter malam ini",
    ]


def test_an_unknown_code_and_a_claim_that_is_over(hoax: Desk) -> None:
    admin = hoax.official("admin")
    for code in ("C999999", "B1", "", "nothing"):
        with pytest.raises(Fault) as fault:
            view.look(hoax.rt, admin, code)
        assert fault.value.status == 404
    claim = hoax.ask(1, "rob 3 meter malam ini")
    with hoax.rt.engine.begin() as conn:
        store.forget(conn, hoax.number(1))
    with pytest.raises(Conflict, match="erased"):
        hoax.judge(admin, claim)
    assert view.page(hoax.rt, admin, None, 10) == ([], None)


def test_a_complaint_becomes_a_ticket_of_whoever_asked_who_is_told(hoax: Desk) -> None:
    kim = hoax.official("kim")
    claim, shared = hoax.ask(1, "lampu jalan gg 5 mati sudah seminggu", BENDAN), hoax.ask(1, "rob 3 meter malam ini")
    ticket = complaint.move(hoax.rt, kim, show_claim(claim.number))
    (row,) = hoax.rows("SELECT number_id, category, area, body FROM aspirations")
    assert (row.number_id, row.category, row.area) == (hoax.number(1), "roads", BENDAN)
    assert row.body == "lampu jalan gg 5 mati sudah seminggu"
    assert ticket in hoax.sent(1)[0]
    with pytest.raises(Conflict, match="moved"):
        complaint.move(hoax.rt, kim, show_claim(claim.number))
    hoax.ask(2, "rob 3 meter malam ini")
    with pytest.raises(Conflict, match="judge it"):
        complaint.move(hoax.rt, kim, show_claim(shared.number))
    assert hoax.ask(3, "lampu jalan gg 5 mati sudah seminggu").id != claim.id
