"""Use cases of the simulated company: deliver a call to the phones, look into a phone, plan faults."""

import secrets
from dataclasses import asdict
from random import Random

from gateway.handsets import store
from gateway.handsets.store import Received
from gateway.kernel import phone
from gateway.kernel.text import clean
from gateway.numbers import store as numbers
from gateway.providers.company import REFUSED, SENT, Faults, Result, Submission
from gateway.runtime import Runtime
from gateway.state import notes

_PLAN = "simulator faults"
_SHOWN = 60


def deliver(rt: Runtime, submission: Submission, faults: Faults, dice: Random) -> list[Result]:
    """Put a call's text on its phones and say of every recipient, in order, what became of it.

    What is no phone number is refused, and so is the share of recipients that the fault plan names.
    """
    taken: list[tuple[str, str]] = []
    results: list[Result] = []
    for written in submission.numbers:
        number = phone.normalise(written, rt.settings.region)
        if number is None or dice.random() < faults.refuse:
            results.append(Result(written, REFUSED, None))
            continue
        provider_id = f"ATXid_{secrets.token_hex(16)}"
        taken.append((number, provider_id))
        results.append(Result(written, SENT, provider_id))
    if taken:
        sender = clean(submission.sender or "")[:40] or rt.settings.sms_number
        with rt.engine.begin() as conn:
            ids = numbers.ensure_many(conn, rt.vault, [number for number, _ in taken])
            numbered = [(ids[number], provider_id) for number, provider_id in taken]
            store.add_many(conn, numbered, sender, clean(submission.text), rt.now())
    return results


def inbox(rt: Runtime, written: str) -> list[Received]:
    """What stands on the phone with this number, in any notation, oldest first; nothing for an unknown one."""
    number = phone.normalise(written, rt.settings.region)
    if number is None:
        return []
    with rt.engine.begin() as conn:
        found = numbers.find(conn, rt.vault, number)
        return store.inbox(conn, found.id) if found else []


def demo_numbers(rt: Runtime) -> list[str]:
    """E.164 numbers of some demo people, whose phones the simulator offers."""
    with rt.engine.begin() as conn:
        ids = store.demo_numbers(conn, _SHOWN)
        found = numbers.read(conn, rt.vault, ids)
    return [found[id] for id in ids if id in found]


def plan(rt: Runtime) -> Faults:
    """The fault plan that all processes follow; none where none was set."""
    return Faults.of(notes.read(rt.redis, _PLAN))


def set_plan(rt: Runtime, faults: Faults) -> None:
    """Follow another fault plan from the next call on. Raises redis.RedisError."""
    notes.keep(rt.redis, _PLAN, asdict(faults))
