"""What a cell's share of its area's demand is before its own ads speak.

The share of skill k in area a, given everything up to a month, is

    pi_ak = (C_ag + M·G_g) / (C_a + M) · (C_-ak + m/|g|) / (C_-ag + m)

with C discounted counts of effective ads, g the skill's group, -a all other areas, and G_g the
group's share of the city. The first factor says how much of its group the area asks for, the
second how other areas divide the group among its skills: the cell's own ads have no part in it,
so that they aren't heard twice. Source: METHODS section 3, "prior share (skill group x area)".
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.demand.grid import Grid

Floats = NDArray[np.float64]

MEMORY: Final = 0.97
"""What a month leaves of the counts before it; half of them after two years."""

GROUP_ADS: Final = 50.0
"""M: ads of the whole city that an area's mix of groups starts from."""

SKILL_ADS: Final = 5.0
"""m: ads of an even division that a group's mix of skills starts from."""


def prior_shares(counts: Floats, grid: Grid) -> Floats:
    """Prior shares after each month; every month and area adds up to 1.

    Args:
        counts: effective ads, shape (M, A, K).
        grid: the axes.

    Returns:
        Shape (M + 1, A, K): the first is before any month, even over the skills.
    """
    held = np.zeros(counts.shape[1:])
    shares = [_shares(held, grid)]
    for month in counts:
        held = MEMORY * held + month
        shares.append(_shares(held, grid))
    return np.stack(shares)


def _shares(held: Floats, grid: Grid) -> Floats:
    """(A, K) shares from discounted counts."""
    size = np.bincount(grid.group, minlength=len(grid.trade)).astype(np.float64)
    by_group = grid.by_group(held)
    even = size / size.sum()
    city = by_group.sum(axis=0)
    usual = (city + GROUP_ADS * even) / (city.sum() + GROUP_ADS)
    groups = (by_group + GROUP_ADS * usual) / (by_group.sum(axis=1, keepdims=True) + GROUP_ADS)
    others, others_group = held.sum(axis=0) - held, city - by_group
    within = (others + SKILL_ADS / size[grid.group]) / (others_group[:, grid.group] + SKILL_ADS)
    shares: Floats = groups[:, grid.group] * within
    return shares
