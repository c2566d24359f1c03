"""Experiment 004's ranking of gaps: what is counted beside the judge, and how seeds are joined."""

import sys
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

EXPERIMENT = Path(__file__).parents[2] / "experiments" / "004-planning"
sys.path[:0] = [str(EXPERIMENT), str(EXPERIMENT.parent)]

# An experiment is a script: its own folder must be on the path first.
from gap_ranking import measure  # noqa: E402 - as above

DISTRICT = "330113000000"


def seed(number: int, precision: float, found: int, wrong: int) -> dict[str, Any]:
    head = {"precision_at_20": precision, "decoys_at_20": 0, "kinds": {}}
    return {
        "seed": number,
        **dict.fromkeys(measure.RANKINGS, head),
        "average_precision": precision,
        "interval_coverage": 0.9,
        "found": found,
        "found_planted": found - wrong,
        "found_not_short": wrong,
        "gaps_cpu_s": 10.0,
    }


def test_seeds_are_joined_with_an_interval_and_shares_are_of_all_found() -> None:
    results = measure.joined([seed(1, 0.8, 10, 3), seed(2, 0.9, 30, 1)])
    told = results["rankings"]["xuepei"]["precision_at_20"]
    assert told["mean"] == pytest.approx(0.85)
    assert told["low"] < 0.8 < 0.9 < told["high"]
    assert results["found_not_short_share"] == pytest.approx(4 / 40)
    assert "Seeds: 1, 2." in measure.table(results)


def test_counted_postings_are_fooled_by_reposts_and_true_vacancies_are_not() -> None:
    skills = [f"k{number:02}" for number in range(40)]
    kinds = ["gap" if number < 20 else "spam" for number in range(40)]
    truth = pl.DataFrame(
        {
            "division_code": DISTRICT,
            "skill_id": skills,
            "month": date(2025, 8, 1),
            "vacancies": [4.0 if kind == "gap" else 1.0 for kind in kinds],
            "supply": [1.0] * 40,
            "gap": [3.0 if kind == "gap" else 0.0 for kind in kinds],
            "kind": kinds,
        }
    )
    ads = [
        skill
        for skill, kind in zip(skills, kinds, strict=True)
        for _ in range(4 if kind == "gap" else 6)
    ]
    evidence = pl.DataFrame({"division_code": DISTRICT, "skill_id": ads})
    kind_of = truth.select("division_code", "skill_id", "kind")
    told = measure.others(truth, evidence, kind_of)
    assert told["postings"]["decoys_at_20"] == 20
    assert told["true_vacancies"]["precision_at_20"] == 1.0
