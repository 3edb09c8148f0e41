"""The hoax desk over the API: the contract's calls and answers, and nobody's number in any of them."""

from gateway.numbers import store as numbers
from gateway.rumours import service, tell
from gateway.rumours.rules import show_claim
from gateway.runtime import Runtime
from tests.web.conftest import BENDAN, Staff

VERDICT = {"label": "BELUM TERBUKTI", "text": "belum ada siaran resmi", "sources": ["BMKG: laman 4/11", "Mafindo"]}


def asked(rt: Runtime, words: str, at: int = 1) -> str:
    with rt.engine.begin() as conn:
        number = numbers.ensure(conn, rt.vault, f"+62812340000{at:02d}")
        return show_claim(service.ask(rt, conn, number.id, words, "", "sms").number)


def test_the_whole_way(staff: Staff, rt: Runtime) -> None:
    code, kim, admin, approver = (
        asked(rt, "rob 3 meter malam ini"),
        staff("kim", BENDAN),
        staff("admin"),
        staff("approver"),
    )
    (listed,) = kim("GET", "/rumours").json["items"]
    assert (listed["code"], listed["state"], listed["askers"], listed["harm"]) == (code, "open", 1, 3)
    made = kim("POST", f"/rumours/{code}/verdict", VERDICT)
    assert (made.status_code, made.json["state"], made.json["waiting"]["label"]) == (200, "open", "BELUM TERBUKTI")
    assert kim("POST", f"/rumours/{code}/approve").status_code == 409, "their own"
    assert approver("POST", f"/rumours/{code}/verdict", VERDICT).status_code == 403
    assert admin("POST", f"/rumours/{code}/approve", {"hash": "0" * 64}).status_code == 409
    done = approver("POST", f"/rumours/{code}/approve", {"hash": made.json["waiting"]["hash"]})
    assert (done.status_code, done.json["label"], done.json["version"]) == (200, "BELUM TERBUKTI", 1)
    assert approver("POST", f"/rumours/{code}/approve").status_code == 409
    assert tell.tick(rt) == 1
    texts = kim("GET", f"/rumours/{code}/script").json["texts"]
    assert texts["id"].startswith("Perhatian warga. BELUM TERBUKTI.")
    corrected = admin("POST", f"/rumours/{code}/verdict", {**VERDICT, "label": "SALAH"})
    assert (corrected.json["label"], corrected.json["waiting"]["label"]) == ("BELUM TERBUKTI", "SALAH")
    assert admin("POST", f"/rumours/{code}/reject", {"note": "x"}).status_code == 409
    assert approver("POST", f"/rumours/{code}/reject", {"note": "x"}).json["waiting"] is None


def test_what_is_wrong_is_said(staff: Staff, rt: Runtime) -> None:
    code, kim = asked(rt, "rob 3 meter malam ini"), staff("kim", BENDAN)
    answer = kim("POST", f"/rumours/{code}/verdict", {**VERDICT, "sources": ["BMKG"]})
    assert (answer.status_code, answer.json["detail"]) == (400, "At least 2 different sources are needed.")
    assert kim("POST", "/rumours/C9999/verdict", VERDICT).status_code == 404
    assert kim("GET", f"/rumours/{code}/script").status_code == 409
    for outsider in (staff("office"), staff("auditor"), staff("dpo")):
        assert outsider("GET", "/rumours").status_code == 404
        assert outsider("GET", f"/rumours/{code}").status_code == 404
        assert outsider("POST", f"/rumours/{code}/verdict", VERDICT).status_code == 404


def test_one_claim_for_two(staff: Staff, rt: Runtime) -> None:
    known, other = asked(rt, "bansos 600rb daftar lewat link"), asked(rt, "daftar bansos 600rb pakai link", 2)
    kim = staff("kim", BENDAN)
    (alike,) = kim("GET", f"/rumours/{other}").json["alike"]
    assert (alike["code"], alike["differs"]) == (known, False)
    assert kim("POST", f"/rumours/{other}/part", {"code": known}).json["alike"] == []
    merged = kim("POST", f"/rumours/{other}/match", {"code": known})
    assert (merged.json["code"], merged.json["askers"]) == (known, 2)
