"""Whether probabilities mean what they say, and whether lists keep a learner's proportions.

Symbols: ``p_j`` the probability told for case j, ``y_j`` 1 where it came true and else 0, ``n``
the cases.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from training.metrics.lists import Ids

Values = NDArray[np.float64]

BINS: Final = 10
SMALLEST: Final = 1e-12
"""Probabilities are held this far from 0 and 1 where a logarithm is taken."""

NEWTON_STEPS: Final = 50
SLOPE_TOLERANCE: Final = 1e-10
STEEPEST: Final = 1e4
"""A slope beyond it runs to infinity: the two outcomes are separated."""

STECK_ALPHA: Final = 0.01


@dataclass(frozen=True, slots=True)
class CalibrationLine:
    """The line of the true log-odds over the told ones.

    Attributes:
        slope: 1 is right; below 1 the probabilities are too extreme, above 1 too timid. NaN
            where it can't be told (one outcome only, one probability only, separated outcomes).
        intercept: calibration in the large, the shift of all log-odds with the slope held at 1;
            0 is right, below 0 the probabilities are too high. NaN where all outcomes agree.
    """

    slope: float
    intercept: float


def brier(probabilities: Values, outcomes: Values) -> float:
    """Mean squared distance of probability and outcome [brier1950verification].

    ``Brier = sum_j (p_j - y_j)^2 / n``; 0 is perfect, telling the base rate q to all gives
    q (1 - q).

    Args:
        probabilities: 0 to 1; shape (n,).
        outcomes: 0 or 1; shape (n,).

    >>> brier(np.array([1.0, 0.5]), np.array([1.0, 0.0]))
    0.125
    """
    return float(np.mean((probabilities - outcomes) ** 2))


def log_loss(probabilities: Values, outcomes: Values) -> float:
    """Mean surprise in nats: ``-sum_j (y_j ln p_j + (1 - y_j) ln(1 - p_j)) / n``.

    Probabilities are held ``SMALLEST`` away from 0 and 1, so that a certainty that fails costs
    much and not everything.

    Args:
        probabilities: 0 to 1; shape (n,).
        outcomes: 0 or 1; shape (n,).

    Two tosses of a coin: ln 2 each.

    >>> round(log_loss(np.array([0.5, 0.5]), np.array([1.0, 0.0])), 4)
    0.6931
    """
    held = _held(probabilities)
    return float(-np.mean(outcomes * np.log(held) + (1 - outcomes) * np.log1p(-held)))


def reliability_table(probabilities: Values, outcomes: Values, bins: int = BINS) -> pl.DataFrame:
    """What was told and what came true, in bins of equal mass [niculescu2005predicting].

    Cases are ordered by probability and cut into bins of as equal a size as can be; equal
    probabilities are never parted, so there may be fewer bins than asked for.

    Args:
        probabilities: 0 to 1; shape (n,).
        outcomes: 0 or 1; shape (n,).
        bins: most bins.

    Returns:
        One row per bin, ascending: bin (from 1), n, told (mean p), observed (mean y).

    >>> reliability_table(np.array([.1, .3, .7, .9]), np.array([0., 0, 1, 1]), 2).rows()
    [(1, 2, 0.2, 0.0), (2, 2, 0.8, 1.0)]
    """
    order = np.argsort(probabilities, kind="stable")
    told = probabilities[order]
    number = np.arange(len(told)) * bins // max(len(told), 1)
    first = np.searchsorted(told, told, side="left")
    frame = pl.DataFrame({"mass": number[first], "told": told, "observed": outcomes[order]})
    means = frame.group_by("mass", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("n"), pl.col("told").mean(), pl.col("observed").mean()
    )
    return means.select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("bin"), "n", "told", "observed"
    )


def expected_calibration_error(probabilities: Values, outcomes: Values, bins: int = BINS) -> float:
    """Mean gap of told and observed over bins of equal mass [naeini2015calibrated].

    ``ECE = sum_b (n_b / n) |mean p in b - mean y in b|``. Bins of equal mass, since bins of equal
    width leave most cases of a low base rate in one bin. Even a perfect model has an ECE
    above 0 on few cases.

    Args:
        probabilities: 0 to 1; shape (n,).
        outcomes: 0 or 1; shape (n,).
        bins: most bins.

    Two bins, each 0.2 off:

    >>> cases = np.array([.1, .3, .7, .9]), np.array([0., 0, 1, 1])
    >>> round(expected_calibration_error(*cases, bins=2), 4)
    0.2
    """
    table = reliability_table(probabilities, outcomes, bins)
    if table.is_empty():
        return float("nan")
    told, observed = table["told"].to_numpy(), table["observed"].to_numpy()
    return float(np.average(np.abs(told - observed), weights=table["n"].to_numpy()))


def calibration_line(probabilities: Values, outcomes: Values) -> CalibrationLine:
    """Slope and intercept of calibration [cox1958two].

    The slope b is that of the logistic regression ``logit P(y = 1) = a + b logit(p)``; the
    intercept is a with b held at 1.

    Args:
        probabilities: 0 to 1; shape (n,).
        outcomes: 0 or 1; shape (n,).

    Half of the cases told .2 came true, and half of those told .8: nothing was known.

    >>> told = np.array([.2, .2, .8, .8])
    >>> found = calibration_line(told, np.array([0., 1, 0, 1]))
    >>> abs(round(found.slope, 4)), abs(round(found.intercept, 4))
    (0.0, 0.0)
    """
    odds = np.log(_held(probabilities)) - np.log1p(-_held(probabilities))
    ones = np.ones((len(odds), 1))
    slope = _logistic(np.column_stack([ones, odds]), outcomes, np.zeros(len(odds)))[1]
    intercept = _logistic(ones, outcomes, odds)[0]
    return CalibrationLine(float(slope), float(intercept))


def list_miscalibration(
    items: Ids, kinds: Values, history: Values, k: int, alpha: float = STECK_ALPHA
) -> Values:
    """How far a list departs from the proportions of a learner's past [steck2018calibrated].

    ``C_KL(p, q) = sum_g p_g ln(p_g / q'_g)``, ``p_g`` the share of kind g in the learner's past,
    ``q_g`` its share in the list's first k, every rank weighing the same, and
    ``q'_g = (1 - alpha) q_g + alpha p_g``, which keeps a missing kind finite.

    Args:
        items: item numbers, best first, -1 for none; shape (learners, k or more).
        kinds: share of each kind in each item, rows adding up to 1; shape (items, kinds).
        history: share of each kind in each learner's past, rows adding up to 1, or all 0 for a
            learner without one; shape (learners, kinds).
        k: length judged.
        alpha: weight of the past in q'.

    Returns:
        Shape (learners,); 0 where the proportions agree, at most -ln(alpha); NaN for an empty
        list or a learner without a past.

    All of the past is of kind 0, none of the list:

    >>> kinds, past = np.array([[1., 0], [0, 1]]), np.array([[1., 0]])
    >>> list_miscalibration(np.array([[1]]), kinds, past, 1).round(4)
    array([4.6052])
    """
    shown = items[:, :k]
    there = shown >= 0
    held = there.sum(axis=1)
    chosen = np.where(there[:, :, None], kinds[np.where(there, shown, 0)], 0.0)
    listed = chosen.sum(axis=1) / np.maximum(held, 1)[:, None]
    mixed = (1 - alpha) * listed + alpha * history
    ratio = np.divide(history, mixed, out=np.ones_like(mixed), where=history > 0)
    distance = np.maximum((history * np.log(ratio)).sum(axis=1), 0.0)
    known = (held > 0) & (history.sum(axis=1) > 0)
    return np.where(known, distance, np.nan)


def _held(probabilities: Values) -> Values:
    return np.clip(probabilities, SMALLEST, 1 - SMALLEST)


def _logistic(columns: Values, outcomes: Values, offset: Values) -> Values:
    """Coefficients of a logistic regression by Newton's steps; NaN where none is finite."""
    beta = np.zeros(columns.shape[1], dtype=np.float64)
    for _ in range(NEWTON_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(offset + columns @ beta, -700, 700)))
        curvature = columns.T @ (columns * (chance * (1 - chance))[:, None])
        if np.linalg.cond(curvature) > 1 / SMALLEST or np.abs(beta).max() > STEEPEST:
            break
        step = np.linalg.solve(curvature, columns.T @ (outcomes - chance))
        beta = np.asarray(beta + step, dtype=np.float64)
        if np.abs(step).max() < SLOPE_TOLERANCE:
            return beta
    return np.full_like(beta, np.nan)
