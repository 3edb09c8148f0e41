"""Orders of officials: read to the letter, and never kept with their code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from menus import orders
from menus.city import City
from menus.loader import standard
from menus.masks import mask_six, take_code
from menus.orders import Order, Ordered

AREAS = City(standard()).areas
VERBS = {"YA": "confirm", "SETUJU": "approve", "BATAL": "cancel", "JEDA": "pause", "LANJUT": "resume"}


@pytest.mark.parametrize(
    ("written", "ordered"),
    [
        ("BLAST MEDONO Posyandu Sabtu jam 8.", Ordered(Order.BLAST, None, "Posyandu Sabtu jam 8.", areas=("33.75.01.1002",))),
        ("blast bendan kergon: air mati", Ordered(Order.BLAST, None, "air mati", areas=("33.75.01.1006",))),
        ("BLAST PENTING MEDONO, TIRTO Air mati", Ordered(Order.BLAST, None, "Air mati", "important",
                                                         areas=("33.75.01.1002", "33.75.01.1009"))),
        ("BLAST MEDONO PENTING Air mati", Ordered(Order.BLAST, None, "Air mati", "important", areas=("33.75.01.1002",))),
        ("BLAST MEDONO Tirto ikut kerja bakti", Ordered(Order.BLAST, None, "Tirto ikut kerja bakti",
                                                        areas=("33.75.01.1002",))),
        ("BLAST KOTA Upacara Senin", Ordered(Order.BLAST, None, "Upacara Senin", areas=("33.75",))),
        ("BLAST @Nelayan MEDONO Ombak tinggi", Ordered(Order.BLAST, None, "Ombak tinggi", areas=("33.75.01.1002",),
                                                       groups=("nelayan",))),
        ("BLAST @pkk Rapat", Ordered(Order.BLAST, None, "Rapat", groups=("pkk",))),
        ("BLAST MEDONO/RW3/RT02 Kerja bakti", Ordered(Order.BLAST, None, "Kerja bakti",
                                                      areas=("33.75.01.1002/RW03/RT02",))),
        ("BLAST SIAGA UTARA rob 80 cm # Rob jam 14-18, amankan barang.",
         Ordered(Order.BLAST, None, "Rob jam 14-18, amankan barang.", "emergency", "rob 80 cm", ("33.75.03",))),
        ("BLAST DARURAT UTARA Rob jam 14-18", Ordered(Order.BLAST, None, "", "emergency", "Rob jam 14-18", ("33.75.03",))),
        ("BLAST MEDOMO Air mati", Ordered(Order.BLAST, None, "MEDOMO Air mati")),
        ("BLAST", Ordered(Order.BLAST)),
        ("VONIS C48 SALAH bukan # BMKG, BPBD", Ordered(Order.VERDICT, None, "SALAH bukan # BMKG, BPBD", claim=48)),
        ("vonis c-48: benar", Ordered(Order.VERDICT, None, "benar", claim=48)),
        ("VONIS", Ordered(Order.VERDICT)),
        ("SETUJU C48", Ordered(Order.APPROVE, claim=48)),
        ("TOLAK C48 kurang", Ordered(Order.REJECT, None, "kurang", claim=48)),
        ("COCOK C51 C48", Ordered(Order.MATCH, claim=51, known=48)),
        ("ANTRE", Ordered(Order.QUEUE)),
        ("ANTRE C48", Ordered(Order.QUEUE, claim=48)),
        ("SIAR B27 3", Ordered(Order.RELAY, code="B27", count=3)),
        ("SIAR n101 2 RT", Ordered(Order.RELAY, code="N101", count=2)),
        ("SIAR C48", Ordered(Order.RELAY, code="C48")),
        ("SIAR", Ordered(Order.RELAY)),
        ("SIAR rob di Medono", None),
        ("STATUS B27", Ordered(Order.STATUS, 27)),
        ("status b 27", Ordered(Order.STATUS, 27)),
        ("TOLAK B27: salah jam", Ordered(Order.REJECT, 27, "salah jam")),
        ("TOLAK B27", Ordered(Order.REJECT, 27)),
        ("RALAT B27 Jam 9, bukan 8", Ordered(Order.CORRECT, 27, "Jam 9, bukan 8")),
        ("SETUJU B27", Ordered(Order.APPROVE, 27)),
        ("Batal B-27", Ordered(Order.CANCEL, 27)),
        ("jeda B27 [kode]", Ordered(Order.PAUSE, 27)),
        ("LANJUT B27 D4 [kode]", Ordered(Order.RESUME, 27)),
        ("BANTUAN PETUGAS", Ordered(Order.HELP)),
        ("TIKET", Ordered(Order.TICKETS)),
        ("tiket 271-908-9", Ordered(Order.TICKETS, ticket="2719089")),
        ("TERIMA 2719089", Ordered(Order.VERIFY, ticket="2719089")),
        ("TERUSKAN tiket 271.908.9: DPUPR", Ordered(Order.FORWARD, text="DPUPR", ticket="2719089")),
        ("BALAS 271 908 9 - Lampu datang Kamis 5/11", Ordered(Order.REPLY, text="Lampu datang Kamis 5/11", ticket="2719089")),
        ("SELESAI 271-908-9", Ordered(Order.RESOLVE, ticket="2719089")),
        ("GABUNG 271-908-9 ke 114-502-8", Ordered(Order.MERGE, text="ke 114-502-8", ticket="2719089")),
        ("GABUNG 271-908-9 114-502-8", Ordered(Order.MERGE, text="114-502-8", ticket="2719089", into="1145028")),
        ("BUKAN WEWENANG 271-908-9 PLN # Tiang PLN", Ordered(Order.DECLINE, text="PLN # Tiang PLN", ticket="2719089")),
        ("SELESAI 271-908-8 beres", Ordered(Order.RESOLVE, text="beres")),
        ("BANTUAN TIKET", Ordered(Order.HELP_TICKETS)),
        ("YA 2719089", Ordered(Order.CONFIRM, ticket="2719089")),
        ("ya 271-908-9 D4 [kode]", Ordered(Order.CONFIRM, ticket="2719089")),
        ("YA C48 [kode]", Ordered(Order.CONFIRM, None, "[kode]", claim=48)),
        ("YA SIAR B27 [kode]", Ordered(Order.CONFIRM, code="B27")),
        ("ya siar n-101", Ordered(Order.CONFIRM, code="N101")),
        ("SELESAI 2719089 Lampu menyala #[kode]", Ordered(Order.RESOLVE, text="Lampu menyala", ticket="2719089")),
        ("SELESAI 2719089 Lampu # 3 menyala # D4 [kode].",
         Ordered(Order.RESOLVE, text="Lampu # 3 menyala", ticket="2719089")),
        ("BUKAN 2719089 PLN # Tiang PLN #[kode]", Ordered(Order.DECLINE, text="PLN # Tiang PLN", ticket="2719089")),
        ("GABUNG 2719089 1145028 [kode]", Ordered(Order.MERGE, text="1145028", ticket="2719089", into="1145028")),
        ("VONIS C48 SALAH bukan # BMKG, BPBD #[kode]", Ordered(Order.VERDICT, None, "SALAH bukan # BMKG, BPBD", claim=48)),
        ("SIAR B27 3 RT #[kode]", Ordered(Order.RELAY, code="B27", count=3)),
        ("SELESAI sudah diangkut", None),
        ("TIKET saya mana", None),
        ("GABUNG MEDONO", None),
        ("BALAS 123 orang", None),
        ("SELESAIKAN 271-908-9", None),
        ("YA", None),
        ("BATAL", None),
        ("STATUS 271-908-9", None),
        ("LANJUT 271-908-9 masih mati", None),
        ("SETUJUU B27", None),
        ("blas MEDONO air", None),
        ("BANTUAN", None),
        ("LAPOR lampu mati", None),
        ("", None),
    ],
)  # fmt: skip
def test_is_read_as(written: str, ordered: Ordered | None) -> None:
    assert orders.parse(written, AREAS) == ordered


@pytest.mark.parametrize(
    ("written", "kept", "code"),
    [
        ("YA B27 123456", "YA B27 [kode]", "123456"),
        ("setuju b27 D4 123456", "setuju b27 D4 [kode]", "123456"),
        ("SETUJU B27 D4123456", "SETUJU B27 D4[kode]", "123456"),
        ("SETUJU B 27, kode kartu D4: 123 456", "SETUJU B 27, kode kartu D4: [kode]", "123456"),
        ("BATAL B27 123-456 pak", "BATAL B27 [kode] pak", "123456"),
        ("JEDA B27\n123456", "JEDA B27\n[kode]", "123456"),
        ("LANJUT B27 12345", "LANJUT B27 [kode]", "12345"),
        ("YA 123456", "YA [kode]", "123456"),
        ("SETUJU D4 123456", "SETUJU D4 [kode]", "123456"),
        ("YA 2719089 123456", "YA 2719089 [kode]", "123456"),
        ("YA 271 908 9: kode kartu D4: 123 456", "YA 271 908 9: kode kartu D4: [kode]", "123456"),
        ("YA 0812345 123456", "YA 0812345 [kode]", "123456"),
        ("YA 2719088 123456", "YA 2719088 [kode]", "123456"),
        ("YA C48 123456", "YA C48 [kode]", "123456"),
        ("YA SIAR N101 D4 123456", "YA SIAR N101 D4 [kode]", "123456"),
        ("YA 271-908-9", "YA 271-908-9", ""),
        ("SELESAI 2719089 sudah diperbaiki #123456", "SELESAI 2719089 sudah diperbaiki #[kode]", "123456"),
        ("SELESAI 2719089 sudah # 123 456 .", "SELESAI 2719089 sudah # [kode] .", "123456"),
        ("BALAS 2719089 besok #kode D4: 123456", "BALAS 2719089 besok #kode D4: [kode]", "123456"),
        ("BALAS 2719089 besok #D4123456", "BALAS 2719089 besok #D4[kode]", "123456"),
        ("BALAS 2719089 besok #12345", "BALAS 2719089 besok #[kode]", "12345"),
        ("BALAS 2719089 lihat #2026", "BALAS 2719089 lihat #[kode]", "2026"),
        ("BUKAN 2719089 PLN # Tiang PLN #123456", "BUKAN 2719089 PLN # Tiang PLN #[kode]", "123456"),
        ("VONIS C48 SALAH bukan # BMKG, BPBD #123456", "VONIS C48 SALAH bukan # BMKG, BPBD #[kode]", "123456"),
        ("SIAR B27 3 #123456", "SIAR B27 3 #[kode]", "123456"),
        ("SIAR B27 3 RT 123456", "SIAR B27 3 RT [kode]", "123456"),
        ("TERIMA 271-908-9 123456", "TERIMA 271-908-9 [kode]", "123456"),
        ("TERUSKAN 2719089 DPUPR, 123456", "TERUSKAN 2719089 DPUPR, [kode]", "123456"),
        ("GABUNG 2719089 1145028 123456", "GABUNG 2719089 1145028 [kode]", "123456"),
        ("BALAS 2719089 123456", "BALAS 2719089 [kode]", "123456"),
        ("SELESAI 2719089 hubungi #112", "SELESAI 2719089 hubungi #112", ""),
        ("SELESAI 2719089 no pelanggan 123456", "SELESAI 2719089 no pelanggan 123456", ""),
        ("SELESAI 2719089 #123456 sudah masuk PLN", "SELESAI 2719089 #123456 sudah masuk PLN", ""),
        ("BUKAN 2719089 PLN # Tiang PLN, no aduan 770011", "BUKAN 2719089 PLN # Tiang PLN, no aduan 770011", ""),
        ("VONIS C48 SALAH 40 cm # BMKG 4/11, BPBD 2026", "VONIS C48 SALAH 40 cm # BMKG 4/11, BPBD 2026", ""),
        ("TERIMA 2719089", "TERIMA 2719089", ""),
        ("GABUNG 2719089 1145028", "GABUNG 2719089 1145028", ""),
        ("GABUNG 2719089 114502", "GABUNG 2719089 114502", ""),
        ("TIKET 2719089 #123456", "TIKET 2719089 #123456", ""),
        ("SIAR B27 123456", "SIAR B27 123456", ""),
        ("TOLAK B27 tarif 123456 salah", "TOLAK B27 tarif 123456 salah", ""),
        ("RALAT B27 telp 112 jam 123456", "RALAT B27 telp 112 jam 123456", ""),
        ("BLAST MEDONO pagu 150000", "BLAST MEDONO pagu 150000", ""),
        ("YA HAPUS 482", "YA HAPUS 482", ""),
        ("YA", "YA", ""),
        ("YA B27", "YA B27", ""),
        ("LANJUT 271-908-9 masih mati", "LANJUT 271-908-9 masih mati", ""),
        ("LAPOR meteran 123456 rusak", "LAPOR meteran 123456 rusak", ""),
        ("Ya harganya 150000 pak", "Ya harganya 150000 pak", ""),
    ],
)
def test_a_code_is_taken_out_of_what_is_kept(written: str, kept: str, code: str) -> None:
    assert take_code(written) == (kept, code)


@given(st.sampled_from(sorted(VERBS)), st.integers(1, 10**6),
       st.from_regex(r"[A-E][1-8][ :]", fullmatch=True) | st.just(""), st.from_regex(r"[0-9]{6}", fullmatch=True),
       st.sampled_from([" ", "  ", ",", ":", "\n", " # "]))  # fmt: skip
def test_no_order_keeps_its_code_however_it_is_parted(
    verb: str, number: int, cell: str, code: str, between: str
) -> None:
    kept, found = take_code(f"{verb}{between}B{number}{between}{cell}{code}")
    assert found == code
    assert kept == f"{verb}{between}B{number}{between}{cell}[kode]"
    assert orders.parse(kept, AREAS, has_code=True) == Ordered(Order(VERBS[verb]), number)


@given(st.text(max_size=200))
def test_reading_never_fails(text: str) -> None:
    kept, code = take_code(text)
    orders.parse(kept, AREAS, has_code=bool(code))
    mask_six(text)
