"""The life of a ticket: every state and verb, allowed exactly where the casework table says so."""

import pytest

from gateway.aspirations.rules import State, Verb, fold, following

# The city's table of casework, row by row: from, verb, to.
ALLOWED = """
received verify verifying
verifying ask needs_info
needs_info inform verifying
needs_info lapse archived
verifying forward forwarded
verifying take local
verifying decline declined
verifying merge merged
verifying archive archived
forwarded start in_progress
local start in_progress
forwarded reply forwarded
local reply local
in_progress reply in_progress
forwarded resolve answered
local resolve answered
in_progress resolve answered
answered confirm closed
answered confirm_partly closed_partly
answered deny reopened
answered lapse closed_automatically
reopened forward forwarded
reopened take local
reopened start in_progress
reopened resolve answered
closed reopen reopened
closed_partly reopen reopened
closed_automatically reopen reopened
archived reopen reopened
"""
TABLE = {tuple(line.split()[:2]): line.split()[2] for line in ALLOWED.strip().splitlines()}


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("state", State)
def test_each_state_allows_exactly_the_verbs_of_the_table(state: State, verb: Verb) -> None:
    assert following(state, verb) == TABLE.get((state.value, verb.value))


def test_every_state_can_be_reached_from_the_first() -> None:
    reached, edge = {State.RECEIVED}, [State.RECEIVED]
    while edge:
        state = edge.pop()
        more = {after for verb in Verb if (after := following(state, verb)) and after not in reached}
        reached |= more
        edge.extend(more)
    assert reached == set(State)


@pytest.mark.parametrize(
    ("label", "one", "other", "same"),
    [
        ("case does not count", "Lampu MATI", "lampu mati", True),
        ("spacing does not count", "lampu  mati\n", " lampu mati", True),
        ("control characters do not count", "lampu\x00 mati", "lampu mati", True),
        ("words count", "lampu mati", "lampu padam", False),
        ("signs count", "lampu mati!", "lampu mati", False),
    ],
)
def test_words_compared_for_repetition(label: str, one: str, other: str, same: bool) -> None:
    assert (fold(one) == fold(other)) is same, label
