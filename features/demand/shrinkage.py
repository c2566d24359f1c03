"""The discounted gamma-Poisson: a level for every cell, steady where ads are few.

Effective ads of cell (a, k) in month t are n ~ Poisson(E·theta·eps): E = N_at · pi_ak from the
area's total and the prior share, theta the cell's own level relative to its prior, eps ~
Gamma(kappa, 1/kappa) the month's noise. With theta ~ Gamma(alpha, beta) (rate),

    alpha_t = a0 + d(alpha_{t-1} - a0) + n        beta_t = b0 + d(beta_{t-1} - b0) + E

a0 = b0 = 1 / (v + 1 / m_ak) for a prior of mean 1: v is the variance of levels around their
shares, 1 / m_ak that of a share which rests on m_ak ads. d < 1 lets old months fade. Looking one
month ahead, n is negative binomial with mean E·alpha/beta and shape (1/alpha + 1/kappa)^-1.
Source: METHODS section 3; West and Harrison 1997 for discounting.

The prior share is learned as well, and moves. So the months behind beta are always taken at the
newest share: beta_t = b0 + pi_t · sum_s d^(t-s) N_s. With a share that stands still this is the
sum above; with one that moves, a level measured against an old share would be read against the
new one, and a cell whose neighbours turn out to ask for nothing would lose its own ads too.

A shortage is a cell unlike its neighbours: looked for under a prior that knows them, it is told
away. So every cell has a second pair of bounds, its *own*: the same update under a prior of
variance ``OWN_VARIANCE``, which lets the cell's ads speak almost alone.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from features.demand.grid import Grid
from features.demand.prior import prior_shares

Floats = NDArray[np.float64]


OWN_VARIANCE: Final = 1.0
"""Variance of the prior under which cells are heard almost alone: its mean either way."""


@dataclass(frozen=True, slots=True)
class DemandModel:
    """The three numbers that are fitted.

    Attributes:
        discount: d, what a month leaves of what was known before it, 0 to 1.
        dispersion: kappa, shape of a month's own noise; large means little noise.
        prior_variance: v, how far levels of ordinary cells lie from their prior.
    """

    discount: float = 0.95
    dispersion: float = 8.0
    prior_variance: float = 0.1


@dataclass(frozen=True, slots=True)
class Expected:
    """What levels are measured against, each of shape (M, A, K).

    Attributes:
        counts: n, effective ads.
        totals: N, effective ads of the cell's area.
        before: prior share known before the month, for predictions.
        after: prior share known after it, for the estimate.
        ads_before: ads that ``before`` rests on.
        ads_after: ads that ``after`` rests on.
    """

    counts: Floats
    totals: Floats
    before: Floats
    after: Floats
    ads_before: Floats
    ads_after: Floats


@dataclass(frozen=True, slots=True)
class Filtered:
    """Levels after each month, shape (M, A, K).

    Attributes:
        alpha: shape of the level's gamma.
        beta: its rate.
        own_alpha: shape of the level when the cell is heard almost alone.
        own_beta: its rate.
        ahead_mean: mean predicted a month before, effective ads.
        ahead_shape: shape of that prediction's negative binomial.
    """

    alpha: Floats
    beta: Floats
    own_alpha: Floats
    own_beta: Floats
    ahead_mean: Floats
    ahead_shape: Floats


def expect(counts: Floats, grid: Grid) -> Expected:
    """Prior expectations of all cells, the area's total being known."""
    prior = prior_shares(counts, grid)
    total = np.broadcast_to(counts.sum(axis=2, keepdims=True), counts.shape)
    before, after = slice(None, -1), slice(1, None)
    return Expected(
        counts,
        total,
        prior.share[before],
        prior.share[after],
        prior.ads[before],
        prior.ads[after],
    )


def filter_levels(expected: Expected, model: DemandModel) -> Filtered:
    """Run the levels through all months."""
    d, v = model.discount, model.prior_variance
    own = np.zeros(expected.counts.shape[1:])
    area = np.zeros_like(own)
    kept = [np.empty_like(expected.counts) for _ in range(6)]
    for month, counts in enumerate(expected.counts):
        own, area = d * own, d * area
        before = expected.before[month]
        first = prior_weight(v, expected.ads_before[month])
        alpha, beta = first + own, first + before * area
        kept[4][month] = expected.totals[month] * before * alpha / beta
        kept[5][month] = shape_of(alpha, model)
        own, area = own + counts, area + expected.totals[month]
        for place, variance in ((0, v), (2, OWN_VARIANCE)):
            first = prior_weight(variance, expected.ads_after[month])
            kept[place][month] = first + own
            kept[place + 1][month] = first + expected.after[month] * area
    return Filtered(*kept)


def prior_weight(variance: float, ads: Floats) -> Floats:
    """a0 = b0: ads that a prior is worth whose share rests on so many."""
    return 1.0 / (variance + 1.0 / ads)


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
