from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from training.judge.gaps import judge_gaps
from training.judge.truth import Truth

TruthOf = Callable[..., Truth]

KINDS = {"k1": "gap", "k2": "served", "k3": "gap", "k4": "spam", "k5": None}
"""One district, five skills; k1 and k3 are the true gaps."""


def cells(kinds: dict[str, str | None] = KINDS) -> dict[str, Any]:
    """Two months of each skill; the gap grows from 8 to 12 persons for gaps, else 0."""
    rows = [
        ("330106", skill, month, gap if kind == "gap" else 0.0, kind)
        for skill, kind in kinds.items()
        for month, gap in (("2025-07-01", 8.0), ("2025-08-01", 12.0))
    ]
    names = ("division_code", "skill_id", "month", "gap", "kind")
    return dict(zip(names, zip(*rows, strict=True), strict=True))


def ranking(tmp_path: Path, skills: list[str], **columns: list[Any]) -> Path:
    path = tmp_path / "ranking.csv"
    frame = {"division_code": ["330106"] * len(skills), "skill_id": skills, **columns}
    pl.DataFrame(frame).write_csv(path)
    return path


def judged(truth: Truth, path: Path, k: int = 3, min_gap: float = 5) -> dict[str, Any]:
    return judge_gaps(truth, path, k=k, min_gap=min_gap)


def test_a_ranking_of_a_hand_sized_case(truth_of: TruthOf, tmp_path: Path) -> None:
    """Gaps at ranks 1 and 3 of two: (1/1 + 2/3) / 2; decoys at 2 and 4."""
    found = judged(truth_of(gaps=cells()), ranking(tmp_path, ["k1", "k2", "k3", "k4"]))
    assert found["precision_at_3"] == pytest.approx(2 / 3)
    assert found["precision_at_20"] == pytest.approx(2 / 20)
    assert found["average_precision"] == pytest.approx((1 + 2 / 3) / 2)
    assert (found["recall"], found["recall_at_3"]) == (1.0, 1.0)
    assert found["base_rate"] == pytest.approx(2 / 5)
    assert found["decoys_at_20"]["kinds"] == {"served": 1, "spam": 1}
    assert [(row["rank"], row["skill_id"]) for row in found["decoys_at_20"]["cells"]] == [
        (2, "k2"),
        (4, "k4"),
    ]


def test_a_gap_that_is_not_ranked_is_missed(truth_of: TruthOf, tmp_path: Path) -> None:
    found = judged(truth_of(gaps=cells()), ranking(tmp_path, ["k2", "k3"]))
    assert found["recall"] == 0.5
    assert found["average_precision"] == pytest.approx(0.5 / 2)


@pytest.mark.parametrize(
    ("columns", "order", "first"),
    [
        ({}, "row", "k4"),
        ({"gap": [1, 2, 3]}, "gap", "k1"),
        ({"gap": [1, 2, 3], "gap_low": [0, 2, 1]}, "gap_low", "k2"),
        ({"gap": [1, 2, 3], "gap_low": [0, 2, 1], "rank": [3, 2, 1]}, "rank", "k1"),
        ({"gap": [9, None, 30]}, "gap", "k1"),
    ],
)
def test_the_ranking_is_read_from_the_first_column_that_orders(
    truth_of: TruthOf, tmp_path: Path, columns: dict[str, list[Any]], order: str, first: str
) -> None:
    found = judged(truth_of(gaps=cells()), ranking(tmp_path, ["k4", "k2", "k1"], **columns), k=1)
    assert found["ranked_by"] == order
    assert found["precision_at_1"] == (1.0 if first == "k1" else 0.0)
    decoy = found["decoys_at_20"]["cells"][0]
    assert decoy["rank"] == 1 if first == decoy["skill_id"] else decoy["rank"] > 1


def test_without_kinds_a_lasting_gap_is_a_true_one(truth_of: TruthOf, tmp_path: Path) -> None:
    """The mean of 8 and 12 persons is 10."""
    told = {name: values for name, values in cells().items() if name != "kind"}
    path = ranking(tmp_path, ["k1", "k2", "k3"])
    found = judged(truth_of(gaps=told), path)
    assert (found["true_gaps"], found["decoys_at_20"]) == (2, None)
    assert "no decoys: gaps.parquet of the truth lacks kind" in found["notes"]
    none = judged(truth_of(gaps=told), path, min_gap=10)
    assert (none["true_gaps"], none["recall"], none["average_precision"]) == (0, None, None)
    assert "recall is not defined" in " ".join(none["notes"])


def test_cells_the_truth_does_not_know_are_no_gaps(truth_of: TruthOf, tmp_path: Path) -> None:
    found = judged(truth_of(gaps=cells()), ranking(tmp_path, ["k9", "k1"]), k=2)
    assert found["precision_at_2"] == 0.5
    assert found["notes"][0].startswith("1 cells of the ranking are not in the truth")


def test_intervals_are_held_against_the_last_month(truth_of: TruthOf, tmp_path: Path) -> None:
    """12 persons lie in 10 to 14 and on the end of 12 to 13, but not in 5 to 9."""
    ends = {"gap_low": [10, 12, 5, None], "gap_high": [14, 13, 9, 9]}
    gaps = dict.fromkeys(("k1", "k2", "k3", "k4"), "gap")
    found = judged(truth_of(gaps=cells(gaps)), ranking(tmp_path, list(gaps), **ends))
    assert found["interval_coverage"] == pytest.approx(2 / 3)


def test_intervals_of_a_named_month_are_held_against_it(truth_of: TruthOf, tmp_path: Path) -> None:
    ends = {"gap_low": [7, 7], "gap_high": [9, 9], "month": ["2025-07", "2025-08-01"]}
    found = judged(truth_of(gaps=cells()), ranking(tmp_path, ["k1", "k3"], **ends))
    assert found["interval_coverage"] == pytest.approx(1 / 2)


def test_dates_in_parquet_are_months_too(truth_of: TruthOf, tmp_path: Path) -> None:
    dated = pl.DataFrame(cells()).with_columns(pl.col("month").str.to_date())
    ends = {"gap_low": [11], "gap_high": [12], "month": ["2025-08"]}
    found = judged(truth_of(gaps=dated), ranking(tmp_path, ["k1"], **ends))
    assert found["interval_coverage"] == 1.0
