"""Fairness of exposure: who is shown, against what they offer [singh2018fairness].

Symbols: ``e_g`` the share of all attention that group g of providers receives, ``s_g`` its share
of the supply (seats). Shown in proportion to supply, every ``e_g / s_g`` is 1.
"""

import numpy as np
from numpy.typing import NDArray

from training.metrics.lists import Ids

Amounts = NDArray[np.float64]


def exposure(items: Ids, n_items: int) -> Amounts:
    """Attention each item receives: places near the top are seen more.

    ``Exposure(i) = sum over lists that show i of 1 / log2(r + 1)``, r its rank, 1 the first.

    Args:
        items: item numbers, best first, -1 for none; shape (learners, k).
        n_items: size of the catalogue.

    Returns:
        Shape (items,), at least 0; only shares of it mean something.

    Item 0 stands first once, item 2 second once (1 / log2(3)):

    >>> exposure(np.array([[0, 2], [-1, -1]]), 3).round(4)
    array([1.    , 0.    , 0.6309])
    """
    by_place: Amounts = 1.0 / np.log2(np.arange(items.shape[1], dtype=np.float64) + 2)
    weights = np.broadcast_to(by_place, items.shape)
    shown = items >= 0
    return np.bincount(items[shown], weights[shown], minlength=n_items).astype(np.float64)


def shares(amounts: Amounts, groups: NDArray[np.int64], n_groups: int) -> Amounts:
    """Each group's share of a total.

    ``share_g = sum_{i in g} amount_i / sum_i amount_i``.

    Args:
        amounts: of each item, at least 0; shape (items,).
        groups: number of each item's group; shape (items,).
        n_groups: how many groups there are.

    Returns:
        Shape (groups,), sums to 1; all 0 where nothing is there to share.

    >>> shares(np.array([3.0, 1.0, 4.0]), np.array([0, 0, 1]), 2)
    array([0.5, 0.5])
    """
    summed = np.bincount(groups, amounts, minlength=n_groups).astype(np.float64)
    total = summed.sum()
    return summed / total if total > 0 else summed


def exposure_ratios(exposed: Amounts, supply: Amounts) -> Amounts:
    """How much a group is shown for what it offers.

    ``ratio_g = e_g / s_g``.

    Args:
        exposed: shares of exposure; shape (groups,).
        supply: shares of supply; shape (groups,).

    Returns:
        Shape (groups,): 1 in proportion, below 1 shown too little; NaN without supply.

    Half of the seats and a quarter of the attention:

    >>> exposure_ratios(np.array([0.25, 0.75]), np.array([0.5, 0.5]))
    array([0.5, 1.5])
    """
    there = supply > 0
    return np.where(there, exposed / np.where(there, supply, 1.0), np.nan)


def disparity_ratio(exposed: Amounts, supply: Amounts) -> float:
    """The worst treated group against the best treated one.

    ``DTR = min_g (e_g / s_g) / max_g (e_g / s_g)``, the disparate-treatment ratio of
    [singh2018fairness] with supply as merit, between the two groups furthest apart.

    Args:
        exposed: shares of exposure; shape (groups,).
        supply: shares of supply; shape (groups,). Groups without supply are left out.

    Returns:
        0 (a group with supply is never shown) to 1 (all in proportion); NaN where nothing is shown.

    >>> round(disparity_ratio(np.array([0.25, 0.75]), np.array([0.5, 0.5])), 4)
    0.3333
    """
    ratios = exposure_ratios(exposed, supply)
    kept = ratios[~np.isnan(ratios)]
    highest = kept.max(initial=0.0)
    return float(kept.min() / highest) if highest > 0 else float("nan")


def gini(exposed: Amounts, supply: Amounts) -> float:
    """How far exposure is from following supply.

    Groups stand in ascending order of ``e_g / s_g``; ``E_g`` is the running sum of ``e_g``.
    ``Gini = 1 - sum_g s_g * (E_g + E_{g-1})``: twice the area between the Lorenz curve of
    exposure over supply and the diagonal.

    Args:
        exposed: shares of exposure; shape (groups,).
        supply: shares of supply; shape (groups,). Groups without supply are left out.

    Returns:
        0 (each shown in proportion to its seats) to nearly 1; NaN where nothing is shown.

    A quarter of the attention for half of the seats: 1 - .5 * (.25 + 0) - .5 * (1 + .25).

    >>> gini(np.array([0.25, 0.75]), np.array([0.5, 0.5]))
    0.25
    """
    there = supply > 0
    total_exposed, total_supply = exposed[there].sum(), supply[there].sum()
    if total_exposed <= 0 or total_supply <= 0:
        return float("nan")
    e, s = exposed[there] / total_exposed, supply[there] / total_supply
    order = np.argsort(e / s, kind="stable")
    running = np.cumsum(e[order])
    before = running - e[order]
    return float(1.0 - (s[order] * (running + before)).sum())
