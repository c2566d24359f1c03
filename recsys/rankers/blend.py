"""Blend: a weighted sum of the scorers, each standardised among the sections on offer."""

from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recsys.stages import Ranker
from recsys.types import Candidates, LearnerQuery

NO_SOURCE: Final = "none"
"""The source of a score to which no scorer contributed."""

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

    def rank(self, query: LearnerQuery, candidates: Candidates) -> Candidates:
        """Candidates with ``score``, ``source`` and a ``part_<scorer>`` for each scorer."""
        parts = self._parts(candidates.frame)
        table = np.array(list(parts.values())).reshape(len(parts), len(candidates))
        frame = candidates.frame.with_columns(
            *(pl.Series(f"part_{name}", part) for name, part in parts.items()),
            pl.Series("score", table.sum(axis=0), dtype=pl.Float64),
            pl.Series("source", _sources(list(parts), table), dtype=pl.String),
        )
        return Candidates(frame)

    def _parts(self, frame: pl.DataFrame) -> dict[str, NDArray[np.float64]]:
        """Each scorer's signed contribution."""
        used = [name for name in self.weights if name in frame.columns]
        columns = {name: frame[name].cast(pl.Float64).fill_null(np.nan) for name in used}
        return {
            name: self.weights[name] * np.nan_to_num(standardised(column.to_numpy()))
            for name, column in columns.items()
        }


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


def _sources(names: list[str], table: NDArray[np.float64]) -> NDArray[np.str_]:
    """Per candidate the scorer that contributed most; the earlier of equals."""
    if not names:
        return np.array([NO_SOURCE] * table.shape[1], dtype=np.str_)
    helped = table.max(axis=0) > 0
    labels = np.array([*names, NO_SOURCE])
    sources: NDArray[np.str_] = labels[np.where(helped, table.argmax(axis=0), len(names))]
    return sources
