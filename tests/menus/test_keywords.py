"""What residents write, and what is understood: intent, arguments, and that nothing is ever dropped."""

import string
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gateway.kernel.areas import AreaBook
from menus.keywords import find_rt_rw, guess_category, parse
from menus.lexicon import read_lexicon
from menus.loader import PACKAGE
from menus.model import Action
from menus.reading import Fault

BEN, MED, PON, KAL = "33.75.01.1006", "33.75.01.1002", "33.75.02.1007", "33.75.02.1012"
A = Action

# Label, text, action, arguments that must be among the command's.
CASES: list[tuple[str, str, Action, Mapping[str, str]]] = [
    # Reports.
    ("a report", "LAPOR lampu mati gg 5", A.REPORT, {"body": "lampu mati gg 5", "confidential": "no", "kind": "complaint"}),
    ("lower case", "lapor lampu mati", A.REPORT, {"body": "lampu mati"}),
    ("separators of a form", "LAPOR#BENDAN KERGON#lampu mati", A.REPORT, {"area": BEN, "body": "lampu mati"}),
    ("a star", "LAPOR*BEN*lampu mati", A.REPORT, {"area": BEN, "body": "lampu mati"}),
    ("a comma and a colon", "Lapor: ben, lampu mati", A.REPORT, {"area": BEN, "body": "lampu mati"}),
    ("a line break", "LAPOR\nlampu mati\ngg 5", A.REPORT, {"body": "lampu mati\ngg 5"}),
    ("spaces before and between", "   lapor     jalan rusak ", A.REPORT, {"body": "jalan rusak"}),
    ("the word for a space written out", "LAPOR<spasi>jalan rusak", A.REPORT, {"body": "jalan rusak"}),
    ("full-width letters", "ＬＡＰＯＲ jalan rusak", A.REPORT, {"body": "jalan rusak"}),
    ("a synonym", "ADUAN sampah menumpuk", A.REPORT, {"body": "sampah menumpuk"}),
    ("another synonym", "keluhan air mati", A.REPORT, {"body": "air mati"}),
    ("the Javanese word", "WADUL dalan bolong", A.REPORT, {"body": "dalan bolong"}),
    ("a verb form", "laporkan pungli di kelurahan", A.REPORT, {"body": "pungli di kelurahan"}),
    ("no body", "LAPOR", A.REPORT, {"body": "", "area": ""}),
    ("an area and no body", "LAPOR BEN", A.REPORT, {"body": "", "area": BEN}),
    ("an old name in the slot", "LAPOR Kergon got mampet", A.REPORT, {"area": BEN, "body": "got mampet"}),
    ("a slip in the area", "LAPOR podosugeh got mampet", A.REPORT, {"area": "33.75.01.1003", "body": "got mampet"}),
    ("an area in running text", "LAPOR lampu mati di Medono gg 2", A.REPORT, {"area": MED, "body": "lampu mati di Medono gg 2"}),
    ("a code in running text is a word", "LAPOR mobil ban bocor", A.REPORT, {"area": ""}),
    ("di before the area", "LAPOR di Medono lampu mati", A.REPORT, {"area": MED}),
    ("an everyday word is no slip of a name", "LAPOR kali kotor", A.REPORT, {"body": "kali kotor"}),
    ("but a name of two words is one", "LAPOR kali baros banjir", A.REPORT, {"area": KAL, "body": "banjir"}),
    ("a district is no place", "LAPOR utara gelap", A.REPORT, {"area": "", "body": "utara gelap"}),
    ("confidential", "LAPOR RAHASIA BEN pungli di RT 2", A.REPORT, {"confidential": "yes", "area": BEN, "body": "pungli di RT 2"}),
    ("confidential behind the area", "LAPOR BEN RAHASIA pungli", A.REPORT, {"confidential": "yes", "body": "pungli"}),
    ("anonymous", "lapor anonim pungli", A.REPORT, {"confidential": "yes", "body": "pungli"}),
    ("glued to its body", "LAPORJALAN rusak di medono", A.REPORT, {"body": "JALAN rusak di medono", "area": MED}),
    ("glued to a category", "laporlampu mati", A.REPORT, {"body": "lampu mati"}),
    ("glued to an area", "LAPORMEDONO lampu mati", A.REPORT, {"area": MED, "body": "lampu mati"}),
    ("a slip", "LAPRO jalan rusak", A.REPORT, {"body": "jalan rusak"}),
    ("a letter too many", "laporr jalan rusak", A.REPORT, {"body": "jalan rusak"}),
    ("a filler before", "Ketik LAPOR lampu mati", A.REPORT, {"body": "lampu mati"}),
    ("reg as a filler", "REG LAPOR lampu mati", A.REPORT, {"body": "lampu mati"}),
    ("a greeting before", "Assalamualaikum pak, tolong lapor lampu mati", A.REPORT, {"body": "lampu mati"}),
    ("a polite opening", "Selamat pagi bu saya mau lapor jalan rusak", A.REPORT, {"body": "jalan rusak"}),
    ("the first of two commands wins", "LAPOR jalan rusak STATUS 271-908-9", A.REPORT, {"body": "jalan rusak STATUS 271-908-9"}),
    # Proposals and questions.
    ("a proposal", "ASPIRASI taman bermain di Poncol", A.ASPIRE, {"kind": "proposal", "area": PON}),
    ("a proposal with an area", "USUL BEN lampu taman", A.ASPIRE, {"area": BEN, "body": "lampu taman"}),
    ("a suggestion", "saran: jalan dilebarkan", A.ASPIRE, {"body": "jalan dilebarkan"}),
    ("a question", "TANYA jadwal posyandu", A.ASK, {"kind": "question", "body": "jadwal posyandu"}),
    ("a question of two words", "MINTA INFO jadwal posyandu", A.ASK, {"body": "jadwal posyandu"}),
    ("a Javanese question", "takon jadwal posyandu", A.ASK, {"body": "jadwal posyandu"}),
    ("two slips in a long word", "ASPRASSI taman", A.ASPIRE, {"body": "taman"}),
    # Status.
    ("status of a ticket", "STATUS 271-908-9", A.STATUS, {"ticket": "2719089"}),
    ("status with spaces", "status 271 908 9", A.STATUS, {"ticket": "2719089"}),
    ("status with a word between", "status tiket no 2719089", A.STATUS, {"ticket": "2719089"}),
    ("status glued", "STATUS2719089", A.STATUS, {"ticket": "2719089"}),
    ("status alone", "status", A.STATUS, {"ticket": "", "typed": ""}),
    ("status of a number that is none", "STATUS 271-908-8", A.STATUS, {"ticket": "", "typed": "271-908-8"}),
    ("status in two words", "CEK TIKET 2719089", A.STATUS, {"ticket": "2719089"}),
    ("check and a ticket", "CEK 271-908-9", A.STATUS, {"ticket": "2719089"}),
    ("my report", "LAPORANKU", A.STATUS, {"ticket": ""}),
    ("my report in two words", "laporan saya", A.STATUS, {"ticket": ""}),
    ("a ticket alone", "271.908.9", A.STATUS, {"ticket": "2719089"}),
    ("status in a long sentence is none", "status pembangunan pasar banjarsari sampai mana", A.UNKNOWN, {}),
    # Details.
    ("details", "TAMBAH 271-908-9 dekat mushola", A.ADD_TO_ASPIRATION, {"ticket": "2719089", "body": "dekat mushola"}),
    ("details with spaces in the number", "tambah 271 908 9 RT 2", A.ADD_TO_ASPIRATION, {"ticket": "2719089", "body": "RT 2"}),
    ("details to a wrong number", "TAMBAH 271-908-8 RT 2", A.ADD_TO_ASPIRATION, {"ticket": "", "typed": "271-908-8"}),
    ("details without a ticket are a draft", "tambah lampu di gang 3", A.UNKNOWN, {"body": "tambah lampu di gang 3"}),
    # Information.
    ("information", "INFO", A.INFO, {"topic": "", "area": ""}),
    ("information on a topic", "info bansos", A.INFO, {"topic": "services"}),
    ("information on a topic and an area", "INFO ROB BEN", A.INFO, {"topic": "alert", "area": BEN}),
    ("information on a district", "INFO rob utara", A.INFO, {"topic": "alert", "area": "33.75.03"}),
    ("information glued", "INFOROB", A.INFO, {"topic": "alert"}),
    ("news", "KABAR kegiatan di Medono pak", A.INFO, {"topic": "events", "area": MED}),
    ("a slip", "INFFO bansos", A.INFO, {"topic": "services"}),
    ("a few more words", "info bansos kapan cair", A.INFO, {"topic": "services"}),
    ("a report that begins with info", "info banjir di medono air masuk rumah selutut", A.UNKNOWN, {"area": MED}),
    ("a slip with words behind it is no command", "innfo jalan rusak", A.UNKNOWN, {}),
    ("the data notice", "INFO DATA", A.DATA_NOTICE, {}),
    ("the data notice with a please", "info data pak", A.DATA_NOTICE, {}),
    # Joining and moving.
    ("joining", "DAFTAR BENDAN KERGON", A.JOIN, {"area": BEN}),
    ("joining by code", "daftar ben", A.JOIN, {"area": BEN}),
    ("the word of premium SMS", "REG BEN", A.JOIN, {"area": BEN}),
    ("joining glued", "DAFTARBEN", A.JOIN, {"area": BEN}),
    ("joining with topics", "DAFTAR BEN ROB BANSOS", A.JOIN, {"area": BEN, "topic": "alert services"}),
    ("joining with name and RT", "DAFTAR BEN Siti Aminah RT 2 RW 3", A.JOIN, {"area": BEN}),
    ("joining without an area", "ikut", A.JOIN, {"area": ""}),
    ("joining from outside the city", "DAFTAR Wiradesa", A.JOIN, {"area": ""}),
    ("a complaint does not join", "daftar ktp di medono antri lama sekali", A.UNKNOWN, {"area": MED}),
    ("nor does a sentence", "ikut prihatin atas musibah warga semua", A.UNKNOWN, {}),
    ("a slip joins only with an area", "dafttar", A.UNKNOWN, {}),
    ("a slip with an area", "DAFTR BEN", A.JOIN, {"area": BEN}),
    ("moving", "PINDAH Poncol", A.MOVE, {"area": PON}),
    ("moving without an area", "pindah", A.MOVE, {"area": ""}),
    ("moving house papers is a question", "pindah KK caranya gimana", A.UNKNOWN, {}),
    # Stopping.
    ("stop", "STOP", A.STOP, {"topic": ""}),
    ("stop in Indonesian", "berhenti", A.STOP, {}),
    ("stop in Javanese", "mandeg", A.STOP, {}),
    ("unreg", "UNREG", A.STOP, {}),
    ("leave", "Keluar.", A.STOP, {}),
    ("stop with a filler of the grammar", "tolong stop", A.STOP, {}),
    ("stop the news", "berhenti langganan", A.STOP, {}),
    ("stop sending SMS", "stop kirim sms", A.STOP, {}),
    ("stop a topic", "BERHENTI ROB", A.STOP, {"topic": "alert"}),
    ("stop everything", "BERHENTI SEMUA", A.STOP_ALL, {}),
    ("stop all news", "stop semua info", A.STOP_ALL, {}),
    # Language, help.
    ("Javanese", "BAHASA JAWA", A.SET_LANGUAGE, {"language": "jv"}),
    ("Javanese, short", "basa jv", A.SET_LANGUAGE, {"language": "jv"}),
    ("Indonesian, glued", "BAHASAINDONESIA", A.SET_LANGUAGE, {"language": "id"}),
    ("English", "bahasa inggris pak", A.SET_LANGUAGE, {"language": "en"}),
    ("a language is asked for", "BAHASA", A.SET_LANGUAGE, {"language": ""}),
    ("a sentence about language is none", "bahasa petugas kasar sekali", A.UNKNOWN, {}),
    ("help", "BANTUAN", A.HELP, {}),
    ("help in English", "help", A.HELP, {}),
    ("help by a sign", "?", A.HELP, {}),
    ("tolong alone", "Tolong", A.HELP, {}),
    ("tolong with a sign", "TOLONG?", A.HELP, {}),
    ("a greeting alone", "halo pak", A.HELP, {}),
    ("figures of an area by its short code", "STAT BEN", A.STATISTICS, {"area": "33.75.01.1006"}),
    ("figures of an area by its name", "statistik kelurahan bendan kergon", A.STATISTICS, {"area": "33.75.01.1006"}),
    ("figures of a kecamatan", "stat barat", A.STATISTICS, {"area": "33.75.01"}),
    ("figures of the city", "STAT KOTA", A.STATISTICS, {"area": "33.75"}),
    ("figures of one's own area", "angka laporan", A.STATISTICS, {"area": ""}),
    ("a sentence with that word is none", "statistik korban banjir medono salah semua", A.UNKNOWN, {}),
    ("the menu", "menu", A.MENU, {}),
    ("help that is no help", "bantuan sosial belum cair", A.UNKNOWN, {}),
    # Answers.
    ("a digit", "1", A.CONFIRM, {"answer": "1"}),
    ("a digit with a dot", " 2. ", A.CONFIRM, {"answer": "2"}),
    ("a digit with what was offered", "2 banjir", A.CONFIRM, {"answer": "2"}),
    ("a digit with its word", "1 YA", A.CONFIRM, {"answer": "1"}),
    ("yes", "YA", A.CONFIRM, {"answer": "yes"}),
    ("yes, kindly", "ya pak", A.CONFIRM, {"answer": "yes"}),
    ("yes twice", "ya setuju", A.CONFIRM, {"answer": "yes"}),
    ("yes in Javanese", "nggih matur nuwun", A.CONFIRM, {"answer": "yes"}),
    ("no", "tidak", A.CONFIRM, {"answer": "no"}),
    ("not yet", "BELUM", A.CONFIRM, {"answer": "not_yet"}),
    ("not yet in Javanese", "dereng", A.CONFIRM, {"answer": "not_yet"}),
    ("partly", "sebagian", A.CONFIRM, {"answer": "partly"}),
    ("one of two questions", "A", A.CONFIRM, {"answer": "a"}),
    ("a sentence that begins with not yet", "belum ada lampu di gang 3", A.UNKNOWN, {}),
    ("a sentence that begins with yes", "ya lampu masih mati", A.UNKNOWN, {}),
    ("two digits apart", "2 3", A.UNKNOWN, {}),
    # Emergencies.
    ("a fire", "kebakaran di pasar banjarsari", A.EMERGENCY, {"body": "kebakaran di pasar banjarsari"}),
    ("a fire wins over a command", "LAPOR BEN kebakaran rumah", A.EMERGENCY, {"area": BEN, "body": "kebakaran rumah"}),
    ("someone drowning", "ada anak tenggelam di kali", A.EMERGENCY, {}),
    ("help, quick", "tolong cepat pak", A.EMERGENCY, {}),
    ("an accident", "KECELAKAAN jl sriwijaya medono", A.EMERGENCY, {"area": MED}),
    ("a fire in Javanese", "omahe kobongan", A.EMERGENCY, {}),
    ("a fire added to a ticket", "TAMBAH 2719089 kebakaran lagi", A.EMERGENCY, {"ticket": "2719089", "body": "kebakaran lagi"}),
    ("a confidential one stays so", "LAPOR RAHASIA kebakaran disengaja", A.EMERGENCY, {"confidential": "yes"}),
    # Drafts.
    ("free text", "lampu mati di gg 5 medono", A.UNKNOWN, {"body": "lampu mati di gg 5 medono", "area": MED}),
    ("a word that lies near a keyword", "hanya lampu yang mati", A.UNKNOWN, {"body": "hanya lampu yang mati"}),
    ("a tidal word near a keyword", "tambak rusak kena air", A.UNKNOWN, {}),
    ("a glued word whose command needs more", "tambahlampu di gang 3", A.UNKNOWN, {"body": "tambahlampu di gang 3"}),
    ("a polite opening and no more", "mohon maaf", A.UNKNOWN, {"body": "mohon maaf"}),
    ("nothing", "", A.UNKNOWN, {"body": ""}),
    ("signs", "...!!!", A.UNKNOWN, {"body": "...!!!"}),
    ("dashes", "- -", A.UNKNOWN, {"body": "- -"}),
    ("an emoji", "👍", A.UNKNOWN, {"body": "👍"}),
    ("check without a ticket", "CEK bansos 600rb lewat link", A.ASK_RUMOUR, {"words": "bansos 600rb lewat link"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "action", "args"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_understood(areas: AreaBook, text: str, action: Action, args: Mapping[str, str]) -> None:
    command = parse(text, areas)
    assert command.action is action
    assert {name: command.args.get(name) for name in args} == dict(args)


NOT_STOP = [
    "bus berhenti di depan pasar", "stop pungli KTP", "keluar asap tebal", "berhenti sekolah", "stop pembangunan mall",
    "berhenti merokok di puskesmas", "STOP, jalan rusak", "air tidak keluar", "keluar rumah banjir", "stopp", "berhenty",
    "stop kontak di balai rusak", "kapan rob berhenti", "unreg kenapa pulsa kepotong", "tidak mau berhenti hujan",
    "saya mau keluar", "keluar got bau", "stop info hoax dong", "mandeg banyune", "berhenti info bohong pejabat",
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_STOP)
def test_never_taken_for_stop(areas: AreaBook, text: str) -> None:
    assert parse(text, areas).action not in (Action.STOP, Action.STOP_ALL)


NOT_EMERGENCY = [
    "harga kebakaran", "asuransi kebakaran", "simulasi kebakaran besok", "bantuan korban kebakaran", "pelatihan cegah kebakaran",
    "kebakaran kemarin sudah padam", "tidak ada kebakaran", "rawan kecelakaan di tikungan", "pos pemadam kebakaran",
    "kecelakaan lalu belum diganti", "tolong lampu mati", "cepat tanggap ya",
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_EMERGENCY)
def test_never_taken_for_an_emergency(areas: AreaBook, text: str) -> None:
    assert parse(text, areas).action is not Action.EMERGENCY


SLIPS = [("LAPRO jalan", "LAPOR"), ("lapor jalan", ""), ("statsu 2719089", "STATUS"), ("bantuam", "BANTUAN")]


@pytest.mark.parametrize(("text", "word"), SLIPS)
def test_a_slip_names_what_was_understood(areas: AreaBook, text: str, word: str) -> None:
    assert parse(text, areas).word == word


def test_a_slip_that_fits_two_keywords_is_none(areas: AreaBook, tmp_path: Path) -> None:
    words = (PACKAGE / "keywords.yaml").read_text("utf-8").replace("NDAFTAR,", "WADUK,")
    (tmp_path / "keywords.yaml").write_text(words, "utf-8")
    faults: list[Fault] = []
    lexicon = read_lexicon(tmp_path, faults)
    assert not faults
    assert parse("waduh jalan rusak", areas).word == "WADUL"
    assert parse("waduh jalan rusak", areas, lexicon).action is Action.UNKNOWN


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=300))
def test_the_parser_never_raises_and_drops_nothing(text: str) -> None:
    command = parse(text, EMPTY)
    if command.action is Action.UNKNOWN:
        assert command.args["body"] == text.strip()


SEPARATORS = st.text(alphabet=" #*,;:/\n", min_size=1, max_size=4)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["LAPOR", "ADUAN", "USUL", "TANYA", "WADUL"]),
    st.text(alphabet=string.ascii_lowercase + " ", min_size=4, max_size=40),
    SEPARATORS,
    st.sampled_from([str.upper, str.lower, str.title]),
    st.sampled_from(["", "ketik ", "tolong ", "pak, ", "Assalamualaikum. "]),
)
def test_noise_never_changes_the_parse(word: str, body: str, between: str, case: object, filler: str) -> None:
    body = " ".join(body.split())
    assume(body and body.split()[0] not in {"di", "kel", "kelurahan", "ke", "desa", "ds", "ing", "ning", "wonten"})
    assert callable(case)
    plain, noisy = parse(f"{word} {body}", EMPTY), parse(f"  {filler}{case(word)}{between}{body} ", EMPTY)
    assert (noisy.action, dict(noisy.args)) == (plain.action, dict(plain.args))


class NoAreas:
    """A city without areas."""

    def match(self, words: object) -> None:
        return None

    def mentioned(self, text: str) -> None:
        return None


EMPTY = NoAreas()

CATEGORIES = [
    ("a lamp", "lampu mati gg 5", "roads"), ("a hole", "dalan bolong", "roads"), ("a flooded street", "jalan banjir", "flood"),
    ("tidal flood", "rob masuk rumah", "flood"), ("rubbish", "sampahnya numpuk", "waste"), ("in Javanese", "uwuh mambu", "waste"),
    ("a card", "ktp belum jadi", "civil"), ("family card", "kartu keluarga hilang", "civil"), ("aid", "bansos tidak cair", "aid"),
    ("aid in two words", "bantuan sosial belum cair", "aid"), ("a clinic", "puskesmas tutup", "school_health"),
    ("a school", "guru sekolah tidak masuk", "school_health"), ("nothing known", "kucing hilang", None), ("no words", "", None),
    ("an ending in Javanese", "lampune pejah", "roads"), ("a longer word is another", "ktpx", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "category"), [c[1:] for c in CATEGORIES], ids=[c[0] for c in CATEGORIES])
def test_category(text: str, category: str | None) -> None:
    assert guess_category(text) == category


PLACES = [
    ("apart", "gg 5 RT 2 RW 3 dekat mushola", (2, 3)), ("glued with a slash", "RT02/RW3", (2, 3)),
    ("with dots", "rt.2 rw.10", (2, 10)), ("a slash of numbers", "rt 2/3", (2, 3)), ("both words first", "RT/RW 02/03", (2, 3)),
    ("turned round", "rw 3 rt 2", (2, 3)), ("run together", "RT2RW3", (2, 3)), ("only RT", "rt 12 gelap", (12, None)),
    ("only RW", "RW5", (None, 5)), ("none", "lampu mati", (None, None)), ("not inside a word", "sport 2 art 5", (None, None)),
    ("zero is none", "RT 0 RW 00", (None, None)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place"), [case[1:] for case in PLACES], ids=[case[0] for case in PLACES])
def test_rt_rw(text: str, place: tuple[int | None, int | None]) -> None:
    assert find_rt_rw(text) == place
