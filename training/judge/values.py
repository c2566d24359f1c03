"""What lists are worth: the true probability of applying, over the sections shown."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from training.judge.pairs import ALLOWED, Pairs
from training.metrics.intervals import resampled_means
from training.metrics.lists import Ids, Scores, top_items

Values = NDArray[np.float64]
Score = Callable[[slice], Scores]
"""Scores of a block of learners for every section, shape (learners of the block, sections)."""

BLOCK_CELLS: Final = 4_000_000
"""Pairs ranked at once, so that memory stays flat."""

DRAWS: Final = 1000
TAILS: Final = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A mean over another mean of the same learners, with its 95 % interval.

    Attributes:
        value: the ratio; None where the mean below is 0.
        low: lower end.
        high: upper end.
    """

    value: float | None
    low: float | None
    high: float | None


def list_values(pairs: Pairs, items: Ids) -> Values:
    """Value@k of each learner.

    ``Value@k(u) = sum_{r<=k} p(u, s_r) / k``, with ``s_r`` the section at rank r and ``p`` the
    true probability that the learner applies once shown it. A place left empty, and a section
    the truth doesn't know, add 0.

    Args:
        pairs: the truth.
        items: columns of sections, best first, -1 for none; shape (learners, k).

    Returns:
        Shape (learners,), 0 to 1.
    """
    found = np.take_along_axis(pairs.chance, np.maximum(items, 0), axis=1)
    total = np.where(items >= 0, found, 0.0).sum(axis=1)
    return np.asarray(total / items.shape[1], dtype=np.float64)


def best_lists(pairs: Pairs, k: int) -> Ids:
    """The oracle's lists: the k likeliest sections of each learner; nothing of probability 0."""

    def likeliest(rows: slice) -> Scores:
        chance = pairs.chance[rows].astype(np.float32)
        return np.where(chance > 0, chance, np.float32(np.nan))

    return _ranked(pairs, likeliest, k)


def allowed_lists(pairs: Pairs, score: Score, k: int) -> Ids:
    """The k highest scored sections of each learner that no hard rule bars."""

    def allowed(rows: slice) -> Scores:
        return np.where(pairs.rule[rows] == ALLOWED, score(rows), np.float32(np.nan))

    return _ranked(pairs, allowed, k)


def random_values(pairs: Pairs, k: int) -> Values:
    """Expected Value@k of k allowed sections drawn blindly; shape (learners,).

    The mean probability of the learner's allowed pairs, less where there are fewer than k.
    """
    parts = [
        (pairs.chance[rows].sum(axis=1), (pairs.rule[rows] == ALLOWED).sum(1))
        for rows in blocks(pairs)
    ]
    total = np.concatenate([part[0] for part in parts])
    count = np.concatenate([part[1] for part in parts])
    return np.asarray(total / np.maximum(count, k), dtype=np.float64)


def ratio_of(values: Values, base: Values, *, seed: int) -> Ratio:
    """Mean of values over mean of base, with a bootstrap interval over learners.

    ``R = sum_u value(u) / sum_u base(u)``: learners are drawn with replacement, and the ratio
    is taken of each draw [efron1993bootstrap]. A learner whose base is 0 stays in. Learners
    are drawn in the order of their values, so that their names move nothing.

    >>> ratio_of(np.array([1.0, 1.0]), np.array([2.0, 2.0]), seed=0)
    Ratio(value=0.5, low=0.5, high=0.5)
    """
    if not len(base) or base.sum() == 0:
        return Ratio(None, None, None)
    both = np.stack([values, base], axis=1)[np.lexsort((base, values))]
    means = resampled_means(both, seed=seed, draws=DRAWS)
    drawn = means[means[:, 1] > 0]
    low, high = np.quantile(drawn[:, 0] / drawn[:, 1], TAILS)
    return Ratio(float(values.sum() / base.sum()), float(low), float(high))


def blocks(pairs: Pairs) -> Iterator[slice]:
    """Learners in blocks of about ``BLOCK_CELLS`` pairs."""
    step = max(1, BLOCK_CELLS // pairs.sections.len())
    for start in range(0, pairs.learners.len(), step):
        yield slice(start, start + step)


def _ranked(pairs: Pairs, score: Score, k: int) -> Ids:
    """Lists of exactly k places, -1 where fewer sections are ranked."""
    parts = [top_items(score(rows), k) for rows in blocks(pairs)]
    lists = np.concatenate(parts)
    return np.pad(lists, ((0, 0), (0, k - lists.shape[1])), constant_values=-1)
