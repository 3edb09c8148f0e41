"""What actions do in the city in memory: an outcome for the menu, and the words of an SMS that asked for the same."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gateway.kernel.codes import show_ticket
from menus import office
from menus.city import City, Person, Rumour, rumour_slots
from menus.city_facts import CITY, NOW, SAYS, TOPICS
from menus.model import Action, Outcome

_DIGITS = "482"
_ASKS = {"complaint": "sms.report_ask", "proposal": "sms.aspire_ask", "question": "sms.question_ask"}


@dataclass(frozen=True, slots=True)
class Done:
    """How an action ended, and what an SMS would say of it."""

    outcome: Outcome
    text: str = ""


_Args = Mapping[str, str]
_Deed = Callable[[City, Person, _Args], Done]


def act(city: City, person: Person, action: Action, args: Mapping[str, str]) -> Done:
    """Does what a menu asks for."""
    return _DEEDS[action](city, person, args)


def act_by_sms(city: City, person: Person, action: Action, args: Mapping[str, str]) -> Done:
    """Does what an SMS asks for; where the menu asks first or sends an SMS besides, the answer does."""
    return _BY_SMS.get(action, _DEEDS[action])(city, person, args)


def _ok(city: City, person: Person, key: str, **slots: str) -> Done:
    return Done(Outcome("ok", slots), city.say(person, key, **slots))


def _refused(city: City, person: Person, key: str, name: str = "refused", **slots: str) -> Done:
    return Done(Outcome(name, slots), city.say(person, key, **slots))


def _register(city: City, person: Person, args: _Args) -> Done:
    if not city.name_of(args["area"]) or args["area"] == CITY:
        return _refused(city, person, "sms.join_where")
    person.area, person.stopped = args["area"], False
    person.language = args.get("language") or person.language
    return _ok(city, person, "sms.joined")


def _move(city: City, person: Person, args: _Args) -> Done:
    if not city.name_of(args["area"]) or not person.area:
        return _refused(city, person, "sms.move_where")
    person.area = args["area"]
    return _ok(city, person, "sms.moved")


def _set_language(city: City, person: Person, args: _Args) -> Done:
    if args["language"] not in city.book.languages:
        return _refused(city, person, "sms.language_ask")
    person.language = args["language"]
    return _ok(city, person, "sms.language_set", language=person.language)


def _stop(city: City, person: Person, args: _Args) -> Done:
    if topic := args.get("topic", ""):
        person.topics.discard(topic)
        return _ok(city, person, "sms.topic_stopped", topic=topic)
    person.stopped = True
    return _ok(city, person, "sms.stopped")


def _stop_all(city: City, person: Person, _: _Args) -> Done:
    person.stopped = True
    return _ok(city, person, "sms.stopped_all")


def _file(city: City, person: Person, args: _Args) -> Done:
    ticket = city.open_ticket(person, args)
    return Done(Outcome("ok", {"ticket": show_ticket(ticket.number)}))


def _write(city: City, person: Person, args: _Args) -> Done:
    if not args["body"].strip():
        person.draft = dict(args)
        return _refused(city, person, _ASKS[args["kind"]])
    return _file(city, person, {**args, "area": args.get("area") or person.area})


def _emergency(city: City, person: Person, args: _Args) -> Done:
    return _ok(city, person, "sms.emergency_receipt", ticket=show_ticket(city.open_ticket(person, args).number))


def _add(city: City, person: Person, args: _Args) -> Done:
    ticket = city.own(person, args["ticket"])
    if ticket is None:
        return _refused(city, person, "sms.add_which", "gone")
    ticket.words += " / " + (args.get("words") or args.get("body", ""))
    return _ok(city, person, "sms.added", ticket=show_ticket(ticket.number))


def _invite(city: City, person: Person, args: _Args) -> Done:
    person.draft = dict(args)
    person.inbox.append(city.say(person, "sms.draft_ask"))
    return Done(Outcome("ok"))


def _unknown(city: City, person: Person, args: _Args) -> Done:
    draft, person.draft = person.draft, {}
    words = args["body"]
    if draft and not draft.get("body"):
        return _file(city, person, {**draft, "words": words, "area": draft.get("area") or person.area})
    person.draft = {"kind": "complaint", "body": words}
    return _refused(city, person, "sms.unknown")


def _confirm(city: City, person: Person, args: _Args) -> Done:
    draft, person.draft = person.draft, {}
    if draft.get("body"):
        if args["answer"] == "yes":
            return _file(city, person, draft | {"area": person.area})
        return _refused(city, person, "sms.draft_kept")
    asked = next((n for n, one in city.tickets.items() if one.owner == person.name and one.state == "answered"), "")
    if asked and args["answer"] in _ANSWERS:
        return _confirm_closed(city, person, {"ticket": asked, "answer": _ANSWERS[args["answer"]]})
    return _refused(city, person, "sms.nothing_asked")


def _send_item(city: City, person: Person, args: _Args) -> Done:
    claim = args.get("claim", "")
    done = _result(city, person, {"claim": claim}) if claim else _item(city, person, args["item"])
    if done.outcome.name == "ok":
        person.inbox.append(done.text)
    return done


def _item(city: City, person: Person, code: str) -> Done:
    if code not in city.items:
        return _refused(city, person, "sms.info_none", "gone")
    return _ok(city, person, "sms.item", text=city.items[code][1], source="BPBD", published=NOW, item=code)


def _info(city: City, person: Person, args: _Args) -> Done:
    if not args.get("topic"):
        return _refused(city, person, "sms.info_topics")
    return _item(city, person, next((code for code, one in city.items.items() if one[0] == args["topic"]), ""))


def _status(city: City, person: Person, args: _Args) -> Done:
    own = [one for one in city.tickets.values() if one.owner == person.name]
    ticket = city.own(person, args["ticket"]) if args.get("ticket") else own[-1] if own else None
    if ticket is None:
        return _refused(city, person, "sms.status_gone" if args.get("ticket") else "sms.status_none")
    return _ok(city, person, "sms.status" if ticket.office else "sms.status_no_office", **city.slots_of(ticket))


def _statistics(city: City, person: Person, args: _Args) -> Done:
    area = args["area"] or person.area or CITY
    return _refused(city, person, "sms.statistics_few", "few", place_name=city.name_of(area), month="5/2026")


def _set_topics(city: City, person: Person, args: _Args) -> Done:
    if "topics" in args:
        person.topics = set(args["topics"].split(",")) & set(TOPICS) or set(TOPICS)
    elif args.get("flip") in TOPICS:
        person.topics ^= {args["flip"]}
    else:
        return _refused(city, person, "sms.topics_ask")
    return _ok(city, person, "sms.topics_set", topics_words=city.data_of(person)["topics_words"])


def _tell_my_data(city: City, person: Person, _: _Args) -> Done:
    key = "sms.my_data" if person.area else "sms.my_data_unknown"
    return _ok(city, person, key, **city.data_of(person), language=person.language)


def _send_my_data(city: City, person: Person, args: _Args) -> Done:
    person.inbox.append(_tell_my_data(city, person, args).text)
    return Done(Outcome("ok"))


def _erase(city: City, person: Person, _: _Args) -> Done:
    for ticket in city.tickets.values():
        ticket.owner = "" if ticket.owner == person.name else ticket.owner
    person.area, person.role, person.stopped, person.draft = "", "", False, {}
    return _ok(city, person, "sms.erased")


def _ask_erase(city: City, person: Person, _: _Args) -> Done:
    return _ok(city, person, "sms.erase_ask", digits=_DIGITS)


def _confirm_erase(city: City, person: Person, args: _Args) -> Done:
    return _erase(city, person, {}) if args["digits"] == _DIGITS else _refused(city, person, "sms.erase_wrong")


def _hurry(city: City, person: Person, args: _Args) -> Done:
    ticket = city.own(person, args["ticket"])
    if ticket is None:
        return _refused(city, person, "sms.status_gone", "gone")
    slots = {"ticket": show_ticket(ticket.number)}
    if ticket.is_hurried:
        return _refused(city, person, "sms.hurry_soon", **slots)
    ticket.is_hurried = True
    return _ok(city, person, "sms.hurried", **slots)


_ANSWERS = {"1": "yes", "yes": "yes", "2": "no", "no": "no", "not_yet": "no", "3": "partly", "partly": "partly"}
_CLOSED = {
    "yes": ("closed", "sms.closed_yes"),
    "no": ("reopened", "sms.closed_no"),
    "partly": ("closed_partly", "sms.closed_partly"),
}


def _confirm_closed(city: City, person: Person, args: _Args) -> Done:
    ticket = city.own(person, args["ticket"])
    if ticket is None or ticket.state != "answered":
        return _refused(city, person, "sms.not_waiting", "gone", ticket=args["ticket"])
    ticket.state, key = _CLOSED[args["answer"]]
    return _ok(city, person, key, ticket=show_ticket(ticket.number))


def _rate(city: City, person: Person, args: _Args) -> Done:
    ticket = city.own(person, args["ticket"])
    if ticket is None or not args["stars"]:
        return _refused(city, person, "sms.rate_ask", "gone")
    return _ok(city, person, "sms.rated", ticket=show_ticket(ticket.number))


def _support(city: City, person: Person, args: _Args) -> Done:
    number = "".join(filter(str.isdecimal, args["ticket"]))
    ticket = city.tickets.get(number)
    if ticket is None:
        return _refused(city, person, "sms.support_which", "gone")
    ticket.supporters.add(person.name)
    return _ok(city, person, "sms.supported", ticket=show_ticket(number))


def _ask_rumour(city: City, person: Person, args: _Args) -> Done:
    words = set(args["words"].lower().split())
    if not words:
        return _refused(city, person, "sms.rumour_ask")
    for code, one in city.rumours.items():
        if len(words & set(one.words.split())) > 1:
            result = _result(city, person, {"claim": code})
            return Done(Outcome("known", result.outcome.slots), result.text)
    claim = f"C{60 + len(city.rumours)}"
    city.rumours[claim] = Rumour("sedang_dicek", args["words"])
    return _ok(city, person, "sms.rumour_taken", claim=claim)


def _result(city: City, person: Person, args: _Args) -> Done:
    claim = args["claim"]
    if claim not in city.rumours:
        return _refused(city, person, "sms.rumour_unknown" if claim else "sms.rumour_which", "gone")
    one = city.rumours[claim]
    return _ok(city, person, f"sms.rumour_result.{one.label}", **rumour_slots(claim, one))


def _check_code(city: City, person: Person, args: _Args) -> Done:
    code = args["code"].strip().upper()
    if not code:
        return _refused(city, person, "sms.code_which")
    if code == "B12":
        return _refused(city, person, "sms.code_expired", "expired", code=code)
    if code not in city.items:
        return _refused(city, person, "sms.code_unknown", "unknown", code=code)
    slots = {"code": code, "by": "BPBD", "at": NOW, "audience": "Pekalongan Utara", "first": city.items[code][1]}
    return _refused(city, person, "sms.code_genuine", "genuine", **slots)


def _said(key: str) -> _Deed:
    return lambda city, person, _: _ok(city, person, key)


_DEEDS: Mapping[Action, _Deed] = {
    **{action: _said(f"sms.{key}") for action, key in SAYS.items()},
    Action.REGISTER: _register,
    Action.JOIN: _register,
    Action.MOVE: _move,
    Action.SET_LANGUAGE: _set_language,
    Action.STOP: _stop,
    Action.STOP_ALL: _stop_all,
    Action.FILE_ASPIRATION: _file,
    **dict.fromkeys((Action.REPORT, Action.ASPIRE, Action.ASK), _write),
    Action.EMERGENCY: _emergency,
    Action.ADD_TO_ASPIRATION: _add,
    Action.DRAFT_BY_SMS: _invite,
    Action.UNKNOWN: _unknown,
    Action.CONFIRM: _confirm,
    Action.SEND_BY_SMS: _send_item,
    Action.INFO: _info,
    Action.STATUS: _status,
    Action.STATISTICS: _statistics,
    Action.SET_TOPICS: _set_topics,
    Action.SEND_MY_DATA: _send_my_data,
    Action.ERASE_MY_DATA: _erase,
    Action.CONFIRM_ERASE: _confirm_erase,
    Action.HURRY: _hurry,
    Action.CONFIRM_CLOSED: _confirm_closed,
    Action.RATE: _rate,
    Action.SUPPORT: _support,
    Action.ASK_RUMOUR: _ask_rumour,
    Action.RUMOUR_RESULT: _result,
    Action.CHECK_CODE: _check_code,
    Action.SIGN_IN: lambda _, person, args: Done(office.sign_in(person, args["pin"])),
    Action.APPROVE_BROADCAST: lambda city, by, args: Done(
        office.approve(city, by, args.get("broadcast", ""), args["code"])
    ),
    Action.ACT_ON_TICKET: lambda city, _, args: Done(office.act_on_ticket(city, args)),
}
_BY_SMS: Mapping[Action, _Deed] = {Action.SEND_MY_DATA: _tell_my_data, Action.ERASE_MY_DATA: _ask_erase}
