"""`presets`: write, approve, use and review named alert groups with their templates, each act by an official's own token."""

import argparse
import secrets
from typing import TYPE_CHECKING

from gateway.broadcasts.presets import Preset
from gateway.broadcasts.service import presets
from gateway.commands.broadcasts import moment_of, print_draft, take_texts, texts_of
from gateway.commands.opening import acting, by_token
from gateway.kernel.errors import Invalid

if TYPE_CHECKING:
    from gateway.commands.opening import Commands


def declare(commands: "Commands") -> None:
    """Add the parsers."""
    group = commands.add_parser("presets", help="alert groups with a template, approved before they are needed")
    acts = group.add_subparsers(dest="act", required=True, metavar="ACT")
    token = by_token()
    one = argparse.ArgumentParser(add_help=False, parents=[token])
    one.add_argument("id", type=int, help="the preset's id, as `presets list` shows it")

    write = acts.add_parser("write", parents=[token], help="submit a preset, or another version of one, for approval")
    write.add_argument("name", help="such as rob-utara")
    take_texts(write)
    write.add_argument("--slot", nargs="+", action="extend", default=[], metavar="NAME=WIDTH", help="such as jam=11")
    write.add_argument("--area", nargs="+", action="extend", default=[], metavar="CODE")
    write.add_argument("--topic", nargs="+", action="extend", default=[], metavar="TOPIC")
    write.add_argument("--group", nargs="+", action="extend", default=[], metavar="GROUP")
    write.add_argument("--language", nargs="+", action="extend", default=[], metavar="LANGUAGE")
    write.set_defaults(run=_write)
    acts.add_parser("list", parents=[token], help="those in use or waiting").set_defaults(run=_list)
    approve = acts.add_parser("approve", parents=[one], help="approve another person's preset")
    approve.add_argument("--hash", help="the hash you saw; another one is refused")
    approve.set_defaults(run=_approve)
    acts.add_parser("reject", parents=[one], help="refuse it").set_defaults(run=_reject)
    acts.add_parser("retire", parents=[one], help="take it out of use").set_defaults(run=_retire)
    use = acts.add_parser("use", parents=[token], help="draft an emergency from an approved preset")
    use.add_argument("name", help="the preset's name")
    use.add_argument("--slot", nargs="+", action="extend", default=[], metavar="NAME=TEXT", help="such as 'jam=14-18'")
    use.add_argument("--reason", required=True, help="why; it overrides quiet hours and those who stopped news")
    use.add_argument("--expires-at", metavar="MOMENT", help="of no use from then on")
    use.set_defaults(run=_use)
    review = acts.add_parser(
        "review", parents=[token], help="look at what went out by a preset without a second person"
    )
    review.add_argument("id", type=int, help="the broadcast's id")
    review.add_argument("--note", help="what you found")
    review.set_defaults(run=_review)


def _pairs(written: list[str]) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in written]
    if any(not equals for _, equals, _ in pairs):
        raise Invalid("Write --slot as NAME=VALUE, such as jam=11.")
    return {name.strip(): value for name, _, value in pairs}


def _write(args: argparse.Namespace) -> int:
    widths = _pairs(args.slot)
    if any(not width.isascii() or not width.isdigit() or len(width) > 4 for width in widths.values()):
        raise Invalid("The width of a slot is a whole number, such as jam=11.")
    audience = {"areas": args.area, "topics": args.topic, "groups": args.group, "languages": args.language}
    with acting(args) as (rt, official):
        slots = {name: int(width) for name, width in widths.items()}
        made = presets.write(rt, official, args.name, audience, texts_of(args), slots)
    _print(made)
    return 0


def _print(preset: Preset) -> None:
    print(f"id: {preset.id}\nname: {preset.name}\nstate: {preset.state}\nhash: {preset.hash}")
    for name, values in preset.audience.items():
        print(f"{name}: {', '.join(values)}")
    for language, text in preset.texts.items():
        print(f"text {language}: {text}")
    if preset.slots:
        print("slots: " + ", ".join(f"{slot}={width}" for slot, width in preset.slots.items()))


def _list(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        found = presets.every(rt, official)
    for one in found:
        print(f"{one.id:>5}  {one.state:9}  {one.name}")
    return 0


def _approve(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        _print(presets.decide(rt, official, args.id, approves=True, seen=args.hash))
    return 0


def _reject(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        _print(presets.decide(rt, official, args.id, approves=False))
    return 0


def _retire(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        _print(presets.retire(rt, official, args.id))
    return 0


def _use(args: argparse.Namespace) -> int:
    expires_at = moment_of("--expires-at", args.expires_at)
    with acting(args) as (rt, official):
        key = secrets.token_hex(16)
        made = presets.use(rt, official, args.name, _pairs(args.slot), args.reason, key, expires_at=expires_at)
    print_draft(made)
    return 0


def _review(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        presets.review(rt, official, args.id, args.note)
    print(f"reviewed: {args.id}")
    return 0
