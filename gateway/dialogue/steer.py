"""YA, SETUJU, TOLAK, BATAL, JEDA, LANJUT, STATUS: officials decide on broadcasts and steer them from any phone."""

from collections.abc import Callable

from gateway.broadcasts.rules import Broadcast, State, Verb, is_alarm
from gateway.broadcasts.service import approvals, decide, draft, words
from gateway.broadcasts.service.reach import needs_second
from gateway.broadcasts.service.view import find, refuse_state
from gateway.dialogue import blast
from gateway.dialogue.given import Given, with_code
from gateway.dialogue.says import Done
from gateway.kernel.codes import show_broadcast
from gateway.kernel.errors import Conflict, Fault, Forbidden
from gateway.officials.codes import Ask
from gateway.state import queue

CANCEL, PAUSE, RESUME = "cancel", "pause", "resume"


def confirm(given: Given) -> Done:
    """YA B27 code: the author submits what the preview showed, and approves it where no second person is needed."""

    def judge(wanted: Ask | None) -> Broadcast:
        broadcast, author = find(given.conn, given.official, given.id, lock=True)
        if author.id != given.official.id:
            raise Forbidden("Only its author may submit a broadcast.", reason="role")
        is_submitted = broadcast.state is State.SUBMITTED
        if is_submitted and _needs_second(given, broadcast):
            raise Conflict("A second person has to approve this; it is your own.", reason="own")
        refuse_state(broadcast, Verb.APPROVE if is_submitted else Verb.SUBMIT)
        if wanted and wanted.hash != broadcast.hash:
            raise Conflict("It has changed since you saw it.", reason="changed")
        return broadcast

    def do(broadcast: Broadcast) -> Done:
        rt, conn = given.talk.rt, given.conn
        if broadcast.state is State.DRAFT:
            broadcast = draft.submit(rt, given.official, broadcast.id, within=conn)
        if _needs_second(given, broadcast):
            return _await(given, broadcast)
        return _approved(given, decide.approve(rt, given.official, broadcast.id, within=conn))

    return with_code(given, blast.SUBMIT, "YA", judge, lambda broadcast: blast.show(given, broadcast), do)


def _needs_second(given: Given, broadcast: Broadcast) -> bool:
    return needs_second(given.talk.rt, given.conn, given.talk.areas, given.official, broadcast)


def _await(given: Given, broadcast: Broadcast) -> Done:
    """What the author reads while another is asked, which happens once this is committed."""
    rt = given.talk.rt
    people = approvals.next_in_turn(rt, given.conn, given.talk.areas, broadcast)
    until = words.show_at(rt, broadcast.approval_ends_at or rt.now())
    later = approvals.waits_until(rt, broadcast)
    if not people:
        text = given.say("submitted_nobody", broadcast)
    elif later:
        text = given.say("submitted_later", broadcast, at=words.show_at(rt, later), until=until)
    else:
        text = given.say("submitted", broadcast, approvers=approvals.names_of(people), until=until)
    return Done("ok", text=text, always=True, after=lambda: approvals.ask(rt, broadcast.id))


def approve(given: Given) -> Done:
    """SETUJU B27 code: bound to what the SMS with the cell showed. Without a code it shows that, and names a cell."""

    def judge(wanted: Ask | None) -> Broadcast:
        seen = wanted.hash if wanted and given.code else None
        return decide.judge(given.talk.rt, given.conn, given.official, given.id, Verb.APPROVE, seen)

    def ask(broadcast: Broadcast) -> Done:
        wanted, talk = given.want(broadcast, approvals.APPROVE), given.talk
        text = approvals.request(talk.rt, given.conn, talk.areas, broadcast, wanted, talk.language)
        return Done("ask", text=text, wants_answer=True, always=True)

    def do(broadcast: Broadcast) -> Done:
        return _approved(given, decide.approve(given.talk.rt, given.official, broadcast.id, within=given.conn))

    return with_code(given, approvals.APPROVE, "SETUJU", judge, ask, do)


def _approved(given: Given, broadcast: Broadcast) -> Done:
    rt = given.talk.rt
    wanted = given.want(broadcast, CANCEL)
    asked = approvals.name_code(given.talk.rt, wanted, given.talk.language) if wanted else "-"
    key = "approved_now" if is_alarm(broadcast) else "approved"
    at = words.show_at(rt, words.begins_at(rt, broadcast))
    slots = {"code": show_broadcast(broadcast.number), "at": at, "left": ""}
    text = given.say(key, broadcast, at=at, asked=asked)
    return Done("ok", slots, text, always=True, after=lambda: decide.start_soon(rt, broadcast))


def reject(given: Given) -> Done:
    """TOLAK B27 reason: no code, since it lets nothing out."""
    if not given.ordered.text:
        return Done("ask", text=given.say("reason_ask"), wants_answer=True)
    try:
        broadcast = decide.reject(given.talk.rt, given.official, given.id, given.ordered.text[:200], within=given.conn)
    except Fault as fault:
        return given.refuse(fault, "TOLAK")
    given.touched.append(given.subject)
    return given.tell("ok", "rejected", broadcast)


def cancel(given: Given) -> Done:
    """BATAL B27 code: also while it is being sent. What was never approved needs no code: nothing can leave by it."""
    rt, conn, official = given.talk.rt, given.conn, given.official

    def do(broadcast: Broadcast) -> Done:
        return given.tell("ok", "cancelled", decide.cancel(rt, official, broadcast.id, within=conn))

    if given.number and not given.code:
        try:
            broadcast = decide.judge(rt, conn, official, given.id, Verb.CANCEL)
            if broadcast.state in (State.DRAFT, State.SUBMITTED) and broadcast.author_id == official.id:
                return do(broadcast)
        except Fault as fault:
            return given.refuse(fault, "BATAL")
    return _steer(given, CANCEL, "BATAL", Verb.CANCEL, do)


def pause(given: Given) -> Done:
    """JEDA B27 code."""

    def do(broadcast: Broadcast) -> Done:
        return given.tell("ok", "paused", decide.pause(given.talk.rt, given.official, broadcast.id, within=given.conn))

    return _steer(given, PAUSE, "JEDA", Verb.PAUSE, do)


def resume(given: Given) -> Done:
    """LANJUT B27 code."""
    rt = given.talk.rt

    def wake(broadcast: Broadcast) -> None:
        lane = "urgent" if broadcast.level == "emergency" else "bulk"
        queue.wake(rt.redis, lane, rt.settings.bulk_workers if lane == "bulk" else 1)

    def do(broadcast: Broadcast) -> Done:
        resumed = decide.resume(rt, given.official, broadcast.id, within=given.conn)
        text = given.say("resumed", resumed)
        return Done("ok", text=text, always=True, after=lambda: wake(resumed))

    return _steer(given, RESUME, "LANJUT", Verb.RESUME, do)


def _steer(given: Given, act: str, word: str, verb: Verb, do: Callable[[Broadcast], Done]) -> Done:
    def judge(_: Ask | None) -> Broadcast:
        return decide.judge(given.talk.rt, given.conn, given.official, given.id, verb)

    return with_code(given, act, word, judge, lambda broadcast: given.ask(broadcast, act, "ask", word), do)


def status(given: Given) -> Done:
    """STATUS B27: where it stands, with live counts."""
    try:
        broadcast, _ = find(given.conn, given.official, given.id)
    except Fault as fault:
        return given.refuse(fault, "STATUS")
    return show(given, broadcast)


def show(given: Given, broadcast: Broadcast) -> Done:
    """Where a broadcast stands."""
    counts = words.count(given.conn, broadcast)
    return Done("ok", text=given.say("status" if counts else "status_before", broadcast, **counts))


def explain(given: Given) -> Done:
    """BANTUAN PETUGAS: the orders."""
    return Done("ok", text=given.say("help"))
