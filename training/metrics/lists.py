"""Top lists of many learners at once, and which of their entries turned out to be right.

The figures of a benchmark are means over learners; each accuracy metric therefore gives one
value per learner, so that intervals and slices come from the same values.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recsys.topk import best_of_each

Scores = NDArray[np.float32]
Ids = NDArray[np.int64]
Relevant = csr_array[np.float32, tuple[int, int]]
"""An entry where a learner took an item; shape (learners, items)."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Lists held against what the learners did.

    Attributes:
        items: item numbers, best first, -1 where a list is shorter; shape (learners, k).
        hits: whether that entry was right; same shape.
        relevant: number of right answers there were; shape (learners,), each at least 1.
    """

    items: Ids
    hits: NDArray[np.bool_]
    relevant: Ids


def top_items(scores: Scores, k: int) -> Ids:
    """The k best items of each row, best first; ties go to the lower item number.

    Args:
        scores: shape (learners, items); NaN or -inf marks an item that is not ranked.
        k: length of the lists; shorter where fewer items exist.

    Returns:
        Item numbers, shape (learners, min(k, items)); -1 where a row ranks fewer.

    >>> top_items(np.array([[.1, .9, .5], [np.nan, .2, .2]], dtype=np.float32), 2)
    array([[1, 2],
           [1, 2]])
    """
    return best_of_each(np.nan_to_num(scores, nan=-np.inf, posinf=np.inf, neginf=-np.inf), k)


def judge(items: Ids, relevant: Relevant) -> Judged:
    """Hold lists against what the learners did.

    Args:
        items: item numbers, best first, -1 for none; shape (learners, k).
        relevant: what the same learners did; shape (learners, items).

    >>> did = csr_array(np.array([[1, 0, 1]], dtype=np.float32))
    >>> judge(np.array([[2, 1]]), did).hits
    array([[ True, False]])
    """
    width = relevant.shape[1]
    sizes = np.diff(relevant.indptr).astype(np.int64)
    rows: Ids = np.arange(items.shape[0], dtype=np.int64)
    right = np.repeat(rows, sizes) * width + relevant.indices
    hits = np.isin(rows[:, None] * width + items, right) & (items >= 0)
    return Judged(items, hits, sizes)
