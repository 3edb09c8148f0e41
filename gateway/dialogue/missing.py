"""What a report lacked or was guessed wrong in, said afterwards: its kelurahan by name, its category by a digit."""

from dataclasses import replace

from gateway.aspirations import rules, store
from gateway.db import Connection
from gateway.dialogue import alike
from gateway.dialogue.says import Done
from gateway.dialogue.talk import Talk
from gateway.kernel.codes import show_ticket
from gateway.questions import store as questions
from menus.keywords import find_area, find_rt_rw, guess_category

_BEFORE_PLACE = frozenset({"di", "kel", "kelurahan", "desa", "ds", "ning", "ing", "wonten", "daerah", "tempatnya"})
_CODE_LETTERS = 3
_FEW = 3


def set_place(talk: Talk, conn: Connection, question: questions.Question, words: str) -> Done | None:
    """The kelurahan that was asked for, and RT/RW where they are named too; None where the words answer no such thing."""
    area = _place_in(talk, words)
    aspiration = store.get(conn, question.subject)
    if not area or aspiration is None:
        return None
    now = talk.rt.now()
    rt, rw = find_rt_rw(words)
    store.amend(conn, aspiration.id, now, area=area, rt=str(rt) if rt else None, rw=str(rw) if rw else None)
    store.add_event(conn, aspiration.id, now, "resident", "place", words[: rules.LONGEST], talk.cause)
    questions.close(conn, question.id, now, "answered")
    slots = {"ticket": show_ticket(aspiration.ticket), "area_name": talk.area_name(area)}
    same = alike.offer(talk, conn, replace(aspiration, area=area))
    key = "sms.place_set_alike" if same else "sms.place_set"
    return Done("ok", slots, talk.say(key, **slots, **same), wants_answer=bool(same))


def _place_in(talk: Talk, words: str) -> str:
    """The kelurahan that words name as an answer: at their beginning, or anywhere where they are few or no complaint.

    "Lampu mati di Medono" is a new report, though an older one still waits for its place.
    """
    said = words.replace(",", " ").split()
    while said and said[0].lower().strip(".:") in _BEFORE_PLACE:
        said = said[1:]
    code, used = talk.areas.match(said) or ("", 0)
    # Three letters may be a short code or any word: they count where nothing but RT and RW follows.
    is_code = used == 1 and len(said[0]) <= _CODE_LETTERS
    if code.count(".") == 3 and (not is_code or len(said) == 1 or any(find_rt_rw(" ".join(said)))):
        return code
    if len(said) > _FEW and guess_category(words):
        return ""
    return find_area(words, talk.areas)


def set_category(talk: Talk, conn: Connection, question: questions.Question, category: str) -> Done:
    """A guess put right by one digit."""
    now = talk.rt.now()
    questions.close(conn, question.id, now, "answered")
    aspiration = store.get(conn, question.subject)
    if aspiration is None:
        return Done("gone", text=talk.say("sms.status_gone"))
    store.amend(conn, aspiration.id, now, category=category)
    questions.close_about(conn, talk.number.id, aspiration.ticket, [alike.KIND], now)
    store.add_event(conn, aspiration.id, now, "resident", "category", category, talk.cause)
    slots = {"ticket": show_ticket(aspiration.ticket), "category": category}
    return Done("ok", slots, talk.say("sms.category_set", **slots))
