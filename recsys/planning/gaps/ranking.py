"""The order of gaps, and those found with false discoveries kept few."""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

FALSE_SHARE: Final = 0.1
"""Share of the cells found that are expected to be no shortage, at most."""


def scores(tau_low: Floats, level: Floats, gap: Floats, probability: Floats) -> Floats:
    """What cells are ranked by, the largest first; of no meaning but their order.

    Where the lower bound of tau is above zero, the bound times the lower bound of the level: how
    short for certain, by how many. All other cells come after these, by the gap that is expected
    of them times its probability.

    Args:
        tau_low: lower bound of tau.
        level: lower bound of the level, persons a month.
        gap: persons a month.
        probability: of a shortage.
    """
    unsure = gap * probability
    below = unsure / (1 + unsure) - 1
    return np.where(tau_low > 0, tau_low * level, below)


def discovered(probability: Floats, apart: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The most cells of which no more than ``FALSE_SHARE`` are expected to be no shortage.

    The likeliest first, as long as the mean of 1 - probability over those taken stays within the
    share: Bayesian control of the false discovery rate [newton2004]. Cells that only their pool
    speaks for aren't taken: what errs in a pool's sums errs in all of its cells alike.

    Args:
        probability: of a shortage.
        apart: whether something tells the cell from others of its pool.

    >>> discovered(np.array([0.5, 0.99, 0.8, 0.95]), np.array([True, True, True, False])).tolist()
    [False, True, True, False]
    """
    chance = np.where(apart, probability, 0.0)
    order = np.argsort(-chance, kind="stable")
    expected = np.cumsum(1 - chance[order]) / np.arange(1, len(order) + 1)
    taken = np.zeros(len(order), dtype=np.bool_)
    taken[order] = expected <= FALSE_SHARE
    return taken & apart
