"""`rumours`: the hoax desk by command, each act by an official's own token."""

import argparse
from typing import TYPE_CHECKING, Any

from gateway.commands.opening import acting, by_token
from gateway.rumours import complaint, desk, view

if TYPE_CHECKING:
    from gateway.commands.opening import Commands

_MOST = 50


def declare(commands: "Commands") -> None:
    """Add the parsers."""
    group = commands.add_parser("rumours", help="what people ask whether it is true: judge, approve, correct, match")
    acts = group.add_subparsers(dest="act", required=True, metavar="ACT")
    token = by_token()
    one = argparse.ArgumentParser(add_help=False, parents=[token])
    one.add_argument("code", help="the claim's code, such as C48")
    acts.add_parser("list", parents=[token], help="open claims by askers times harm, then results").set_defaults(
        run=_list
    )
    acts.add_parser("show", parents=[one], help="a claim and every version of its result").set_defaults(run=_show)
    for name, help in (
        ("verdict", "propose a verdict"),
        ("correct", "propose another one in place of what is published"),
    ):
        verdict = acts.add_parser(name, parents=[one], help=help)
        verdict.add_argument("label", help="SALAH, MENYESATKAN, BENAR or 'BELUM TERBUKTI'")
        verdict.add_argument("--text", required=True, help="what is true")
        verdict.add_argument(
            "--source", nargs="+", action="extend", default=[], metavar="NAME[: WHERE]", help="at least two"
        )
        verdict.add_argument("--summary", default="", help="the claim in a few words")
        verdict.add_argument("--kind", default="", help="First Draft's kind, such as satire")
        verdict.set_defaults(run=_judge)
    approve = acts.add_parser("approve", parents=[one], help="publish another person's verdict")
    approve.add_argument("--hash", help="the hash you saw; another one is refused")
    approve.set_defaults(run=_approve)
    reject = acts.add_parser("reject", parents=[one], help="refuse it")
    reject.add_argument("--note", help="why")
    reject.set_defaults(run=_reject)
    for name, run, help in (
        ("match", _match, "say that an open claim is a known one"),
        ("part", _part, "say that it is not"),
    ):
        two = acts.add_parser(name, parents=[one], help=help)
        two.add_argument("known", help="the known claim's code")
        two.set_defaults(run=run)
    acts.add_parser("complaint", parents=[one], help="file it as the complaint it is").set_defaults(run=_move)
    script = acts.add_parser("script", parents=[one], help="what a KIM reads aloud about a result")
    script.add_argument("--language", default="id", help="id, jv or en")
    script.set_defaults(run=_script)


def _list(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        found, following = view.page(rt, official, None, _MOST)
    for one in found:
        waits = "waits for approval" if one["waiting"] else ""
        label = one["label"] or one["state"]
        print(
            f"{one['code']:>7}  {label:15}  {one['askers']:>5} asked  harm {one['harm']}  {_words(one)[:60]}  {waits}".rstrip()
        )
    if following:
        print(f"The first {_MOST} are shown; the API pages through the others.")
    return 0


def _words(one: dict[str, Any]) -> str:
    return " ".join(str(one["summary"] or one["claim"]).split())


def _print(one: dict[str, Any]) -> int:
    for name in (
        "code",
        "state",
        "claim",
        "area",
        "harm",
        "askers",
        "areas",
        "due",
        "label",
        "summary",
        "text",
        "version",
    ):
        if one[name] is not None:
            print(f"{name}: {one[name]}")
    if one["sources"]:
        print(f"sources: {'; '.join(one['sources'])}")
    if waiting := one["waiting"]:
        print(f"waiting: {waiting['label']}: {waiting['summary']}. {waiting['text']} ({'; '.join(waiting['sources'])})")
        print(f"hash: {waiting['hash']}")
    for alike in one["alike"]:
        denial = ", but one denies what the other says" if alike["differs"] else ""
        print(f"alike: {alike['code']} {alike['likeness']}%{denial}: {alike['claim']}")
    for version in one["versions"]:
        print(f"version {version['version']}: {version['label']}: {version['text']} ({'; '.join(version['sources'])})")
    return 0


def _show(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        return _print(view.look(rt, official, args.code))


def _judge(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        desk.judge(rt, official, args.code, args.label, args.text, args.source, summary=args.summary, kind=args.kind)
        return _print(view.look(rt, official, args.code))


def _approve(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        desk.approve(rt, official, args.code, args.hash)
        return _print(view.look(rt, official, args.code))


def _reject(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        desk.reject(rt, official, args.code, args.note)
        return _print(view.look(rt, official, args.code))


def _match(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        desk.match(rt, official, args.code, args.known)
        return _print(view.look(rt, official, args.code))


def _part(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        desk.part(rt, official, args.code, args.known)
        return _print(view.look(rt, official, args.code))


def _script(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        print(view.script(rt, official, args.code, args.language))
    return 0


def _move(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        print(f"ticket: {complaint.move(rt, official, args.code)}")
    return 0
