"""Polls: what may be asked, which figures are shown, and the result sent once to all who answered."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.broadcasts import poll_store, polls, rules
from gateway.broadcasts.polls import Poll
from gateway.broadcasts.rules import Content
from gateway.broadcasts.service import decide, draft, poll
from gateway.db import statement
from gateway.kernel.errors import Invalid, Missing
from gateway.kernel.text import measure
from gateway.numbers import store as numbers
from gateway.officials.rules import Role
from tests.broadcasts.town import at_once
from tests.conftest import Clock

CLOSES = Clock.START + timedelta(days=2)
OPTIONS = {"1": "saluran", "2": "lampu", "3": "posyandu", "4": "taman"}
TEXT = {"id": "Prioritas RW? 1 saluran 2 lampu 3 posyandu 4 taman. Balas angka."}
ASKED = Poll(OPTIONS, CLOSES)


def asking(town, people=20, author=None, **more):
    """A broadcast that asks, and is sent."""
    ids = town.people(people)
    id = town.started(author or town.official(Role.ADMIN), texts=TEXT, question=ASKED, **more)
    town.settle(town.claim())
    town.clock_ticks()
    return id, ids


def answer(town, id, people, choice):
    with town.rt.engine.begin() as conn:
        return [poll_store.answer(conn, id, one, choice, "id", town.rt.now()) for one in people]


BAD = [
    pytest.param({"1": "ya"}, CLOSES, "two to nine", id="one answer alone"),
    pytest.param({"2": "ya", "1": "tidak"}, CLOSES, "in order", id="digits out of order"),
    pytest.param({"1": "ya", "3": "tidak"}, CLOSES, "in order", id="a digit left out"),
    pytest.param({"0": "ya", "1": "tidak"}, CLOSES, "in order", id="0, which leads back"),
    pytest.param({str(n): f"j{n}" for n in range(1, 11)}, CLOSES, "two to nine", id="ten answers"),
    pytest.param({"1": "saluran", "2": "SALURAN"}, CLOSES, "same", id="two alike"),
    pytest.param({"1": "saluran", "2": ""}, CLOSES, "Answer 2", id="an empty one"),
    pytest.param({"1": "saluran", "2": "l" * 21}, CLOSES, "Answer 2", id="a long one"),
    pytest.param({"1": "saluran", "2": "lampu 💡"}, CLOSES, "Answer 2", id="a sign no phone shows"),
    pytest.param({str(n): f"{n}" + "panjang sekali ini" for n in range(1, 8)}, CLOSES, "too long", id="all too long"),
    pytest.param(OPTIONS, Clock.START, "closes_at", id="closed by now"),
    pytest.param(OPTIONS, Clock.START + timedelta(days=61), "60 days", id="open for ever"),
    pytest.param({"1": "saluran", "2": "jalan"}, CLOSES, "`2 jalan` is missing", id="an answer the text does not name"),
]


@pytest.mark.parametrize(("options", "closes", "said"), BAD)
def test_a_question_that_nobody_could_answer_is_refused(town, options, closes, said):
    with pytest.raises(Invalid, match=said):
        town.write(town.official(Role.ADMIN), texts=TEXT, question=Poll(options, closes))


def test_every_language_names_every_digit(town):
    texts = {**TEXT, "jv": "Ingkang wigatos? 1 kalen 2 lampu 3 posyandu."}
    with pytest.raises(Invalid, match="Text jv must name every answer of the question; `4` is missing"):
        town.write(town.official(Role.ADMIN), texts=texts, question=ASKED)
    texts["jv"] += " 4 taman"
    assert town.write(town.official(Role.ADMIN), texts=texts, question=ASKED)["state"] == "draft"


def test_an_approval_is_bound_to_the_question(town):
    author = town.official(Role.ADMIN)
    made = town.write(author, texts=TEXT, question=ASKED)
    other = draft.change(town.rt, author, made["id"], {"question": Poll(OPTIONS, CLOSES - timedelta(days=1))})
    assert other["hash"] != made["hash"]
    stored = town.get(made["id"])
    assert stored.question == Poll(OPTIONS, CLOSES - timedelta(days=1))
    assert stored.hash == rules.digest(stored, stored.recipients)


def test_a_broadcast_that_asks_nothing_has_the_hash_it_always_had():
    silent = Content("routine", {"id": "a"}, {"areas": ["33.75"]})
    assert rules.digest(silent, 7) == "1e81c57fbefce4f5f0e6aa12c96246192421fd3ae3440b7fd328399242e8f2aa"
    assert rules.digest(replace(silent, question=ASKED), 7) != rules.digest(silent, 7)


def test_it_is_of_no_use_once_its_question_is_closed(town, clock):
    town.people(3)
    id = town.approved(town.official(Role.ADMIN), texts=TEXT, question=ASKED)
    assert town.get(id).expires_at == CLOSES
    clock.at(CLOSES)
    town.clock_ticks()
    assert town.state(id) == "expired"


def test_it_leaves_from_a_number_that_can_be_answered(town):
    asking(town, 2)
    assert town.count_of("SELECT count(*) FROM messages WHERE wants_answer") == 2


SHOWN = [
    pytest.param([50, 30, 10, 10], [50, 30, 10, 10], 100, id="all large enough"),
    pytest.param([50, 30, 10, 4], [50, 30, None, None], 94, id="one small: the next is hidden along"),
    pytest.param([50, 30, 4, 4], [50, 30, None, None], 88, id="two small, together large enough"),
    pytest.param([50, 30, 2, 2], [50, None, None, None], 84, id="two small, together too few"),
    pytest.param([50, 0, 0, 0], [None] * 4, 50, id="all said the same"),
    pytest.param([4, 0, 0, 0], [None] * 4, None, id="hardly anybody answered"),
    pytest.param([0, 0, 0, 0], [None] * 4, None, id="nobody answered"),
    pytest.param([5, 5, 5, 5], [5, 5, 5, 5], 20, id="five each"),
    pytest.param([4, 4, 4, 4], [None] * 4, 16, id="four each"),
]


@pytest.mark.parametrize(("counts", "cells", "total"), SHOWN)
def test_which_figures_are_shown(counts, cells, total):
    seen = polls.show(ASKED, dict(zip(OPTIONS, counts, strict=True)))
    assert list(seen.cells.values()) == cells
    assert seen.total == total


@given(st.lists(st.integers(0, 30), min_size=2, max_size=9))
def test_no_hidden_figure_follows_from_those_that_are_shown(counts):
    options = {str(at): f"j{at}" for at in range(1, len(counts) + 1)}
    true = dict(zip(options, counts, strict=True))
    seen = polls.show(Poll(options, CLOSES), true)
    hidden = [digit for digit, n in seen.cells.items() if n is None]
    assert all(n is None or n >= 5 for n in seen.cells.values())
    assert all(true[digit] >= 5 for digit in options if digit not in hidden)
    if hidden and seen.total is not None:
        assert len(hidden) > 1, "one alone is the total less the others"
        assert sum(true[digit] for digit in hidden) >= 5


def test_the_first_answer_of_a_number_counts_and_nobodys_second(town):
    id, people = asking(town)
    assert answer(town, id, people[:3], "1") == [True] * 3
    assert answer(town, id, people[:3], "2") == [False] * 3
    with town.rt.engine.begin() as conn:
        assert poll_store.count(conn, id) == {"1": 3}


def test_two_answers_of_one_number_at_the_same_moment_are_one(town):
    id, people = asking(town)
    acts = [lambda choice=choice: answer(town, id, people[:1], choice) for choice in "12341234"]
    assert sorted(at_once(*acts)) == [[False]] * 7 + [[True]]


def test_no_answer_counts_once_it_is_closed(town, clock):
    id, people = asking(town)
    clock.at(CLOSES)
    assert answer(town, id, people[:1], "1") == [False]
    poll.tick(town.rt)
    clock.at(CLOSES - timedelta(hours=1))
    assert answer(town, id, people[:1], "1") == [False], "also by a clock that goes wrong"


def results(town):
    """Language, status and text of every row of the batch that tells the result."""
    with town.rt.engine.begin() as conn:
        found = conn.execute(
            statement("""
            SELECT m.number_id, m.status, t.texts ->> m.language AS text FROM messages m JOIN batches t ON t.id = m.batch_id
            WHERE NOT t.is_capped ORDER BY m.number_id""")
        )
        return [tuple(row) for row in found]


def test_the_result_goes_once_to_all_who_answered_and_to_nobody_else(town, clock):
    id, people = asking(town, 40)
    answer(town, id, people[:20], "1")
    answer(town, id, people[20:30], "2")
    answer(town, id, people[30:33], "4")
    assert poll.tick(town.rt) == 0
    clock.at(CLOSES)
    assert poll.tick(town.rt) == 1
    assert poll.tick(town.rt) == 0
    told = results(town)
    assert [number for number, _, _ in told] == people[:33]
    assert {status for _, status, _ in told} == {"queued"}
    [text] = {text for _, _, text in told}
    # None chose 3 and three chose 4: together too few, so the next smallest is hidden along.
    assert (
        text == f"Hasil jajak B{town.get(id).number} (33 warga): saluran 61%, lainnya 39%. Terima kasih sudah menjawab."
    )
    town.settle(town.claim())
    assert {status for _, status, _ in results(town)} == {"sent"}


def test_two_clocks_at_once_tell_it_once(town, clock):
    id, people = asking(town)
    answer(town, id, people, "1")
    clock.at(CLOSES)
    told = at_once(*[lambda: poll.tick(town.rt)] * 4)
    assert sum(told) == 1
    assert len(results(town)) == 20


def test_the_result_waits_for_the_morning_and_is_outside_the_weekly_cap(town, clock):
    id, people = asking(town)
    with town.rt.engine.begin() as conn:
        # Two a week are the most, and these people had them.
        conn.execute(statement("UPDATE batches SET is_capped = true"))
    answer(town, id, people, "1")
    clock.at(CLOSES.replace(hour=14))  # 21:00 WIB
    poll.tick(town.rt)
    assert town.claim() == []
    clock.ahead(hours=11)
    assert len(town.claim()) == 20


def test_whoever_stopped_since_is_told_nothing_and_an_erased_person_neither(town, clock):
    id, people = asking(town)
    answer(town, id, people, "1")
    town.stop(people[:1])
    with town.rt.engine.begin() as conn:
        numbers.forget(conn, people[1])
    clock.at(CLOSES)
    poll.tick(town.rt)
    town.settle(town.claim())
    assert [(number, status) for number, status, _ in results(town)] == [
        (people[1], "skipped"),
        *((number, "sent") for number in people[2:]),
    ]


def test_a_poll_that_nobody_answered_is_over_and_nobody_is_told(town, clock):
    id, _ = asking(town)
    clock.at(CLOSES)
    assert poll.tick(town.rt) == 1
    assert results(town) == []
    seen = poll.look(town.rt, town.official(Role.ADMIN), id)
    assert (seen["answers"], seen["is_open"], seen["results_at"] is not None) == (None, False, True)


def test_few_answers_are_told_as_too_few(town, clock):
    id, people = asking(town)
    answer(town, id, people[:4], "1")
    clock.at(CLOSES)
    poll.tick(town.rt)
    assert {text.partition(":")[2][:31] for _, _, text in results(town)} == {" jawaban terlalu sedikit utk di"}


@pytest.mark.parametrize("language", ["id", "jv", "en"])
def test_the_longest_result_fits_two_parts_in_every_language(town, language):
    options = {str(n): f"{n}" + "x" * 9 for n in range(1, 10)}
    longest = Poll(options, CLOSES)
    asked = {"id": " ".join(f"{digit} {words}" for digit, words in options.items())}
    polls.check(longest, asked, Clock.START, None)
    broadcast = town.get(town.write(town.official(Role.ADMIN))["id"])
    figures = polls.show(longest, dict.fromkeys(options, 111_111))
    text = poll._words(town.rt, broadcast, longest, figures, language)
    assert measure(text).segments <= 2
    assert all(f"{words} 11%" in text for words in options.values()), "nothing is cut"


def test_officials_see_how_many_answered_while_it_is_open_and_the_figures_after(town, clock):
    id, people = asking(town, 40)
    admin = town.official(Role.ADMIN)
    answer(town, id, people[:4], "1")
    assert poll.look(town.rt, admin, id)["answers"] is None
    answer(town, id, people[4:30], "1")
    answer(town, id, people[30:], "2")
    seen = poll.look(town.rt, admin, id)
    assert (seen["answers"], seen["results"], seen["is_open"]) == (40, None, True)
    assert datetime.fromisoformat(seen["closes_at"]) == CLOSES
    clock.at(CLOSES)
    cells = poll.look(town.rt, admin, id)["results"]
    assert [(cell["words"], cell["answers"], cell["percent"]) for cell in cells] == [
        ("saluran", 30, 75),
        ("lampu", None, None),
        ("posyandu", None, None),
        ("taman", None, None),
    ]


def test_what_asks_nothing_or_is_not_to_be_seen_has_no_poll(town):
    town.people(2)
    silent = int(town.write(town.official(Role.ADMIN))["id"])
    with pytest.raises(Missing, match="asks nothing"):
        poll.look(town.rt, town.official(Role.ADMIN), silent)
    id, _ = asking(town, 2)
    with pytest.raises(Missing):
        poll.look(town.rt, town.official(Role.KIM, town.other), id)


def test_a_cancelled_poll_still_tells_those_who_answered(town, clock):
    people = town.people(10)
    id = town.started(town.official(Role.ADMIN), texts=TEXT, question=ASKED)
    town.settle(town.claim(6))
    decide.cancel(town.rt, town.official(Role.ADMIN), id)
    answer(town, id, people[:6], "1")
    clock.at(CLOSES)
    assert poll.tick(town.rt) == 1
    assert len(results(town)) == 6
