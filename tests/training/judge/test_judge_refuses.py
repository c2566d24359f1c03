"""What can't be judged is refused with what was wrong, and what was expected."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from training.judge.allocation import judge_allocation
from training.judge.errors import JudgeError
from training.judge.gaps import judge_gaps
from training.judge.recommendations import judge_recommendations
from training.judge.truth import Truth

Street = dict[str, dict[str, Any]]
TruthOf = Callable[..., Truth]

LISTS = {"learner_id": ["a", "a"], "rank": [1, 2], "section_id": ["s1", "s2"]}
GAPS = {
    "division_code": ["330106"],
    "skill_id": ["k1"],
    "month": ["2025-08-01"],
    "gap": [9.0],
}
ROUND: Street = {
    "applications": {"learner_id": ["a"], "section_id": ["s1"], "choice_rank": [1]},
    "sections": {"section_id": ["s1"], "capacity": [1]},
}


def judge_lists(truth: Truth, path: Path) -> None:
    judge_recommendations(truth, path, baselines={}, k=2, seed=0)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"rank": [1, 1]}, "a rank in one list twice"),
        ({"section_id": ["s1", "s1"]}, "a section in one list twice"),
        ({"section_id": ["s1", None]}, "section_id .* is empty in 1 rows"),
        ({"rank": ["1", "first"]}, r"rank .* holds \['first'\]; expected Int64"),
        ({"learner_id": ["c", "c"]}, "none of the learners .* is judged"),
        ({"learner_id": [], "rank": [], "section_id": []}, "holds no rows"),
    ],
)
@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_lists_that_contradict_themselves_are_refused(
    truth_of: TruthOf,
    street: Street,
    tmp_path: Path,
    change: dict[str, Any],
    expected: str,
    suffix: str,
) -> None:
    path = tmp_path / f"lists{suffix}"
    frame = pl.DataFrame({**LISTS, **change})
    frame.write_csv(path) if suffix == ".csv" else frame.write_parquet(path)
    with pytest.raises(JudgeError, match=expected):
        judge_lists(truth_of(**street), path)


@pytest.mark.parametrize("column", sorted(LISTS))
def test_a_missing_column_is_named_with_those_there_are(
    truth_of: TruthOf, street: Street, tmp_path: Path, column: str
) -> None:
    path = tmp_path / "lists.csv"
    pl.DataFrame(LISTS).drop(column).write_csv(path)
    with pytest.raises(JudgeError, match=rf"lacks column \['{column}'\]; it has"):
        judge_lists(truth_of(**street), path)


def test_a_file_that_is_not_what_it_says_is_refused(
    truth_of: TruthOf, street: Street, tmp_path: Path
) -> None:
    truth = truth_of(**street)
    (tmp_path / "lists.parquet").write_text("no parquet")
    for name, expected in {
        "lists.parquet": "can't be read",
        "absent.csv": "can't be read",
        "lists.xlsx": "should end in one of .parquet, .csv",
    }.items():
        with pytest.raises(JudgeError, match=expected):
            judge_lists(truth, tmp_path / name)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"section_id": ["s1", "s1", "s3", "s4"] * 2}, "a pair of learner and section twice"),
        ({"apply_probability": [1.5] * 8}, "8 probabilities outside 0 to 1"),
        ({"apply_probability": [float("nan")] * 8}, "8 probabilities outside 0 to 1"),
        ({"apply_probability": [None] * 8}, "apply_probability .* is empty in 8 rows"),
        ({"apply_probability": [0.1] * 8}, "barred pairs a probability above 0"),
        ({"learner_id": [None] * 8}, "learner_id .* is empty in 8 rows"),
    ],
)
def test_a_truth_that_contradicts_itself_is_refused(
    truth_of: TruthOf,
    street: Street,
    lists_of: Callable[..., Path],
    change: dict[str, Any],
    expected: str,
) -> None:
    told = {**street["apply_probability"], **change}
    with pytest.raises(JudgeError, match=expected):
        judge_lists(truth_of(**{**street, "apply_probability": told}), lists_of(a=["s1"]))


def test_a_truth_without_its_required_table_says_what_it_has(
    truth_of: TruthOf, street: Street, lists_of: Callable[..., Path]
) -> None:
    truth, path = truth_of(sections=street["sections"]), lists_of(a=["s1"])
    with pytest.raises(JudgeError, match=r"no apply_probability.parquet; it has \['sections"):
        judge_lists(truth, path)
    with pytest.raises(JudgeError, match=r"no gaps.parquet"):
        judge_gaps(truth, path, k=10, min_gap=5)
    with pytest.raises(JudgeError, match=r"no applications.parquet"):
        judge_allocation(truth, path, seats_each=1)


def test_a_section_that_the_truth_holds_twice_is_refused(
    truth_of: TruthOf, street: Street, lists_of: Callable[..., Path]
) -> None:
    sections = {"section_id": ["s1", "s1"]}
    with pytest.raises(JudgeError, match=r"sections.parquet holds one key twice"):
        judge_lists(truth_of(**{**street, "sections": sections}), lists_of(a=["s1"]))


def test_a_baseline_may_not_take_a_built_in_name(
    truth_of: TruthOf, street: Street, lists_of: Callable[..., Path]
) -> None:
    path = lists_of(a=["s1"])
    with pytest.raises(JudgeError, match=r"popular.* built in"):
        judge_recommendations(truth_of(**street), path, baselines={"popular": path}, k=2, seed=0)


@pytest.mark.parametrize(
    ("ranking", "expected"),
    [
        ({"division_code": ["330106"] * 2, "skill_id": ["k1"] * 2}, "a cell twice"),
        (
            {"division_code": ["330106"] * 2, "skill_id": ["k1", "k2"], "rank": [1, 1]},
            "a rank twice",
        ),
        ({"division_code": ["330106000000"], "skill_id": ["k1"]}, r"no cell .* \('330106', 'k1'\)"),
        ({"division_code": ["330106"]}, r"lacks column \['skill_id'\]"),
    ],
)
def test_a_ranking_that_contradicts_itself_is_refused(
    truth_of: TruthOf, tmp_path: Path, ranking: dict[str, Any], expected: str
) -> None:
    pl.DataFrame(ranking).write_csv(tmp_path / "gaps.csv")
    with pytest.raises(JudgeError, match=expected):
        judge_gaps(truth_of(gaps=GAPS), tmp_path / "gaps.csv", k=10, min_gap=5)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"learner_id": ["a", "a"], "section_id": ["s1", "s1"]}, "a pair of .* twice"),
        ({"learner_id": ["a"]}, r"lacks column \['section_id'\]"),
        (
            {"learner_id": ["a"], "section_id": ["s1"], "status": ["Admitted"]},
            r"no row .* has status 'admitted'; it has \['Admitted'\]",
        ),
        ({"learner_id": ["a"], "section_id": ["s1"], "lottery": ["x"]}, "expected Float64"),
    ],
)
def test_an_allocation_that_contradicts_itself_is_refused(
    truth_of: TruthOf, tmp_path: Path, answer: dict[str, Any], expected: str
) -> None:
    pl.DataFrame(answer).write_csv(tmp_path / "seats.csv")
    with pytest.raises(JudgeError, match=expected):
        judge_allocation(truth_of(**ROUND), tmp_path / "seats.csv", seats_each=1)


@pytest.mark.parametrize(
    ("table", "columns", "expected"),
    [
        ("sections", {"section_id": ["s1"]}, "lacks column capacity"),
        (
            "applications",
            {"learner_id": ["a", "a"], "section_id": ["s1", "s2"], "choice_rank": [1, 1]},
            "a learner's choice rank twice",
        ),
    ],
)
def test_a_round_that_can_not_be_is_refused(
    truth_of: TruthOf, tmp_path: Path, table: str, columns: dict[str, Any], expected: str
) -> None:
    pl.DataFrame({"learner_id": ["a"], "section_id": ["s1"]}).write_csv(tmp_path / "seats.csv")
    with pytest.raises(JudgeError, match=expected):
        judge_allocation(
            truth_of(**{**ROUND, table: columns}), tmp_path / "seats.csv", seats_each=1
        )
