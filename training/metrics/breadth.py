"""Breadth of what is shown: how much of the catalogue, and how far from the well-known."""

import numpy as np
from numpy.typing import NDArray

from training.metrics.lists import Ids


def coverage(items: Ids, n_items: int, k: int) -> float:
    """Share of the catalogue that somebody's list shows.

    ``Coverage@k = |union over learners of their first k items| / n_items``. A property of all
    lists together: it grows with the number of lists, so compare it only over the same learners.

    Args:
        items: item numbers, best first, -1 for none; shape (learners, k or more).
        n_items: size of the catalogue.
        k: length judged.

    Returns:
        0 to 1.

    Three of four items are shown to somebody:

    >>> coverage(np.array([[0, 1], [1, 3]]), 4, 2)
    0.75
    """
    shown = np.unique(items[:, :k])
    return float((shown >= 0).sum() / n_items) if n_items else 0.0


def novelty(items: Ids, takers: NDArray[np.int64], n_learners: int, k: int) -> NDArray[np.float64]:
    """How surprising the shown items are: mean self-information in bits.

    ``Novelty@k = mean_{r<=k} -log2((takers_i(r) + 1) / (n_learners + 1))``, ``takers_i`` the
    learners of the training period who took item i. The added ones keep an item nobody took
    finite. An item everybody took adds 0.

    Args:
        items: item numbers, best first, -1 for none; shape (learners, k or more).
        takers: learners who took each item in the training period; shape (items,).
        n_learners: learners of the training period.
        k: length judged.

    Returns:
        Shape (learners,), at least 0; 0 for an empty list.

    One of three learners took it: -log2(2 / 4) = 1 bit.

    >>> novelty(np.array([[0]]), np.array([1]), 3, 1)
    array([1.])
    """
    shown = items[:, :k]
    there = shown >= 0
    bits = -np.log2((takers + 1) / (n_learners + 1))
    total = np.where(there, bits[np.where(there, shown, 0)], 0.0).sum(axis=1)
    return np.asarray(total / np.maximum(there.sum(axis=1), 1), dtype=np.float64)
