"""Phones in the terminal, driven by what is typed: several people, sessions that drop, SMS both ways."""

import subprocess
import sys

import pytest

from menus.__main__ import main
from menus.loader import PACKAGE, standard


def play(*typed: str, arguments: tuple[str, ...] = ()) -> list[str]:
    """What the terminal shows, one entry a thing said; the input ends after what is typed."""
    waiting, shown = list(typed), []

    def ask(prompt: str) -> str:
        if not waiting:
            raise EOFError
        shown.append(prompt + waiting[0])
        return waiting.pop(0)

    assert main(["play", *arguments], shown.append, ask) == 0
    return shown


# Label, arguments, what is typed, and pieces that are shown in this order.
PLAYED = [
    ("from consent to a ticket and its receipt", ("--new",),
     ["1", "2", "3", "2", "1", "1", "1", "lampu mati", "1"],
     ["[register] area=33.75.02.1007, language=id", "[file_aspiration] kind=complaint",
      "END Terkirim. Tiket 523-757-0.", "SMS Tiket 523-757-0 diterima", "1 part"]),
    ("lists, items and tickets in a language", ("--language", "jv", "--alert", "SIAGA ROB"), ["1", "1", "00", "3", "1"],
     ["CON !SIAGA ROB\n1 Maos pengetan", "SIAGA ROB jam 14-18", "271-908-9 DIPUN GARAP DPUPR"]),
    ("a number after an end dials again", (), ["7", "1"], ["END DARURAT", "CON KIM Kota Pekalongan"]),
    ("a deep dial", (), ["/dial 2*1", "*546*1*2#"], ["CON Masalah apa?", "CON Belum ada kabar"]),
    ("a dropped report is offered again", (), ["2", "1", "1", "1", "/drop", "/inbox", "/dial", "1", "lampu mati"],
     ["cut off; report_words can be taken up", "SMS Tadi terputus saat menulis laporan Jalan/lampu di Bendan Kergon.",
      "CON Tadi terputus", "CON Tulis singkat", "CON Jalan/lampu, Bendan Kergon: 'lampu mati'"]),
    ("a dropped report with a landmark and no category", (), ["2", "2", "3", "dekat pasar", "pos ronda", "/drop", "9", "1"],
     ["report_confirm can be taken up", "CON Tadi terputus saat menulis laporan Usul di dekat pasar.",
      "CON Usul, dekat pasar: 'pos ronda'"]),
    ("a quarter of an hour later it is not", (), ["2", "1", "1", "1", "/drop", "/wait", "/dial"],
     ["a quarter of an hour later", "CON KIM Kota"]),
    ("elsewhere nothing is lost", (), ["1", "/drop", "/drop", "5"],
     ["nothing to take up", "nothing to take up", "CON KIM Kota"]),
    ("a dial that goes deeper is no wish to go on", (), ["2", "1", "1", "1", "/drop", "/dial 1"], ["CON INFO WARGA"]),
    ("an official signs in, and the PIN is never shown", (),
     ["/phone 3", "/dial", "8", "111111", "246810", "1", "1", "0", "0", "2"],
     ["phone 3: kim, speaks id", "[sign_in] pin=****", "Sandi salah, sisa 2 kali.", "[sign_in] pin=****",
      "CON PETUGAS Bendan Kergon (Pengurus KIM)", "CON TIKET BARU", "saluran mampet dekat pasar", "CON LEWAT BATAS"]),
    ("three wrong PINs lock it", (), ["/phone 3", "/dial", "8", "1", "2", "3"], ["END Sandi petugas dikunci"]),
    ("phones keep their sessions apart", (), ["1", "/phone 2", "5", "/phone 1", "/phone 7", "/phone"],
     ["phone 2: stranger", "Info & aspirasi warga", "phone 1: resident", "CON INFO WARGA", "phone 7: stranger"]),
    ("a phone speaks another language", (), ["/language en", "/dial", "/language xx"],
     ["phone 1 speaks en", "1 Information", f"there are {', '.join(standard().languages)}"]),
    ("a warning begins and ends", (), ["/alert SIAGA ROB", "/dial", "/alert", "/dial"],
     ["an active warning", "CON !SIAGA ROB", "no active warning", "CON KIM Kota"]),
    ("the menu by SMS, until it ends", (), ["/sms MENU", "/sms 4", "/sms 3", "/sms B27", "/sms 1"],
     ["SMS Balas angka.\nKIM Kota", "SMS CEK HOAX", "SMS Ketik kode", "SMS ASLI. B27 dikirim BPBD",
      "SMS Terima kasih, tiket 114-502-8"]),
    ("a report by the menu of SMS", (), ["/sms MENU", "/sms 2", "/sms 1", "/sms 1", "/sms 1", "/sms lampu padam", "/sms 1"],
     ["SMS Di mana masalahnya?", "SMS Jalan/lampu, Bendan Kergon: 'lampu padam'", "SMS Tiket 523-757-0 diterima",
      "SMS Terkirim."]),
    ("a similar report is offered", (), ["2", "1", "1", "1", "saluran mampet bau", "1"],
     ["CON Ada laporan mirip: 'saluran mampet dekat pasar' (1 warga).", "[support] ticket=330-215-2",
      "END Dukungan Anda tercatat di tiket 330-215-2."]),
    ("an unknown command lists them", (), ["/what", "/help"], ["/drop", "/drop"]),
    ("an empty inbox", (), ["/inbox"], ["-- no SMS"]),
    ("quitting", (), ["/quit", "1"], ["/quit"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "typed", "pieces"), [case[1:] for case in PLAYED], ids=[case[0] for case in PLAYED]
)
def test_played(arguments: tuple[str, ...], typed: list[str], pieces: list[str]) -> None:
    shown = "\n".join(play(*typed, arguments=arguments))
    at = 0
    for piece in pieces:
        found = shown.find(piece, at)
        assert found >= 0, f"{piece!r} is not shown after\n{shown[:at]}\nbut this is\n{shown[at:]}"
        at = found + 1


def test_quitting_reads_no_more() -> None:
    assert play("/quit", "1")[-1] == "phone 1> /quit"


def test_no_colours() -> None:
    assert "\x1b" not in "\n".join(play("1", "/sms STATUS"))


def test_play_reads_standard_input() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "menus", "play"], input="1\n/quit\n", capture_output=True, text=True,
        cwd=PACKAGE.parent, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "CON INFO WARGA" in done.stdout


# Label, SMS one after the other, how the last answer begins.
TEXTED = [
    ("a report", ["LAPOR BEN lampu jalan mati"], "Tiket 523-757-0 diterima"),
    ("a report without words, then its words", ["LAPOR", "lampu mati gg 5"], "Tiket 523-757-0 diterima"),
    ("LAPOR alone asks", ["LAPOR"], "Apa laporannya?"),
    ("a proposal alone asks", ["USUL"], "Apa usul Anda?"),
    ("words become a draft", ["gang kami gelap gulita"], "Maaf, belum kami pahami."),
    ("and YA sends it", ["gang kami gelap gulita", "YA"], "Tiket 523-757-0 diterima"),
    ("or not", ["gang kami gelap gulita", "TIDAK"], "Baik, tidak dikirim"),
    ("an emergency", ["tolong kebakaran di pasar"], "DARURAT: segera telepon 112"),
    ("an answer to a closing question", ["2"], "Tiket 114-502-8 dibuka lagi"),
    ("an answer to nothing", ["1", "7"], "Tidak ada pertanyaan"),
    ("the status of the last", ["STATUS"], "Tiket 114-502-8: DIJAWAB DLH"),
    ("the status of one", ["STATUS 271-908-9"], "Tiket 271-908-9: DIPROSES DPUPR"),
    ("the status of another person's", ["STATUS 330-215-2"], "No tiket itu tidak kami temukan."),
    ("more about a ticket", ["TAMBAH 271-908-9 dekat mushola"], "Keterangan sudah masuk"),
    ("more about another person's ticket", ["TAMBAH 330-215-2 dekat mushola"], "Utk tiket yg mana?"),
    ("rating", ["NILAI 271-908-9 2"], "Terima kasih, nilai Anda"),
    ("rating without a number", ["NILAI"], "Balas: NILAI"),
    ("support", ["DUKUNG 330-215-2"], "Dukungan Anda utk tiket 330-215-2"),
    ("support of nothing", ["DUKUNG 330-215-7"], "Laporan mana"),
    ("joining", ["DAFTAR PONCOL"], "KIM PKL: terdaftar di Poncol."),
    ("joining nowhere", ["DAFTAR"], "KIM PKL: mau terima kabar kelurahan mana?"),
    ("moving", ["PINDAH PONCOL"], "KIM PKL: wilayah Anda sekarang Poncol."),
    ("moving nowhere", ["PINDAH"], "Pindah ke kelurahan mana?"),
    ("a language", ["BAHASA JAWA"], "Inggih, wiwit sakniki"),
    ("no language", ["BAHASA"], "Pilih bahasa."),
    ("stopping", ["BERHENTI"], "Anda berhenti dari kabar KIM."),
    ("stopping a topic", ["BERHENTI BANSOS"], "Anda berhenti dari kabar Bansos"),
    ("stopping everything", ["BERHENTI SEMUA"], "Anda berhenti dari semua"),
    ("topics", ["PILIH ROB BANSOS"], "Baik, info pilihan Anda sekarang: rob, bansos."),
    ("all topics", ["PILIH SEMUA"], "Baik, info pilihan Anda sekarang: semua."),
    ("no topics", ["PILIH"], "Pilih info apa?"),
    ("information", ["INFO ROB"], "SIAGA ROB jam 14-18"),
    ("information that is not there", ["INFO BANSOS"], "Belum ada kabar"),
    ("information about what", ["INFO"], "Info apa?"),
    ("help", ["BANTUAN"], "Perintah:"),
    ("the rules of data", ["INFO DATA"], "Kami simpan no HP"),
    ("one's data", ["DATA SAYA"], "Data Anda: HP akhiran 89, Bendan Kergon, Bahasa Indonesia, langganan: semua."),
    ("erasing asks first", ["HAPUS DATA"], "Yakin hapus semua data? Balas YA HAPUS 482"),
    ("erasing", ["HAPUS DATA", "YA HAPUS 482"], "Permintaan hapus diterima."),
    ("erasing with other digits", ["HAPUS DATA", "YA HAPUS 483"], "Angkanya tidak cocok"),
    ("the data of someone erased", ["YA HAPUS 482", "DATA SAYA"], "Data Anda: HP akhiran 89, tidak terdaftar"),
    ("no tickets after that", ["YA HAPUS 482", "STATUS"], "Belum ada laporan dari nomor ini."),
    ("a known rumour", ["CEK bansos 600rb lewat link"], "C48 SALAH (hoax): bansos"),
    ("a new rumour", ["CEK katanya sekolah libur"], "No cek C63: SEDANG DICEK."),
    ("no rumour", ["CEK"], "Kabar apa yg dicek?"),
    ("a result", ["HASIL C53"], "C53 BELUM TERBUKTI:"),
    ("a result of what", ["HASIL"], "Hasil utk no cek yg mana?"),
    ("a result that is not there", ["HASIL C99"], "No cek itu tidak kami kenal."),
    ("a genuine code", ["ASLI B27"], "ASLI: B27 dari BPBD"),
    ("an old code", ["ASLI B12"], "B12 pernah kami kirim"),
    ("a forged code", ["ASLI B99"], "TIDAK DIKENAL:"),
    ("no code", ["ASLI"], "Kode mana yg dicek?"),
    ("a call back", ["HUBUNGI"], "Baik, petugas akan menelepon"),
]  # fmt: skip


@pytest.mark.parametrize(("texts", "begins"), [case[1:] for case in TEXTED], ids=[case[0] for case in TEXTED])
def test_texted(texts: list[str], begins: str) -> None:
    shown = [line for line in play(*(f"/sms {text}" for text in texts)) if line.startswith("SMS ")]
    assert shown[-1].removeprefix("SMS ").startswith(begins), shown
