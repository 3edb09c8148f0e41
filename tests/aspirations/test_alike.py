"""The labelled set of duplicates and near-duplicates: how many are found, and how many of those found are right."""

from pathlib import Path

import pytest
import yaml

from gateway.aspirations.similar import THRESHOLD, likeness

SET: dict[str, list[list[str]]] = yaml.safe_load(
    (Path(__file__).parents[1] / "corpus" / "alike.yaml").read_text("utf-8")
)
LEAST_PRECISION, LEAST_RECALL = 0.95, 0.85
"""A false offer costs a resident one more digit, and a merge is decided by a person; a duplicate that is missed costs
that person a minute. Neither may become common."""


def test_precision_and_recall_on_the_labelled_set(capsys: pytest.CaptureFixture[str]) -> None:
    found = [pair for pair in SET["same"] if likeness(*pair) >= THRESHOLD]
    wrong = [pair for pair in SET["different"] if likeness(*pair) >= THRESHOLD]
    precision, recall = len(found) / (len(found) + len(wrong)), len(found) / len(SET["same"])
    missed = [pair for pair in SET["same"] if pair not in found]
    with capsys.disabled():
        print(f"\nalike: {len(SET['same'])} duplicates, {len(SET['different'])} others:"
              f" precision {precision:.2f}, recall {recall:.2f}")  # fmt: skip
    assert precision >= LEAST_PRECISION, wrong
    assert recall >= LEAST_RECALL, missed


def test_the_set_is_of_use() -> None:
    pairs = [tuple(pair) for pairs in SET.values() for pair in pairs]
    assert len(pairs) == len(set(pairs))
    assert all(len(pair) == 2 and pair[0] != pair[1] for pair in pairs)
    assert min(len(SET["same"]), len(SET["different"])) >= 25
