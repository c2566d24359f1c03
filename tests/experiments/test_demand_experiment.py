"""Experiment 003 in a small market: what must hold whatever the figures are."""

import doctest
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

EXPERIMENT = Path(__file__).parents[2] / "experiments" / "003-demand"
sys.path[:0] = [str(EXPERIMENT), str(EXPERIMENT.parent)]

# An experiment is a script: its own folder must be on the path first.
from skill_demand import report  # noqa: E402 - as above
from skill_demand.chain import demand_at, truth_of  # noqa: E402 - as above
from skill_demand.figure import draw  # noqa: E402 - as above
from skill_demand.measure import measured  # noqa: E402 - as above
from skill_demand.report import markdown, summary  # noqa: E402 - as above
from skill_demand.world import Reader, World, make_world  # noqa: E402 - as above

SETTINGS = ["labour_months=18", "postings=4000"]
CONFIG: dict[str, Any] = {
    "backtest": {
        "preset": "tiny",
        "thin": SETTINGS,
        "dense": ["labour_months=18", "postings=8000"],
        "origins": [15],
        "ahead": [1],
    },
    "shortages": {"preset": "tiny", "settings": ["learners=300"], "months": [3]},
    "reposts": {"preset": "tiny", "settings": SETTINGS, "missed": [0.0]},
    "reader": {},
}


@pytest.fixture(scope="module")
def world() -> World:
    return make_world("tiny", SETTINGS, 7, Reader())


@pytest.fixture(scope="module")
def seeds() -> list[dict[str, Any]]:
    return [measured(CONFIG, seed, lambda _step: None) for seed in (7, 8)]


def test_a_perfect_reader_counts_the_truth() -> None:
    perfect = Reader(recall=1.0, false_skills=0.0, missed_copies=0.0, unknown_area=0.0)
    read = make_world("tiny", SETTINGS, 7, perfect)
    found = demand_at(read, perfect)
    truth = truth_of(read, found.grid)
    kept = read.vacancies.filter(pl.col("weight") > 0)
    assert kept.height == read.vacancies["opening"].n_unique()
    persons = found.districts.cells.persons.sum()
    assert persons == pytest.approx(truth.sum(), rel=0.1)  # headcounts untold are imputed


def test_reading_errors_cancel_in_the_sum(world: World) -> None:
    found = demand_at(world, Reader())
    truth = truth_of(world, found.grid)
    assert found.districts.cells.persons.sum() == pytest.approx(truth.sum(), rel=0.1)


def test_the_truth_stands_in_the_cells_of_the_grid(world: World) -> None:
    grid = demand_at(world, Reader()).grid
    truth = truth_of(world, grid)
    row = world.truth.filter(pl.col("vacancies") > 3).row(0, named=True)
    at = (
        grid.months.index(row["month"]),
        grid.areas.index(row["division_code"]),
        grid.skills.index(row["skill_id"]),
    )
    assert truth[at] == row["vacancies"]


def test_copies_that_are_recognised_move_nothing(seeds: list[dict[str, Any]]) -> None:
    for seed in seeds:
        (row,) = seed["reposts"]
        assert row["vacancies"] == pytest.approx(0.0, abs=1e-9)
        assert row["ads"] > 1


def test_the_same_seed_gives_the_same_figures(seeds: list[dict[str, Any]]) -> None:
    assert measured(CONFIG, 7, lambda _step: None) == seeds[0]


def test_every_figure_reaches_the_tables_and_the_drawing(
    seeds: list[dict[str, Any]], tmp_path: Path
) -> None:
    results = summary(seeds, 0.95)
    text = markdown(results)
    for part in ("Backtest", "Coverage", "Planted shortages", "Reposts"):
        assert f"**{part}**" in text
    assert "nan" not in text
    files = draw(results, tmp_path)
    first = [path.read_bytes() for path in files]
    assert [path.read_bytes() for path in draw(results, tmp_path)] == first
    assert all(np.isfinite(row["coverage"]) for row in results["table_intervals"]["thin"])


def test_the_examples_of_the_docstrings_hold() -> None:
    assert doctest.testmod(report).failed == 0
