"""The reward model: cross-fitted, calibrated, and harmless where it knows nothing."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
import polars as pl
import pytest

from training.offpolicy.errors import OffPolicyError
from training.offpolicy.estimators import Settings, doubly_robust, ips
from training.offpolicy.overlap import Overlap
from training.offpolicy.reward_model import expected_rewards


class World(Protocol):
    """What these tests use of the toy in conftest."""

    chance: np.ndarray

    def best(self, k: int) -> pl.DataFrame: ...
    def value(self, lists: pl.DataFrame, k: int) -> float: ...
    def uniform_log(self, rng: np.random.Generator, longest: int = 8) -> pl.DataFrame: ...


Meet = Callable[[pl.DataFrame, pl.DataFrame, int], Overlap]
SETTINGS = Settings(draws=300)
K = 3


@pytest.fixture
def found(toy: World, meet: Meet) -> Overlap:
    return meet(toy.uniform_log(np.random.default_rng(2)), toy.best(K), K)


@pytest.fixture
def facts(toy: World) -> pl.DataFrame:
    """The true log-odds of every pair, and a constant that says nothing."""
    learners, sections = toy.chance.shape
    odds = np.log(toy.chance / (1 - toy.chance))
    return pl.DataFrame(
        {
            "learner_id": [f"l{u:04}" for u in np.repeat(np.arange(learners), sections)],
            "section_id": [f"s{s:02}" for s in np.tile(np.arange(sections), learners)],
            "odds": odds.ravel(),
            "constant": True,
        }
    )


def test_a_model_that_knows_the_odds_is_calibrated_and_narrows_the_estimate(
    toy: World, found: Overlap, facts: pl.DataFrame
) -> None:
    model = expected_rewards(found, facts, seed=0)
    assert model.brier < 0.9 * model.base_brier
    assert model.calibration_error < 0.05
    assert model.slope == pytest.approx(1.0, abs=0.15)
    told = doubly_robust(found, model.logged, model.target, SETTINGS)
    plain = ips(found, SETTINGS)
    assert told.low <= toy.value(toy.best(K), K) <= told.high
    assert told.high - told.low < 0.85 * (plain.high - plain.low)


def test_no_learners_reward_is_in_the_model_that_judges_them(
    found: Overlap, facts: pl.DataFrame
) -> None:
    """Turning one learner's rewards round leaves that learner's expected rewards as they were."""
    mine = pl.col("learner_id") == found.logged["learner_id"].item(0)
    turned = found.logged.with_columns(
        pl.when(mine).then(1 - pl.col("reward")).otherwise("reward").alias("reward")
    )
    other = Overlap(turned, found.target, found.learners, found.k, found.without_lists)
    before, after = (expected_rewards(each, facts, seed=0) for each in (found, other))
    held = found.logged.select(mine).to_series().to_numpy()
    np.testing.assert_array_equal(before.logged[held], after.logged[held])
    assert (before.logged[~held] != after.logged[~held]).any()


def test_pairs_without_facts_take_the_mean_and_do_no_harm(
    toy: World, found: Overlap, facts: pl.DataFrame
) -> None:
    model = expected_rewards(found, facts.head(0), seed=0)
    assert np.ptp(model.target) < 0.05
    told = doubly_robust(found, model.logged, model.target, SETTINGS)
    assert told.low <= toy.value(toy.best(K), K) <= told.high


def test_where_nobody_ever_applied_nothing_is_expected(found: Overlap, facts: pl.DataFrame) -> None:
    never = found.logged.with_columns(pl.lit(0.0).alias("reward"))
    model = expected_rewards(
        Overlap(never, found.target, found.learners, found.k, 0), facts, seed=0
    )
    assert not model.target.any()


def test_a_model_needs_facts_and_more_than_one_learner(
    toy: World, meet: Meet, found: Overlap, facts: pl.DataFrame
) -> None:
    with pytest.raises(OffPolicyError, match="at least one feature"):
        expected_rewards(found, facts.select("learner_id", "section_id"), seed=0)
    log = toy.uniform_log(np.random.default_rng(2)).filter(pl.col("learner_id") == "l0000")
    with pytest.raises(OffPolicyError, match="at least two"):
        expected_rewards(meet(log, toy.best(K), K), facts, seed=0)
