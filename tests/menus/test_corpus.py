"""The labelled SMS: none is dropped, STOP is never misread, and most intents, areas and categories are right."""

from pathlib import Path

import pytest

from menus.__main__ import main
from menus.corpus import STANDARD, Figures, figures, judge, read_areas, read_corpus
from menus.loader import standard_lexicon
from menus.model import Action
from menus.reading import BookError

AREAS = read_areas()
PARTS = read_corpus(STANDARD, AREAS)
ALL = [sample for samples in PARTS.values() for sample in samples]


@pytest.fixture(scope="module")
def found() -> Figures:
    return figures(judge(ALL, AREAS))


def test_the_corpus_is_large_and_a_third_of_it_was_written_unseen() -> None:
    assert len(ALL) >= 240
    assert 3 * len(PARTS["unseen"]) >= len(ALL)


def test_near_misses_of_stop_and_of_emergencies_are_well_represented() -> None:
    words = ("stop", "berhenti", "unreg", "mandeg", "keluar", "kebakar", "kobong", "celaka", "tenggelam", "darurat", "begal",
             "hanyut", "setrum", "tabrakan", "tolong cepat")  # fmt: skip
    near = [sample for sample in ALL if any(word in sample.text.lower() for word in words)]
    assert len(near) >= 40
    assert sum(sample.intent not in (Action.STOP, Action.STOP_ALL, Action.EMERGENCY) for sample in near) >= 20


def test_every_action_that_a_keyword_names_is_in_it() -> None:
    named = {keyword.action for keyword in standard_lexicon().named.values()}
    assert named - {sample.intent for sample in ALL} == {Action.REPORT_FORGED}


def test_nothing_is_dropped(found: Figures) -> None:
    assert found.dropped == 0


def test_stop_is_never_misread(found: Figures) -> None:
    right, taken, meant = found.stops
    assert right == taken
    assert meant - right <= 1


def test_intents_areas_and_categories(found: Figures) -> None:
    for (right, of), least in ((found.intents, 95), (found.areas, 95), (found.categories, 90)):
        assert 100 * right >= least * of


def test_every_part_alone_keeps_the_same_marks() -> None:
    for samples in PARTS.values():
        marks = figures(judge(samples, AREAS))
        assert 100 * marks.intents[0] >= 95 * marks.intents[1]
        assert marks.stops[0] == marks.stops[1]


def run(*arguments: str) -> tuple[int, str]:
    lines: list[str] = []
    code = main(["corpus", *arguments], lines.append)
    return code, "\n".join(lines)


def test_the_command_prints_figures_and_the_confusion_table() -> None:
    code, shown = run()
    assert code == 0
    assert [line.split(":")[0] for line in shown.splitlines()[:3]] == ["tuned", "unseen", "all"]
    assert "STOP precision 100.0%" in shown
    assert "dropped 0" in shown
    assert "meant                 SMS  right  read as" in shown


def write(folder: Path, text: str) -> str:
    path = folder / "mine.yaml"
    path.write_text(text, "utf-8")
    return str(path)


def test_a_file_of_ones_own_shows_what_was_misread(tmp_path: Path) -> None:
    code, shown = run(
        write(tmp_path, 'tuned:\n  - [stop, Medono, roads, "lapor sampah"]\n  - [report, "", roads, "lapor uwuh"]\n')
    )
    assert code == 0
    assert "stop                    1      0  report 1" in shown
    assert "stop read as report; area 33.75.01.1002 read as -: lapor sampah" in shown
    assert "category roads read as waste: lapor uwuh" in shown
    assert "recall 0.0%" in shown
    assert "STOP precision -" in shown


FAULTS = [
    ("an unknown action", '[shout, "", "", "x"]', "tuned.0.0"),
    ("an unknown kelurahan", '[report, Wiradesa, "", "x"]', "Wiradesa is no kelurahan"),
    ("the same text twice", '[report, "", "", "x"]\n  - [ask, "", "", "x"]', "'x' stands twice"),
    ("a column too few", '[report, "", "x"]', "tuned.0.3"),
]


@pytest.mark.parametrize(("row", "fault"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_a_file_with_faults_is_refused_with_its_lines(tmp_path: Path, row: str, fault: str) -> None:
    code, shown = run(write(tmp_path, f"tuned:\n  - {row}\n"))
    assert code == 1
    assert shown.startswith("mine.yaml:")
    assert fault in shown
    with pytest.raises(BookError):
        read_corpus(tmp_path / "mine.yaml", AREAS)


def test_a_file_that_is_not_there_is_said() -> None:
    code, shown = run("there/is/none.yaml")
    assert code == 1
    assert "none.yaml" in shown
