"""What never changes in the small city of plays and stories: its areas, codes, and the moment at which it stands still."""

from collections.abc import Mapping

from menus.model import Action

CITY = "33.75"
AREAS = {
    "01 Pekalongan Barat": "1002 Medono,1003 Podosugih,1004 Sapuro Kebulen,1006 Bendan Kergon,1008 Pasirkratonkramat,"
    "1009 Tirto,1012 Pringrejo",
    "02 Pekalongan Timur": "1002 Noyontaansari,1004 Kauman,1007 Poncol,1008 Klego,1009 Gamer,1010 Setono,"
    "1012 Kali Baros",
    "03 Pekalongan Utara": "1002 Krapyak,1003 Kandang Panjang,1004 Panjang Wetan,1006 Padukuhan Kraton,1007 Degayu,"
    "1009 Bandengan,1010 Panjang Baru",
    "04 Pekalongan Selatan": "1002 Banyurip,1003 Buaran Kradenan,1004 Jenggot,1006 Kuripan Kertoharjo,"
    "1008 Kuripan Yosorejo,1010 Sokoduwet",
}
TOPICS = ("alert", "services", "development", "health", "events")
PIN = "246810"
CELL_CODE = "135790"
BLAST = {"code": "B27", "level": "emergency", "people": "1.204"}
CAN = {
    "verify": {"received"}, "take": {"verifying"}, "forward": {"verifying"}, "ask": {"verifying"},
    "start": {"forwarded", "local"}, "reply": {"forwarded", "local", "in_progress"},
    "resolve": {"forwarded", "local", "in_progress"}, "archive": {"verifying"}, "decline": {"verifying"},
    "merge": {"verifying"}, "reopen": {"archived", "closed"},
}  # fmt: skip
"""What officials of this city may do to a ticket, by its state."""
TRIES = 3
TODAY, NOW, DUE = "14/6", "14/6 09.10", "28/6"
SAYS: Mapping[Action, str] = {
    Action.HELP: "help", Action.DATA_NOTICE: "data_notice", Action.REPORT_FORGED: "forged_taken",
    Action.MENU: "menu_intro", Action.CALL_BACK: "call_back", Action.QUIZ: "quiz_none",
}  # fmt: skip
"""Actions that do nothing but say a text."""
