"""`items`: information by command, each act by an official's own token; what nobody found; the development board."""

import argparse
from typing import TYPE_CHECKING

from gateway.commands.broadcasts import OTHER_LANGUAGES, moment_of, take_texts, texts_of
from gateway.commands.opening import acting, by_token
from gateway.information import desk, quiz_result, words
from gateway.information.desk_store import Draft
from gateway.information.quizzes import Quiz
from gateway.information.rules import Content
from gateway.runtime import Runtime
from menus.model import BASE_LANGUAGE

if TYPE_CHECKING:
    from gateway.commands.opening import Commands

_MOST = 50


def declare(commands: "Commands") -> None:
    """Add the parsers."""
    group = commands.add_parser("items", help="information for residents: written by one, approved by another, dated")
    acts = group.add_subparsers(dest="act", required=True, metavar="ACT")
    token = by_token()
    one = argparse.ArgumentParser(add_help=False, parents=[token])
    one.add_argument("code", help="the item's code, such as N101")
    acts.add_parser("list", parents=[token], help="items of your area, the newest first").set_defaults(run=_list)
    acts.add_parser("show", parents=[one], help="one item").set_defaults(run=_show)
    draft = acts.add_parser("draft", parents=[token], help="write an item")
    draft.add_argument("--topic", required=True, help="alert, services, development, health or events")
    draft.add_argument("--area", required=True, help="the area's code; the city is 33.75")
    draft.add_argument("--title", required=True, help="the Indonesian title")
    for code in OTHER_LANGUAGES:
        draft.add_argument(f"--title-{code}", help=f"the title in the language {code}")
    take_texts(draft)
    draft.add_argument("--source", required=True, help="who says so")
    draft.add_argument("--from", dest="begins", metavar="MOMENT", help="now, where it is left out")
    draft.add_argument("--until", required=True, metavar="MOMENT", help="it is shown no longer than that")
    draft.add_argument("--corrects", metavar="CODE", help="the item whose place it takes")
    draft.add_argument("--office", metavar="CODE", help="of a project: who is responsible")
    draft.add_argument("--budget", type=int, metavar="RUPIAH", help="of a project")
    draft.add_argument("--percent", type=int, metavar="N", help="of a project: how much is done")
    draft.add_argument("--answer", action="append", metavar="WORDS", help="of a quiz, once for each digit from 1 on")
    draft.add_argument("--right", metavar="DIGIT", help="of a quiz: which answer is right")
    draft.add_argument(
        "--fact", metavar="WHY", help="of a quiz: why, in Indonesian; what whoever answers reads at once"
    )
    for code in OTHER_LANGUAGES:
        draft.add_argument(f"--fact-{code}", metavar="WHY", help=f"why, in the language {code}")
    draft.set_defaults(run=_draft)
    acts.add_parser("quiz", parents=[one], help="what came of the quiz it asks").set_defaults(run=_quiz)
    acts.add_parser("submit", parents=[one], help="ask for a second person").set_defaults(run=_submit)
    approve = acts.add_parser("approve", parents=[one], help="publish another person's item")
    approve.add_argument("--hash", help="the hash you saw; another one is refused")
    approve.set_defaults(run=_approve)
    reject = acts.add_parser("reject", parents=[one], help="give it back to its author")
    reject.add_argument("--note", help="why")
    reject.set_defaults(run=_reject)
    acts.add_parser("retire", parents=[one], help="show it no more").set_defaults(run=_retire)
    acts.add_parser("misses", parents=[token], help="what people looked for in vain").set_defaults(run=_misses)
    board = acts.add_parser("board", parents=[token], help="the development board of an area")
    board.add_argument("area", help="the area's code")
    board.set_defaults(run=_board)


def _print(rt: Runtime, item: Draft) -> int:
    content = item.content
    shown = {"code": item.code, "state": item.state.value, "topic": content.topic, "area": content.area}
    shown |= {f"title {language}": title for language, title in content.titles.items()}
    shown |= {f"text {language}": text for language, text in content.texts.items()}
    shown |= {
        "source": content.source,
        "from": content.valid_from.isoformat(),
        "until": content.valid_until.isoformat(),
    }
    shown |= {"corrects": item.corrects or "", "note": item.note or "", "hash": item.hash}
    for name, value in shown.items():
        if value:
            print(f"{name}: {value}")
    if quiz := content.quiz:
        print(f"quiz: {', '.join(f'{digit} {said}' for digit, said in quiz.options.items())}; right: {quiz.right}")
        for language, fact in quiz.facts.items():
            print(f"fact {language}: {fact}")
    if project := words.project_of(rt, content.office, content.budget, content.percent, "id"):
        print(f"project:{project}")
    return 0


def _list(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        found, following = desk.page(rt, official, None, _MOST)
    for item, (yes, no, readers) in found:
        said = f"{yes} useful, {no} not, {readers} by SMS" if readers else ""
        print(
            f"{item.code:>7}  {item.state.value:9}  {item.content.topic:11}  {item.content.titles['id']:34}  {said}".rstrip()
        )
    if following:
        print(f"The newest {_MOST} are shown; the API pages through the others.")
    return 0


def _show(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        return _print(rt, desk.look(rt, official, args.code)[0])


def _draft(args: argparse.Namespace) -> int:
    titles = {BASE_LANGUAGE: args.title} | {code: getattr(args, f"title_{code}") for code in OTHER_LANGUAGES}
    titles = {language: title for language, title in titles.items() if title}
    with acting(args) as (rt, official):
        begins, ends = moment_of("--from", args.begins), moment_of("--until", args.until)
        content = Content(args.topic, args.area, titles, texts_of(args), args.source, begins or rt.now(), ends or rt.now(),
                          args.office, args.budget, args.percent, _quiz_of(args))  # fmt: skip
        return _print(rt, desk.draft(rt, official, content, args.corrects))


def _quiz_of(args: argparse.Namespace) -> Quiz | None:
    if not args.answer:
        return None
    facts = {BASE_LANGUAGE: args.fact or ""} | {code: getattr(args, f"fact_{code}") for code in OTHER_LANGUAGES}
    options = {str(at): words for at, words in enumerate(args.answer, start=1)}
    return Quiz(options, args.right or "", {language: fact for language, fact in facts.items() if fact})


def _quiz(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        found = quiz_result.look(rt, official, args.code)
    for digit, said in found["options"].items():
        print(f"{digit} {said}{' (right)' if digit == found['right'] else ''}")
    if found["results_at"] is None:
        print("It is not over yet.")
        return 0
    for one in [{"area": "all", "people": found["people"], "percent": found["percent"]}, *found["areas"]]:
        score = "hidden" if one["people"] is None else f"{one['percent']}% of {one['people']} right"
        print(f"{one['area'] or '-':13}  {score}")
    return 0


def _submit(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        return _print(rt, desk.submit(rt, official, args.code))


def _approve(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        return _print(rt, desk.approve(rt, official, args.code, args.hash))


def _reject(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        return _print(rt, desk.reject(rt, official, args.code, args.note))


def _retire(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        return _print(rt, desk.retire(rt, official, args.code))


def _misses(args: argparse.Namespace) -> int:
    with acting(args) as (rt, official):
        found = desk.misses(rt, official)
    for one in found:
        print(f"{one.times:>5}x  {one.words or one.topic or '-'}  {one.area}".rstrip())
    if not found:
        print("Everyone found what they looked for.")
    return 0


def _board(args: argparse.Namespace) -> int:
    with acting(args) as (rt, _):
        found = desk.board(rt, args.area)
    for one in found:
        print(f"{one.code:>7}  {one.title}{words.project_of(rt, one.office, one.budget, one.percent, 'id')}")
    if not found:
        print("No project is on this board.")
    return 0
