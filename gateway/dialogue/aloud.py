"""SIAR B27 3: a KIM says in how many RT something was read aloud; SIAR B27 alone is answered with its words."""

from gateway.dialogue.given import Given
from gateway.dialogue.says import Done
from gateway.kernel.errors import Fault
from gateway.relay import service

_SAID = {"gone": "relay_gone", "bad": "relay_bad", "state": "relay_many", "role": "role"}


def relay(given: Given) -> Done:
    """SIAR code [count]. It needs no code of a card: it lets nothing out, and the larger count of a kelurahan stands."""
    code, count, rt = given.ordered.code, given.ordered.count, given.talk.rt
    if not code:
        return Done("ask", text=given.say("relay_how"), wants_answer=True)
    try:
        if not count:
            service.coverage(rt, given.official, code, within=given.conn)
            text, code, _ = service.find_words(rt, given.conn, code, given.talk.language)
            return Done("ok", text=given.say("relay_script", code=code, text=text))
        task = service.report(rt, given.official, code, count, within=given.conn)
    except Fault as fault:
        if fault.reason not in _SAID:
            raise
        return Done("refused", text=given.say(_SAID[fault.reason], code=code))
    given.touched.append(f"relay:{task.code}")
    return given.tell("ok", "relay_done", code=task.code, count=str(count), area_name=given.talk.area_name(task.area))
