"""The order of gaps, and those found with false discoveries kept few."""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

FALSE_SHARE: Final = 0.1
"""Share of the cells found that are expected to be no shortage, at most."""

LEAST_SURE: Final = 0.8
"""Probability that each of them has at least [efron2008]: beside many sure ones the mean leaves
room for cells that are hardly likelier than not, and such come in groups that err together."""


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


def discovered(probability: Floats) -> NDArray[np.bool_]:
    """The most cells of which no more than ``FALSE_SHARE`` are expected to be no shortage.

    The likeliest first, as long as the mean of 1 - probability over those taken stays within the
    share, and none is less likely than ``LEAST_SURE``: Bayesian control of the false discovery
    rate [newton2004].

    >>> discovered(np.array([0.5, 0.99, 0.82, 0.95, 0.7])).tolist()
    [False, True, True, True, False]
    """
    order = np.argsort(-probability, kind="stable")
    expected = np.cumsum(1 - probability[order]) / np.arange(1, len(order) + 1)
    taken = np.zeros(len(order), dtype=np.bool_)
    taken[order] = expected <= FALSE_SHARE
    return taken & (probability >= LEAST_SURE)
