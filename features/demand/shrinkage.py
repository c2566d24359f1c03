"""The discounted gamma-Poisson: a level for every cell, steady where ads are few.

Effective ads of cell (a, k) in month t are n ~ Poisson(E·theta·eps): E = N_at · pi_ak from the
area's total and the prior share, theta the cell's own level relative to its prior, eps ~
Gamma(kappa, 1/kappa) the month's noise. With theta ~ Gamma(alpha, beta) (rate),

    alpha_t = a0 + d(alpha_{t-1} - a0) + n        beta_t = b0 + d(beta_{t-1} - b0) + E

a0 = b0 = 1 / v for a prior of mean 1 and variance v; d < 1 lets old months fade. Looking one
month ahead, n is negative binomial with mean E·alpha/beta and shape (1/alpha + 1/kappa)^-1.
Source: METHODS section 3; West and Harrison 1997 for discounting.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from features.demand.grid import Grid
from features.demand.prior import prior_shares

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DemandModel:
    """The three numbers that are fitted.

    Attributes:
        discount: d, what a month leaves of what was known before it, 0 to 1.
        dispersion: kappa, shape of a month's own noise; large means little noise.
        prior_variance: v, how far levels of cells lie from their prior.
    """

    discount: float = 0.95
    dispersion: float = 8.0
    prior_variance: float = 0.3

    @property
    def prior_weight(self) -> float:
        """a0 = b0: ads that the prior is worth."""
        return 1.0 / self.prior_variance


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of each cell before its ads are counted, shape (M, A, K).

    Attributes:
        counts: n, effective ads.
        ahead: E with the shares known a month before, for predictions.
        now: E with the shares after the month, for the estimate.
    """

    counts: Floats
    ahead: Floats
    now: Floats


@dataclass(frozen=True, slots=True)
class Filtered:
    """Levels after each month, shape (M, A, K).

    Attributes:
        alpha: shape of the level's gamma.
        beta: its rate.
        ahead_mean: mean predicted a month before, effective ads.
        ahead_shape: shape of that prediction's negative binomial.
    """

    alpha: Floats
    beta: Floats
    ahead_mean: Floats
    ahead_shape: Floats


def expect(counts: Floats, grid: Grid) -> Expected:
    """Prior expectations of all cells, the area's total being known."""
    shares = prior_shares(counts, grid)
    total = counts.sum(axis=2, keepdims=True)
    return Expected(counts, total * shares[:-1], total * shares[1:])


def filter_levels(expected: Expected, model: DemandModel) -> Filtered:
    """Run the levels through all months."""
    first, d = model.prior_weight, model.discount
    alpha = np.full(expected.counts.shape[1:], first)
    beta = alpha.copy()
    kept = [np.empty_like(expected.counts) for _ in range(4)]
    for month, counts in enumerate(expected.counts):
        alpha, beta = first + d * (alpha - first), first + d * (beta - first)
        kept[2][month] = expected.ahead[month] * alpha / beta
        kept[3][month] = shape_of(alpha, model)
        alpha = alpha + counts
        beta = beta + expected.now[month]
        kept[0][month], kept[1][month] = alpha, beta
    return Filtered(*kept)


def shape_of(alpha: Floats, model: DemandModel) -> Floats:
    """Shape of the negative binomial around a level of this alpha: (1/alpha + 1/kappa)^-1."""
    return 1.0 / (1.0 / alpha + 1.0 / model.dispersion)


def log_likelihood(counts: Floats, mean: Floats, shape: Floats) -> Floats:
    """Log probability of counts under negative binomials, one entry each.

    ln G(n + r) - ln G(r) - ln G(n + 1) + r ln(r / (r + mu)) + n ln(mu / (r + mu)); counts may be
    fractions, as weights make them.

    A count of 0 with mean 1 and shape 1 has probability 1/2:

    >>> one = np.ones(1)
    >>> np.exp(log_likelihood(np.zeros(1), one, one)).round(6).tolist()
    [0.5]
    """
    both = shape + mean
    part = gammaln(counts + shape) - gammaln(shape) - gammaln(counts + 1.0)
    hit = np.where(counts > 0, counts * np.log(np.where(mean > 0, mean, 1e-300) / both), 0.0)
    result: Floats = part + shape * np.log(shape / both) + hit
    return result
