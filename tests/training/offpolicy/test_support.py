"""When an estimate is refused, and what is said of one that isn't."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
import polars as pl
import pytest

from training.offpolicy.errors import OffPolicyError, ThinSupportError
from training.offpolicy.estimators import Settings, ips, snips
from training.offpolicy.overlap import Overlap
from training.offpolicy.support import Floors, doubts, effective_sample, require_support, support_of


class World(Protocol):
    """What these tests use of the toy in conftest."""

    def best(self, k: int) -> pl.DataFrame: ...
    def value(self, lists: pl.DataFrame, k: int) -> float: ...
    def uniform_log(self, rng: np.random.Generator, longest: int = 8) -> pl.DataFrame: ...
    def plackett_luce_log(self, rng: np.random.Generator) -> pl.DataFrame: ...


Meet = Callable[[pl.DataFrame, pl.DataFrame, int], Overlap]
SETTINGS = Settings(draws=300)
K = 3


@pytest.fixture
def log(toy: World) -> pl.DataFrame:
    return toy.uniform_log(np.random.default_rng(0))


def test_random_traffic_supports_any_lists_and_weighs_one_on_average(
    toy: World, meet: Meet, log: pl.DataFrame
) -> None:
    support = support_of(meet(log, toy.best(K), K), SETTINGS)
    require_support(support, Floors())
    assert doubts(support) == ()
    assert support.mean_weight == pytest.approx(1.0, abs=0.1)
    assert support.mean_weight_low < 1 < support.mean_weight_high
    assert support.sections_logged == 1.0
    assert support.matched >= support.effective_sample > 50


def test_equal_weights_count_each_entry_and_one_giant_counts_alone() -> None:
    assert effective_sample(np.full(7, 0.3)) == pytest.approx(7.0)
    assert effective_sample(np.array([1e6, 1.0, 1.0])) == pytest.approx(1.0, abs=1e-4)
    assert effective_sample(np.zeros(3)) == 0.0


def test_a_short_log_is_refused_with_what_it_takes(
    toy: World, meet: Meet, log: pl.DataFrame
) -> None:
    few = log.filter(pl.col("learner_id") < "l0020")
    support = support_of(meet(few, toy.best(K), K), SETTINGS)
    with pytest.raises(ThinSupportError, match="and 50 are required") as refusal:
        require_support(support, Floors())
    assert f"{support.effective_sample:.1f}" in str(refusal.value)
    assert "more terms" in str(refusal.value)
    require_support(support, Floors(sample=support.effective_sample))


def test_a_log_that_shares_nothing_with_the_lists_is_refused(
    toy: World, meet: Meet, log: pl.DataFrame
) -> None:
    best = toy.best(K)
    other = log.join(best, on=["learner_id", "section_id"], how="anti")
    support = support_of(meet(other, best, K), SETTINGS)
    assert (support.matched, support.effective_sample) == (0, 0.0)
    with pytest.raises(ThinSupportError, match="effective sample is 0"):
        require_support(support, Floors())


def test_sections_of_another_term_are_refused(toy: World, meet: Meet, log: pl.DataFrame) -> None:
    """A third of each list stands in no logged list."""
    best = toy.best(K)
    moved = pl.when(pl.col("rank") == 1).then(pl.lit("next-term")).otherwise("section_id")
    support = support_of(meet(log, best.with_columns(moved.alias("section_id")), K), SETTINGS)
    assert support.sections_logged == pytest.approx(2 / 3)
    with pytest.raises(ThinSupportError, match="33% of the entries to judge are sections"):
        require_support(support, Floors())


def test_a_page_without_chance_supports_only_what_it_showed(
    toy: World, meet: Meet, log: pl.DataFrame
) -> None:
    """Served lists carry propensity 1: other sections could not have been shown."""
    served = log.with_columns(pl.lit(1.0).alias("propensity"))
    support = support_of(meet(served, toy.best(K), K), SETTINGS)
    assert support.effective_sample > 50
    assert support.mean_weight_high < 0.9
    with pytest.raises(ThinSupportError, match="at random from all open sections"):
        require_support(support, Floors())


def test_propensities_logged_too_low_are_doubted(toy: World, meet: Meet, log: pl.DataFrame) -> None:
    halved = log.with_columns(pl.col("propensity") / 2)
    (doubt,) = doubts(support_of(meet(halved, toy.best(K), K), SETTINGS))
    assert doubt.startswith("weights average")
    assert "propensities are logged wrongly" in doubt


def test_clipping_is_stated_and_its_bound_holds(toy: World, meet: Meet) -> None:
    """Over many logs clipping takes no more than the stated bound."""
    lists, clipped = toy.best(2), Settings(draws=50, clip=4.0)
    lost, bounds = [], []
    for seed in range(40):
        found = meet(toy.plackett_luce_log(np.random.default_rng(seed)), lists, 2)
        support = support_of(found, clipped)
        bounds.append(support.clipping_bias)
        lost.append(toy.value(lists, 2) - ips(found, clipped).value)
        gap = abs(snips(found, clipped).value - snips(found, Settings(draws=50)).value)
        assert gap <= support.clipped_weight + 1e-12
    assert 0.01 < np.mean(lost) <= np.mean(bounds)
    assert support.clip == 4.0
    assert support.clipped_entries > 0
    assert any("clipped at 4" in doubt for doubt in doubts(support))


def test_learners_without_a_list_are_counted_and_nobody_at_all_is_refused(
    toy: World, meet: Meet, log: pl.DataFrame
) -> None:
    some = toy.best(K).filter(pl.col("learner_id") < "l0100")
    assert support_of(meet(log, some, K), SETTINGS).without_lists == 200
    with pytest.raises(OffPolicyError, match="no learner of the random traffic"):
        meet(log, some.with_columns(pl.lit("stranger").alias("learner_id")).head(1), K)
