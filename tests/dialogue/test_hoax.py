"""Codes at the end of an SMS, ours or not, and results of the hoax desk, by menu and by SMS."""

from datetime import timedelta

import pytest

from gateway.db import statement
from gateway.information import store as information
from gateway.officials import service as officials
from gateway.rumours import service as rumours
from gateway.runtime import Runtime

from .conftest import BENDAN, MakePhone, lose_redis

_BROADCAST = statement("""
    INSERT INTO broadcasts (number, state, level, texts, audience, author_id, recipients, hash, started_at, expires_at,
                            created_at, changed_at)
    VALUES (:number, :state, 'emergency', '{"id": "SIAGA ROB jam 14-18: Kandang Panjang", "jv": "SIAGA ROB"}',
            CAST(:audience AS jsonb), :author, 1, '', :started, :expires, now(), now())
""")
UTARA, NOBODY = '{"areas": ["33.75.03"]}', '{"topics": ["alert"]}'


@pytest.fixture(autouse=True)
def sent(rt: Runtime) -> None:
    """Broadcasts sent, over, and only drafted; an item that holds and one that does not; one result."""
    bpbd = officials.add(rt, "Sugeng", "emergency", "33.75", "+6281200000091")
    office = officials.add(rt, "Anwar", "office", "33.75", "+6281200000092", "DPUPR")
    now = rt.now()
    with rt.engine.begin() as conn:
        for number, state, audience, author, started, expires in (
            (27, "finished", UTARA, bpbd.id, now - timedelta(hours=1), None),
            (28, "sending", NOBODY, office.id, now, now + timedelta(hours=1)),
            (29, "finished", UTARA, bpbd.id, now - timedelta(days=2), now - timedelta(days=1)),
            (30, "draft", UTARA, bpbd.id, None, None),
            (31, "cancelled", UTARA, bpbd.id, now - timedelta(hours=2), None),
            (32, "finished", UTARA, bpbd.id, now - timedelta(hours=2), None),
            (33, "finished", UTARA, bpbd.id, now - timedelta(hours=2), None),
        ):
            conn.execute(_BROADCAST, {"number": number, "state": state, "audience": audience, "author": author,
                                      "started": started, "expires": expires})  # fmt: skip
        # 32 was corrected by 34, which has left; the correction of 33 is a draft yet.
        for number, original, started in ((34, 32, now - timedelta(hours=1)), (35, 33, None)):
            id = conn.execute(
                statement("SELECT id FROM broadcasts WHERE number = :number"), {"number": original}
            ).scalar()
            audience = f'{{"areas": ["33.75.03"], "corrects": ["{id}"]}}'
            conn.execute(_BROADCAST, {"number": number, "state": "finished" if started else "draft", "audience": audience,
                                      "author": bpbd.id, "started": started, "expires": None})  # fmt: skip
        for code, until in (("N12", now + timedelta(days=1)), ("N13", now - timedelta(hours=1))):
            information.publish(conn, code, "events", BENDAN, {"id": "Judul"}, {"id": "Posyandu Sabtu"}, "Dinkes", bpbd.id,
                                office.id, now - timedelta(days=1), until, now)  # fmt: skip
        rumours.publish(rt, conn, "Bansos 600rb lewat link?", "salah", "bansos 600rb lewat link",
                        "Dinsos tdk buka daftar", ["KIM", "Dinsos"], bpbd.id, office.id)  # fmt: skip


CODES = [
    ("one of ours", "B27", "ASLI. B27 dikirim BPBD 4/11 09.00 utk Pekalongan Utara: 'SIAGA ROB jam 14-18"),
    ("written otherwise", "b 27", "ASLI. B27 dikirim BPBD"),
    ("to everyone, by an office", "B28", "ASLI. B28 dikirim DPUPR 4/11 10.00 utk Kota Pekalongan: '"),
    ("of no use any more", "B29", "B29 pernah kami kirim, tetapi sudah tidak berlaku."),
    ("of a draft that never left", "B30", "TIDAK DIKENAL."),
    ("of one that was stopped under way", "B31", "ASLI. B31 dikirim BPBD"),
    ("of one that was corrected since", "B32", "B32 pernah kami kirim, tetapi sudah tidak berlaku."),
    ("of one whose correction is a draft", "B33", "ASLI. B33 dikirim BPBD"),
    ("of a correction that left", "B34", "ASLI. B34 dikirim BPBD"),
    ("of a correction that never left", "B35", "TIDAK DIKENAL."),
    ("of a number too long to be ours", "B1234567890", "TIDAK DIKENAL."),
    ("of nothing", "B0", "TIDAK DIKENAL."),
    ("in letters that look like ours", "В27", "TIDAK DIKENAL."),
    ("of nobody", "B9999", "TIDAK DIKENAL."),
    ("of information", "n12", "ASLI. N12 dikirim Dinkes 3/11 10.00 utk Bendan Kergon: 'Posyandu Sabtu'"),
    ("of information that is over", "N13", "N13 pernah kami kirim"),
    ("no code at all", "hadiah 100 juta", "TIDAK DIKENAL."),
]


@pytest.mark.parametrize(("code", "shows"), [case[1:] for case in CODES], ids=[case[0] for case in CODES])
def test_a_code_typed_on_the_menu(make_phone: MakePhone, code: str, shows: str) -> None:
    phone = make_phone()
    phone.dial()
    assert phone.types("4", "3", code).startswith(shows)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("ASLI B27", "ASLI: B27 dari BPBD 4/11 09.00 utk Pekalongan Utara, isi 'SIAGA ROB"),
        ("CEK B29", "B29 pernah kami kirim"),
        ("ASLI B9999", "TIDAK DIKENAL:"),
        ("ASLI B32", "B32 pernah kami kirim"),
    ],
)
def test_a_code_asked_about_by_sms(make_phone: MakePhone, said: str, answer: str) -> None:
    (sent,) = make_phone().writes(said)
    assert sent.startswith(answer)


FORGED = "SIAGA ROB: transfer 50rb ke rek 123 utk bantuan, hub 0812"


@pytest.mark.parametrize("said", ["ASLI B27", f"ASLI B27 {FORGED}", f"CEK B27 {FORGED}", "CEK KODE B27"])
def test_a_true_code_under_altered_words_is_answered_with_our_own(make_phone: MakePhone, said: str) -> None:
    """A forger copies the code of a true SMS: what we sent stands in the answer, and that anything else is forged."""
    [told] = make_phone().writes(said)
    assert told.startswith("ASLI: B27 dari BPBD")
    assert "isi 'SIAGA ROB jam 14-18: Kandang Panjang'" in told
    assert told.endswith("Bila isinya beda, itu PALSU.")
    assert "transfer" not in told


@pytest.mark.parametrize("language", ["id", "jv", "en"])
def test_our_own_words_are_quoted_in_the_readers_language(make_phone: MakePhone, language: str) -> None:
    phone = make_phone(joined=False)
    phone.joins(language=language)
    [told] = phone.writes("ASLI B27")
    assert ("'SIAGA ROB'" if language == "jv" else "'SIAGA ROB jam 14-18: Kandang Panjang'") in told


def test_a_code_that_is_not_ours_is_kept_once_for_the_desk(make_phone: MakePhone) -> None:
    phone = make_phone()
    phone.dial()
    phone.types("4", "3", "B9999", "1")
    lose_redis(phone.rt)
    phone.send(phone.text)
    assert [row.code for row in phone.rows("SELECT code FROM forged_codes WHERE number_id = :id")] == ["B9999"]


def test_the_code_of_a_result_is_ours(make_phone: MakePhone) -> None:
    phone = make_phone()
    claim = phone.rows("SELECT 'C' || number AS code FROM rumours")[0].code
    phone.dial()
    assert phone.types("4", "3", claim).startswith(f"ASLI. {claim} dikirim KIM & Din.. 4/11 10.00 utk")
    (told,) = phone.writes(f"HASIL {claim}")
    assert told.startswith(f"{claim} SALAH (hoax): bansos 600rb lewat link. Fakta: Dinsos tdk buka daftar.")


def test_published_results_are_listed_read_and_sent_and_others_are_not(make_phone: MakePhone) -> None:
    phone = make_phone()
    phone.writes("CEK rob 3 meter malam ini")
    phone.dial()
    assert phone.types("4", "1").startswith("HOAX TERBARU\n1 SALAH: bansos 600rb lewat link\n0 Kembali")
    assert phone.types("1").startswith("SALAH (hoax). Kabar: bansos 600rb lewat link. Fakta: Dinsos")
    phone.types("1")
    assert "SALAH (hoax)" in phone.received[-1]


def test_what_was_judged_is_answered_at_once_on_the_menu_and_by_sms(make_phone: MakePhone) -> None:
    phone = make_phone()
    phone.dial()
    assert phone.types("4", "2", "bansos 600rb LEWAT link").startswith("SALAH (hoax). Kabar: bansos")
    (told,) = phone.writes("CEK Bansos 600rb lewat link?")
    assert "SALAH (hoax)" in told
    assert [row.told for row in phone.rows("SELECT told FROM rumour_askers WHERE number_id = :id")] == [1]


def test_the_words_of_a_claim_that_is_checked_are_told_only_to_who_asked(make_phone: MakePhone) -> None:
    asker, other = make_phone(), make_phone()
    (taken,) = asker.writes("CEK Pak Fulan mencuri ayam")
    claim = taken.split()[2].rstrip(":")
    assert "Pak Fulan" in asker.writes(f"HASIL {claim}")[0]
    (told,) = other.writes(f"HASIL {claim}")
    assert "SEDANG DICEK" in told
    assert "Fulan" not in told
