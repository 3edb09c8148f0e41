"""Messages understood by several workers at once, failing ones, late ones, and those of the night."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.db import statement
from gateway.dialogue import text
from gateway.inbox import service as intake
from gateway.inbox import store as inbox
from gateway.kernel.calendar import quiet_until
from gateway.outbox.service.post import post, quiet
from gateway.providers.base import Inbound
from gateway.questions import store as questions
from gateway.runtime import Runtime

from .conftest import MakePhone, Phone


def take(rt: Runtime, phone: Phone, body: str, provider_id: str) -> None:
    intake.take(rt, phone.provider, Inbound(provider_id, phone.number, "54600", body))


def understand(rt: Runtime, threads: int) -> int:
    with ThreadPoolExecutor(threads) as pool:
        return sum(job.result() for job in [pool.submit(text.understand_waiting, rt) for _ in range(threads)])


def test_rows_taken_by_several_workers_at_once_have_one_effect_each(make_phone: MakePhone, rt: Runtime) -> None:
    phones = [make_phone() for _ in range(20)]
    for at, phone in enumerate(phones):
        take(rt, phone, "LAPOR lampu mati gg 5", f"row-{at}")
    assert understand(rt, 8) == 20
    for phone in phones:
        assert len(phone.tickets) == 1
        assert len(phone.received) == 1


def test_the_same_words_under_two_ids_at_once_are_one_ticket(make_phone: MakePhone, rt: Runtime) -> None:
    for at in range(5):
        phone = make_phone()
        for copy in range(4):
            take(rt, phone, "LAPOR lampu mati gg 5", f"copy-{at}-{copy}")
        understand(rt, 4)
        text.understand_waiting(rt)
        assert len(phone.tickets) == 1
        assert len({body[:16] for body in phone.received}) == 1


def test_one_persons_messages_are_taken_in_turn(make_phone: MakePhone, rt: Runtime) -> None:
    phones = [make_phone() for _ in range(10)]
    for at, phone in enumerate(phones):
        for step, body in enumerate(("lampu mati gg 5", "YA", "2")):
            take(rt, phone, body, f"turn-{at}-{step}")
    understand(rt, 6)
    text.understand_waiting(rt)
    for phone in phones:
        assert [ticket.category for ticket in phone.tickets] == ["flood"]
        assert [body.split(" ", 1)[0] for body in phone.received] == ["Maaf,", "Tiket", "Tiket"]


def test_a_message_that_fails_is_counted_and_left_for_a_person_while_others_go_on(
    make_phone: MakePhone, rt: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    ill, well = make_phone(), make_phone()
    # A question whose payload is not what this version writes: its answer cannot be understood.
    ill.rows("""INSERT INTO questions (number_id, kind, subject, asked_at, deadline)
                VALUES (:id, 'words', '', now(), '2099-01-01') RETURNING 1""")  # fmt: skip
    take(rt, ill, "rahasia keluarga saya", "ill")
    take(rt, ill, "BANTUAN", "ill-again")
    take(rt, well, "BANTUAN", "well")
    with caplog.at_level(logging.ERROR):
        for run in range(1, 7):
            text.understand_waiting(rt)
            with rt.engine.begin() as conn:
                (row,) = conn.execute(statement("SELECT tries, handled_at FROM inbound WHERE provider_id = 'ill'"))
                assert (row.tries, row.handled_at) == (min(run, inbox.MOST_TRIES), None)
                assert inbox.count_given_up(conn) == (1 if run >= inbox.MOST_TRIES else 0)
                assert inbox.count_waiting(conn) == (0 if run >= inbox.MOST_TRIES else 1)
            assert len(well.received) == 1
            assert len(ill.received) == 1
    assert len(caplog.records) == inbox.MOST_TRIES
    assert "keluarga" not in caplog.text


def test_a_run_stops_where_it_is_told_to(make_phone: MakePhone, rt: Runtime) -> None:
    phone = make_phone()
    take(rt, phone, "BANTUAN", "stop-1")
    assert text.understand_waiting(rt, lambda: False) == 0
    assert phone.received == []
    assert text.understand_waiting(rt) == 1


# 22.00, 02.00 and Friday noon in Pekalongan.
NIGHT = datetime(2026, 11, 4, 15, 0, tzinfo=UTC)
MOMENTS = [
    ("in the evening", NIGHT, datetime(2026, 11, 5, 1, 0, tzinfo=UTC)),
    ("before dawn", datetime(2026, 11, 4, 19, 0, tzinfo=UTC), datetime(2026, 11, 5, 1, 0, tzinfo=UTC)),
    ("at Friday prayer", datetime(2026, 11, 6, 5, 0, tzinfo=UTC), datetime(2026, 11, 6, 6, 0, tzinfo=UTC)),
]


@pytest.mark.parametrize(("moment", "ends"), [case[1:] for case in MOMENTS], ids=[case[0] for case in MOMENTS])
def test_an_answer_goes_at_once_in_quiet_hours_and_any_other_notice_waits_for_their_end(
    make_phone: MakePhone, rt: Runtime, clock: Any, moment: datetime, ends: datetime
) -> None:
    clock.at(moment)
    phone = make_phone()
    phone.writes("LAPOR lampu mati gg 5")
    phone.dial()
    phone.types("2", "1", "1", "1", "sampah menumpuk", "1")
    with rt.engine.begin() as conn:
        post(rt, conn, phone.id, "62812", "Tiket 271-908-9 diteruskan", "event:1", language="id")
    held = [row.not_before for row in phone.rows("SELECT not_before FROM messages WHERE number_id = :id ORDER BY id")]
    assert held == [None, None, ends]
    assert quiet_until(moment, quiet(rt)) == ends


def test_an_answer_that_comes_late_at_night_waits_for_the_morning(
    make_phone: MakePhone, rt: Runtime, clock: Any
) -> None:
    phone = make_phone()
    clock.at(NIGHT)
    take(rt, phone, "BANTUAN", "late")
    clock.ahead(minutes=31)
    text.understand_waiting(rt)
    (row,) = phone.rows("SELECT not_before, created_at FROM messages WHERE number_id = :id")
    assert row.created_at == NIGHT
    assert row.not_before == datetime(2026, 11, 5, 1, 0, tzinfo=UTC)


def test_an_answer_goes_back_by_the_way_its_message_came(make_phone: MakePhone, rt: Runtime) -> None:
    phone = make_phone()
    phone.writes("BANTUAN")
    phone.writes("DAFTAR")
    rows = phone.rows("SELECT route, reply_from, wants_answer, lane FROM messages WHERE number_id = :id ORDER BY id")
    assert [tuple(row) for row in rows] == [
        ("africastalking", "54600", False, "reply"),
        ("africastalking", "54600", True, "reply"),
    ]


def test_a_category_can_be_corrected_only_while_its_ticket_is_new(make_phone: MakePhone, rt: Runtime) -> None:
    phone = make_phone()
    phone.writes("LAPOR lampu mati gg 5")
    phone.rows("UPDATE aspirations SET state = 'verifying' WHERE number_id = :id RETURNING 1")
    assert phone.writes("2")[0].startswith("Tidak ada pertanyaan")
    assert phone.tickets[0].category == "roads"


def test_a_chosen_question_that_is_gone_by_then_says_so(make_phone: MakePhone, clock: Any) -> None:
    phone = make_phone()
    phone.writes("LAPOR lampu mati gg 5")
    phone.writes("kok belum ada kabar ya")
    assert phone.writes("2")[0].startswith("Jawaban Anda utk yg mana?")
    phone.rows("UPDATE questions SET closed_at = now() WHERE number_id = :id AND kind = 'draft' RETURNING 1")
    assert phone.writes("A")[0].startswith("Tidak ada pertanyaan")
    clock.moment += timedelta(days=11)
    assert phone.writes("2")[0].startswith("Tidak ada pertanyaan")


FROM_A_LIST = [
    ("in the list's language", [], "KIM PKL: kadhaptar ing Medono.", "jv"),
    ("in the language chosen meanwhile", ["BAHASA ENGLISH"], "KIM PKL: registered in Medono.", "en"),
]


@pytest.mark.parametrize(
    ("before", "begins", "language"), [case[1:] for case in FROM_A_LIST], ids=[case[0] for case in FROM_A_LIST]
)
def test_someone_from_a_list_joins_by_their_own_yes(
    make_phone: MakePhone, rt: Runtime, before: list[str], begins: str, language: str
) -> None:
    phone = make_phone(joined=False)
    with rt.engine.begin() as conn:
        payload = {"area": "33.75.01.1002", "language": "jv"}
        questions.ask(conn, phone.id, "join", "", rt.now(), rt.now() + timedelta(hours=72), payload)
    for body in before:
        phone.writes(body)
    assert phone.writes("YA")[0].startswith(begins)
    (row,) = phone.rows("SELECT language, state FROM residents WHERE number_id = :id")
    assert tuple(row) == (language, "active")


@pytest.mark.parametrize("body", ["SETUJU 2719089", "LANJUT 12345", "BATAL 271908"])
def test_a_residents_digits_are_no_officials_code(make_phone: MakePhone, rt: Runtime, body: str) -> None:
    phone = make_phone()
    phone.writes(body)
    (kept,) = phone.rows("SELECT body FROM inbound WHERE number_id = :id")
    assert kept.body == body
    phone.writes("YA")
    (filed,) = phone.rows("SELECT body FROM aspirations WHERE number_id = :id")
    assert filed.body == body
