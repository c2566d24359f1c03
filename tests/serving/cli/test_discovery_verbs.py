"""``similar``, ``popular`` and ``learners`` from the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data.cli import run_verb
from data.errors import XuepeiError
from serving.schemas.discovery import AudienceAnswer, PopularAnswer, ReachAnswer, SimilarAnswer

Run = Callable[..., Any]
XIHU = "330106000000"


@pytest.fixture
def run(snapshot: Path, model: Path) -> Run:
    """Runs a verb on the town."""
    parts = ["--snapshot", str(snapshot), "--bundle", str(model)]

    def run(verb: str, *arguments: object) -> Any:
        return run_verb([verb, *map(str, arguments), *parts])

    return run


def test_similar_courses_are_printed_with_their_reason(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = run("similar", "s-paint-0", "-n", 3)
    printed = capsys.readouterr().out
    assert answer.course_id == "paint-0"
    assert all(item.reasons for item in answer.items)
    for word in ("与这门课程相近", "课程 paint-0", *(item.section_id for item in answer.items)):
        assert word in printed


def test_a_stranger_is_told_that_the_answer_is_not_personal(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run("similar", "paint-0", "--learner", "stranger", "--lang", "en")
    assert "unknown learner" in capsys.readouterr().out
    assert run("similar", "paint-0", "--learner", "fan").fallback is None


def test_what_is_popular_is_printed_for_an_area(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = run("popular", "--area", XIHU, "-n", 2)
    printed = capsys.readouterr().out
    assert len(answer.items) == 2
    assert f"近期热门 {XIHU}" in printed
    assert len(run("popular", "--area", XIHU, "--elder", "-n", 20).items) == 5


def test_the_audience_is_printed_with_pseudonyms(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = run("learners", "s-paint-5", "-n", 3)
    printed = capsys.readouterr().out
    assert len(answer.learners) == 3
    assert all(each.learner_id in printed for each in answer.learners)
    assert not {"off-a", "off-b"} & {each.learner_id for each in answer.learners}


def test_planners_see_counts_and_no_pseudonym(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    answer = run("learners", "s-paint-5", "--aggregate")
    printed = capsys.readouterr().out
    assert isinstance(answer, ReachAnswer)
    assert sum(cell.learners for cell in answer.cells) == 19
    assert "painter-" not in printed
    assert "fan" not in printed


@pytest.mark.parametrize(
    ("arguments", "wire"),
    [
        (["similar", "paint-0"], SimilarAnswer),
        (["popular", "--area", XIHU, "--age-band", "25-34"], PopularAnswer),
        (["learners", "s-paint-5"], AudienceAnswer),
        (["learners", "s-paint-5", "--aggregate"], ReachAnswer),
    ],
)
def test_each_verb_gives_one_json_document_and_the_same_again(
    run: Run, capsys: pytest.CaptureFixture[str], arguments: list[str], wire: Any
) -> None:
    answer = run(*arguments, "--json")
    first = capsys.readouterr().out
    assert wire.model_validate_json(json.dumps(json.loads(first))) == answer
    run(*arguments, "--json")
    assert capsys.readouterr().out == first


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["similar", "nowhere"], "no section or course"),
        (["similar", "paint-0", "--programme", "cooking"], "there is no programme"),
        (["popular", "--area", "Hangzhou"], "12-digit"),
        (["popular", "--area", XIHU, "--age-band", "young"], "age_band is not one of"),
        (["learners", "nowhere"], "no section of this id"),
        (["learners", "s-paint-5", "--aggregate", "-n", "3"], "-n is the length of the list"),
    ],
)
def test_bad_input_is_explained(run: Run, arguments: list[str], message: str) -> None:
    with pytest.raises(XuepeiError, match=message):
        run(*arguments)
