"""What a cell's share of its area's demand is before its own ads speak.

The share of skill k in area a, given everything up to a month, is

    pi_ak = (C_ag + M·G_g) / (C_a + M) · (C_-ak + m) / (C_-ag + m·|g|)

with C discounted counts of effective ads, g the skill's group, -a all other areas, and G_g the
group's share of the city. The first factor says how much of its group the area asks for, the
second how other areas divide the group among its skills: the cell's own ads have no part in it,
so that they aren't heard twice. Source: METHODS section 3, "prior share (skill group x area)".

How much a share can be trusted depends on the ads behind it: C_-ak + m, a Dirichlet's count. A
share that rests on few yields to the cell's own ads sooner (``shrinkage``).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.demand.grid import Grid

Floats = NDArray[np.float64]

MEMORY: Final = 0.97
"""What a month leaves of the counts before it; half of them after two years."""

GROUP_ADS: Final = 50.0
"""M: ads of the whole city that an area's mix of groups starts from."""

SKILL_ADS: Final = 1.0
"""m: ads of each skill that a group's division starts from."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Prior shares after each month; the first entry is before any, even over the skills.

    Attributes:
        share: pi, shape (M + 1, A, K); every month and area adds up to 1.
        ads: effective ads that the division among skills rests on, shape (M + 1, A, K).
    """

    share: Floats
    ads: Floats


def prior_shares(counts: Floats, grid: Grid) -> Shares:
    """Prior shares from what came before.

    Args:
        counts: effective ads, shape (M, A, K).
        grid: the axes.
    """
    held = np.zeros(counts.shape[1:])
    found = [_shares(held, grid)]
    for month in counts:
        held = MEMORY * held + month
        found.append(_shares(held, grid))
    share, ads = (np.stack(part) for part in zip(*found, strict=True))
    return Shares(share, ads)


def _shares(held: Floats, grid: Grid) -> tuple[Floats, Floats]:
    """(A, K) shares from discounted counts, and the ads behind them."""
    size = np.bincount(grid.group, minlength=len(grid.trade)).astype(np.float64)
    by_group = grid.by_group(held)
    even = size / size.sum()
    city = by_group.sum(axis=0)
    usual = (city + GROUP_ADS * even) / (city.sum() + GROUP_ADS)
    groups = (by_group + GROUP_ADS * usual) / (by_group.sum(axis=1, keepdims=True) + GROUP_ADS)
    others = held.sum(axis=0) - held + SKILL_ADS
    others_group = city - by_group + SKILL_ADS * size
    within = others / others_group[:, grid.group]
    return groups[:, grid.group] * within, others
