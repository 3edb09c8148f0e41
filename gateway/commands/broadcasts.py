"""`broadcast`: draft, submit, decide on and follow broadcasts, each act by an official's own token."""

import argparse
import secrets
import sys
import time
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from tqdm import tqdm

from config.settings import Settings
from gateway.broadcasts.service import correct, decide, draft, view
from gateway.commands.acting import acting, acting_parser
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
    shared = acting_parser()
    one = argparse.ArgumentParser(add_help=False, parents=[shared])
    one.add_argument("id", type=int, help="the broadcast's id, as `broadcast list` shows it")

    write = acts.add_parser("draft", parents=[shared], help="write one and show exactly what would be sent")
    write.add_argument("--level", required=True, choices=["routine", "important", "emergency"])
    _take_texts(write)
    write.add_argument(
        "--area", nargs="+", action="extend", default=[], metavar="CODE", help="33.75.01.1006[/RW03[/RT02]]"
    )
    write.add_argument("--topic", nargs="+", action="extend", default=[], metavar="TOPIC")
    write.add_argument("--group", nargs="+", action="extend", default=[], metavar="GROUP")
    write.add_argument("--language", nargs="+", action="extend", default=[], metavar="LANGUAGE")
    write.add_argument("--send-at", metavar="MOMENT", help="not before, such as 2026-12-01T09:00+07:00")
    write.add_argument("--expires-at", metavar="MOMENT", help="of no use from then on")
    write.add_argument("--reason", help="why; an emergency needs it")
    write.set_defaults(run=_draft)

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
    _take_texts(amend)
    amend.set_defaults(run=_correct)
    status = acts.add_parser("status", parents=[one], help="state and counts of one")
    status.add_argument("--watch", action="store_true", help="follow it until it is over")
    status.set_defaults(run=_status)
    acts.add_parser("list", parents=[shared], help="the latest you may see").set_defaults(run=_list)


def _take_texts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--text", required=True, help="the Indonesian text")
    for code in OTHER_LANGUAGES:
        parser.add_argument(f"--text-{code}", help=f"the text in the language {code}")


def _texts(args: argparse.Namespace) -> dict[str, str]:
    texts = {BASE_LANGUAGE: args.text} | {code: getattr(args, f"text_{code}") for code in OTHER_LANGUAGES}
    return {language: text for language, text in texts.items() if text}


def _draft(args: argparse.Namespace) -> int:
    given = {"areas": args.area, "topics": args.topic, "groups": args.group, "languages": args.language}
    content = draft.Content(
        level=args.level,
        texts=_texts(args),
        audience={name: values for name, values in given.items() if values},
        reason=args.reason,
        send_at=_moment("--send-at", args.send_at),
        expires_at=_moment("--expires-at", args.expires_at),
    )
    with acting(args) as (rt, official):
        made = draft.draft(rt, official, content, secrets.token_hex(16))
    return _show_draft(made)


def _correct(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        made = correct.correct(rt, official, args.id, _texts(args), secrets.token_hex(16))
    return _show_draft(made)


def _show_draft(made: Mapping[str, Any]) -> int:
    shown = made["preview"]
    print(f"id: {made['id']}\ncode: {made['code']}\nstate: {made['state']}\nhash: {made['hash']}")
    print(f"recipients: {shown['recipients']}")
    print(f"parts: {shown['segments']} a message, {shown['total_segments']} in all, {shown['encoding']}")
    print(f"cost: {shown['cost']['amount']} {shown['cost']['currency']}")
    if "held_until" in shown:
        print(f"held_until: {shown['held_until']}")
    for language, text in shown["texts"].items():
        print(f"text {language}: {text}")
    for warning in shown["warnings"]:
        print(f"warning: {warning}")
    return 0


def _moment(option: str, written: str | None) -> datetime | None:
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
                print(f"{found['state']}: {line}", flush=True)
                said = line
            bar.total = found["total"]
            bar.n = found["total"] - found["counts"]["queued"] - found["counts"]["sending"]
            bar.set_description(f"{found['code']} {found['state']}")
            if found["state"] in OVER:
                return found
            time.sleep(LOOK_EVERY)
            found = view.status(rt, official, found["id"])


def _counts(found: Mapping[str, Any]) -> str:
    return ", ".join(f"{n} {name}" for name, n in found["counts"].items() if n) or "nothing yet"


def _print(found: Mapping[str, Any]) -> None:
    for name in ("id", "code", "state", "hash", "level", "recipients", "total"):
        print(f"{name}: {found[name]}")
    print(f"counts: {_counts(found)}")
    for name in ("failures", "skipped"):
        for reason, n in found[name].items():
            print(f"{name}: {n} {reason}")
    for name in ("note", "held_until", "started_at", "finished_at"):
        if found[name]:
            print(f"{name}: {found[name]}")


def _list(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        found, _ = view.page(rt, official, None, _LISTED)
    for one in found:
        print(f"{one['id']:>6}  {one['code']:6}  {one['state']:9}  {one['level']:9}  {one['recipients']:>7} people")
    return 0
