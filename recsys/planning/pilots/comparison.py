"""What pilots are held against: every set that could have been the pilots, and its others."""

from itertools import combinations
from math import comb
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from recsys.errors import QueryError

Weighting = Literal["equal", "likeness"]
"""How comparison districts weigh: all the same, or more the more they went like the pilots."""

MOST_SETS: Final = 100_000
"""Sets that are enumerated; a city of 13 districts has 286 sets of three."""

SUM_FACTOR: Final = 1e3
"""How much dearer a sum of weights off one is than a misfit of the same size."""


def treated_sets(treated: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """All sets of districts as large as the treated one, itself first.

    Args:
        treated: (districts,) whether each is a pilot.

    Returns:
        (sets, districts).

    Raises:
        QueryError: there are more sets than can be enumerated.

    >>> treated_sets(np.array([False, True, False])).astype(int).tolist()
    [[0, 1, 0], [1, 0, 0], [0, 0, 1]]
    """
    count, size = len(treated), int(treated.sum())
    if comb(count, size) > MOST_SETS:
        message = (
            f"{size} pilots among {count} districts can be chosen in {comb(count, size):,} ways; "
            f"name comparison districts so that there are at most {MOST_SETS:,}"
        )
        raise QueryError(message)
    chosen = np.array(list(combinations(range(count), size)), dtype=np.intp).reshape(-1, size)
    sets = np.zeros((len(chosen), count), dtype=np.bool_)
    np.put_along_axis(sets, chosen, values=True, axis=1)
    others = sets[(sets != treated).any(axis=1)]
    return np.vstack([treated[None, :], others])


def weights_of(
    sets: NDArray[np.bool_], before: NDArray[np.float64], weighting: Weighting, terms_after: int
) -> NDArray[np.float64]:
    """Weights of the districts outside each set; those inside weigh nothing, rows add up to 1.

    Args:
        sets: (sets, districts) from `treated_sets`.
        before: (districts, terms) the outcome in the terms before.
        weighting: how the others weigh.
        terms_after: terms after the start; they steady the weights, as the variance to be
            weighed against likeness falls with them.

    Returns:
        (sets, districts).
    """
    if weighting == "equal":
        outside = (~sets).astype(np.float64)
        equal: NDArray[np.float64] = outside / outside.sum(axis=1, keepdims=True)
        return equal
    level = before - before.mean(axis=1, keepdims=True)
    steady = _steadiness(before, int(sets[0].sum()), terms_after)
    return np.vstack([_likeness(level, row, steady) for row in sets])


def _steadiness(before: NDArray[np.float64], treated: int, terms_after: int) -> float:
    """The ridge of synthetic difference-in-differences (arkhangelsky2021synthetic, eq. 5)."""
    noise = float(np.diff(before, axis=1).std()) if before.shape[1] > 1 else 0.0
    ridge = (treated * terms_after) ** 0.25 * noise * before.shape[1] ** 0.5
    return max(float(ridge), 1e-6 * (1.0 + float(np.abs(before).max(initial=0.0))))


def _likeness(
    level: NDArray[np.float64], inside: NDArray[np.bool_], steady: float
) -> NDArray[np.float64]:
    """Weights, at least zero and adding up to one, under which the others went like the set."""
    others = level[~inside]
    factor = SUM_FACTOR * (steady + float(np.abs(level).max(initial=0.0)))
    matrix = np.vstack([others.T, steady * np.eye(len(others)), np.full(len(others), factor)])
    aim = np.concatenate([level[inside].mean(axis=0), np.zeros(len(others)), [factor]])
    found, _ = nnls(matrix, aim)
    weights = np.zeros(len(inside))
    weights[~inside] = found / found.sum()
    return weights
