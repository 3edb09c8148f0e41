"""Erasing a person: asked for by SMS or menu, done by the clock once the SMS that says so is settled, and whole."""

from itertools import count

import psycopg
import pytest

from gateway.db import statement
from gateway.dialogue.hop import hop
from gateway.dialogue.text import understand_waiting
from gateway.inbox import service as inbox
from gateway.local.postgres import plain
from gateway.numbers import store as numbers
from gateway.officials import service as officials
from gateway.privacy import service as privacy
from gateway.providers.base import Hop, Inbound
from gateway.residents import store as residents
from gateway.residents.rules import Registration
from gateway.residents.service import own
from gateway.runtime import Runtime

NUMBER, BENDAN = "+6281234567891", "33.75.01.1006"
_ids = count(1)


def says(rt: Runtime, body: str) -> str:
    """Write an SMS, and give the last answer."""
    inbox.take(rt, "africastalking", Inbound(f"erase-{next(_ids)}", NUMBER, "54600", body))
    understand_waiting(rt)
    with rt.engine.begin() as conn:
        return str(conn.execute(statement("SELECT body FROM messages ORDER BY id DESC LIMIT 1")).scalar())


def dials(rt: Runtime, *answers: str) -> str:
    session = f"erase-{next(_ids)}"
    for at in range(len(answers) + 1):
        screen = hop(rt, "africastalking", Hop(session, NUMBER, "*".join(answers[:at]), "*546#"))
    return screen.text


def settle(rt: Runtime, status: str = "delivered") -> None:
    with rt.engine.begin() as conn:
        conn.execute(statement("UPDATE messages SET status = :status"), {"status": status})


def known_as(rt: Runtime) -> int | None:
    with rt.engine.begin() as conn:
        found = numbers.find(conn, rt.vault, NUMBER)
    return found.id if found else None


@pytest.fixture
def person(rt: Runtime) -> int:
    """Someone registered, who reported, asked, was asked, and wants to be called."""
    with rt.engine.begin() as conn:
        id = numbers.ensure(conn, rt.vault, NUMBER).id
        own.subscribe(rt, conn, id, BENDAN, "id", "ussd", "1")
    for body in ("LAPOR lampu mati rahasia gg 5", "CEK katanya rahasia bansos", "HUBUNGI", "kata rahasia saja ini ya"):
        says(rt, body)
    dials(rt, "2", "1", "1", "1", "rahasia di jalan")
    return id


def everything(url: str) -> str:
    """Every row of every table, as text."""
    with psycopg.connect(plain(url)) as conn:
        names = [name for (name,) in conn.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")]  # fmt: skip
        return "\n".join(str(conn.execute(f"SELECT * FROM {name}").fetchall()) for name in names)  # noqa: S608


def ask(rt: Runtime, way: str) -> None:
    if way == "menu":
        assert dials(rt, "0", "5", "4", "3", "1").startswith("Permintaan hapus diterima.")
    else:
        asked = says(rt, "HAPUS DATA")
        digits = asked.partition("YA HAPUS ")[2][:3]
        assert says(rt, f"YA HAPUS {digits}").startswith("Permintaan hapus diterima.")


@pytest.mark.parametrize("way", ["menu", "sms"])
def test_after_its_message_is_settled_nothing_is_left_but_the_running_report(
    rt: Runtime, person: int, way: str
) -> None:
    ask(rt, way)
    with rt.engine.begin() as conn:
        assert residents.find(conn, person) is None, "unsubscribed at once"
    assert privacy.erase_due(rt) == 0, "the message that says so has not left yet"
    settle(rt, "sent")
    assert privacy.erase_due(rt) == 0, "its receipt may still come"
    settle(rt)
    assert privacy.erase_due(rt) == 1
    assert privacy.erase_due(rt) == 0
    assert known_as(rt) is None
    kept = everything(rt.settings.database_url)
    assert NUMBER not in kept
    assert NUMBER.removeprefix("+62") not in kept
    assert kept.count("rahasia") == 1, "an office still works on the report"
    with rt.engine.begin() as conn:
        conn.execute(statement("UPDATE aspirations SET state = 'closed'"))
    privacy.erase_due(rt)
    assert "rahasia" not in everything(rt.settings.database_url)


def test_a_day_is_enough_where_no_receipt_comes(rt: Runtime, person: int, clock: object) -> None:
    ask(rt, "sms")
    settle(rt, "sent")
    clock.ahead(hours=23)  # type: ignore[attr-defined]
    assert privacy.erase_due(rt) == 0
    clock.ahead(hours=1)  # type: ignore[attr-defined]
    assert privacy.erase_due(rt) == 1


WRONG = [
    ("other digits", "YA HAPUS 099", 0),
    ("no digits", "YA HAPUS", 0),
    ("a day later", "", 24 * 60),
]


@pytest.mark.parametrize(("said", "later"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_only_the_digits_that_were_asked_for_and_within_a_day(
    rt: Runtime, person: int, clock: object, said: str, later: int
) -> None:
    digits = says(rt, "HAPUS DATA").partition("YA HAPUS ")[2][:3]
    clock.ahead(minutes=later)  # type: ignore[attr-defined]
    assert says(rt, said or f"YA HAPUS {digits}").startswith("Angkanya tidak cocok")
    settle(rt)
    assert privacy.erase_due(rt) == 0
    assert known_as(rt) == person


def test_whoever_joins_again_before_it_is_done_stays(rt: Runtime, person: int) -> None:
    ask(rt, "sms")
    says(rt, "DAFTAR MEDONO")
    says(rt, "YA")
    settle(rt)
    assert privacy.erase_due(rt) == 0
    assert known_as(rt) == person


def test_an_erased_number_is_registered_by_no_list_but_by_its_own_word(rt: Runtime, person: int) -> None:
    ask(rt, "sms")
    settle(rt)
    privacy.erase_due(rt)
    listed = Registration(NUMBER, BENDAN, "id", None, None, None, (), (), "paper", rt.now())
    with rt.engine.begin() as conn:
        id = numbers.ensure(conn, rt.vault, NUMBER).id
        assert id != person
        assert residents.register_many(conn, [(id, listed)], "list", rt.now())[id][0] == "stopped"
        own.subscribe(rt, conn, id, BENDAN, "id", "sms", "YA")
        found = residents.find(conn, id)
        assert found
        assert found.state == "active"
        assert conn.execute(statement("SELECT count(*) FROM erased_hashes")).scalar_one() == 0


def test_a_phone_that_an_officials_account_hangs_on_is_not_erased_by_it(rt: Runtime, person: int) -> None:
    officials.add(rt, "Siti", "kim", BENDAN, NUMBER)
    digits = says(rt, "HAPUS DATA").partition("YA HAPUS ")[2][:3]
    assert says(rt, f"YA HAPUS {digits}").startswith("Maaf, permintaan ini belum bisa")
    settle(rt)
    assert privacy.erase_due(rt) == 0
