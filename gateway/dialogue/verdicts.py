"""VONIS, SETUJU, TOLAK, COCOK, ANTRE: the hoax desk from any phone."""

import hashlib
import re
from dataclasses import replace

from gateway.broadcasts.service import approvals
from gateway.dialogue.given import Claim, Given, with_code
from gateway.dialogue.kept import Deed
from gateway.dialogue.says import Done
from gateway.kernel.errors import Fault
from gateway.officials.codes import Ask
from gateway.rumours import desk, match_store, rules, store, verdict_store, view, words
from gateway.rumours.rules import LABELS, SATIRE, Finding, said_label, show_claim, show_label
from gateway.rumours.store import Rumour
from gateway.rumours.verdict_store import Verdict

MATCH = "match"
_SHOWN = 3
_BETWEEN = re.compile(r"\s*[,;&+]\s*")
_JOKE = "BERCANDA"
_EDGE = " \t\r\n,:;.=>#-"


def plan(given: Given) -> Deed | Done:
    """VONIS C48 label fact # source, source: a verdict, which nobody reads before a second person approves it."""
    label, said = _label_of(given.ordered.text)
    fact, mark, named = said.partition("#")
    if not given.claim or not label or not mark:
        return Done("ask", text=given.say("verdict_how", code=_code(given)), wants_answer=True)
    kind = SATIRE if label == _JOKE else ""

    def do() -> Done:
        desk.judge(given.talk.rt, given.official, _code(given), "salah" if kind else label, fact.strip(_EDGE),
                   _BETWEEN.split(named.strip()), kind=kind, within=given.conn)  # fmt: skip
        return given.tell("ok", "verdict_noted", label_code=said_label("salah" if kind else label, kind))

    return Deed(
        "verdict_confirm",
        {"said": given.ordered.text},
        "ANTRE",
        (given.ordered.text, *_standing(given)),
        do,
        lambda fault: given.refuse(fault, "VONIS"),
    )


def _standing(given: Given) -> tuple[object, ...]:
    """How the claim stands: a result, or another's verdict, makes what was ordered something else."""
    rumour = store.get(given.conn, given.claim)
    if rumour is None:
        return ()
    waiting = verdict_store.waiting(given.conn, [rumour.id]).get(rumour.id)
    return rumour.id, rumour.state, rumour.version, waiting.hash if waiting else ""


def _label_of(text: str) -> tuple[str, str]:
    """The label that a text begins with, and what follows it; empty where it begins with none."""
    said = text.strip(_EDGE)
    for label in (*LABELS, _JOKE):
        pattern = r"\W+".join(show_label(label).split())
        if match := re.match(rf"{pattern}\b", said, re.IGNORECASE):
            return label, said[match.end() :].strip(_EDGE)
    return "", said


def _code(given: Given) -> str:
    return show_claim(given.claim) if given.claim else "C48"


def approve(given: Given) -> Done:
    """SETUJU C48 code: bound to what the SMS with the cell showed. Without a code it shows the verdict and names a cell."""
    rt, conn, official = given.talk.rt, given.conn, given.official

    def consider(wanted: Ask | None) -> Claim:
        seen = wanted.hash if wanted and given.code else None
        rumour, verdict = desk.consider(conn, official, _code(given), "approve", seen)
        return _claim(given, rumour, verdict)

    def ask(claim: Claim) -> Done:
        wanted = given.want(claim, approvals.APPROVE)
        if wanted is None:
            return Done("refused", text=given.say("no_code", claim))
        asked = approvals.name_code(given.talk.rt, wanted, given.talk.language)
        return Done("ask", text=given.say("verdict_request", claim, asked=asked), wants_answer=True, always=True)

    def do(claim: Claim) -> Done:
        published = desk.approve(rt, official, _code(given), claim.hash, within=conn)
        return given.tell("ok", "verdict_published", claim, people=str(published.askers))

    return with_code(given, approvals.APPROVE, "SETUJU", consider, ask, do)


def _claim(given: Given, rumour: Rumour, verdict: Verdict) -> Claim:
    finding: Finding = verdict.finding
    slots = {
        "label_code": said_label(finding.label, finding.kind),
        "claim_words": finding.summary,
        "text": finding.fact,
        "source": " & ".join(map(rules.name_of, finding.sources)),
        "author": desk.author_of(given.conn, verdict),
    }
    return Claim(verdict.hash, {"code": show_claim(rumour.number), **slots})


def reject(given: Given) -> Done:
    """TOLAK C48 reason: no code, since it lets nothing out."""
    if not given.ordered.text:
        return Done("ask", text=given.say("reason_ask"), wants_answer=True)
    try:
        desk.reject(given.talk.rt, given.official, _code(given), given.ordered.text[:200], within=given.conn)
    except Fault as fault:
        return given.refuse(fault, "TOLAK")
    given.touched.append(given.subject)
    return given.tell("ok", "verdict_rejected")


def match(given: Given) -> Done:
    """COCOK C51 C48 code: the open claim C51 is the known one C48, whose result its people are then told."""
    rt, conn, official, known = given.talk.rt, given.conn, given.official, given.ordered.known
    if not given.claim or not known:
        return Done("ask", text=given.say("match_how"), wants_answer=True)

    def consider(wanted: Ask | None) -> Claim:
        rumour, target = desk.compare(conn, official, _code(given), show_claim(known))
        # What the two say: another wording, or another result, and the code is for something else.
        hash = hashlib.sha256(f"{rumour.id}>{target.id}:{target.version}".encode()).hexdigest()
        if given.code and wanted and wanted.hash != hash:
            raise desk.changed()
        slots = {"first": rumour.claim, "second": target.summary or target.claim, "codes": show_claim(target.number)}
        return Claim(hash, {"code": show_claim(rumour.number), **slots})

    def do(claim: Claim) -> Done:
        desk.match(rt, official, _code(given), show_claim(known), within=conn)
        return given.tell("ok", "matched", claim)

    return with_code(given, MATCH, "COCOK", consider, lambda claim: given.ask(claim, MATCH, "match_ask", "COCOK"), do)


def queue(given: Given) -> Done:
    """ANTRE: the claims that most wait; ANTRE C48: one of them in full, with what it might be."""
    if given.claim:
        return show(given)
    try:
        found, _ = view.page(given.talk.rt, given.official, None, _SHOWN, within=given.conn)
    except Fault:
        return Done("refused", text=given.say("queue_none"))
    waiting = [one for one in found if one["state"] == "open"]
    if not waiting:
        return Done("ok", text=given.say("queue_none"))
    lines = [f"{one['code']} ({one['askers']}): {words.short(one['claim'])}" for one in waiting]
    count = str(store.count_open(given.conn))
    return Done("ok", text=given.say("queue", count=count, text="; ".join(lines)))


def show(given: Given) -> Done:
    """One claim: its words, or the result that holds, and known ones it might be."""
    try:
        rumour = desk.find(given.conn, given.official, _code(given))
    except Fault as fault:
        return given.refuse(fault, "ANTRE")
    if rumour.state == "published":
        return Done("ok", text=words.result(given.talk.rt, rumour, given.talk.language))
    alike = match_store.suggested(given.conn, [rumour.id])
    codes = ", ".join(show_claim(one.number) for one in alike[:_SHOWN]) or "-"
    shown = replace(rumour, claim=words.short(rumour.claim, 120))
    return Done("ok", text=given.say("queue_one", people=str(rumour.askers), text=shown.claim, codes=codes))
