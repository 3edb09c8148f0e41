"""Orders that are forged, guessed, old or repeated: none has an effect, and no code stands anywhere in clear."""

import re
from itertools import count

import pytest

from gateway.dialogue.text import understand_waiting
from gateway.inbox import service as inbox
from gateway.numbers import store as numbers
from gateway.officials import service
from gateway.providers.base import Inbound
from tests.broadcasts.town import Town
from tests.dialogue.officer import HOME, Officer, newest, rows, said, submitted

_ids = count(1)


BODIES = ("BLAST BENDAN KERGON Air mati.", "YA B1 123456", "SETUJU B1 123456", "TOLAK B1 salah", "BATAL B1 123456",
          "JEDA B1", "LANJUT B1", "RALAT B1 isi", "STATUS B1", "BANTUAN PETUGAS")  # fmt: skip


@pytest.mark.parametrize("body", BODIES)
def test_anyone_else_is_heard_as_a_citizen_and_given_no_hint(town: Town, body: str) -> None:
    kim = Officer(town.rt, "kim", HOME)
    submitted(town, kim)
    citizen, before = "+6281377799999", rows(town.rt, "SELECT state FROM broadcasts")
    inbox.take(town.rt, "africastalking", Inbound(f"c-{next(_ids)}", citizen, "54600", body))
    understand_waiting(town.rt)
    with town.rt.engine.begin() as conn:
        id = numbers.ensure(conn, town.rt.vault, citizen).id
    (answer,) = rows(town.rt, "SELECT body FROM messages WHERE number_id = :id", id=id)
    assert not re.search(r"kartu|kode \d|petugas lain|wewenang|Petugas:|PETUGAS:", answer.body)
    assert rows(town.rt, "SELECT state FROM broadcasts") == before
    assert rows(town.rt, "SELECT 1 FROM code_asks") == []


def test_a_name_as_sender_orders_nothing_and_is_not_answered(town: Town) -> None:
    lurah = Officer(town.rt, "lurah", HOME)
    for sender in ("KABID-IKP", "54600", "Lurah"):
        inbox.take(
            town.rt, "africastalking", Inbound(f"f-{next(_ids)}", sender, "54600", "BLAST BENDAN KERGON Air mati.")
        )
    understand_waiting(town.rt)
    assert rows(town.rt, "SELECT 1 FROM broadcasts") == []
    assert rows(town.rt, "SELECT 1 FROM messages") == []
    assert lurah.received == []


def test_guessing_from_three_numbers_gives_none_of_them_more_and_takes_nothing_from_the_holder(town: Town) -> None:
    kim, lurah = Officer(town.rt, "kim", HOME), Officer(town.rt, "lurah", HOME)
    id, code = submitted(town, kim)
    right = lurah.code_in(lurah.says(f"SETUJU {code}"))
    others = [Officer(town.rt, "admin"), Officer(town.rt, "approver"), Officer(town.rt, "emergency")]
    for other in others:
        for guess in (right, "000001", "000002", "000003"):
            other.says(f"SETUJU {code} {guess}")
    assert town.state(id) == "submitted"
    assert "disetujui" in lurah.says(f"SETUJU {code} {right}")


def test_an_old_sms_that_is_played_again_does_nothing(town: Town) -> None:
    kim, lurah = Officer(town.rt, "kim", HOME), Officer(town.rt, "lurah", HOME)
    _, code = submitted(town, kim)
    body = f"SETUJU {code} {lurah.code_in(lurah.says(f'SETUJU {code}'))}"
    assert "disetujui" in lurah.says(body)
    town.rt.now.ahead(days=1)  # type: ignore[attr-defined]
    second, other = submitted(town, kim)
    assert lurah.says(body) == said("state", code, standing="approved")
    assert "SETUJUI?" in lurah.says(body.replace(code, other)), "the old code counts for no other broadcast"
    assert town.state(second) == "submitted"


def test_a_code_of_an_old_card_and_of_another_official_is_wrong(town: Town) -> None:
    kim, lurah = Officer(town.rt, "kim", HOME), Officer(town.rt, "lurah", HOME)
    id, code = submitted(town, kim)
    old = lurah.code_in(lurah.says(f"SETUJU {code}"))
    service.renew_card(town.rt, lurah.id)
    lurah.says(f"SETUJU {code}")
    assert lurah.says(f"SETUJU {code} {old}") == said("wrong", code, left="2")
    foreign = next(one for one in kim.card.values() if one != old)
    assert lurah.says(f"SETUJU {code} {foreign}") == said("wrong", code, left="1")
    assert town.state(id) == "submitted"


def test_a_lost_phone_orders_nothing_any_more(town: Town) -> None:
    kim, lurah = Officer(town.rt, "kim", HOME), Officer(town.rt, "lurah", HOME)
    id, code = submitted(town, kim)
    right = lurah.code_in(lurah.says(f"SETUJU {code}"))
    service.disable(town.rt, lurah.id)
    assert "disetujui" not in lurah.says(f"SETUJU {code} {right}")
    assert town.state(id) == "submitted"
    assert rows(town.rt, "SELECT 1 FROM code_asks WHERE closed_at IS NULL") == []


def test_the_same_sms_again_has_one_effect(town: Town) -> None:
    lurah = Officer(town.rt, "lurah", HOME)
    shown = lurah.says("BLAST BENDAN KERGON Air mati.", "same-id")
    assert lurah.says("BLAST BENDAN KERGON Air mati.", "same-id") == "", "the company's id says it is the same"
    assert lurah.says("blast bendan kergon  Air mati.") == shown, "the same words within ten minutes too"
    code = f"B{newest(town.rt).number}"
    body = f"YA {code} {lurah.code_in(shown)}"
    assert "disetujui" in lurah.says(body)
    assert lurah.says(body) == f"{code} disetujui: 3 warga, Bendan Kergon."
    assert len(rows(town.rt, "SELECT 1 FROM broadcasts")) == 1
    town.rt.now.ahead(minutes=11)  # type: ignore[attr-defined]
    lurah.says("BLAST BENDAN KERGON Air mati.")
    assert len(rows(town.rt, "SELECT 1 FROM broadcasts")) == 2


def test_a_wrong_code_that_the_network_doubles_is_one_try(town: Town) -> None:
    lurah = Officer(town.rt, "lurah", HOME)
    lurah.says("BLAST BENDAN KERGON Air mati.")
    for _ in range(4):
        lurah.says(f"YA B{newest(town.rt).number} {lurah.wrong}")
    assert rows(town.rt, "SELECT code_failures AS n FROM officials WHERE id = :id", id=lurah.id)[0].n == 1


def test_codes_stand_nowhere_in_clear(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    lurah = Officer(town.rt, "lurah", HOME)
    with caplog.at_level("DEBUG"):
        code = lurah.code_in(lurah.says("BLAST BENDAN KERGON Air mati."))
        b = f"B{newest(town.rt).number}"
        inbox.take(town.rt, "africastalking", Inbound("waits", lurah.number, "54600", f"YA {b} {code}"))
        waiting = rows(town.rt, "SELECT body, code_cipher FROM inbound WHERE provider_id = 'waits'")[0]
        assert waiting.body == f"YA {b} [kode]"
        assert code.encode() not in bytes(waiting.code_cipher)
        understand_waiting(town.rt)
        lurah.says(f"kode saya {lurah.card['B1']}")
    kept = caplog.text
    tables = (
        "inbound",
        "messages",
        "audit",
        "questions",
        "code_asks",
        "official_orders",
        "broadcasts",
        "broadcast_keys",
    )
    for table in tables:
        kept += str(rows(town.rt, f"SELECT * FROM {table}"))  # noqa: S608
    kept += str([town.rt.redis.get(key) for key in town.rt.redis.scan_iter() if town.rt.redis.type(key) == b"string"])
    assert not re.search(rf"(?<!\d)(?:{code}|{lurah.card['B1']})(?!\d)", re.sub(r"[0-9a-f]{12,}", "", kept))
    handled = rows(town.rt, "SELECT code_cipher, code_key_no FROM inbound")
    assert all(row.code_cipher is None and row.code_key_no is None for row in handled)
    assert town.state(newest(town.rt).id) == "approved"
