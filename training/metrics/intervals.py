"""How sure a mean over learners is: percentile bootstrap intervals [efron1993bootstrap].

Learners are drawn, not interactions: the lists of one learner hang together.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CHUNK_CELLS = 20_000_000
"""Draws held in memory at once."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with the interval that holds it with the stated confidence.

    Attributes:
        mean: over the learners judged.
        low: lower end.
        high: upper end.
        n: learners judged.
    """

    mean: float
    low: float
    high: float
    n: int


def bootstrap(
    values: NDArray[np.float64], *, seed: int, confidence: float = 0.95, draws: int = 1000
) -> list[Interval]:
    """Percentile intervals of the means of several metrics over the same learners.

    All metrics share the draws of learners, so the interval of a difference is the interval
    of the column of differences.

    Args:
        values: one row per learner, one column per metric; shape (learners, metrics).
        seed: of the draws.
        confidence: probability the interval is made for.
        draws: number of resamples.

    Returns:
        One interval per metric; NaN ends and mean where there is no learner.

    >>> bootstrap(np.array([[2.0], [2.0]]), seed=0)
    [Interval(mean=2.0, low=2.0, high=2.0, n=2)]
    """
    n, metrics = values.shape
    if n == 0:
        return [Interval(float("nan"), float("nan"), float("nan"), 0)] * metrics
    means = resampled_means(values, seed=seed, draws=draws)
    tail = (1 - confidence) / 2
    lows, highs = np.quantile(means, [tail, 1 - tail], axis=0)
    centre = values.mean(axis=0)
    return [Interval(float(centre[m]), float(lows[m]), float(highs[m]), n) for m in range(metrics)]


def resampled_means(values: NDArray[np.float64], *, seed: int, draws: int) -> NDArray[np.float64]:
    """Means over learners drawn with replacement; shape (draws, metrics)."""
    n = values.shape[0]
    rng = np.random.default_rng(seed)
    step = max(1, CHUNK_CELLS // n)
    sizes = [min(step, draws - start) for start in range(0, draws, step)]
    return np.concatenate([_counts(rng, n, size) @ values / n for size in sizes])


def _counts(rng: np.random.Generator, n: int, draws: int) -> NDArray[np.float64]:
    """How often each learner is drawn in each resample; shape (draws, n)."""
    drawn = rng.integers(0, n, size=(draws, n)) + np.arange(draws)[:, None] * n
    counts = np.bincount(drawn.ravel(), minlength=draws * n)
    return counts.reshape(draws, n).astype(np.float64)
