"""SIAR B27 3: a KIM says in how many RT something was read aloud; SIAR B27 alone is answered with its words."""

from gateway.dialogue.given import Given
from gateway.dialogue.kept import Deed
from gateway.dialogue.says import Done
from gateway.kernel.errors import Fault
from gateway.relay import service

_SAID = {"gone": "relay_gone", "bad": "relay_bad", "state": "relay_many", "role": "role"}


def plan(given: Given) -> Deed | Done:
    """SIAR code [count]: the larger count of a kelurahan stands."""
    code, count, rt = given.ordered.code, given.ordered.count, given.talk.rt
    if not code:
        return Done("ask", text=given.say("relay_how"), wants_answer=True)
    if not count:
        return _script(given)

    def do() -> Done:
        task = service.report(rt, given.official, code, count, within=given.conn)
        return given.tell("ok", "relay_done", count=str(count), area_name=given.talk.area_name(task.area))

    # A count goes by its own number alone: what others have counted meanwhile takes nothing from it.
    slots = {"count": str(count)}
    return Deed("relay_confirm", slots, "SIAR", (code, count), do, lambda fault: _refuse(given, fault))


def _script(given: Given) -> Done:
    code, rt = given.ordered.code, given.talk.rt
    try:
        service.coverage(rt, given.official, code, within=given.conn)
        text, code, _ = service.find_words(rt, given.conn, code, given.talk.language)
    except Fault as fault:
        return _refuse(given, fault)
    return Done("ok", text=given.say("relay_script", code=code, text=text))


def stand(given: Given) -> Done:
    """What was counted so far, as the answer to what was ordered."""
    try:
        (task, *_) = service.coverage(given.talk.rt, given.official, given.ordered.code, within=given.conn)["tasks"]
    except Fault as fault:
        return _refuse(given, fault)
    return given.tell("ok", "relay_done", count=str(task["reached"] or 0), area_name=task["name"])


def _refuse(given: Given, fault: Fault) -> Done:
    if fault.reason not in _SAID:
        raise fault
    return Done("refused", text=given.say(_SAID[fault.reason]))
