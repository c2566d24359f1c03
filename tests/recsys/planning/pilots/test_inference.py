"""Inference with three pilots among thirteen districts, in worlds whose effect is known."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from recsys.errors import QueryError
from recsys.planning.pilots import comparison, inference
from recsys.planning.pilots.comparison import Weighting, treated_sets, weights_of
from recsys.planning.pilots.inference import Effect, attainable, effect_of, family_p_values

Floats = NDArray[np.float64]
DISTRICTS, BEFORE, AFTER = 13, 4, 2
PILOTS = np.isin(np.arange(DISTRICTS), [6, 8, 9])
SETS = treated_sets(PILOTS)


def alike(draw: np.random.Generator) -> Floats:
    """Districts at levels of their own, terms in common, noise that lasts."""
    noise = draw.normal(size=(DISTRICTS, BEFORE + AFTER)).cumsum(axis=1)
    return 5 * draw.normal(size=(DISTRICTS, 1)) + draw.normal(size=(1, BEFORE + AFTER)) + noise


def diverging(draw: np.random.Generator) -> Floats:
    """Districts each on a course of its own."""
    course = draw.normal(size=(DISTRICTS, 1)) * np.arange(BEFORE + AFTER)
    return course + 0.5 * draw.normal(size=(DISTRICTS, BEFORE + AFTER))


def found(values: Floats, effect: float, weighting: Weighting) -> Effect:
    treated = values + effect * PILOTS[:, None] * (np.arange(BEFORE + AFTER) >= BEFORE)
    weights = weights_of(SETS, treated[:, :BEFORE], weighting, AFTER)
    changes = treated[:, BEFORE:].mean(axis=1) - treated[:, :BEFORE].mean(axis=1)
    return effect_of(changes, SETS, weights)


def worlds(
    make: Callable[[np.random.Generator], Floats], count: int, effect: float, weighting: Weighting
) -> list[Effect]:
    draw = np.random.default_rng(1)
    return [found(make(draw), effect, weighting) for _ in range(count)]


def covers(effect: Effect, truth: float) -> bool:
    assert effect.low is not None
    assert effect.high is not None
    return effect.low <= truth <= effect.high


def width(effect: Effect) -> float:
    assert effect.low is not None
    assert effect.high is not None
    return effect.high - effect.low


def test_a_planted_effect_lies_inside_nineteen_of_twenty_intervals() -> None:
    held = [covers(each, 2.0) for each in worlds(alike, 600, 2.0, "equal")]
    # 272 of 286 sets are kept, .951; six hundred worlds scatter by .009
    assert 0.925 <= np.mean(held) <= 0.975


def test_no_effect_is_found_in_one_world_of_twenty() -> None:
    refused = [(each.p_value or 1) <= 0.05 for each in worlds(alike, 600, 0.0, "equal")]
    assert 0.025 <= np.mean(refused) <= 0.075


def test_likeness_keeps_the_promise_and_is_narrower_where_districts_diverge() -> None:
    weighed, equal = (worlds(diverging, 24, 2.0, way) for way in ("likeness", "equal"))
    assert np.mean([covers(each, 2.0) for each in weighed]) >= 0.85
    assert np.median([width(each) for each in weighed]) < np.median([width(each) for each in equal])


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.sampled_from(["equal", "likeness"]))
def test_the_interval_holds_what_is_not_refused(seed: int, weighting: Weighting) -> None:
    draw = np.random.default_rng(seed)
    values = draw.normal(size=(8, BEFORE))
    sets = treated_sets(np.arange(8) < 3)
    weights = weights_of(sets, values, weighting, AFTER)
    changes = draw.normal(size=8)
    whole = effect_of(changes, sets, weights)
    for effect in np.linspace(whole.effect - 6, whole.effect + 6, 41):
        left = effect_of(changes - effect * sets[0], sets, weights)
        kept = (left.p_value or 0) > 1 - (whole.level or 0)
        edge = min(abs(effect - (whole.low or 0)), abs(effect - (whole.high or 0)))
        assert covers(whole, float(effect)) == kept or edge < 1e-6


def test_a_shift_of_all_districts_changes_nothing() -> None:
    values = alike(np.random.default_rng(3))
    moved = values + np.where(np.arange(BEFORE + AFTER) >= BEFORE, 7.0, 0.0)
    one, other = found(values, 0.0, "equal"), found(moved, 0.0, "equal")
    assert one.effect == pytest.approx(other.effect)
    assert one.low == pytest.approx(other.low)


def test_too_few_districts_get_a_lower_level_or_no_interval() -> None:
    assert attainable(286) == 0.95
    assert attainable(10) == pytest.approx(0.9)
    assert attainable(4) is None
    sets = treated_sets(np.array([True, False, False, False]))
    whole = effect_of(
        np.array([3.0, 0.0, 1.0, 2.0]), sets, weights_of(sets, sets[0][:, None] * 0.0, "equal", 1)
    )
    assert (whole.low, whole.high, whole.level) == (None, None, None)
    assert whole.p_value is not None
    assert whole.p_value >= 1 / 4


def test_thirteen_districts_have_286_sets_of_three_and_the_pilots_come_first() -> None:
    assert SETS.shape == (286, 13)
    assert (SETS[0] == PILOTS).all()
    assert len(np.unique(SETS, axis=0)) == 286


def test_more_sets_than_can_be_gone_through_are_refused() -> None:
    with pytest.raises(QueryError, match="name comparison districts"):
        treated_sets(np.arange(40) < 10)


def test_the_district_that_went_like_the_pilots_weighs_most() -> None:
    course = np.array([0.0, 3.0, -2.0, 4.0])
    before = np.vstack([course, course + 9, -course, 0 * course, 2 * course[::-1]])
    weights = weights_of(treated_sets(np.arange(5) < 1), before, "likeness", 1)
    assert weights.sum(axis=1) == pytest.approx(1.0)
    assert weights[0, 0] == 0
    assert weights[0].argmax() == 1


def test_looking_at_more_outcomes_makes_each_less_sure() -> None:
    draw = np.random.default_rng(5)
    tables = draw.normal(size=(6, 286))
    tables[0, 0] = 4.0
    alone = family_p_values(tables[:1])[0]
    together = family_p_values(tables)
    assert together[0] >= alone
    assert (together[1:] >= together[0]).all()


@pytest.mark.parametrize("module", [comparison, inference])
def test_the_examples_hold(module: object) -> None:
    import doctest

    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]
