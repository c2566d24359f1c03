"""Successive draws without replacement in proportion to weights, for many learners at once."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

HEADROOM: Final = 8
"""Draws beyond the wanted depth in each round, since some repeat."""


def drawn(
    weights: NDArray[np.float64], rows: int, depth: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Ordered samples without replacement: draw by weight, skip what came before.

    The same law as sorting log weights plus Gumbel noise, without a number for each pair of
    learner and section: a city has twenty thousand million of them.

    Args:
        weights: of each choice, above 0.
        rows: samples.
        depth: choices in each, at most ``len(weights)``.
        rng: draws.

    Returns:
        Indices of choices, shape (rows, depth), all different within a row.
    """
    edges = np.cumsum(weights)
    edges /= edges[-1]
    result = np.full((rows, depth), -1, dtype=np.int64)
    filled = np.zeros(rows, dtype=np.int64)
    short = np.arange(rows)
    while len(short):
        fresh = np.searchsorted(edges, rng.random((len(short), depth + HEADROOM)), side="right")
        joined = np.concatenate([result[short], np.minimum(fresh, len(weights) - 1)], axis=1)
        result[short], filled[short] = _firsts(joined, depth)
        short = short[filled[short] < depth]
    return result


def _firsts(values: NDArray[np.int64], depth: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first ``depth`` different values of each row in order, -1 marking none; and how many."""
    rows, width = values.shape
    columns: NDArray[np.int64] = np.arange(width, dtype=np.int64)
    keyed = np.sort(values * width + columns, axis=1)
    value, column = keyed // width, keyed % width
    first = np.ones((rows, width), dtype=bool)
    first[:, 1:] = value[:, 1:] != value[:, :-1]
    kept = np.zeros((rows, width), dtype=bool)
    np.put_along_axis(kept, column, first & (value >= 0), axis=1)
    place = np.cumsum(kept, axis=1) - 1
    kept &= place < depth
    result = np.full((rows, depth), -1, dtype=np.int64)
    row, at = np.nonzero(kept)
    result[row, place[row, at]] = values[row, at]
    return result, kept.sum(axis=1)
