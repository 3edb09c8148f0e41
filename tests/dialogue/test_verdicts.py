"""The hoax desk from a feature phone: verdicts, their approval by a code, one claim for two, the queue; nobody else is obeyed."""

from collections.abc import Callable

import pytest

from gateway.db import statement
from gateway.kernel.text import measure
from gateway.rumours import tell
from gateway.runtime import Runtime
from tests.dialogue.officer import HOME, Officer

from .conftest import MakePhone

Ask = Callable[[str], str]
VONIS = "VONIS {} SALAH rob kira-kira 40 cm # BMKG, BPBD"


@pytest.fixture
def ask(make_phone: MakePhone) -> Ask:
    """A new resident asks; the claim's code."""

    def act(words: str) -> str:
        (taken,) = make_phone().writes(f"CEK {words}")
        return next(
            word.strip(":,.") for word in taken.split() if word.startswith("C") and word.strip(":,.")[1:].isdigit()
        )

    return act


def told(rt: Runtime, like: str) -> int:
    tell.tick(rt)
    with rt.engine.begin() as conn:
        return int(
            conn.execute(statement("SELECT count(*) FROM messages WHERE body LIKE :l"), {"l": like}).scalar_one()
        )


def test_a_kim_judges_and_an_admin_approves_with_a_code(rt: Runtime, ask: Ask) -> None:
    claim, kim, admin = ask("rob 3 meter malam ini"), Officer(rt, "kim", HOME), Officer(rt, "admin")
    assert kim.does(VONIS.format(claim)).startswith(f"Vonis SALAH utk {claim} dicatat.")
    asked = admin.says(f"SETUJU {claim}")
    assert asked.startswith(f"SETUJUI VONIS {claim} SALAH: rob 3 meter malam ini. Fakta: rob kira-kira 40 cm.")
    assert measure(asked).segments <= 2
    assert "salah" in admin.says(f"SETUJU {claim} {admin.wrong}")
    assert told(rt, f"{claim} SALAH (hoax)%") == 0
    assert admin.says(f"SETUJU {claim} {admin.code_in(asked)}").startswith(f"{claim} terbit: SALAH. 1 penanya")
    assert told(rt, f"{claim} SALAH (hoax)%") == 1
    with rt.engine.begin() as conn:
        bodies = list(conn.execute(statement("SELECT body FROM inbound")).scalars())
    assert not any(code in body for body in bodies for code in admin.card.values())


def test_the_author_cannot_approve_nor_can_a_kim_and_a_changed_verdict_needs_another_code(
    rt: Runtime, ask: Ask
) -> None:
    claim, kim, admin = ask("rob 3 meter malam ini"), Officer(rt, "kim", HOME), Officer(rt, "admin")
    admin.does(VONIS.format(claim))
    assert "buatan Anda sendiri" in admin.says(f"SETUJU {claim}")
    assert "Peran Anda" in kim.says(f"SETUJU {claim}")
    second = Officer(rt, "approver")
    asked = second.says(f"SETUJU {claim}")
    kim.does(f"VONIS {claim} BENAR rob memang 3 meter # BMKG, BPBD")
    assert "berubah" in second.says(f"SETUJU {claim} {second.code_in(asked)}")
    assert told(rt, f"{claim} %SALAH%") == 0


SAYS = [
    ("without a label", "VONIS {} rob cuma 40 cm # BMKG, BPBD", "Tulis: VONIS"),
    ("without sources", "VONIS {} SALAH rob cuma 40 cm", "Tulis: VONIS"),
    ("with one source", "VONIS {} SALAH rob cuma 40 cm # BMKG", "belum bisa dicatat"),
    ("without a claim", "VONIS", "Tulis: VONIS C48"),
    ("of a claim that is not there", "VONIS C99999 SALAH rob # BMKG, BPBD", "C99999 tidak ada"),
    ("of two words", "vonis {} belum terbukti, tidak ada siaran # BMKG & BPBD", "Vonis BELUM TERBUKTI utk"),
    ("a joke", "VONIS {} BERCANDA kutipan komik # BMKG; BPBD", "Vonis SALAH (bercanda) utk"),
]


@pytest.mark.parametrize(("said", "answer"), [case[1:] for case in SAYS], ids=[case[0] for case in SAYS])
def test_a_verdict_by_sms(rt: Runtime, ask: Ask, said: str, answer: str) -> None:
    claim = ask("rob 3 meter malam ini")
    assert answer in Officer(rt, "kim", HOME).does(said.format(claim))


def test_what_is_said_of_the_city_needs_a_voice_from_outside(rt: Runtime, ask: Ask) -> None:
    claim = ask("walikota bagi sembako besok")
    assert "Pemkot tidak menilainya sendiri" in Officer(rt, "admin").does(f"VONIS {claim} BENAR ada # Humas, Dinsos")


def test_a_rejected_verdict(rt: Runtime, ask: Ask) -> None:
    claim, kim, admin = ask("rob 3 meter malam ini"), Officer(rt, "kim", HOME), Officer(rt, "admin")
    kim.does(VONIS.format(claim))
    assert "Kenapa" in admin.says(f"TOLAK {claim}")
    assert "ditolak, tidak terbit" in admin.says(f"TOLAK {claim} kurang sumber")
    assert f"{claim} tidak menunggu" in admin.says(f"SETUJU {claim}")


def test_one_claim_for_two_by_a_code(rt: Runtime, ask: Ask) -> None:
    known, other = ask("bansos 600rb daftar lewat link"), ask("daftar bansos 600rb pakai link")
    kim = Officer(rt, "kim", HOME)
    assert f"Mirip: {known}" in kim.says(f"ANTRE {other}")
    asked = kim.says(f"COCOK {other} {known}")
    assert asked.startswith(f"Samakan {other} 'daftar bansos 600rb pakai link' dgn {known}")
    assert kim.says(f"COCOK {other} {known} {kim.code_in(asked)}").startswith(f"{other} disamakan dgn {known}")
    assert kim.says(f"COCOK {other}").startswith("Tulis: COCOK")


def test_the_queue(rt: Runtime, ask: Ask) -> None:
    kim = Officer(rt, "kim", HOME)
    assert kim.says("ANTRE") == "Tidak ada cek yg menunggu Anda."
    claim = ask("rob 3 meter malam ini")
    assert kim.says("ANTREAN").startswith(f"1 cek menunggu (no, penanya): {claim} (1): rob 3 meter malam ini.")
    assert Officer(rt, "auditor").says("ANTRE") == "Tidak ada cek yg menunggu Anda."


def test_the_same_order_twice_is_one(rt: Runtime, ask: Ask) -> None:
    claim, kim = ask("rob 3 meter malam ini"), Officer(rt, "kim", HOME)
    kim.does(VONIS.format(claim))
    assert claim in kim.says(VONIS.format(claim))
    with rt.engine.begin() as conn:
        assert conn.execute(statement("SELECT count(*) FROM rumour_verdicts")).scalar_one() == 1


def test_a_resident_s_vonis_is_no_verdict(rt: Runtime, ask: Ask, make_phone: MakePhone) -> None:
    claim = ask("rob 3 meter malam ini")
    make_phone().writes(VONIS.format(claim))
    with rt.engine.begin() as conn:
        assert conn.execute(statement("SELECT count(*) FROM rumour_verdicts")).scalar_one() == 0
