"""`kim`: the community information groups as organisations, with the history of their names, areas and boards."""

import argparse
from datetime import date
from typing import TYPE_CHECKING

from gateway.commands.opening import tools
from gateway.kim import rules, service
from gateway.kim.rules import Organisation, Span
from gateway.reference import service as reference

if TYPE_CHECKING:
    from gateway.commands.opening import Commands


def declare(commands: "Commands") -> None:
    """Add the parsers."""
    group = commands.add_parser("kim", help="community information groups: names, areas and boards, with their history")
    acts = group.add_subparsers(dest="act", required=True, metavar="ACT")
    add = acts.add_parser("add", help="found one")
    add.add_argument("name", help="as residents know it")
    add.add_argument("--area", required=True, nargs="+", metavar="CODE", help="kelurahan it serves, see `areas`")
    _day(add, "--since", "the day it begins")
    add.set_defaults(run=_add)
    rename = acts.add_parser("rename", help="give it another name; the old one stays in its history")
    rename.add_argument("id", type=int, help="its id, as `kim list` shows it")
    rename.add_argument("name", help="as residents know it")
    _day(rename, "--since", "the day from which it holds")
    rename.set_defaults(run=_rename)
    merge = acts.add_parser("merge", help="end one and let another serve its areas")
    merge.add_argument("id", type=int, help="the one that ends")
    merge.add_argument("into", type=int, help="the one that goes on")
    _day(merge, "--on", "the day")
    merge.set_defaults(run=_merge)
    board = acts.add_parser("board", help="seat an official on its board for a term, or end that")
    board.add_argument("id", type=int, help="its id, as `kim list` shows it")
    board.add_argument("official", type=int, help="the official's id, see `officials list`")
    what = board.add_mutually_exclusive_group(required=True)
    what.add_argument("--seat", choices=rules.SEATS)
    what.add_argument("--leave", action="store_true", help="end what the official holds there")
    _day(board, "--since", "the first day of the term; of leaving it, the first day after")
    _day(board, "--until", "the first day after the term; open where absent")
    board.set_defaults(run=_board)
    listed = acts.add_parser("list", help="all of a day, and who serves kelurahan that have none")
    _day(listed, "--on", "the day")
    listed.set_defaults(run=_list)
    show = acts.add_parser("show", help="one with its whole history")
    show.add_argument("id", type=int, help="its id, as `kim list` shows it")
    show.set_defaults(run=_show)


def _day(parser: argparse.ArgumentParser, name: str, text: str) -> None:
    parser.add_argument(name, type=date.fromisoformat, metavar="DATE", help=f"{text}, such as 2026-12-01; today where absent"
                        if name != "--until" else text)  # fmt: skip


def _add(args: argparse.Namespace) -> int:
    with tools() as rt:
        print(f"id: {service.add(rt, args.name, args.area, args.since)}")
    return 0


def _rename(args: argparse.Namespace) -> int:
    with tools() as rt:
        service.rename(rt, args.id, args.name, args.since)
    print("renamed")
    return 0


def _merge(args: argparse.Namespace) -> int:
    with tools() as rt:
        areas = service.merge(rt, args.id, args.into, args.on)
    print(f"KIM {args.into} serves these now too: {', '.join(areas) or 'none'}")
    return 0


def _board(args: argparse.Namespace) -> int:
    with tools() as rt:
        if args.leave:
            service.leave(rt, args.id, args.official, args.since)
        else:
            service.seat(rt, args.id, args.official, args.seat, Span(args.since or service.today(rt), args.until))
    return _show(args)


def _list(args: argparse.Namespace) -> int:
    with tools() as rt:
        day = args.on or service.today(rt)
        book = reference.areas(rt)
        with rt.engine.begin() as conn:
            serving = service.serving(rt, conn, day)
        for one in service.every(rt):
            if one.life.holds_on(day):
                areas = ", ".join(book[code].name for code in one.areas_on(day))
                print(f"{one.id:>4}  {one.name_on(day)}  ({areas})  board {len(one.board_on(day))}")
    for code, by in serving.items():
        if by.kind != "kim":
            print(f"   -  {book[code].name}: {by.kind}")
    return 0


def _show(args: argparse.Namespace) -> int:
    with tools() as rt:
        one, book = service.get(rt, args.id), reference.areas(rt)
    print(f"KIM {one.id}  {_span(one.life)}" + (f"  merged into KIM {one.merged_into}" if one.merged_into else ""))
    for line in _history(one, {area.code: area.name for area in book}):
        print(line)
    return 0


def _history(one: Organisation, names: dict[str, str]) -> list[str]:
    lines = [f"  name  {since}  {name}" for since, name in one.names]
    lines += [f"  area  {_span(span)}  {code} {names[code]}" for code, span in one.areas]
    return lines + [
        f"  {seat.seat:9}  {_span(seat.term)}  official {seat.official_id} {seat.official}" for seat in one.seats
    ]


def _span(span: Span) -> str:
    return f"{span.since}..{span.until or ''}"
