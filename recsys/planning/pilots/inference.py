"""How sure a difference of differences is when three of thirteen districts are treated.

Every set of districts that could have been the pilots is held against its others. If nothing had
happened, the pilots' difference would be one of these, in no particular place (fisher1935design);
an effect is refused when, taken off the pilots' changes, it leaves theirs among the largest
(test inversion). Cluster-robust errors and the wild bootstrap fail with so few treated clusters
(mackinnon2020randomization); decision 30 says more.
"""

from dataclasses import dataclass
from math import floor, inf, isfinite
from typing import Final

import numpy as np
from numpy.typing import NDArray

LEVEL: Final = 0.95
LEAST_LEVEL: Final = 0.8
"""An interval that can't hold the truth this often isn't told."""

TIE: Final = 1e-9
"""Differences closer than this, relative to the largest, are equal."""


@dataclass(frozen=True, slots=True)
class Effect:
    """A difference of differences with its exact interval.

    Attributes:
        effect: change of the pilots less that of their comparison, in the outcome's unit.
        low: lower end of the interval; null where no level of 80 % can be had.
        high: upper end, likewise.
        level: share of repetitions in which such an interval holds the truth, at least.
        p_value: share of sets whose difference is as large in size; null without comparison.
        sets: sets of districts, the pilots' own included.
    """

    effect: float
    low: float | None
    high: float | None
    level: float | None
    p_value: float | None
    sets: int


def contrast(
    values: NDArray[np.float64], sets: NDArray[np.bool_], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Mean of each set less the weighted mean of the districts outside it.

    Args:
        values: (districts,).
        sets: (sets, districts).
        weights: (sets, districts), of the districts outside.

    Returns:
        (sets,).
    """
    inside = sets / sets.sum(axis=1, keepdims=True)
    found: NDArray[np.float64] = (inside - weights) @ values
    return found


def effect_of(
    changes: NDArray[np.float64], sets: NDArray[np.bool_], weights: NDArray[np.float64]
) -> Effect:
    """The pilots' change beyond that of their comparison, and how sure it is.

    Valid when the districts' changes, but for the pilots' effect, are exchangeable: any three
    might as well have been chosen. The same effect is assumed in every pilot.

    Args:
        changes: (districts,) mean after less mean before.
        sets: (sets, districts), the pilots' own first.
        weights: (sets, districts).
    """
    differences = contrast(changes, sets, weights)
    shares = contrast(sets[0].astype(np.float64), sets, weights)
    level = attainable(len(sets))
    low, high = (None, None) if level is None else _interval(differences, shares, level)
    if low is None or high is None or not isfinite(high - low):
        # a set whose comparison is made of the pilots alone can leave an end open
        level, low, high = None, None, None
    slack = TIE * float(np.abs(differences).max())
    as_large = np.abs(differences) >= abs(differences[0]) - slack
    return Effect(float(differences[0]), low, high, level, float(as_large.mean()), len(sets))


def attainable(sets: int) -> float | None:
    """The level of the interval: 95 %, or the highest that so few sets allow; null below 80 %.

    >>> attainable(286), attainable(10), attainable(4)
    (0.95, 0.9, None)
    """
    level = min(LEVEL, 1 - 1 / sets)
    return level if level >= LEAST_LEVEL else None


def _interval(
    differences: NDArray[np.float64], shares: NDArray[np.float64], level: float
) -> tuple[float, float]:
    """All effects that aren't refused at the level, in closed form.

    With the effect e taken off the pilots' changes, a set's difference is d - e·s, s the share of
    pilots in it less that in its comparison, and the pilots' own is d0 - e. The set counts against
    refusing e while |d - e·s| >= |d0 - e|: between (d0 - d)/(1 - s) and (d0 + d)/(1 + s), which
    holds d0. So what isn't refused lies between two order statistics of such ends.
    """
    own, other, share = differences[0], differences[1:], shares[1:]
    first = (own - other) / (1 - share)
    second = np.where(
        1 + share > TIE,
        (own + other) / np.maximum(1 + share, TIE),
        np.where(own + other >= 0, inf, -inf),
    )
    needed = floor((1 - level) * len(differences) + TIE)
    low = np.sort(np.minimum(first, second))[needed - 1]
    high = np.sort(np.maximum(first, second))[len(other) - needed]
    return float(low), float(high)


def family_p_values(tables: NDArray[np.float64]) -> NDArray[np.float64]:
    """p-values of several outcomes looked at together: the largest of them sets the bar.

    Single-step max-T over the same sets (westfall1993resampling): the share of sets whose most
    striking outcome is as striking as this one is in the pilots' own.

    Args:
        tables: (outcomes, sets) differences, the pilots' own first.

    Returns:
        (outcomes,).

    >>> family_p_values(np.array([[3.0, 1.0, -1.0, 0.5], [0.1, 2.0, -1.0, 1.0]])).tolist()
    [0.25, 1.0]
    """
    spread = np.sqrt((tables**2).mean(axis=1, keepdims=True))
    striking = np.abs(tables) / np.where(spread > 0, spread, 1.0)
    highest = striking.max(axis=0)
    found: NDArray[np.float64] = (highest[None, :] >= striking[:, :1] - TIE).mean(axis=1)
    return found
