from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy.stats import chi2_contingency

from training.judge.allocation import judge_allocation
from training.judge.truth import Truth
from training.judge.win_rates import equality, wilson, win_rates

Ints = NDArray[np.int64]


def drawn(seed: int, odds: tuple[float, float]) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    """Twenty sections, two groups that want different ones, won with the group's odds."""
    rng = np.random.default_rng(seed)
    section = rng.integers(0, 20, 4000)
    group = (rng.random(4000) < section / 20).astype(np.int64)
    base = 0.1 + 0.4 * section / 20
    return section, group, rng.random(4000) < base * np.array(odds)[group]


def test_an_interval_of_wilson_holds_the_share_and_stays_within_bounds() -> None:
    for wins, n in ((0, 10), (3, 10), (10, 10), (1, 1)):
        low, high = wilson(wins, n)
        assert 0 <= low <= wins / n <= high + 1e-12 <= 1 + 1e-12
    assert wilson(0, 10)[1] == pytest.approx(0.2775, abs=1e-4)


def test_a_fair_lottery_is_seldom_called_unfair() -> None:
    """Pooled over sections the groups differ: one wants the easier ones."""
    values = [equality(*drawn(seed, (1.0, 1.0))).p_value for seed in range(100)]
    assert sum(value is not None and value < 0.05 for value in values) <= 12
    _, group, won = drawn(0, (1.0, 1.0))
    table = [[np.sum(won & (group == g)), np.sum(~won & (group == g))] for g in (0, 1)]
    assert chi2_contingency(table).pvalue < 1e-6


def test_a_lottery_that_halves_one_groups_chance_is_found() -> None:
    p_value = equality(*drawn(1, (1.0, 0.5))).p_value
    assert p_value is not None
    assert p_value < 1e-6


def test_in_one_section_the_test_is_the_usual_one() -> None:
    """With N in place of N - 1 it is Pearson's chi-square."""
    rng = np.random.default_rng(2)
    group, won = rng.integers(0, 3, 300), rng.random(300) < 0.3
    found = equality(np.zeros(300, dtype=np.int64), group, won)
    table = [[np.sum(won & (group == g)), np.sum(~won & (group == g))] for g in range(3)]
    usual = chi2_contingency(table, correction=False)
    assert found.statistic * 300 / 299 == pytest.approx(usual.statistic)
    assert found.freedom == 2
    assert found.expected.sum() == pytest.approx(won.sum())


def test_over_many_sections_one_degree_is_lost_as_in_one() -> None:
    """Sums over sections leave rounding where exact figures would leave zero."""
    section, group, won = drawn(3, (1.0, 1.0))
    assert equality(section, group, won).freedom == 1
    assert equality(section, np.zeros_like(group), won).p_value is None
    assert equality(section, np.arange(4000) % 5, won).freedom == 4


@pytest.mark.parametrize("n", [0, 12])
def test_nothing_to_compare_has_no_p_value(n: int) -> None:
    """One group alone, or nobody."""
    none = np.zeros(n, dtype=np.int64)
    assert equality(none, none, np.zeros(n, dtype=np.bool_)).p_value is None


def test_groups_of_fewer_than_ten_are_left_out() -> None:
    entries = pl.DataFrame(
        {
            "section": [0] * 29,
            "won": [True, False] * 14 + [True],
            "band": ["young"] * 10 + ["old"] * 9 + [None] * 10,
        }
    )
    found = win_rates(entries, "band")
    assert [(row["value"], row["n"]) for row in found["rows"]] == [("unknown", 10), ("young", 10)]
    assert found["degrees_of_freedom"] == 1


def test_first_choices_of_contested_sections_are_counted(
    truth_of: Callable[..., Truth], tmp_path: Path
) -> None:
    """Twenty ask for ten seats of x, which the young all get; y has room for everybody."""
    ids = [f"l{n:02}" for n in range(20)]
    bands = ["18-24"] * 10 + ["60-69"] * 10
    choices: dict[str, list[Any]] = {
        "learner_id": ids * 2,
        "section_id": ["x"] * 20 + ["y"] * 20,
        "choice_rank": [1] * 20 + [2] * 20,
    }
    truth = truth_of(
        applications=choices,
        sections={"section_id": ["x", "y"], "capacity": [10, 30]},
        learners={"learner_id": ids, "age_band": bands},
    )
    path = tmp_path / "seats.csv"
    pl.DataFrame({"learner_id": ids, "section_id": ["x"] * 10 + ["y"] * 10}).write_csv(path)
    found = judge_allocation(truth, path, seats_each=1)
    rates = found["win_rates"]["age_band"]
    assert [(row["n"], row["won"]) for row in rates["rows"]] == [(10, 10), (10, 0)]
    assert [row["expected_win_rate"] for row in rates["rows"]] == [0.5, 0.5]
    assert rates["p_value"] < 0.001
    assert found["contested"]["sections"] == 1
    assert found["contested"]["famous"]["section_id"] == "x"
    assert found["contested"]["famous"]["win_rates"]["age_band"] == rates
    assert list(found["win_rates"]) == ["age_band"]
    assert "lacks district_code" in " ".join(found["notes"])
