"""Which level's ads a cell's figures can rest on.

A cell of few ads leans on wider ones: its skill's group in the district, the skill in the city,
the group in the city, the trade in the city. The level used is the first whose effective ads,
older months discounted as the model does, reach the floor. The gamma-Poisson leans on the same
wider cells by degrees, so vacancies need no switch; trend and pay are taken from the level used.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.demand.grid import Grid

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEVELS: Final = ("skill/district", "group/district", "skill/city", "group/city", "trade/city")
"""From the narrowest to the widest; the last stands where none reaches the floor."""

CITY_LEVELS: Final = LEVELS[2:]
"""Levels that a row of the whole city can use."""

FLOOR: Final = 20.0
"""Effective ads from which a level speaks for itself: a relative error of 22 %."""


def by_level(counts: Floats, grid: Grid) -> tuple[Floats, ...]:
    """Sums of a count at every level, each spread back over (M, A, K)."""
    city = counts.sum(axis=1, keepdims=True)
    whole = np.broadcast_to(city, counts.shape)
    trades = grid.trade[grid.group]
    return (
        counts,
        grid.by_group(counts)[..., grid.group],
        whole,
        np.broadcast_to(grid.by_group(city)[..., grid.group], counts.shape),
        np.broadcast_to(grid.by_trade(city)[..., trades], counts.shape),
    )


def discounted(counts: Floats, discount: float) -> Floats:
    """Sums over the past, every month back worth ``discount`` of the next."""
    total = np.zeros_like(counts)
    held = np.zeros_like(counts[0]) if len(counts) else counts
    for month, values in enumerate(counts):
        held = discount * held + values
        total[month] = held
    return total


def level_used(ads: Sequence[Floats], floor: float = FLOOR) -> Ints:
    """The first level whose effective ads reach the floor, else the last, shape (M, A, K)."""
    used = np.full(ads[0].shape, len(ads) - 1)
    for number in range(len(ads) - 2, -1, -1):
        used[ads[number] >= floor] = number
    return used.astype(np.int64)


def chosen(values: Sequence[Floats], used: Ints) -> Floats:
    """Of the same figure at every level, the one of the level used."""
    return np.choose(used, np.stack(values))
