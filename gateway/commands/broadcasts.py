"""`broadcast`: draft, submit, decide on and follow broadcasts, each act by an official's own token."""

import argparse
import secrets
import sys
import time
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from tqdm import tqdm

from config.settings import Settings
from gateway.broadcasts.polls import Poll
from gateway.broadcasts.repeats import EVERY, Repeat
from gateway.broadcasts.rules import Content
from gateway.broadcasts.service import correct, decide, draft, sign, trial, view
from gateway.commands import results
from gateway.commands.opening import acting, by_token
from gateway.kernel.errors import Invalid
from gateway.officials.rules import Official
from gateway.residents.rules import moment
from gateway.runtime import Runtime
from menus.model import BASE_LANGUAGE

if TYPE_CHECKING:
    from gateway.commands.opening import Commands

LOOK_EVERY: Final = 1.0
OVER: Final = frozenset({"finished", "cancelled", "rejected", "expired"})
OTHER_LANGUAGES: Final = tuple(code for code in Settings.model_fields["languages"].default if code != BASE_LANGUAGE)
_LISTED: Final = 50


def declare(commands: "Commands") -> None:
    """Add the parsers."""
    group = commands.add_parser("broadcast", help="draft, submit, decide on and follow broadcasts")
    acts = group.add_subparsers(dest="act", required=True, metavar="ACT")
    token = by_token()
    one = argparse.ArgumentParser(add_help=False, parents=[token])
    one.add_argument("id", type=int, help="the broadcast's id, as `broadcast list` shows it")

    write = acts.add_parser("draft", parents=[token], help="write one and show exactly what would be sent")
    write.add_argument("--level", required=True, choices=["routine", "important", "emergency"])
    take_texts(write)
    write.add_argument(
        "--area", nargs="+", action="extend", default=[], metavar="CODE", help="33.75.01.1006[/RW03[/RT02]]"
    )
    write.add_argument("--topic", nargs="+", action="extend", default=[], metavar="TOPIC")
    write.add_argument("--group", nargs="+", action="extend", default=[], metavar="GROUP")
    write.add_argument("--language", nargs="+", action="extend", default=[], metavar="LANGUAGE")
    write.add_argument("--send-at", metavar="MOMENT", help="not before, such as 2026-12-01T09:00+07:00")
    write.add_argument("--expires-at", metavar="MOMENT", help="of no use from then on")
    write.add_argument(
        "--answer", action="append", default=[], metavar="WORDS", help="an answer to its question; the first is 1"
    )
    write.add_argument("--closes-at", metavar="MOMENT", help="until when answers count")
    write.add_argument("--every", choices=EVERY, help="leave again every day, week or month, at the time of --send-at")
    write.add_argument("--until", metavar="DAY", help="the last day on which it leaves again, such as 2026-12-31")
    write.add_argument("--reason", help="why; an emergency needs it")
    write.add_argument("--drill", action="store_true", help="an exercise for test groups, marked LATIHAN for good")
    write.set_defaults(run=_draft)

    acts.add_parser("sign", parents=[one], help="sign a text that speaks of an election, as an admin").set_defaults(
        run=_act(sign.sign)
    )
    acts.add_parser("test", parents=[one], help="send its exact texts to your own phone").set_defaults(run=_test)
    acts.add_parser("submit", parents=[one], help="ask for approval").set_defaults(run=_act(draft.submit))
    approve = acts.add_parser("approve", parents=[one], help="approve what was submitted")
    approve.add_argument("--hash", help="the hash you saw; another one is refused")
    approve.set_defaults(run=_approve)
    reject = acts.add_parser("reject", parents=[one], help="refuse what was submitted")
    reject.add_argument("--note", help="why, for its author")
    reject.set_defaults(run=_reject)
    acts.add_parser("pause", parents=[one], help="hold it; nothing more leaves").set_defaults(run=_act(decide.pause))
    acts.add_parser("resume", parents=[one], help="go on with it").set_defaults(run=_act(decide.resume))
    acts.add_parser("cancel", parents=[one], help="end it for good").set_defaults(run=_act(decide.cancel))
    amend = acts.add_parser("correct", parents=[one], help="draft a correction to those who got it")
    take_texts(amend)
    amend.set_defaults(run=_correct)
    status = acts.add_parser("status", parents=[one], help="state and counts of one")
    status.add_argument("--watch", action="store_true", help="follow it until it is over")
    status.set_defaults(run=_status)
    results.declare(acts, one)
    acts.add_parser("list", parents=[token], help="the latest you may see").set_defaults(run=_list)


def take_texts(parser: argparse.ArgumentParser) -> None:
    """Add the options that give a text in each language."""
    parser.add_argument("--text", required=True, help="the Indonesian text")
    for code in OTHER_LANGUAGES:
        parser.add_argument(f"--text-{code}", help=f"the text in the language {code}")


def texts_of(args: argparse.Namespace) -> dict[str, str]:
    """The texts that were given, by language."""
    texts = {BASE_LANGUAGE: args.text} | {code: getattr(args, f"text_{code}") for code in OTHER_LANGUAGES}
    return {language: text for language, text in texts.items() if text}


def _draft(args: argparse.Namespace) -> int:
    given = {"areas": args.area, "topics": args.topic, "groups": args.group, "languages": args.language}
    content = Content(
        level=args.level,
        texts=texts_of(args),
        audience={name: values for name, values in given.items() if values},
        reason=args.reason,
        send_at=moment_of("--send-at", args.send_at),
        expires_at=moment_of("--expires-at", args.expires_at),
        is_drill=args.drill,
        question=_question(args),
        repeat=_repeat(args),
    )
    with acting(args) as (rt, official):
        made = draft.draft(rt, official, content, secrets.token_hex(16))
    print_draft(made)
    return 0


def _question(args: argparse.Namespace) -> Poll | None:
    closes_at = moment_of("--closes-at", args.closes_at)
    if not args.answer and closes_at is None:
        return None
    if not args.answer or closes_at is None:
        raise Invalid("A question needs its answers (--answer, once for each) and --closes-at.")
    return Poll({str(at): words for at, words in enumerate(args.answer, start=1)}, closes_at)


def _repeat(args: argparse.Namespace) -> Repeat | None:
    if args.every is None and args.until is None:
        return None
    try:
        until = date.fromisoformat(args.until or "")
    except ValueError:
        until = None
    if args.every is None or until is None:
        raise Invalid("A series needs --every and --until, a day such as 2026-12-31.")
    return Repeat(args.every, until)


def _correct(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        made = correct.correct(rt, official, args.id, texts_of(args), secrets.token_hex(16))
    print_draft(made)
    return 0


def print_draft(made: Mapping[str, Any]) -> None:
    """A draft with its preview, as an official reads it before submitting."""
    shown = made["preview"]
    print(f"id: {made['id']}\ncode: {made['code']}\nstate: {made['state']}\nhash: {made['hash']}")
    if made["is_drill"]:
        print("drill: yes, it can never be sent for real")
    print(f"recipients: {shown['recipients']}")
    for name in ("area", "language", "operator", "route"):
        if counts := shown[f"by_{name}"]:
            print(f"by {name}: " + ", ".join(f"{n} {key}" for key, n in counts.items()))
    print(f"parts: {shown['segments']} a message, {shown['total_segments']} in all, {shown['encoding']}")
    print(f"cost: {shown['cost']['amount']} {shown['cost']['currency']}")
    if "held_until" in shown:
        print(f"held_until: {shown['held_until']}")
    for language, text in shown["texts"].items():
        print(f"text {language}: {text}")
    for warning in shown["warnings"]:
        print(f"warning: {warning}")
    if shown["needs_signature"]:
        print(f"next: an admin of the city signs it: broadcast sign {made['id']}")


def moment_of(option: str, written: str | None) -> datetime | None:
    """A moment as an option writes it, or None. Raises Invalid naming the option."""
    if written is None:
        return None
    found = moment(written) if len(written) > len("2026-12-01") else None
    if found is None:
        raise Invalid(f"{option} must be a moment with its zone, such as 2026-12-01T09:00+07:00.")
    return found


def _act(do: Any) -> Any:
    def run(args: argparse.Namespace) -> int:
        with acting(args) as (rt, official):
            do(rt, official, args.id)
            _print(view.status(rt, official, args.id))
        return 0

    return run


def _test(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        sent = trial.send_trial(rt, official, args.id)["sent"]
    print(f"sent: {', '.join(sent)}" if sent else "sent: nothing; it went to your phone within this minute already")
    return 0


def _approve(args: argparse.Namespace) -> int:
    return int(_act(lambda rt, official, id: decide.approve(rt, official, id, args.hash))(args))


def _reject(args: argparse.Namespace) -> int:
    return int(_act(lambda rt, official, id: decide.reject(rt, official, id, args.note))(args))


def _status(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        found = view.status(rt, official, args.id)
        if args.watch:
            found = _watch(rt, official, found)
        _print(found)
    return 0


def _watch(rt: Runtime, official: Official, found: dict[str, Any]) -> dict[str, Any]:
    """Follow a broadcast until it is over: a bar on a terminal, a line for every change elsewhere."""
    said = ""
    with tqdm(total=0, unit=" SMS", file=sys.stdout, disable=not sys.stdout.isatty(), leave=False) as bar:
        while True:
            line = _counts(found)
            if bar.disable and line != said:
                print(f"{found['state']}: {line}" + (f"; {_pace(found)}" if found["rate"] else ""), flush=True)
                said = line
            bar.total = found["total"]
            bar.n = found["total"] - found["counts"]["queued"] - found["counts"]["sending"]
            bar.set_description(f"{found['code']} {found['state']}")
            bar.set_postfix_str(_pace(found))
            if found["state"] in OVER:
                return found
            time.sleep(LOOK_EVERY)
            found = view.status(rt, official, found["id"])


def _counts(found: Mapping[str, Any]) -> str:
    return ", ".join(f"{n} {name}" for name, n in found["counts"].items() if n) or "nothing yet"


def _pace(found: Mapping[str, Any]) -> str:
    end = found["estimated_end"]
    return f"{found['rate']} a second" + (f", over at {end}" if end else "")


def _print(found: Mapping[str, Any]) -> None:
    for name in ("id", "code", "state", "hash", "level", "recipients", "total"):
        print(f"{name}: {found[name]}")
    if found["is_drill"]:
        print("drill: yes")
    print(f"counts: {_counts(found)}")
    for name in ("failures", "by_operator", "skipped"):
        for reason, n in found[name].items():
            print(f"{name}: {n} {reason}")
    if found["sent_again"]:
        print(f"sent again: {found['sent_again']}")
    for one in found["canaries"]:
        print(f"canary: {one['place']} {one['status']}")
    if found["repeat"]:
        print(f"repeats: every {found['repeat']['every']} until {found['repeat']['until']}")
    for name in ("note", "send_at", "held_until", "started_at", "estimated_end", "finished_at"):
        if found[name]:
            print(f"{name}: {found[name]}")


def _list(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        found, _ = view.page(rt, official, None, _LISTED)
    for one in found:
        print(f"{one['id']:>6}  {one['code']:6}  {one['state']:9}  {one['level']:9}  {one['recipients']:>7} people"
              + ("  drill" if one["is_drill"] else ""))  # fmt: skip
    return 0
