"""The best few of many scores, exactly: for a block of lists at once, without sorting the rest.

Scores are looked at in groups; the k-th largest of the groups' maxima is a floor that at least k
scores reach, so that only the few above it are sorted. One pass over the scores, as fast as memory
is read.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

DEEPEST: Final = 40
"""Scores of a group, at most: deeper groups leave more scores to look at."""
SPARE: Final = 3
"""Groups per wanted score, at least: with fewer the floor is low and many scores reach it."""
BUNCH: Final = 8
"""Scores of a bunch; a group is made of whole bunches, where it isn't smaller than one."""
LEAST_DEEP: Final = 4
"""With smaller groups, sorting everything is as quick."""


def best_of_each(scores: NDArray[np.floating], k: int) -> NDArray[np.int64]:
    """The places of the k highest scores of each row, highest first; ties go to the lower place.

    Args:
        scores: shape (rows, width), without NaN; -inf marks what is not ranked.
        k: how many; fewer where a row is narrower.

    Returns:
        Shape (rows, min(k, width)); -1 where a row ranks fewer.

    >>> best_of_each(np.array([[0.1, 0.9, 0.5], [-np.inf, 0.2, 0.2]]), 2)
    array([[1, 2],
           [1, 2]])
    """
    rows, width = scores.shape
    length = min(k, width)
    deep = min(DEEPEST, width // (SPARE * length)) if length else 0
    if deep < LEAST_DEEP:
        order = np.argsort(-scores, axis=1, kind="stable")[:, :length]
        unranked = np.take_along_axis(scores, order, axis=1) == -np.inf
        first: NDArray[np.int64] = np.where(unranked, -1, order).astype(np.int64)
        return first
    row, place, value = _reaching(scores, length, deep)
    # by row, then score; of equals the lower place comes first
    order = np.lexsort((place, -value, row))
    sizes = np.bincount(row, minlength=rows)
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    inside = np.arange(length) < sizes[:, None]
    at = np.where(inside, first[:, None] + np.arange(length), 0)
    found = place[order[at]] if len(place) else np.zeros(at.shape, dtype=np.int64)
    ranked: NDArray[np.int64] = np.where(inside, found, -1).astype(np.int64)
    return ranked


def best(scores: NDArray[np.floating], k: int) -> NDArray[np.int64]:
    """The places of the k highest of many scores, highest first; ties go to the lower place.

    Args:
        scores: shape (width,), without NaN; -inf is ranked last.
        k: how many; fewer where there are fewer.

    >>> best(np.array([0.1, 0.9, -np.inf, 0.9]), 3)
    array([1, 3, 0])
    """
    found: NDArray[np.int64]
    length = min(k, len(scores))
    deep = min(DEEPEST, len(scores) // (SPARE * length)) if length else 0
    if deep < LEAST_DEEP:
        found = np.argsort(-scores, kind="stable")[:length]
        return found
    groups = len(scores) // deep
    maxima = np.maximum.reduce(scores[: deep * groups].reshape(deep, groups), axis=0)
    maxima.partition(groups - length)
    reaching = (scores >= maxima[groups - length]).nonzero()[0]
    found = reaching[np.argsort(-scores[reaching], kind="stable")[:length]]
    return found


def _reaching(
    scores: NDArray[np.floating], length: int, deep: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.floating]]:
    """Row, place and value of the scores that may be among the best of their row.

    A bunch is every ``bunches``-th score, and a group every ``groups``-th bunch, so that maxima
    are taken over whole rows of memory. Only groups whose maximum reaches the floor are looked
    into, of these only such bunches, and the few scores beyond the last whole group: a score
    that is looked at alone is one that memory has to be waited for.
    """
    rows, width = scores.shape
    size = min(BUNCH, deep)
    groups, layers = width // deep, deep // size
    bunches = groups * layers
    whole = scores[:, : size * bunches].reshape(rows, size, bunches)
    bunched = whole.max(axis=1)
    grouped = bunched.reshape(rows, layers, groups)
    maxima = grouped.max(axis=1)
    floors = np.partition(maxima, groups - length, axis=1)[:, groups - length]
    row, group = np.nonzero(maxima >= floors[:, None])
    hit, layer = np.nonzero(grouped[row, :, group] >= floors[row, None])
    row, bunch = row[hit], layer * groups + group[hit]
    within = whole[row, :, bunch]
    rest = scores[:, size * bunches :]
    high, level = np.nonzero((within >= floors[row, None]) & (within > -np.inf))
    tail, column = np.nonzero((rest >= floors[:, None]) & (rest > -np.inf))
    return (
        np.concatenate([row[high], tail]),
        np.concatenate([level * bunches + bunch[high], column + size * bunches]),
        np.concatenate([within[high, level], rest[tail, column]]),
    )
