import numpy as np
import polars as pl
import pytest

from training.metrics.lists import Judged
from training.metrics.table import FIGURES, Catalogue, differences, figures, per_learner


def judged_of(hits: list[list[bool]]) -> Judged:
    rows = np.array(hits)
    items = np.tile(np.arange(rows.shape[1]), (len(rows), 1))
    return Judged(items, rows, np.full(len(rows), 2))


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue(np.array([5, 3, 1, 0]), 10)


@pytest.fixture
def halves() -> Judged:
    """Twenty learners; the first ten are served well, the others not at all."""
    return judged_of([[True, True]] * 10 + [[False, False]] * 10)


def group(table: pl.DataFrame, value: str, metric: str) -> dict[str, float]:
    chosen = (pl.col("value") == value) & (pl.col("metric") == metric)
    return table.filter(chosen).row(0, named=True)


def test_a_mean_hides_what_its_groups_show(halves: Judged, catalogue: Catalogue) -> None:
    slices = pl.DataFrame(
        {"row": range(20), "slice": "age_band", "value": ["young"] * 10 + ["old"] * 10}
    )
    table = figures("m", halves, catalogue, (1, 2), slices, seed=0)
    assert dict(table.schema) == FIGURES
    assert group(table, "all", "recall_at_2")["mean"] == pytest.approx(0.5)
    assert group(table, "young", "recall_at_2")["mean"] == pytest.approx(1.0)
    assert group(table, "old", "recall_at_2")["mean"] == 0.0
    assert group(table, "young", "recall_at_1")["mean"] == pytest.approx(0.5)


def test_a_group_of_fewer_than_ten_is_left_out(halves: Judged, catalogue: Catalogue) -> None:
    slices = pl.DataFrame({"row": range(9), "slice": "access_need", "value": "step_free"})
    table = figures("m", halves, catalogue, (2,), slices, seed=0)
    assert table["slice"].unique().to_list() == ["all"]


def test_coverage_is_a_property_of_all_lists_and_has_no_interval(
    halves: Judged, catalogue: Catalogue
) -> None:
    none = pl.DataFrame(schema={"row": pl.Int64, "slice": pl.String, "value": pl.String})
    found = group(figures("m", halves, catalogue, (2,), none, seed=0), "all", "coverage_at_2")
    assert found["mean"] == pytest.approx(0.5)
    assert found["low"] is None


def test_better_is_said_only_when_the_whole_interval_is_above_zero(
    halves: Judged, catalogue: Catalogue
) -> None:
    good = per_learner(halves, catalogue, (2,))
    nothing = per_learner(judged_of([[False, False]] * 20), catalogue, (2,))
    ahead = differences(good, nothing, "good", "nothing", seed=0)
    verdicts = dict(ahead.select("metric", "better").iter_rows())
    assert verdicts["recall_at_2"] is True
    assert verdicts["novelty_at_2"] is None
    behind = differences(nothing, good, "nothing", "good", seed=0)
    assert dict(behind.select("metric", "better").iter_rows())["recall_at_2"] is False
