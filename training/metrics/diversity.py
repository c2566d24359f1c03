"""Beyond accuracy: how varied a list is, how unlike other lists, how evenly items are shown.

Symbols: ``k`` the length judged, ``i(r)`` the item at rank r (1 is first), ``m`` the items a
list really holds among its first k. How much of the catalogue anybody sees (aggregate
diversity) is ``training.metrics.breadth.coverage``.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from training.metrics.lists import Ids, Judged

Values = NDArray[np.float64]


def intra_list_diversity(items: Ids, vectors: NDArray[np.float64], k: int) -> Values:
    """How unlike each other the items of a list are [ziegler2005diversification].

    ``ILD@k = sum_{q<r<=k} (1 - cos(v_i(q), v_i(r)))  /  (m (m - 1) / 2)``. With one column per
    category it says how often two entries differ in category; with skills, how much they share.

    Args:
        items: item numbers, best first, -1 for none; shape (learners, k or more).
        vectors: what describes each item, nothing negative needed; shape (items, features). An
            item of zeros is unlike every other.
        k: length judged.

    Returns:
        Shape (learners,); 0 (all alike) to 1 where no feature is negative; NaN for a list of
        fewer than two items.

    Three entries, two of one category: two of the three pairs differ.

    >>> intra_list_diversity(np.array([[0, 1, 2]]), np.array([[1., 0], [1, 0], [0, 1]]), 3).round(4)
    array([0.6667])
    """
    lengths = np.sqrt((vectors**2).sum(axis=1, keepdims=True))
    unit = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    shown = _shown(items, len(vectors), k)
    held = np.diff(shown.indptr)
    total = np.asarray(shown @ unit)
    # the square of a sum holds every pair twice and every item with itself once
    alike = (total**2).sum(axis=1) - shown @ (lengths[:, 0] > 0).astype(np.float64)
    pairs = held * (held - 1)
    share = np.divide(alike, pairs, out=np.full(len(held), np.nan), where=pairs > 0)
    return np.asarray(1.0 - share, dtype=np.float64)


def category_entropy(items: Ids, categories: Ids, k: int) -> Values:
    """How evenly a list is spread over categories: Shannon entropy in bits [shannon1948theory].

    ``H@k = -sum_c s_c log2(s_c)``, ``s_c`` the share of the list's m items in category c.

    Args:
        items: item numbers, best first, -1 for none; shape (learners, k or more).
        categories: category number of each item, 0 or more; shape (items,).
        k: length judged.

    Returns:
        Shape (learners,); 0 where all items share a category, log2(m) where no two do; 0 for an
        empty list.

    Two categories, half of the list each: 1 bit.

    >>> category_entropy(np.array([[0, 1]]), np.array([4, 7]), 2)
    array([1.])
    """
    shown = _shown(items, len(categories), k)
    width = int(categories.max(initial=0)) + 1
    belongs = csr_array(
        (np.ones(len(categories)), (np.arange(len(categories)), categories)),
        shape=(len(categories), width),
    )
    counts = csr_array(shown @ belongs)
    held = np.diff(shown.indptr)
    shares = counts.data / np.repeat(held, np.diff(counts.indptr))
    rows = np.repeat(np.arange(len(held)), np.diff(counts.indptr))
    bits = np.bincount(rows, weights=-shares * np.log2(shares), minlength=len(held))
    return np.maximum(bits, 0.0)


def exposure_gini(items: Ids, n_items: int, k: int) -> float:
    """How unevenly items are shown: the Gini coefficient of their exposure [gini1912variabilita].

    ``G = sum_j (2 j - n - 1) x_(j)  /  (n sum_j x_j)``, ``x_(j)`` the times the item with the
    j-th lowest exposure stands in anybody's first k, j from 1 to n, the size of the catalogue.

    Args:
        items: item numbers, best first, -1 for none; shape (learners, k or more).
        n_items: size of the catalogue; items nobody is shown count.
        k: length judged.

    Returns:
        0 (all alike) to 1 - 1/n (one item takes all); NaN where nothing is shown.

    Of two items one is shown to everybody:

    >>> exposure_gini(np.array([[0], [0]]), 2, 1)
    0.5
    """
    shown = items[:, :k]
    exposure = np.sort(np.bincount(shown[shown >= 0], minlength=n_items))
    if exposure.sum() == 0:
        return float("nan")
    places = 2 * np.arange(1, n_items + 1) - n_items - 1
    return float((places * exposure).sum() / (n_items * exposure.sum()))


def personalisation(items: Ids, n_items: int, k: int) -> float:
    """How unlike each other the lists of two learners are [zhou2010solving].

    ``h(k) = 1 - mean_{u<v} |L_u and L_v| / k``, the mean over all pairs of learners; computed
    from how often each item is shown, so no pair is formed. A place left empty is shared with
    nobody.

    Args:
        items: item numbers, best first, -1 for none, each at most once in a list; shape
            (learners, k or more).
        n_items: size of the catalogue.
        k: length judged.

    Returns:
        0 (everybody sees the same) to 1 (no two lists share an item); NaN for fewer than two
        learners.

    Two lists of two share one item:

    >>> personalisation(np.array([[0, 1], [1, 2]]), 3, 2)
    0.5
    """
    learners = items.shape[0]
    if learners < 2:
        return float("nan")
    shown = items[:, :k]
    exposure = np.bincount(shown[shown >= 0], minlength=n_items).astype(np.float64)
    shared = (exposure * (exposure - 1)).sum()
    return float(1.0 - shared / (learners * (learners - 1) * k))


def serendipity(judged: Judged, expected: Ids, k: int) -> Values:
    """Share of the list that was right and that popularity would not have shown [ge2010beyond].

    ``Serendipity@k = sum_{r<=k} hit_r [i(r) not in E] / k``, ``E`` the items a primitive
    recommender shows the same learner, here the most popular.

    Args:
        judged: lists held against what learners did.
        expected: item numbers of the primitive lists, -1 for none; shape (learners, any).
        k: length judged; ``expected`` counts in full, so pass lists of the length meant.

    Returns:
        Shape (learners,), 0 to precision@k.

    Both entries were right, the first stands in every popular list:

    >>> judged = Judged(np.array([[0, 5]]), np.array([[True, True]]), np.array([2]))
    >>> serendipity(judged, np.array([[0, 1]]), 2)
    array([0.5])
    """
    shown = judged.items[:, :k]
    width = int(max(shown.max(initial=0), expected.max(initial=0))) + 1
    rows = np.arange(shown.shape[0], dtype=np.int64)[:, None] * width
    foreseen = np.isin(rows + shown, (rows + expected)[expected >= 0])
    surprising = judged.hits[:, :k] & ~foreseen
    return np.asarray(surprising.sum(axis=1) / k, dtype=np.float64)


def new_item_share(items: Ids, new: NDArray[np.bool_], k: int) -> Values:
    """Share of what a list holds that had no history when the list was made.

    ``New@k = sum_{r<=k} [i(r) is new] / m``. Compare it with the share of new items on offer: a
    model that needs history shows none.

    Args:
        items: item numbers, best first, -1 for none; shape (learners, k or more).
        new: whether each item is new; shape (items,).
        k: length judged.

    Returns:
        Shape (learners,), 0 to 1; 0 for an empty list.

    >>> new_item_share(np.array([[0, 1]]), np.array([True, False]), 2)
    array([0.5])
    """
    shown = items[:, :k]
    there = shown >= 0
    fresh = np.where(there, new[np.where(there, shown, 0)], False)
    return np.asarray(fresh.sum(axis=1) / np.maximum(there.sum(axis=1), 1), dtype=np.float64)


def _shown(items: Ids, n_items: int, k: int) -> csr_array[np.float64, tuple[int, int]]:
    """1 where one of the learner's first k is the item; shape (learners, items)."""
    first = items[:, :k]
    there = first >= 0
    ends = np.concatenate([[0], np.cumsum(there.sum(axis=1))])
    ones = np.ones(int(ends[-1]), dtype=np.float64)
    return csr_array((ones, first[there], ends), shape=(len(items), n_items), dtype=np.float64)
