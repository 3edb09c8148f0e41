"""A city that sets hours, caps and the undo window otherwise: every channel says what is set, and does it."""

import re
from datetime import timedelta

import pytest

from gateway.broadcasts.service import draft
from gateway.db import statement
from gateway.runtime import Runtime
from tests.broadcasts.town import Town
from tests.dialogue.conftest import MakePhone
from tests.dialogue.officer import Officer, drafted, newest
from tests.stories.telling import under

OTHERWISE = {
    "CASEWORK_DAYS": "verify=4,done=15", "RUMOUR_FIRST_WORD": "5h", "RUMOUR_HOURS": "07:00-21:00",
    "ROUTINE_PER_WEEK": "5", "UNDO_WINDOW": "5m", "USSD_CODE": "*777*12#", "SMS_NUMBER": "1777", "TARIFF": "Rp350/SMS",
}  # fmt: skip


@pytest.fixture
def tools(rt: Runtime) -> Runtime:
    return under(rt, OTHERWISE)


def test_a_rumour_by_sms_and_by_menu(tools: Runtime, make_phone: MakePhone) -> None:
    phone = make_phone(tools=tools)
    (taken,) = phone.writes("CEK rob 3 meter malam ini")
    assert "maks 5 jam (jam 7-21)" in taken
    phone.dial()
    assert "maks 5 jam (jam 7-21)" in phone.types("4", "2", "bansos 600rb lewat link")
    with tools.engine.begin() as conn:
        found = conn.execute(statement("SELECT due_at - created_at AS within FROM rumours")).scalars().all()
    # The desk has some minutes less than what was promised.
    assert len(found) == 2
    assert all(timedelta(hours=4, minutes=50) < within <= timedelta(hours=5) for within in found)


def test_a_stranger_reads_tariff_numbers_and_cap(tools: Runtime, make_phone: MakePhone) -> None:
    phone = make_phone(joined=False, tools=tools)
    assert "Rp350/SMS" in phone.dial()
    assert "kirim ke 1777" in phone.types("0")
    phone.writes("DAFTAR BENDAN KERGON")
    (joined,) = phone.writes("YA")
    assert "Maks 5 kabar seminggu" in joined


def test_a_report_by_menu(tools: Runtime, make_phone: MakePhone) -> None:
    phone = make_phone(tools=tools)
    phone.dial()
    done = phone.types("2", "1", "1", "1", "Lampu mati gg 5 RT 2", "1")
    assert "Diperiksa maks 4 hari kerja, lalu ditangani maks 15 hari kerja." in done
    assert "Diperiksa maks 4 hari kerja." in phone.received[-1]
    (status,) = phone.writes("STATUS")
    assert "dial *777*12# menu 3" in status


def test_the_undo_window(town: Town, tools: Runtime) -> None:
    town.rt = tools
    author, approver = Officer(tools, "admin"), Officer(tools, "admin")
    id, code = drafted(town, author)
    draft.submit(tools, author.official, id)
    assert re.search(r"mulai dikirim 4/11 10\.05\b", approver.orders("SETUJU", code))
    assert newest(tools).release_at == tools.now() + timedelta(minutes=5)
