"""Estimates against worlds whose truth is written down."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.offpolicy.estimators import (
    Estimate,
    Settings,
    doubly_robust,
    ips,
    observed_rate,
    snips,
    weights,
)
from training.offpolicy.overlap import Overlap, overlap
from training.offpolicy.target import target_of

K = 3
SEEDS = 240
QUICK = Settings(draws=300)


class World(Protocol):
    """What these tests use of the toy in conftest."""

    chance: np.ndarray
    pull: np.ndarray

    def best(self, k: int) -> pl.DataFrame: ...
    def lists(self, ranked: np.ndarray) -> pl.DataFrame: ...
    def value(self, lists: pl.DataFrame, k: int) -> float: ...
    def uniform_log(self, rng: np.random.Generator, longest: int = 8) -> pl.DataFrame: ...
    def plackett_luce_log(self, rng: np.random.Generator) -> pl.DataFrame: ...
    def inclusion(self) -> np.ndarray: ...


Meet = Callable[[pl.DataFrame, pl.DataFrame, int], Overlap]


@dataclass(frozen=True)
class Repeated:
    """The same estimate on many logs of one world."""

    estimates: list[Estimate]
    truth: float

    def off(self) -> float:
        """Distance of the mean estimate from the truth, in its standard errors."""
        values = np.array([told.value for told in self.estimates])
        return float(abs(values.mean() - self.truth) / (values.std(ddof=1) / len(values) ** 0.5))

    def covered(self) -> float:
        return float(np.mean([told.low <= self.truth <= told.high for told in self.estimates]))

    def covered_asymptotically(self) -> float:
        held = [t.asymptotic_low <= self.truth <= t.asymptotic_high for t in self.estimates]
        return float(np.mean(held))


def chances(toy: World, entries: pl.DataFrame) -> np.ndarray:
    """The true chance of each entry."""
    learner = entries["learner_id"].str.slice(1).cast(pl.Int64).to_numpy()
    section = entries["section_id"].str.slice(1).cast(pl.Int64).to_numpy()
    return toy.chance[learner, section]


def robust(toy: World, found: Overlap, distort: Callable[[np.ndarray], np.ndarray]) -> Estimate:
    """Doubly robust, with a model that tells a distorted truth."""
    told = distort(chances(toy, found.logged)), distort(chances(toy, found.target))
    return doubly_robust(found, *told, QUICK)


def repeated(toy: World, meet: Meet, log: str, estimate: Callable[[Overlap], Estimate]) -> Repeated:
    lists = toy.best(K)
    logs = (getattr(toy, log)(np.random.default_rng(seed)) for seed in range(SEEDS))
    return Repeated([estimate(meet(each, lists, K)) for each in logs], toy.value(lists, K))


METHODS: dict[str, Callable[[Overlap], Estimate]] = {
    "ips": lambda found: ips(found, QUICK),
    "snips": lambda found: snips(found, QUICK),
}


@pytest.mark.parametrize("log", ["plackett_luce_log", "uniform_log"])
@pytest.mark.parametrize("method", sorted(METHODS))
def test_the_mean_over_many_logs_is_the_truth_and_intervals_hold_it(
    toy: World, meet: Meet, method: str, log: str
) -> None:
    found = repeated(toy, meet, log, METHODS[method])
    assert found.off() < 3
    assert 0.90 <= found.covered() <= 0.985
    assert 0.90 <= found.covered_asymptotically() <= 0.985


def test_doubly_robust_is_right_with_right_propensities_and_a_wrong_model(
    toy: World, meet: Meet
) -> None:
    found = repeated(toy, meet, "uniform_log", lambda o: robust(toy, o, lambda q: 1 - q))
    assert found.off() < 3
    assert 0.90 <= found.covered() <= 0.985


def wrong(log: pl.DataFrame) -> pl.DataFrame:
    """A log whose propensities are told a third too high."""
    return log.with_columns(pl.col("propensity") * 1.5)


def test_wrong_propensities_move_ips_beyond_its_interval_but_not_a_right_model(
    toy: World, meet: Meet
) -> None:
    lists, truth = toy.best(K), toy.value(toy.best(K), K)
    missed, held = [], []
    for seed in range(40):
        found = meet(wrong(toy.uniform_log(np.random.default_rng(seed))), lists, K)
        missed.append(not ips(found, QUICK).low <= truth <= ips(found, QUICK).high)
        told = robust(toy, found, lambda q: q)
        held.append(told.low <= truth <= told.high)
    assert np.mean(missed) > 0.9
    assert np.mean(held) > 0.85


def test_both_wrong_is_wrong(toy: World, meet: Meet) -> None:
    lists, truth = toy.best(K), toy.value(toy.best(K), K)
    found = meet(wrong(toy.uniform_log(np.random.default_rng(0))), lists, K)
    told = robust(toy, found, lambda q: np.zeros_like(q))
    assert not told.low <= truth <= told.high


def test_a_factor_common_to_all_propensities_does_not_move_snips(toy: World, meet: Meet) -> None:
    log = toy.uniform_log(np.random.default_rng(0))
    right, off = (snips(meet(each, toy.best(K), K), QUICK) for each in (log, wrong(log)))
    assert right.value == pytest.approx(off.value)


def test_a_good_model_narrows_the_interval(toy: World, meet: Meet) -> None:
    found = meet(toy.uniform_log(np.random.default_rng(3)), toy.best(K), K)
    plain, helped = ips(found, QUICK), robust(toy, found, lambda q: q)
    assert helped.high - helped.low < 0.8 * (plain.high - plain.low)


def test_the_logging_policy_judged_by_its_own_log_earns_what_was_observed(
    toy: World, meet: Meet
) -> None:
    """Its target probabilities are the propensities, so every weight is the same."""
    log = toy.plackett_luce_log(np.random.default_rng(5))
    whole = pl.DataFrame(
        {
            "section_id": [f"s{s:02}" for s in range(12)],
            "propensity": toy.inclusion(),
        }
    )
    own = log.select("learner_id").unique().join(whole, how="cross")
    found = meet(log, own, 2)
    assert snips(found, QUICK).value == pytest.approx(observed_rate(found, QUICK).value)
    assert observed_rate(found, QUICK).value == pytest.approx(log["reward"].to_numpy().mean())


@given(st.integers(0, 1000))
def test_snips_stays_within_the_rewards_and_clipping_only_lowers_weights(seed: int) -> None:
    rng = np.random.default_rng(seed)
    entries = pl.DataFrame(
        {
            "learner_id": ["a", "a", "b", "c"],
            "list_id": ["1", "1", "2", "3"],
            "section_id": ["x", "y", "x", "y"],
            "position": [1, 2, 1, 1],
            "propensity": rng.uniform(0.05, 1.0, 4),
            "policy": "known",
            "reward": rng.integers(0, 2, 4).astype(float),
        }
    )
    lists = pl.DataFrame(
        {"learner_id": ["a", "b", "c"], "rank": [1, 1, 1], "section_id": ["x", "x", "y"]}
    )
    found = overlap(entries, target_of(lists, 1), 1)
    assert 0 <= snips(found, Settings(draws=20)).value <= 1
    assert (weights(found, 2.0) <= weights(found)).all()
    assert ips(found, Settings(draws=20, clip=2.0)).value <= ips(found, Settings(draws=20)).value


def test_a_list_half_empty_is_worth_half(toy: World, meet: Meet) -> None:
    """One place of two filled: the empty place earns nothing."""
    log = toy.uniform_log(np.random.default_rng(0))
    one = meet(log, toy.best(1), 1)
    padded = meet(log, toy.best(1), 2)
    for estimate in METHODS.values():
        assert estimate(padded).value == pytest.approx(estimate(one).value / 2)


def test_a_learner_who_came_often_counts_once(toy: World, meet: Meet) -> None:
    """Learner 0 comes nine more times to the same list: the estimate doesn't move."""
    log = toy.uniform_log(np.random.default_rng(0))
    mine = log.filter(pl.col("learner_id") == "l0000")
    often = pl.concat(
        [log, *(mine.with_columns(pl.lit(f"again-{n}").alias("list_id")) for n in range(9))]
    )
    for estimate in METHODS.values():
        once, again = (estimate(meet(each, toy.best(K), K)) for each in (log, often))
        assert again.value == pytest.approx(once.value)
        assert again.n == once.n == 300


def test_lists_of_a_visit_are_met_with_that_visit_alone(toy: World, meet: Meet) -> None:
    log = toy.uniform_log(np.random.default_rng(0))
    lists = toy.best(K)
    visits = lists.with_columns(pl.col("learner_id").str.replace("l", "list-").alias("list_id"))
    assert ips(meet(log, visits, K), QUICK) == ips(meet(log, lists, K), QUICK)
    elsewhere = visits.with_columns(
        pl.when(pl.col("learner_id") > "l0000")
        .then("list_id")
        .otherwise(pl.lit("never"))
        .alias("list_id")
    )
    fewer = meet(log, elsewhere, K)
    assert (fewer.learners, fewer.without_lists) == (299, 1)


def test_the_same_seed_gives_the_same_interval(toy: World, meet: Meet) -> None:
    found = meet(toy.uniform_log(np.random.default_rng(0)), toy.best(K), K)
    assert snips(found, QUICK) == snips(found, QUICK)
    assert snips(found, QUICK).low != snips(found, replace(QUICK, seed=1)).low


def test_probabilities_of_showing_are_judged_like_the_lists_they_mix(
    toy: World, meet: Meet
) -> None:
    """Half the time one list, half the time another: the value is the mean of both."""
    rng = np.random.default_rng(8)
    first, second = (np.argsort(rng.random((300, 12)), axis=1)[:, :K] for _ in range(2))
    both = pl.concat([toy.lists(first), toy.lists(second)])
    mixed = both.group_by("learner_id", "section_id").agg((pl.len() / 2).alias("propensity"))
    log = toy.uniform_log(rng)
    values = [ips(meet(log, lists, K), QUICK).value for lists in map(toy.lists, (first, second))]
    assert ips(meet(log, mixed, K), QUICK).value == pytest.approx(np.mean(values))
