"""Dialogues that lose Redis or PostgreSQL on their way: they go on, or say so; nothing happens twice or unasked."""

import dataclasses
import logging
import shutil
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import redis

from gateway import db
from gateway.local import postgres
from gateway.local.embedded import THROWAWAY, Embedded
from gateway.reference import service as reference
from gateway.runtime import Runtime, build
from gateway.state import connection, sessions

from .conftest import MakePhone, Phone, lose_redis

NOWHERE = "redis://127.0.0.1:1"
JOIN = ("1", "1", "4")
REPORT = ("2", "1", "1", "1")
# Stars typed on a menu at the very hop that finds Redis lost may be read as choices (UNSEEN: they have no effect).
STARS_ON_A_MENU = "a wrong choice with stars on the way"
DIALOGUES = [
    ("a plain report", (*REPORT, "lampu mati gg 5", "1")),
    ("words with a star", (*REPORT, "lampu * mati", "1")),
    ("words that end like a choice", (*REPORT, "lampu*1", "1")),
    ("words that look like choices", (*REPORT, "1*1", "1")),
    ("words that end with a star", (*REPORT, "lampu mati*", "1")),
    ("words written twice", (*REPORT, "lampu*0", "2", "lampu*00*mati", "1")),
    (STARS_ON_A_MENU, ("5*5", "2", "1*1*1", "1", "8", "1", "1", "lampu*mati", "1")),
    ("back and home on the way", ("1", "0", "2", "1", "00", *REPORT, "lampu", "1")),
]


def last_words(answers: tuple[str, ...]) -> str:
    return [answer for answer in answers if "lampu" in answer or answer == "1*1"][-1]


CASES = [
    (name, answers, at)
    for name, answers in DIALOGUES
    for at in range(1, len(answers) + 1)
    if not (name == STARS_ON_A_MENU and "*" in answers[at - 1] and "lampu" not in answers[at - 1])
]
LOSSES = [case for case in DIALOGUES if case[0] != STARS_ON_A_MENU]


@pytest.mark.parametrize(
    ("answers", "at"), [case[1:] for case in CASES], ids=[f"{name}, before hop {at}" for name, _, at in CASES]
)
def test_redis_flushed_before_one_hop_changes_nothing(
    make_phone: MakePhone, rt: Runtime, answers: tuple[str, ...], at: int
) -> None:
    phone = make_phone()
    phone.dial()
    for index, answer in enumerate(answers, start=1):
        if index == at:
            lose_redis(rt)
        phone.types(answer)
        assert len(phone.tickets) == (1 if index == len(answers) else 0)
    assert phone.screen.text.startswith("Terkirim"), phone.screen.text
    (ticket,) = phone.tickets
    assert ticket.body == last_words(answers)
    assert len(phone.received) == 1


@pytest.mark.parametrize("answers", [case[1] for case in LOSSES], ids=[case[0] for case in LOSSES])
@pytest.mark.parametrize("joined", [True, False], ids=["known", "first dial"])
def test_redis_flushed_before_every_hop_still_files_once(
    make_phone: MakePhone, rt: Runtime, answers: tuple[str, ...], joined: bool
) -> None:
    phone = make_phone(joined=joined)
    phone.dial()
    for answer in (() if joined else JOIN) + answers:
        lose_redis(rt)
        phone.types(answer)
        lose_redis(rt)
        shown = phone.screen
        phone.send(phone.text)
        assert phone.screen == shown or "Pilihan tidak ada" in shown.text
    assert phone.screen.text.startswith("Terkirim"), phone.screen.text
    assert [ticket.body for ticket in phone.tickets] == [last_words(answers)]
    assert len(phone.received) == 1


UNSEEN = [
    ("stopping", (), "5*5*1"),
    ("stopping everything", ("5",), "5*2"),
    ("a report's last steps", ("2", "1", "1"), "1*lampu*1"),
    ("a report in one go", (), "2*1*1*1*lampu*1"),
    ("moving", ("5",), "1*2*3"),
    ("a language", ("5",), "3*2"),
]


@pytest.mark.parametrize(("before", "typed"), [case[1:] for case in UNSEEN], ids=[case[0] for case in UNSEEN])
def test_choices_typed_in_one_go_after_a_loss_do_nothing(
    make_phone: MakePhone, rt: Runtime, before: tuple[str, ...], typed: str
) -> None:
    phone = make_phone()
    phone.dial()
    phone.types(*before)
    lose_redis(rt)
    phone.types(typed)
    assert not phone.screen.ends
    assert (phone.standing, phone.tickets, phone.received) == ("active", [], [])
    (resident,) = phone.rows("SELECT area, language FROM residents WHERE number_id = :id")
    assert tuple(resident) == ("33.75.01.1006", "id")


def test_what_was_typed_to_the_note_of_a_lost_dialogue_is_one_input(make_phone: MakePhone, rt: Runtime) -> None:
    phone = make_phone()
    phone.dial()
    phone.types(*REPORT)
    lose_redis(rt)
    assert "'a*1*1'" in phone.types("a*1*1")
    assert phone.tickets == []


@pytest.fixture
def lonely(rt: Runtime) -> Iterator[Runtime]:
    """`rt` with a Redis that is down for good."""
    tools = replace(rt, redis=connection.connect(NOWHERE, patience=0.2))
    yield tools
    tools.redis.close()


@pytest.mark.parametrize("answers", [case[1] for case in DIALOGUES], ids=[case[0] for case in DIALOGUES])
def test_without_redis_a_whole_dialogue_works_from_postgresql(
    make_phone: MakePhone, lonely: Runtime, answers: tuple[str, ...]
) -> None:
    twin, phone = make_phone(), make_phone(tools=lonely)
    twin.dial()
    assert phone.dial() == twin.screen.text
    for answer in answers:
        twin.types(answer)
        phone.types(answer)
        shown = phone.screen
        phone.send(phone.text)
        if shown.text.startswith("Terkirim"):
            assert phone.screen == shown
    assert phone.screen.text.startswith("Terkirim"), phone.screen.text
    assert [ticket.body for ticket in phone.tickets] == [last_words(answers)]


def test_redis_that_comes_and_goes_within_a_dialogue(make_phone: MakePhone, rt: Runtime, lonely: Runtime) -> None:
    for offset in range(2):
        phone = make_phone()
        for at, answer in enumerate(("", *REPORT, f"lampu mati gg {offset + 1}", "1")):
            phone.rt = lonely if at % 2 == offset else rt
            if at == 0:
                phone.dial()
            else:
                phone.types(answer)
        assert phone.screen.text.startswith("Terkirim"), phone.screen.text
        assert [ticket.body for ticket in phone.tickets] == [f"lampu mati gg {offset + 1}"]
        assert len(phone.received) == 1


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory, embedded: Embedded) -> Iterator[Embedded]:
    """A PostgreSQL of this module alone, to be stopped and started."""
    data = Path(tempfile.mkdtemp(prefix="kabar-test-mortal-"))
    with Embedded(data) as servers:
        yield servers
    for folder in {data, servers.place.home, servers.place.run}:
        shutil.rmtree(folder, ignore_errors=True)


def test_postgresql_away_is_an_apology_and_the_same_hop_works_once_it_is_back(
    mortal: Embedded, settings: Any, redis_client: Any, clock: Any, caplog: pytest.LogCaptureFixture
) -> None:
    url = mortal.start_postgres(THROWAWAY)
    db.migrate(url)
    rt = dataclasses.replace(build(settings.model_copy(update={"database_url": url})))
    reference.load(rt)
    phone = Phone(rt, "+6281234999999")
    phone.joins()
    phone.dial()
    phone.types(*REPORT)
    server = mortal._running.pop("postgres")
    server.send_signal(signal.SIGINT)
    server.wait(30)
    with caplog.at_level(logging.WARNING):
        assert phone.types("lampu mati").startswith("Maaf, layanan sedang terganggu")
    assert phone.screen.ends
    assert "lampu" not in caplog.text
    postgres.retire_leftover(mortal.place)
    mortal.start_postgres(THROWAWAY)
    assert "'lampu mati'" in phone.send(phone.text)
    assert phone.types("1").startswith("Terkirim")
    assert len(phone.tickets) == 1
    rt.close()


def test_a_hop_after_the_menu_has_lost_a_screen_leads_home(make_phone: MakePhone, rt: Runtime) -> None:
    phone = make_phone()
    phone.dial()
    phone.types(*REPORT)
    lose_redis(rt)
    phone.rows("""UPDATE ussd_sessions SET state = jsonb_set(state, '{screen}', '"gone"') WHERE number_id = :id
                  RETURNING 1""")  # fmt: skip
    assert phone.types("lampu").startswith("Maaf, menu itu sudah tidak ada. Mulai dari awal.\n1 Info warga")


@pytest.mark.parametrize("answers", [("5", "5", "1"), (*REPORT, "lampu mati", "1"), ("5", "3", "2")])
def test_a_loss_of_redis_and_of_the_note_has_no_effect_either(
    make_phone: MakePhone, rt: Runtime, answers: tuple[str, ...]
) -> None:
    phone = make_phone()
    phone.dial()
    phone.types(*answers[:-1])
    lose_redis(rt)
    phone.rows("UPDATE ussd_sessions SET state = NULL, consumed = 0 WHERE number_id = :id RETURNING 1")
    phone.types(answers[-1])
    assert not phone.screen.ends
    assert (phone.standing, phone.tickets, phone.received) == ("active", [], [])
    (resident,) = phone.rows("SELECT language FROM residents WHERE number_id = :id")
    assert resident.language == "id"


def test_redis_that_can_only_be_read_leaves_the_dialogue_to_postgresql(
    make_phone: MakePhone, rt: Runtime, redis_url: str
) -> None:
    rt.redis.execute_command("ACL", "SETUSER", "reader", "on", ">word", "~*", "+hget", "+client", "+hello")
    reader = redis.Redis.from_url(redis_url, username="reader", password="word")
    phone = make_phone(tools=replace(rt, redis=reader))
    phone.dial()
    phone.types(*REPORT, "lampu * mati", "1")
    assert phone.screen.text.startswith("Terkirim")
    assert [ticket.body for ticket in phone.tickets] == ["lampu * mati"]
    reader.close()
    rt.redis.execute_command("ACL", "DELUSER", "reader")


def test_a_process_goes_on_with_its_own_sessions_when_redis_loses_them(make_phone: MakePhone, rt: Runtime) -> None:
    phone = make_phone()
    phone.dial()
    phone.types(*REPORT)
    rt.redis.flushall()
    assert "'lampu mati'" in phone.types("lampu mati")
    rt.redis.flushall()
    assert phone.types("1").startswith("Terkirim")
    rt.redis.flushall()
    phone.send(phone.text)
    assert len(phone.tickets) == 1


def test_what_another_process_has_answered_is_not_taken_for_one_input(make_phone: MakePhone, rt: Runtime) -> None:
    phone = make_phone()
    phone.dial()
    phone.types(*REPORT)
    ours = dict(sessions._recent[rt.redis])
    phone.types("lampu mati", "2")
    # Two inputs later this process still believes that the words are awaited.
    sessions._recent[rt.redis] = ours
    assert "'jalan rusak'" in phone.types("jalan rusak")
    assert phone.types("1").startswith("Terkirim")
    (body,) = phone.rows("SELECT body FROM aspirations WHERE number_id = :id")
    assert body.body == "jalan rusak"
