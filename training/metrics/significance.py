"""When one may say "better": paired intervals, paired tests, and many comparisons at once.

Everything is paired over learners and two-sided. ``d_j = a_j - b_j`` is the difference of two
models for learner j, ``n`` the learners.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from training.errors import EvaluationError
from training.metrics.intervals import resampled_means

Values = NDArray[np.float64]

EXACT_UP_TO: Final = 16
"""Differences other than 0 up to which all sign flips are listed: 65,536 of them."""

FLIPS: Final = 10_000
DRAWS: Final = 2_000
CHUNK_CELLS: Final = 4_000_000
"""Signs held in memory at once."""

NORMAL: Final = NormalDist()
ROUNDING: Final = 1e-9
"""Sums this close, relative to all differences added up, count as equal."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A mean difference with two bootstrap intervals.

    Attributes:
        mean: of the differences.
        low: lower end, percentile.
        high: upper end, percentile.
        bca_low: lower end, bias-corrected and accelerated.
        bca_high: upper end, bias-corrected and accelerated.
        n: learners.
    """

    mean: float
    low: float
    high: float
    bca_low: float
    bca_high: float
    n: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """One model against another on the same learners.

    Attributes:
        difference: mean of a minus b, with intervals.
        p: two-sided p of the sign-flip test.
        p_adjusted: p after Holm's correction over all comparisons made together.
        better: true when a is better, false when it is worse, null when that can't be said.
    """

    difference: Difference
    p: float
    p_adjusted: float
    better: bool | None


def paired_bootstrap(
    values_a: Values, values_b: Values, *, seed: int, confidence: float = 0.95, draws: int = DRAWS
) -> Difference:
    """The mean difference with its percentile and BCa intervals [efron1993bootstrap].

    Percentile: the ``tail`` and ``1 - tail`` quantiles of the resampled means, ``tail`` half of
    what the confidence leaves. BCa moves both levels z to
    ``Phi(z0 + (z0 + z) / (1 - a (z0 + z)))`` with the bias ``z0 = Phi^-1(share of resampled means
    below the mean)`` and the acceleration ``a = sum (d - mean)^3 / (6 (sum (d - mean)^2)^1.5)``.

    Args:
        values_a: one value per learner; shape (n,).
        values_b: the same learners in the same order.
        seed: of the draws.
        confidence: probability the intervals are made for.
        draws: number of resamples.

    Raises:
        EvaluationError: not the same learners, or none.

    >>> paired_bootstrap(np.array([3.0, 3.0]), np.array([1.0, 1.0]), seed=0)
    Difference(mean=2.0, low=2.0, high=2.0, bca_low=2.0, bca_high=2.0, n=2)
    """
    gaps = _differences(values_a, values_b)
    means = resampled_means(gaps[:, None], seed=seed, draws=draws)[:, 0]
    tail = (1 - confidence) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    bca_low, bca_high = np.quantile(means, _bca_levels(gaps, means, tail))
    return Difference(
        mean=float(gaps.mean()),
        low=float(low),
        high=float(high),
        bca_low=float(bca_low),
        bca_high=float(bca_high),
        n=len(gaps),
    )


def sign_flip_test(values_a: Values, values_b: Values, *, seed: int, flips: int = FLIPS) -> float:
    """The paired permutation test: could the signs be chance [good2005permutation]?

    Were the models alike, every d_j could as well be -d_j. ``p`` is the share of sign choices
    whose ``|sum +-d_j|`` reaches the observed one: of all ``2^m`` where at most ``EXACT_UP_TO``
    differences aren't 0 (m of them), else ``(1 + reached) / (1 + flips)`` of a random sample,
    which is never 0 and never too small.

    Args:
        values_a: one value per learner; shape (n,).
        values_b: the same learners in the same order.
        seed: of the random signs.
        flips: size of the random sample.

    Returns:
        Two-sided p, above 0, at most 1.

    Raises:
        EvaluationError: not the same learners, or none.

    Three differences of one sign: two of eight choices are as extreme.

    >>> sign_flip_test(np.array([1.0, 2.0, 3.0]), np.zeros(3), seed=0)
    0.25
    """
    gaps = _differences(values_a, values_b)
    gaps = gaps[gaps != 0]
    bar = abs(gaps.sum()) - ROUNDING * np.abs(gaps).sum()
    if len(gaps) <= EXACT_UP_TO:
        signs = np.array(list(product((-1.0, 1.0), repeat=len(gaps))))
        return float((np.abs(signs @ gaps) >= bar).mean())
    rng = np.random.default_rng(seed)
    step = max(1, CHUNK_CELLS // len(gaps))
    sizes = [min(step, flips - start) for start in range(0, flips, step)]
    reached = sum(int((np.abs(_flipped(rng, gaps, size)) >= bar).sum()) for size in sizes)
    return (1 + reached) / (1 + flips)


def holm(p_values: Values) -> Values:
    """Make p values safe for many comparisons at once [holm1979simple].

    ``p'_(j) = max_{i<=j} min(1, (m - i + 1) p_(i))`` for the j-th smallest of m. Rejecting where
    p' is below a level keeps the chance of any false "different" below it, whatever hangs
    together.

    Args:
        p_values: shape (m,).

    Returns:
        Adjusted values in the same order.

    >>> holm(np.array([0.04, 0.01, 0.03])).round(4)
    array([0.06, 0.03, 0.06])
    """
    order = np.argsort(p_values, kind="stable")
    factors = len(p_values) - np.arange(len(p_values))
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(factors * p_values[order]), 1.0)
    return adjusted


def compare(
    values_a: Values, values_b: Values, *, seed: int, confidence: float = 0.95
) -> Comparison:
    """Whether a is better than b, said only when interval and test agree.

    "Better" needs the whole BCa interval above 0 and p below 1 - confidence; "worse" the same
    below 0. For more than one comparison use ``compare_all``.

    Args:
        values_a: one value per learner, higher is better; shape (n,).
        values_b: the same learners in the same order.
        seed: of resamples and signs.
        confidence: of the interval; the test's level is what it leaves.

    Raises:
        EvaluationError: not the same learners, or none.

    Four learners can't show it, whatever the gain: 2 of 16 sign choices are as extreme.

    >>> compare(np.ones(4), np.zeros(4), seed=0).better is None
    True
    >>> compare(np.ones(8), np.zeros(8), seed=0).better
    True
    """
    return compare_all(values_a, {"b": values_b}, seed=seed, confidence=confidence)["b"]


def compare_all(
    values_a: Values, others: Mapping[str, Values], *, seed: int, confidence: float = 0.95
) -> dict[str, Comparison]:
    """One model against several, with Holm's correction over all of them.

    Args:
        values_a: one value per learner, higher is better; shape (n,).
        others: values of each other model, the same learners in the same order.
        seed: of resamples and signs.
        confidence: of the intervals; the tests' common level is what it leaves.

    Returns:
        One comparison per name, in the order given.

    Raises:
        EvaluationError: not the same learners, or none.

    The same gain, told of one comparison and of ten:

    >>> many = {str(n): np.zeros(8) for n in range(10)}
    >>> compare_all(np.ones(8), many, seed=0)["3"].better is None
    True
    """
    tests = np.array([sign_flip_test(values_a, b, seed=seed) for b in others.values()])
    found: dict[str, Comparison] = {}
    for (name, values_b), p, adjusted in zip(others.items(), tests, holm(tests), strict=True):
        gap = paired_bootstrap(values_a, values_b, seed=seed, confidence=confidence)
        verdict = _verdict(gap, float(adjusted), 1 - confidence)
        found[name] = Comparison(gap, float(p), float(adjusted), verdict)
    return found


def _verdict(gap: Difference, p: float, level: float) -> bool | None:
    """True, false or null; see ``Comparison.better``."""
    apart = gap.bca_low > 0 or gap.bca_high < 0
    return gap.mean > 0 if apart and p < level else None


def _differences(values_a: Values, values_b: Values) -> Values:
    if values_a.shape != values_b.shape or len(values_a) == 0:
        message = (
            f"a paired comparison needs the same learners, at least one; got {len(values_a)} "
            f"and {len(values_b)} values"
        )
        raise EvaluationError(message)
    return np.asarray(values_a - values_b, dtype=np.float64)


def _bca_levels(gaps: Values, means: Values, tail: float) -> Values:
    """The two quantile levels of the BCa interval."""
    off = gaps - gaps.mean()
    spread = (off**2).sum()
    # values all equal but for rounding have nothing to correct
    if spread <= ROUNDING**2 * (gaps**2).sum():
        return np.array([tail, 1 - tail])
    acceleration = (off**3).sum() / (6 * spread**1.5)
    below = (means < gaps.mean()).mean() + (means == gaps.mean()).mean() / 2
    bias = NORMAL.inv_cdf(float(np.clip(below, 0.5 / len(means), 1 - 0.5 / len(means))))
    moved = [bias + NORMAL.inv_cdf(level) for level in (tail, 1 - tail)]
    return np.array([NORMAL.cdf(bias + z / (1 - acceleration * z)) for z in moved])


def _flipped(rng: np.random.Generator, gaps: Values, size: int) -> Values:
    """Sums of the differences under random signs; shape (size,)."""
    kept = rng.integers(0, 2, size=(size, len(gaps)), dtype=np.int8)
    return np.asarray(2 * (kept @ gaps) - gaps.sum(), dtype=np.float64)
