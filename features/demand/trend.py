"""Growth of a cell beyond the season, with its interval.

With rates lambda_t = c·e_t·exp(b(t - t0)), e_t the month's season, one step of Newton's method from
b = 0 gives b = sum (t - t0)(n_t - c·e_t) / sum c·e_t (t - t0)², t0 the mean month under c·e_t, and
its variance phi / sum c·e_t (t - t0)² (McCullagh and Nelder 1989, chapter 9); phi, at least 1, is
the scatter of the counts over that of Poisson ones.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.demand.intervals import Z

Floats = NDArray[np.float64]

WINDOW: Final = 12
"""Months, the month itself the last, that a trend is read from."""

LEAST_MONTHS: Final = 6
"""Months below which no trend is told."""

LEAST_ADS: Final = 5.0
"""Effective ads within the window below which none is told."""


def trends(counts: Floats, season: Floats) -> Floats:
    """Growth a month, and its 5 % and 95 % ends, after every month.

    Args:
        counts: effective ads, shape (M, ...).
        season: relative vacancies of each month, shape (M,).

    Returns:
        Shape (3, M, ...): e^b - 1, low, high; NaN where too little is known.
    """
    found = np.full((3, *counts.shape), np.nan)
    for last in range(LEAST_MONTHS - 1, len(counts)):
        window = slice(max(0, last + 1 - WINDOW), last + 1)
        found[:, last] = _trend(counts[window], season[window])
    return found


def _trend(counts: Floats, season: Floats) -> Floats:
    total = counts.sum(axis=0)
    share = season / season.sum()
    number = np.arange(len(season), dtype=np.float64)
    number -= share @ number
    spread = total * (share @ number**2)
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.tensordot(number, counts, axes=1) / spread
        fitted = np.multiply.outer(share * np.ones_like(number), total)
        scatter = ((counts - fitted) ** 2 / fitted).sum(axis=0) / (len(season) - 1)
        reach = Z * np.sqrt(np.maximum(scatter, 1.0) / spread)
        ends = np.stack([growth, growth - reach, growth + reach])
        return np.where(total >= LEAST_ADS, np.expm1(np.clip(ends, -2.0, 2.0)), np.nan)
