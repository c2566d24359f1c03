"""Intervals that hold what they promise: predictive quantiles, stretched by past misses.

Persons are effective ads times c (persons an ad). Their predictive distribution has mean mu and
variance c·mu + mu² / r; its quantiles are those of the gamma distribution with that mean and
variance, so that they move smoothly with mu. They are then calibrated: within each stratum of mu
the distances from mu to both ends are stretched until past months lay inside as often as
promised (split conformal prediction, Vovk et al. 2005, by stratum as in Mondrian predictors).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

Floats = NDArray[np.float64]

TAIL: Final = 0.05
"""Share left out on either side."""

STRATA: Final = (0.5, 1.0, 3.0, 10.0, 30.0)
"""Upper ends of the strata of expected persons; the last stratum has none."""

LEAST_PAST: Final = 100
"""Past cells below which a stratum isn't calibrated by itself."""

ONE: Final = 1.0
"""The fewest persons that anybody can be."""

Z: Final = 1.6448536269514722
"""The normal distribution's 95 % quantile."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far each stratum's ends are moved.

    Attributes:
        low: factor on the distance from the mean to the lower end, one a stratum.
        high: factor on the distance to the upper end.
        past: how many past cells each was fitted on.
    """

    low: Floats
    high: Floats
    past: NDArray[np.int64]


UNCALIBRATED: Final = Calibration(
    np.ones(len(STRATA) + 1),
    np.ones(len(STRATA) + 1),
    np.zeros(len(STRATA) + 1, dtype=np.int64),
)


def quantile(mean: Floats, shape: Floats, persons: Floats | float, level: float) -> Floats:
    """A quantile of persons, of the gamma distribution with their mean and variance.

    Args:
        mean: expected persons.
        shape: r of the negative binomial around it.
        persons: c, persons an effective ad.
        level: between 0 and 1.
    """
    safe = np.maximum(mean, 1e-12)
    variance = persons * safe + safe**2 / shape
    value: Floats = gammaincinv(safe**2 / variance, level) * variance / safe
    return np.where(mean > 0, value, 0.0)


def quantiles(mean: Floats, shape: Floats, persons: Floats | float) -> tuple[Floats, Floats]:
    """The 5 % and 95 % quantiles of persons, the mean between them."""
    low, high = (quantile(mean, shape, persons, level) for level in (TAIL, 1 - TAIL))
    return np.minimum(low, mean), np.maximum(high, mean)


def stratum_of(mean: Floats) -> NDArray[np.int64]:
    """The stratum of each expectation."""
    return np.searchsorted(np.array(STRATA), mean, side="right").astype(np.int64)


def calibrate(actual: Floats, mean: Floats, low: Floats, high: Floats) -> Calibration:
    """Factors with which past ends would have held 90 % of past months.

    The lower end leaves out 5 % where it can; where nothing can lie below it (it is zero), the
    upper end takes up the rest, so that the two together hold 90 %. A stratum of few past cells
    takes the factors of its nearest neighbour with enough.

    Args:
        actual: what came, shape (n,).
        mean: what was expected.
        low: lower ends.
        high: upper ends.
    """
    stratum = stratum_of(mean)
    count = np.bincount(stratum, minlength=len(STRATA) + 1)
    factors = np.ones((2, len(STRATA) + 1))
    for number in np.flatnonzero(count >= LEAST_PAST):
        chosen = stratum == number
        factors[:, number] = _factors(actual[chosen], mean[chosen], low[chosen], high[chosen])
    enough = np.flatnonzero(count >= LEAST_PAST)
    if len(enough):
        places = np.arange(len(STRATA) + 1)
        near = enough[np.abs(places[:, None] - enough).argmin(axis=1)]
        factors = factors[:, near]
    return Calibration(factors[0], factors[1], count.astype(np.int64))


def stretched(
    mean: Floats, low: Floats, high: Floats, calibration: Calibration, spread: float = 0.0
) -> tuple[Floats, Floats]:
    """Ends moved by the calibration, then widened by an error that more ads don't lessen.

    Persons come whole: where anybody at all is likelier than the two tails together, one person
    lies inside, although nine of ten past months may have brought nobody.

    Args:
        mean: expected persons.
        low: lower ends.
        high: upper ends.
        calibration: factors by stratum.
        spread: standard deviation of that error, relative; added in quadrature.
    """
    stratum = stratum_of(mean)
    below = np.hypot((mean - low) * calibration.low[stratum], Z * spread * mean)
    above = np.hypot((high - mean) * calibration.high[stratum], Z * spread * mean)
    possible = -np.expm1(-mean) > 2 * TAIL
    return np.maximum(mean - below, 0.0), np.maximum(mean + above, np.where(possible, ONE, 0.0))


def _factors(actual: Floats, mean: Floats, low: Floats, high: Floats) -> tuple[float, float]:
    below = (mean - actual) / np.maximum(mean - low, 1e-9)
    down = max(_upper(below, 1 - TAIL), 0.0)
    missed = float((actual < np.maximum(mean - down * (mean - low), 0.0)).mean())
    above = (actual - mean) / np.maximum(high - mean, 1e-9)
    return down, max(_upper(above, 1 - max(2 * TAIL - missed, 0.0)), 0.0)


def _upper(scores: Floats, level: float) -> float:
    """The conformal quantile: ceil((n + 1)·level) of n ordered scores."""
    place = min(int(np.ceil((len(scores) + 1) * level)), len(scores))
    return float(np.sort(scores)[place - 1])
