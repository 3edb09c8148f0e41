"""Noise within bounds never changes what is understood, no text makes the parser fail, and none costs more than another."""

import gc
import string
import sys
from collections.abc import Callable, Iterator
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.kernel.areas import AreaBook
from menus.corpus import read_areas
from menus.keywords import Command, find_rt_rw, guess_category, parse
from menus.lexicon import Keyword
from menus.loader import standard_lexicon
from menus.model import Action

AREAS = read_areas()
LEXICON = standard_lexicon()

# What makes a whole command behind a keyword of each shape.
FOLLOWED = {
    "info": "bansos medono", "report": "medono lampu mati", "body": "taman bermain", "ticket": "2719089",
    "add": "2719089 dekat masjid",
    "join": "medono rob", "move": "poncol", "language": "jawa", "stop": "", "alone": "",
    "proxy": "lapor lampu mati", "rumour": "rob 3 meter",
    "claim": "c48", "code": "b27", "topics": "rob", "change": "kelurahan poncol", "digits": "482", "rate": "2719089 2",
    "support": "2719089", "call": "saya", "area": "medono",
}  # fmt: skip
PHRASES = sorted(LEXICON.phrases)
KEEPS_WORDS = {"body", "words"}


def command_of(phrase: tuple[str, ...]) -> str:
    return " ".join((*phrase, FOLLOWED[LEXICON.phrases[phrase].shape])).strip()


def same(noisy: Command, plain: Command) -> bool:
    """The same command with the same arguments; words kept as written may be followed by more words."""
    if noisy.action is not plain.action or noisy.args.keys() != plain.args.keys():
        return False
    return all(
        noisy.args[name].lower().startswith(value.lower()) if name in KEEPS_WORDS else noisy.args[name] == value
        for name, value in plain.args.items()
    )


def test_every_shape_has_a_command_to_be_tried_with() -> None:
    assert {keyword.shape for keyword in LEXICON.phrases.values()} == set(FOLLOWED)


@pytest.mark.parametrize("phrase", PHRASES, ids=" ".join)
def test_every_phrase_means_its_own_action(phrase: tuple[str, ...]) -> None:
    keyword = LEXICON.phrases[phrase]
    assert parse(command_of(phrase), AREAS).action is keyword.action


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(PHRASES),
    st.sampled_from([str.upper, str.lower, str.title, str.swapcase]),
    st.text(alphabet=" #*,;:/\n", min_size=1, max_size=4),
    st.sampled_from(["", "ketik ", "tolong ", "pak, ", "Assalamualaikum. ", "  "]),
    st.sampled_from(["", ".", " !!", " 🙏", "  "]),
)
def test_case_separators_fillers_and_signs(
    phrase: tuple[str, ...], case: Callable[[str], str], between: str, before: str, behind: str
) -> None:
    plain = command_of(phrase)
    noisy = before + case(plain).replace(" ", between) + behind
    if "2719089" in plain:
        noisy = noisy.replace("2719089", "271-908-9")
    understood, expected = parse(noisy, AREAS), parse(plain, AREAS)
    assert understood.action is expected.action
    for name, value in expected.args.items():
        if name not in KEEPS_WORDS:
            assert understood.args[name] == value
        else:
            assert (
                "".join(filter(str.isalnum, understood.args[name])).lower()
                == "".join(filter(str.isalnum, value)).lower()
            )


# "STOP pak" is anything longer than STOP, which rule 4 of the grammar makes a report.
@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([phrase for phrase in PHRASES if LEXICON.phrases[phrase].shape != "stop"]),
    st.lists(st.sampled_from(["pak", "bu", "min", "terima kasih", "makasih", "matur nuwun", "suwun",
    "nggih"]), min_size=1, max_size=2),
)  # fmt: skip
def test_politeness_at_the_end(phrase: tuple[str, ...], polite: list[str]) -> None:
    plain = command_of(phrase)
    assert same(parse(" ".join((plain, *polite)), AREAS), parse(plain, AREAS))


def slips(word: str) -> Iterator[str]:
    """Every word one slip away: a letter wrong, missing or too many, two letters swapped."""
    for at in range(len(word) + 1):
        for letter in string.ascii_uppercase:
            yield word[:at] + letter + word[at:]
            yield word[:at] + letter + word[at + 1 :]
        yield word[:at] + word[at + 1 :]
        yield word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]


def is_own(word: str, keyword: Keyword) -> bool:
    """Whether a word stands for itself: it is known, or names an area, or lies as near to another keyword."""
    known = (*LEXICON.own, *LEXICON.everyday, *LEXICON.topics, *LEXICON.answers, *LEXICON.slang, *LEXICON.numbers)
    if word in known or AREAS.match([word]) or len(word) < 4:
        return True
    others = {near for near, other in LEXICON.slips.items() if other.name != keyword.name}
    if any(one in others for one in slips(word)):
        return True
    return any(word.startswith(glued) for glued in LEXICON.glue)


@pytest.mark.parametrize("word", sorted(LEXICON.slips))
def test_one_slip_in_a_keyword(word: str) -> None:
    keyword = LEXICON.slips[word]
    plain = parse(command_of((word,)), AREAS)
    # Every eleventh slip is enough: the same slips come up in every word.
    tried = [slip for slip in sorted(set(slips(word)))[::11] if slip != word and not is_own(slip, keyword)]
    misread = [slip for slip in tried if not same(parse(command_of((word,)).replace(word, slip, 1), AREAS), plain)]
    assert misread == []
    assert len(tried) > 3


FIRM = sorted({phrase[0] for phrase, keyword in LEXICON.phrases.items() if keyword.shape == "stop"})


@pytest.mark.parametrize("word", FIRM)
def test_no_slip_of_stop_stops_anyone(word: str) -> None:
    for slip in set(slips(word)) - set(FIRM):
        assert parse(slip, AREAS).action not in (Action.STOP, Action.STOP_ALL), slip


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_a_command_or_a_draft(text: str) -> None:
    command = parse(text, AREAS)
    if command.action is Action.UNKNOWN:
        assert text.strip() in (command.args["body"], command.raw)
    find_rt_rw(text)
    guess_category(text)


WORDS = st.sampled_from(
    [*(" ".join(phrase) for phrase in PHRASES), "B27", "C48", "2719089", "271-908-8", "medono", "ben", "1", "00",
    "482", "pak",
     "kebakaran", "tidak", "rt 2/3", "ya", "semua", "di", "?", "lampu mati", "😡", "dua", "[no HP]", "0812-3456-7890"]
)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.lists(WORDS, max_size=12), st.sampled_from([" ", "#", "", "\n"]))
def test_any_run_of_known_words_is_a_command_or_a_draft(words: list[str], between: str) -> None:
    assert parse(between.join(words), AREAS).action in Action


STOPS = [*FIRM, "SEMUA", "LANGGANAN", "INFO", "KABAR", "SMS", "KIRIM", *LEXICON.stop_topics]


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(FIRM), st.lists(WORDS | st.sampled_from(STOPS), max_size=5))
def test_stop_stands_alone_or_with_its_own_followers(first: str, others: list[str]) -> None:
    command = parse(" ".join((first, *others)), AREAS)
    if command.action in (Action.STOP, Action.STOP_ALL):
        assert {word for one in others for word in one.upper().split()} <= {*STOPS, "?", "😡"}


HOSTILE: list[tuple[str, Callable[[int], str]]] = [
    ("many words", lambda n: "lampu " * n),
    ("one word", lambda n: "x" * n),
    ("blanks", lambda n: "lapor" + " " * n + "jalan"),
    ("RT and blanks", lambda n: "rt " * n + " " * n),
    ("digits", lambda n: "2719089 " * n),
    ("names of areas", lambda n: "info " + "medono di " * n),
    ("openers", lambda n: "mohon " * n + "lapor"),
    ("open brackets", lambda n: "<" * n + "spasi"),
    ("emergencies taken back", lambda n: "harga kebakaran " * n),
    ("signs", lambda n: "😡" * n),
    ("glued keywords", lambda n: "LAPOR" * n),
    ("base64", lambda n: "QUJD" * n),
]


def calls_of(act: Callable[[], object]) -> int:
    """How many functions of Python are called."""
    count = 0

    def watch(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    # Collectors of garbage call functions too, whenever they please.
    gc.disable()
    sys.setprofile(watch)
    try:
        act()
    finally:
        sys.setprofile(before)
        gc.enable()
    return count


@pytest.mark.parametrize("make", [case[1] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
def test_the_longest_text_costs_no_more_than_the_longest_sms(make: Callable[[int], str], areas: AreaBook) -> None:
    def cost(text: str) -> int:
        return calls_of(lambda: (parse(text, areas), guess_category(text), find_rt_rw(text)))

    short = cost(make(3_000))
    assert cost(make(100_000)) <= short + 10
