"""From words to a ticket: reports, proposals, questions, drafts, and what is added to them."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from gateway.aspirations import follow, rules, service, store
from gateway.aspirations.rules import Filing
from gateway.db import Connection
from gateway.dialogue import alike, missing, news
from gateway.dialogue.says import Done
from gateway.dialogue.talk import Talk
from gateway.kernel.calendar import show_moment
from gateway.kernel.codes import parse_ticket, show_ticket
from gateway.kernel.text import IDENTITY_MASK, redact
from gateway.questions import store as questions
from menus.keywords import find_area, find_rt_rw, guess_category, parse
from menus.model import Action

_WORDS_WITHIN = timedelta(minutes=30)
_DETAILS_WITHIN = timedelta(days=10)
_INFO_WITHIN = timedelta(hours=72)
"""Words without a command answer what an official asked for this long; later on they are a report of their own."""
_LONGEST_PLACE = 120
_ASKS = {"complaint": "sms.report_ask", "proposal": "sms.aspire_ask", "question": "sms.question_ask"}


def file(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """The menu's "Kirim": everything was chosen and shown; the ticket, and its receipt by SMS."""
    words = redact(args["words"]).text
    area = args["area"] if args["area"] in talk.areas else ""
    is_emergency = parse(words, talk.areas).action is Action.EMERGENCY
    secret = args["confidential"]
    landmark = redact(args.get("landmark", "")).text
    area = area or find_area(landmark, talk.areas) or ""
    filing = _filing(talk, args["kind"], args["category"], area, words, confidential=secret, emergency=is_emergency,
                     behalf=args.get("behalf", "no"), landmark=landmark)  # fmt: skip
    aspiration, _ = service.file(talk.rt, conn, talk.number.id, filing, is_demo=talk.number.is_demo)
    ticket = show_ticket(aspiration.ticket)
    slots = {"ticket": ticket, "at": show_moment(aspiration.created_at, talk.rt.settings.timezone)}
    slots |= {"area_name": talk.area_name(area) or landmark, "kind": args["kind"], "category": args["category"]}
    drop_invitations(talk, conn)
    key = "sms.receipt" if args["category"] else "sms.receipt_plain"
    talk.send(conn, talk.say("sms.emergency_receipt" if is_emergency else key, **slots))
    _warn(talk, conn, words)
    return Done("ok", {"ticket": ticket})


def drop_invitations(talk: Talk, conn: Connection) -> None:
    """Close what asks for the words of a report, once it was filed: words that come later are another matter."""
    now = talk.rt.now()
    for question in questions.open_for(conn, talk.number.id, now):
        if question.kind == "words":
            questions.close(conn, question.id, now, "filed")


def _warn(talk: Talk, conn: Connection, words: str) -> None:
    # A hop is redacted where it comes in, so the mask is all that is left of an identity number.
    if talk.channel == "ussd" and IDENTITY_MASK in words:
        talk.send(conn, talk.say("sms.identity"), "identity")


def write(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """LAPOR, ASPIRASI, TANYA: the ticket at once, then what is missing; without words, ask for them."""
    kind = args["kind"]
    if not args.get("body", "").strip():
        now = talk.rt.now()
        payload = {"kind": kind, "area": args.get("area", ""), "confidential": args.get("confidential", "no")}
        payload["behalf"] = args.get("behalf", "no")
        questions.ask(conn, talk.number.id, "words", "", now, now + _WORDS_WITHIN, payload, instead_of=["words"])
        return Done("ask", text=talk.say(_ASKS[kind]), wants_answer=True)
    if args.get("behalf") == "yes":
        return _ask_consent(talk, conn, kind, args)
    return file_words(talk, conn, kind, args["body"], args.get("area", ""), args.get("confidential", "no"))


def _ask_consent(talk: Talk, conn: Connection, kind: str, args: Mapping[str, str]) -> Done:
    """WAKIL: the words are kept, and sent once the writer has said that the person they speak for agrees."""
    now = talk.rt.now()
    details = {"area": args.get("area", ""), "confidential": args.get("confidential", "no"), "behalf": "yes"}
    draft = store.add_draft(conn, talk.number.id, kind, args["body"], now, details)
    questions.ask(
        conn, talk.number.id, "behalf", str(draft), now, now + rules.DRAFT_KEPT, instead_of=["behalf", "draft"]
    )
    return Done("ask", text=talk.say("sms.behalf_ask"), wants_answer=True)


def file_words(
    talk: Talk,
    conn: Connection,
    kind: str,
    words: str,
    area: str,
    confidential: str = "no",
    category: str = "",
    *,
    emergency: bool = False,
    behalf: str = "no",
    landmark: str = "",
) -> Done:
    """File words as they came, and answer with one text: receipt, guess, and the question for what is missing."""
    guessed = "" if category or kind != "complaint" else guess_category(words) or ""
    area = (
        area or find_area(words, talk.areas) or find_area(landmark, talk.areas) or ("" if landmark else talk.own_area)
    )
    filing = _filing(talk, kind, category or guessed, area, words, confidential=confidential, emergency=emergency,
                     behalf=behalf, landmark=landmark)  # fmt: skip
    aspiration, is_new = service.file(talk.rt, conn, talk.number.id, filing, is_demo=talk.number.is_demo)
    now, ticket = talk.rt.now(), aspiration.ticket
    slots = {
        "ticket": show_ticket(ticket),
        "at": show_moment(aspiration.created_at, talk.rt.settings.timezone),
        "area_name": talk.area_name(aspiration.area) or landmark,
        "kind": kind,
        "category": aspiration.category or "",
    }
    if emergency:
        return Done("ok", slots, talk.say("sms.emergency_receipt", **slots), always=True)
    if is_new and guessed:
        _ask_detail(talk, conn, "category", ticket, now)
    same = alike.offer(talk, conn, aspiration) if is_new else {}
    if not aspiration.area and not landmark:
        if is_new:
            _ask_detail(talk, conn, "place", ticket, now)
        key = "sms.receipt_no_place_guessed" if guessed else "sms.receipt_no_place"
    elif same:
        key = "sms.receipt_alike_guessed" if guessed else "sms.receipt_alike"
    elif guessed:
        key = "sms.receipt_guessed"
    else:
        key = "sms.receipt" if aspiration.category else "sms.receipt_plain"
    wants_answer = not slots["area_name"] or bool(guessed or same)
    return Done("ok", slots, talk.say(key, **slots, **same), wants_answer=wants_answer, always=True)


def _ask_detail(talk: Talk, conn: Connection, kind: str, ticket: str, now: datetime) -> None:
    questions.ask(conn, talk.number.id, kind, ticket, now, now + _DETAILS_WITHIN)


def _filing(
    talk: Talk,
    kind: str,
    category: str,
    area: str,
    words: str,
    *,
    confidential: str,
    emergency: bool = False,
    behalf: str = "no",
    landmark: str = "",
) -> Filing:
    rt, rw = find_rt_rw(words)
    return Filing(
        kind=kind,
        category=category,
        area=area,
        words=words[: rules.LONGEST],
        is_confidential=confidential == "yes",
        channel=talk.channel,
        cause=talk.cause,
        rt=str(rt or ""),
        rw=str(rw or ""),
        is_emergency=emergency,
        on_behalf=behalf == "yes",
        landmark=landmark[:_LONGEST_PLACE],
    )


def emergency(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """Emergency words win over all: 112 first, the ticket flagged."""
    area, confidential = args.get("area", ""), args.get("confidential", "no")
    behalf = args.get("behalf", "no")
    kind = args.get("kind", "complaint")
    return file_words(talk, conn, kind, args["body"], area, confidential, emergency=True, behalf=behalf)


def add(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """TAMBAH: words to one's own ticket."""
    ticket = parse_ticket(args.get("ticket", "") or args.get("typed", ""))
    if ticket is None:
        return Done("gone", text=talk.say("sms.add_which"), wants_answer=True)
    words = redact(args.get("words") or args.get("body") or "").text
    if not words:
        return Done("refused", text=talk.say("sms.add_which"), wants_answer=True)
    found = follow.add_words(talk.rt, conn, talk.number.id, ticket, words, talk.cause)
    if found is None:
        return Done("gone", text=talk.say("sms.status_gone"))
    _warn(talk, conn, words)
    questions.close_about(conn, talk.number.id, ticket, ["info"], talk.rt.now())
    shown = show_ticket(found.ticket)
    return Done("ok", {"ticket": shown}, talk.say("sms.added", ticket=shown))


def invite(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """The menu's "Tulis lewat SMS saja": an SMS to answer; what was chosen so far is kept for the words to come."""
    if talk.send(conn, talk.say("sms.draft_ask"), wants_answer=True):
        now = talk.rt.now()
        payload = {name: args.get(name, "") for name in ("kind", "category", "area", "confidential", "behalf")}
        payload["landmark"] = redact(args.get("landmark", "")).text
        # The screen before has asked whoever speaks for another.
        payload["consent"] = args.get("behalf", "no")
        within = now + rules.DRAFT_KEPT
        questions.ask(conn, talk.number.id, "words", "", now, within, payload, instead_of=["words"])
    return Done("ok")


def keep(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """Words that are no command: the answer to what we asked, more of a draft, or a new draft. Nothing is dropped."""
    now, words = talk.rt.now(), args["body"]
    if not any(letter.isalnum() for letter in words):
        # A blank message or a smile: nothing that anyone could file.
        return news.help_text(talk, conn, {})
    for question in questions.open_for(conn, talk.number.id, now):
        if question.kind == "words":
            questions.close(conn, question.id, now, "answered")
            asked = question.payload
            area = args.get("area") or asked.get("area", "")
            if talk.channel == "sms" and asked.get("behalf") == "yes" and asked.get("consent") != "yes":
                return _ask_consent(talk, conn, asked["kind"], {**asked, "body": words, "area": area})
            return file_words(talk, conn, asked["kind"], words, area, asked["confidential"], asked.get("category", ""),
                              behalf=asked.get("behalf", "no"), landmark=asked.get("landmark", ""))  # fmt: skip
        if question.kind == "info" and now - question.asked_at <= _INFO_WITHIN:
            return _inform(talk, conn, question, words)
        if question.kind == "place" and (placed := missing.set_place(talk, conn, question, words)):
            return placed
    if (filed := _filed_lately(talk, conn, words)) is not None:
        return filed
    draft = store.open_draft(conn, talk.number.id)
    if draft and now - draft.changed_at <= rules.GROWS_WITHIN:
        if rules.fold(words) in map(rules.fold, draft.body.split("\n")):
            # A carrier's second copy adds nothing.
            return Done("ask", text=talk.say("sms.unknown"), wants_answer=True)
        store.grow_draft(conn, draft.id, words, now)
        _ask_draft(talk, conn, draft.id)
        return Done("ask", text=talk.say("sms.draft_grown"), wants_answer=True)
    if draft:
        # YA means the new words from now on, so a person looks at the old ones.
        store.close_draft(conn, draft.id, "waiting", now)
    new = store.add_draft(conn, talk.number.id, "complaint", words, now, {"area": args.get("area", "")})
    _ask_draft(talk, conn, new)
    return Done("ask", text=talk.say("sms.unknown"), wants_answer=True)


def _inform(talk: Talk, conn: Connection, question: questions.Question, words: str) -> Done:
    """What an official asked back, answered without TAMBAH."""
    questions.close(conn, question.id, talk.rt.now(), "answered")
    return add(talk, conn, {"ticket": question.subject, "words": words})


def _filed_lately(talk: Talk, conn: Connection, words: str) -> Done | None:
    """The receipt of the ticket that the same words became within ten minutes, by YA or as an answer to LAPOR."""
    for kind in rules.KINDS:
        if (same := service.find_same(talk.rt, conn, talk.number.id, kind, words)) is not None:
            return file_words(talk, conn, kind, words, same.area or "")
    return None


def _ask_draft(talk: Talk, conn: Connection, draft_id: int) -> None:
    now = talk.rt.now()
    questions.ask(conn, talk.number.id, "draft", str(draft_id), now, now + rules.DRAFT_KEPT, instead_of=["draft"])


def send_draft(talk: Talk, conn: Connection, question: questions.Question) -> Done:
    """YA to a draft: it becomes a ticket."""
    now = talk.rt.now()
    questions.close(conn, question.id, now, "yes")
    draft = store.get_draft(conn, int(question.subject))
    if draft is None:
        return Done("gone", text=talk.say("sms.nothing_asked"))
    store.close_draft(conn, draft.id, "sent", now)
    return file_words(talk, conn, draft.kind, draft.body, draft.details.get("area", ""),
                      draft.details.get("confidential", "no"), behalf=draft.details.get("behalf", "no"))  # fmt: skip
