"""Answers to what we asked: a digit, YA, TIDAK or A, matched with the one open question it fits."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from gateway.aspirations import store as aspirations
from gateway.aspirations.rules import State
from gateway.db import Connection
from gateway.dialogue import aftercare, alike, filing, missing, news, polling, quizzing, sms_menu, standing
from gateway.dialogue.says import Done, Told
from gateway.dialogue.talk import Talk
from gateway.kernel.codes import show_ticket
from gateway.questions import store as questions
from gateway.questions.store import Question
from gateway.reference.store import CATEGORIES
from gateway.residents.service import own

_DIGITS = {str(at): category for at, category in enumerate(CATEGORIES, start=1)}
# "Benar selesai? 1 YA 2 BELUM 3 SEBAGIAN".
_CLOSING = {"1": "yes", "yes": "yes", "2": "no", "not_yet": "no", "no": "no", "3": "partly", "partly": "partly"}
_WHICH_WITHIN = timedelta(hours=1)
_USEFUL = frozenset({"yes", "no", "1", "2"})
# What the digits of "belum kami pahami" stand for: 2 sends the words as a report, like YA.
_OF_DRAFT = {"yes", "no", "1", "2", "3", "5"}


def confirm(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """Bind the answer to the open question it fits; where it fits two, ask which, naming both."""
    answer, now = args["answer"], talk.rt.now()
    typed = _typed(args)
    found = questions.open_for(conn, talk.number.id, now)
    if typed.isdecimal() and polling.ask_open(talk, conn, found):
        found = questions.open_for(conn, talk.number.id, now)
    if answer in ("a", "b"):
        chosen = next((question for question in found if question.kind == "which"), None)
        if chosen:
            return _chosen(talk, conn, chosen, answer, found)
    fitting = [question for question in found if _fits(talk, conn, question, answer, typed)]
    if len(fitting) > 1:
        # Whether an item was of use is asked by the way: what was asked since is meant.
        fitting = [question for question in fitting if question.kind != news.USEFUL]
    menu = sms_menu.find(found)
    if not fitting and menu and typed.isdecimal():
        # No number of its screen: the menu says which are.
        return Done("ok", menu=Told(typed, menu))
    if not fitting and (told := polling.explain(talk, conn, answer)):
        return told
    if not fitting:
        return Done("gone", text=talk.say("sms.nothing_asked"))
    if len(fitting) > 1:
        first, second = fitting[:2]
        payload = {"a": first.id, "b": second.id, "answer": answer, "typed": typed}
        questions.ask(conn, talk.number.id, "which", "", now, now + _WHICH_WITHIN, payload, instead_of=["which"])
        names = {"first": _name(talk, conn, first), "second": _name(talk, conn, second)}
        return Done("ask", text=talk.say("sms.which", **names), wants_answer=True)
    return _answer(talk, conn, fitting[0], answer, typed)


def open_menu(_talk: Talk, _conn: Connection, _args: Mapping[str, str]) -> Done:
    """MENU: the tree from its root."""
    return Done("ok", menu=Told(""))


def _typed(args: Mapping[str, str]) -> str:
    """The number as it was typed, `00` included, which as an answer is no other than `0`."""
    first = (args.get("said") or "").split()[:1]
    return first[0] if first and first[0].isascii() and first[0].isdecimal() else args["answer"]


def _fits(talk: Talk, conn: Connection, question: Question, answer: str, typed: str) -> bool:
    match question.kind:
        case sms_menu.KIND:
            return typed.isdecimal() and sms_menu.fits(talk.rt.book, question, typed)
        case "close":
            aspiration = aspirations.get(conn, question.subject)
            return answer in _CLOSING and aspiration is not None and aspiration.state is State.ANSWERED
        case polling.KIND | quizzing.KIND:
            return answer in question.payload["options"]
        case alike.KIND:
            return typed == alike.YES
        case "join":
            return answer in ("yes", "no")
        case "behalf":
            return answer in ("yes", "no", "not_yet")
        case "draft":
            return answer in _OF_DRAFT
        case news.USEFUL:
            return answer in _USEFUL
        case "category":
            aspiration = aspirations.get(conn, question.subject)
            return answer in _DIGITS and aspiration is not None and aspiration.state is State.RECEIVED
        case _:
            return False


def _chosen(talk: Talk, conn: Connection, which: Question, letter: str, found: list[Question]) -> Done:
    questions.close(conn, which.id, talk.rt.now(), letter)
    question = next((one for one in found if one.id == which.payload[letter]), None)
    if question is None:
        return Done("gone", text=talk.say("sms.nothing_asked"))
    return _answer(talk, conn, question, which.payload["answer"], which.payload.get("typed", ""))


def _answer(talk: Talk, conn: Connection, question: Question, answer: str, typed: str) -> Done:
    match question.kind:
        case sms_menu.KIND:
            return Done("ok", menu=Told(typed, question))
        case "close":
            return aftercare.confirm_closed(talk, conn, {"ticket": question.subject, "answer": _CLOSING[answer]})
        case polling.KIND:
            return polling.answer(talk, conn, question, answer)
        case alike.KIND:
            return alike.follow_it(talk, conn, question)
        case quizzing.KIND:
            return quizzing.answer(talk, conn, question, answer)
        case "join":
            return _join(talk, conn, question, answer)
        case news.USEFUL:
            return news.judge_item(talk, conn, question, answer)
        case "category":
            return missing.set_category(talk, conn, question, _DIGITS[answer])
        case "behalf":
            return _draft(talk, conn, question, "yes" if answer == "yes" else "no")
        case _:
            return _draft(talk, conn, question, answer)


def _join(talk: Talk, conn: Connection, question: Question, answer: str) -> Done:
    questions.close(conn, question.id, talk.rt.now(), answer)
    if answer == "no":
        return Done("ok", text=talk.say("sms.join_declined"))
    area = str(question.payload["area"])
    topics = question.payload.get("topics") or ()
    # Someone from a list is asked in the language of the list, unless they have chosen one of their own.
    language = talk.number.language or str(question.payload.get("language") or talk.language)
    talk = replace(talk, language=language)
    own.subscribe(talk.rt, conn, talk.number.id, area, language, "sms", "YA", topics)
    return Done("ok", {"area": area}, standing.joined(talk, area))


def _draft(talk: Talk, conn: Connection, question: Question, answer: str) -> Done:
    match answer:
        case "yes" | "2":
            return filing.send_draft(talk, conn, question)
        case "no":
            questions.close(conn, question.id, talk.rt.now(), answer)
            aspirations.close_draft(conn, int(question.subject), "waiting", talk.rt.now())
            return Done("ok", text=talk.say("sms.draft_kept"))
        case "1":
            return news.info(talk, conn, {})
        case "3":
            return news.status(talk, conn, {})
        case _:
            return news.help_text(talk, conn, {})


def _name(talk: Talk, conn: Connection, question: Question) -> str:
    """A question in a few words that are the person's own: a ticket, a kelurahan, the beginning of a draft."""
    match question.kind:
        case "category" | "close" | alike.KIND:
            return show_ticket(question.subject)
        case news.USEFUL | quizzing.KIND:
            return question.subject
        case sms_menu.KIND:
            return "MENU"
        case polling.KIND:
            return str(question.payload["code"])
        case "join":
            return f"DAFTAR {talk.area_name(str(question.payload['area']))}"
        case _:
            draft = aspirations.get_draft(conn, int(question.subject))
            return draft.body if draft else ""
