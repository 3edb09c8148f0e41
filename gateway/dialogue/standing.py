"""A person's standing with us: register, join, move, choose a language, stop."""

from collections.abc import Mapping
from datetime import timedelta

from gateway.db import Connection
from gateway.dialogue.says import Done
from gateway.dialogue.talk import Talk
from gateway.kernel.areas import covers
from gateway.numbers import store as numbers
from gateway.outbox.store import routes
from gateway.questions import store as questions
from gateway.residents.rules import TOPICS
from gateway.residents.service import own

_ANSWER_WITHIN = timedelta(hours=72)
_CITY = "33.75"


def register(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """The menu's "Setuju": active at once, since the notice stood on the screen before."""
    area = args["area"]
    if not _is_kelurahan(talk, area):
        return Done("refused")
    drop_join(talk, conn, "by menu")
    own.subscribe(talk.rt, conn, talk.number.id, area, talk.language, talk.channel, "1")
    return Done("ok", {"area": area, "area_name": talk.area_name(area)}, joined(talk, area))


def join(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """DAFTAR by SMS: ask for the YA that makes it count; whoever is active already moves, and follows what they name."""
    area = args.get("area", "")
    if not _is_kelurahan(talk, area):
        # A kecamatan is known but too wide; any other name lies outside the city.
        typed = args.get("typed", "").split()
        unknown = "sms.outside" if typed and not talk.areas.match(typed) else "sms.join_where"
        return Done("ask", text=talk.say(unknown), wants_answer=True)
    topics = args.get("topic", "").split()
    if talk.resident and talk.resident.state == "active":
        own.choose_topics(talk.rt, conn, talk.number.id, topics)
        return move(talk, conn, args)
    now = talk.rt.now()
    payload = {"area": area, "topics": topics}
    questions.ask(conn, talk.number.id, "join", area, now, now + _ANSWER_WITHIN, payload, instead_of=["join"])
    return Done("ask", text=talk.say("sms.join_ask", area_name=talk.area_name(area)), wants_answer=True)


def joined(talk: Talk, area: str) -> str:
    """The SMS that says someone is registered."""
    return talk.say("sms.joined", area_name=talk.area_name(area))


def move(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """Another kelurahan; whoever is not registered is asked to join there."""
    area = args.get("area", "")
    if not _is_kelurahan(talk, area):
        return Done("refused", text=talk.say("sms.move_where"), wants_answer=True)
    if not talk.resident:
        return join(talk, conn, args)
    own.move(talk.rt, conn, talk.number.id, area)
    name = talk.area_name(area)
    return Done("ok", {"area": area, "area_name": name}, talk.say("sms.moved", area_name=name))


def set_language(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """The language of everything from now on, also for someone who is not registered."""
    language = args.get("language", "")
    if language not in talk.rt.settings.languages:
        return Done("refused", text=talk.say("sms.language_ask"), wants_answer=True)
    numbers.set_language(conn, talk.number.id, language)
    own.set_language(talk.rt, conn, talk.number.id, language)
    return Done("ok", {"language": language}, talk.rt.say("sms.language_set", {"language": language}, language))


def stop(talk: Talk, conn: Connection, args: Mapping[str, str]) -> Done:
    """BERHENTI: no news; alarms that may save a life still come. With a topic: no news of that."""
    drop_join(talk, conn, "stopped")
    topic, resident = args.get("topic", ""), talk.resident
    if topic and resident and resident.state == "active":
        others = [other for other in resident.topics or TOPICS if other != topic]
        if others:
            own.choose_topics(talk.rt, conn, talk.number.id, others)
            slots = {"topic": topic, "area_name": talk.area_name(talk.own_area) or "KELURAHAN"}
            return Done("ok", text=talk.say("sms.topic_stopped", **slots), always=True)
    own.stop(talk.rt, conn, talk.number.id, talk.language, talk.channel, "BERHENTI", everything=False)
    if ("all", "") in routes.suppressed(conn, talk.number.id):
        # Who refused alarms before refuses them still, and must not read that they come.
        return _stopped(talk, "sms.stopped_all")
    return _stopped(talk, "sms.stopped")


def stop_all(talk: Talk, conn: Connection, _args: Mapping[str, str]) -> Done:
    """BERHENTI SEMUA: no alarms either."""
    drop_join(talk, conn, "stopped")
    own.stop(talk.rt, conn, talk.number.id, talk.language, talk.channel, "BERHENTI SEMUA", everything=True)
    return _stopped(talk, "sms.stopped_all")


def drop_join(talk: Talk, conn: Connection, answer: str) -> None:
    """Close an open invitation to join: a YA that comes later means something else."""
    now = talk.rt.now()
    for question in questions.open_for(conn, talk.number.id, now):
        if question.kind == "join":
            questions.close(conn, question.id, now, answer)


def _stopped(talk: Talk, key: str) -> Done:
    text = talk.say(key, area_name=talk.area_name(talk.own_area) or "KELURAHAN")
    return Done("ok", text=text, always=True)


def _is_kelurahan(talk: Talk, code: str) -> bool:
    return code in talk.areas and covers(_CITY, code) and talk.areas[code].level == "kelurahan"
