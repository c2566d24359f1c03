"""Accuracy of ranked lists; each metric gives one value per learner.

Symbols: ``R`` the items a learner took in the judged period, ``hit_r`` 1 where the item at
rank r (1 is first) is in R and else 0, ``k`` the length judged.
"""

import numpy as np
from numpy.typing import NDArray

from training.metrics.lists import Judged

Values = NDArray[np.float64]


def recall(judged: Judged, k: int) -> Values:
    """Share of what the learner took that the list held.

    ``Recall@k = sum_{r<=k} hit_r / |R|``, as in the LightGCN and BARS tables: the
    denominator is not cut at k, so a learner who took more than k items can't reach 1.

    Returns:
        Shape (learners,), 0 to 1.

    Two of the four items taken are among the first three:

    >>> from training.metrics.lists import Judged
    >>> recall(Judged(np.array([[7, 5, 2]]), np.array([[True, False, True]]), np.array([4])), 3)
    array([0.5])
    """
    return np.asarray(judged.hits[:, :k].sum(axis=1) / judged.relevant, dtype=np.float64)


def precision(judged: Judged, k: int) -> Values:
    """Share of the list that was right.

    ``Precision@k = sum_{r<=k} hit_r / k``; places a short list leaves empty are misses.

    Returns:
        Shape (learners,), 0 to 1.

    >>> from training.metrics.lists import Judged
    >>> precision(Judged(np.array([[7, 5]]), np.array([[True, False]]), np.array([4])), 2)
    array([0.5])
    """
    return np.asarray(judged.hits[:, :k].sum(axis=1) / k, dtype=np.float64)


def ndcg(judged: Judged, k: int) -> Values:
    """How near the top the right items stand, against the best possible order.

    ``NDCG@k = sum_{r<=k} hit_r / log2(r + 1)  /  sum_{r<=min(|R|, k)} 1 / log2(r + 1)``: the
    ideal list is cut at k, as in the LightGCN and BARS tables.

    Returns:
        Shape (learners,), 0 to 1; 1 when the first min(|R|, k) places are all right.

    The only item taken stands second: 1 / log2(3).

    >>> from training.metrics.lists import Judged
    >>> ndcg(Judged(np.array([[5, 7]]), np.array([[False, True]]), np.array([1])), 2).round(4)
    array([0.6309])
    """
    discounts = 1.0 / np.log2(np.arange(k) + 2)
    ideal = np.cumsum(discounts)[np.minimum(judged.relevant, k) - 1]
    hits = judged.hits[:, :k]
    return np.asarray(hits @ discounts[: hits.shape[1]] / ideal, dtype=np.float64)


def average_precision(judged: Judged, k: int) -> Values:
    """Precision at each right place, averaged; its mean over learners is MAP@k.

    ``AP@k = sum_{r<=k} hit_r * (sum_{q<=r} hit_q / r)  /  min(|R|, k)``.

    Returns:
        Shape (learners,), 0 to 1; 1 when the first min(|R|, k) places are all right.

    Right at ranks 1 and 3 of two taken: (1/1 + 2/3) / 2.

    >>> from training.metrics.lists import Judged
    >>> hits = np.array([[True, False, True]])
    >>> average_precision(Judged(np.array([[7, 5, 2]]), hits, np.array([2])), 3).round(4)
    array([0.8333])
    """
    hits: NDArray[np.bool_] = judged.hits[:, :k]
    precisions = np.cumsum(hits, axis=1) / np.arange(1, hits.shape[1] + 1, dtype=np.float64)
    at_hits = np.where(hits, precisions, 0.0).sum(axis=1)
    return np.asarray(at_hits / np.minimum(judged.relevant, k), dtype=np.float64)


def hit_rate(judged: Judged, k: int) -> Values:
    """Whether the list held anything right; its mean over learners is the hit rate.

    ``HR@k = max_{r<=k} hit_r``.

    Returns:
        Shape (learners,), 0 or 1.

    >>> from training.metrics.lists import Judged
    >>> hits = np.array([[False, True], [False, False]])
    >>> hit_rate(Judged(np.array([[5, 7], [5, 7]]), hits, np.array([1, 1])), 2)
    array([1., 0.])
    """
    return np.asarray(judged.hits[:, :k].any(axis=1), dtype=np.float64)


def reciprocal_rank(judged: Judged, k: int) -> Values:
    """One over the rank of the first right item [voorhees1999trec]; its mean is MRR@k.

    ``RR@k = 1 / min{r <= k : hit_r = 1}``, 0 where the first k hold nothing right.

    Returns:
        Shape (learners,), 0 to 1.

    The first right item stands second:

    >>> from training.metrics.lists import Judged
    >>> reciprocal_rank(Judged(np.array([[5, 7]]), np.array([[False, True]]), np.array([1])), 2)
    array([0.5])
    """
    hits: NDArray[np.bool_] = judged.hits[:, :k]
    if hits.shape[1] == 0:
        return np.zeros(len(hits))
    return np.where(hits.any(axis=1), 1.0 / (hits.argmax(axis=1) + 1), 0.0)
