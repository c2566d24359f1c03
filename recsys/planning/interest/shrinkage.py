"""Small towns lean on their district: gamma-Poisson counts around what is expected of them.

A town's count w is Poisson(E·theta), E what its parent's rate and its own learners let expect,
theta ~ Gamma(a, a) with mean 1. Then theta | w ~ Gamma(a + w, a + E): a town with few learners
stays near its parent's rate, a large one near its own. a is the value under which all towns' counts
are likeliest; they are then negative binomial with mean E and shape a. Posterior means are brought
to the parent's total, so that children add up to their parent.

Source: Clayton and Kaldor 1987, empirical Bayes estimates of relative risks for use in disease
mapping; the same model as ``features.demand.shrinkage`` without time.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import gammaincinv, gammaln

Floats = NDArray[np.float64]

ENDS: Final = (0.05, 0.95)
"""Of intervals."""

FLATTEST, STEEPEST = 0.1, 1000.0
"""Shapes tried: levels that differ tenfold as a rule, and levels that hardly differ."""


@dataclass(frozen=True, slots=True)
class Shrunk:
    """Posterior levels, one entry a count, in the count's unit.

    Attributes:
        mean: posterior mean.
        low: 5 % end of the level.
        high: 95 % end.
    """

    mean: Floats
    low: Floats
    high: Floats


def log_likelihood(counts: Floats, expected: Floats, shape: float) -> float:
    """Log probability of counts, fractions allowed, around expectations at a shape.

    sum of ln G(w + a) - ln G(a) - ln G(w + 1) + a ln(a / (a + E)) + w ln(E / (a + E)).

    One count of 0 where 1 is expected, at shape 1, has probability 1/2:

    >>> round(float(np.exp(log_likelihood(np.zeros(1), np.ones(1), 1.0))), 6)
    0.5
    """
    total = shape + expected
    of_gammas = gammaln(counts + shape) - gammaln(shape) - gammaln(counts + 1.0)
    terms = of_gammas + shape * np.log(shape / total) + counts * np.log(expected / total)
    return float(terms.sum())


def fitted_shape(counts: Floats, expected: Floats) -> float:
    """The likeliest a; the steepest where nothing can be told.

    Args:
        counts: shape (n,), at least 0.
        expected: shape (n,); entries of 0 say nothing and are left out.
    """
    known = expected > 0
    if not known.any():
        return STEEPEST
    w, e = counts[known], expected[known]
    best = minimize_scalar(
        lambda log_a: -log_likelihood(w, e, float(np.exp(log_a))),
        bounds=(np.log(FLATTEST), np.log(STEEPEST)),
        method="bounded",
    )
    return float(np.exp(best.x))


def shrunk(counts: Floats, expected: Floats, shape: float) -> Shrunk:
    """Levels between each count and its expectation.

    Where nothing is expected, the count stands, with the interval of a Poisson mean known from
    it alone: Gamma(w + 1/2), Jeffreys' prior.
    """
    alpha = np.where(expected > 0, counts + shape, counts + 0.5)
    scale = np.where(expected > 0, expected / (expected + shape), 1.0)
    low, high = (np.asarray(gammaincinv(alpha, end) * scale, dtype=np.float64) for end in ENDS)
    return Shrunk(np.where(expected > 0, alpha * scale, counts), low, high)
