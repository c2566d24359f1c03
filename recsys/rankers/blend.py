"""Blend: a weighted sum of the scorers, each standardised among the sections on offer."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from recsys.columns import Index, Reals
from recsys.offer import Candidates
from recsys.stages import Ranker
from recsys.types import LearnerQuery

FLAT: Final = 1e-9
"""Spread, relative to size, below which a column tells sections apart by rounding only."""


class Blend(Ranker):
    """Adds up what the scorers say, in units of their spread among the candidates.

    Direction: higher is better. Range: unbounded, mostly -3 to 3 times the sum of weights.
    Unit: weighted standard deviations within one query. Never null: an unknown score
    contributes nothing, as if it were the mean.
    """

    name: ClassVar[str] = "blend"

    def __init__(self, weights: Mapping[str, float]) -> None:
        """Take each scorer's weight; scorers without a column are skipped."""
        self.weights = dict(weights)

    @property
    def reads(self) -> Sequence[str]:
        """The scorers that have a weight."""
        return list(self.weights)

    def rank(self, query: LearnerQuery, candidates: Candidates) -> Reals:
        """The sum of the weighted, standardised columns."""
        total = np.zeros(len(candidates))
        for part in self._parts(candidates):
            total += part[1]
        return total

    def parts(
        self, query: LearnerQuery, candidates: Candidates, chosen: Index
    ) -> Mapping[str, Reals]:
        """Each scorer's signed contribution; the mean score is 0."""
        return {name: part[chosen] for name, part in self._parts(candidates)}

    def _parts(self, candidates: Candidates) -> Iterator[tuple[str, Reals]]:
        """Each scorer's contribution to all candidates."""
        for name, weight in self.weights.items():
            if name in candidates:
                yield name, weight * np.nan_to_num(standardised(candidates[name]))


def standardised(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """Scores at mean 0 and standard deviation 1 over the last axis.

    Args:
        scores: any shape; NaN = not scored, which stays NaN and doesn't count.

    Returns:
        The same shape; 0 throughout where all scores are equal.

    >>> standardised(np.array([1.0, 3.0, np.nan])).tolist()
    [-1.0, 1.0, nan]
    """
    values = scores.astype(np.float64)
    scored = ~np.isnan(values)
    counts = np.maximum(scored.sum(axis=-1, keepdims=True), 1)
    mean = np.where(scored, values, 0).sum(axis=-1, keepdims=True) / counts
    centred = values - mean
    spread = np.sqrt((np.where(scored, centred, 0) ** 2).sum(axis=-1, keepdims=True) / counts)
    flat = spread <= FLAT * np.maximum(np.abs(mean), 1)
    units: NDArray[np.float64] = centred / np.where(flat, np.inf, spread)
    return units
