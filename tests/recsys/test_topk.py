"""The best few are the first of a full sort, whatever the size, the ties and the holes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recsys.topk import best, best_of_each


def sorted_first(row: np.ndarray, k: int) -> list[int]:
    ranked = [place for place in np.argsort(-row, kind="stable").tolist() if row[place] > -np.inf]
    return (ranked + [-1] * len(row))[: min(k, len(row))]


@given(
    width=st.integers(0, 400),
    rows=st.integers(1, 4),
    k=st.integers(0, 12),
    values=st.integers(1, 50),
    hidden=st.floats(0, 1),
    seed=st.integers(0, 999),
)
def test_the_best_are_the_first_of_a_full_sort(
    width: int, rows: int, k: int, values: int, hidden: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, values, (rows, width)).astype(np.float32)
    scores[rng.random((rows, width)) < hidden] = -np.inf
    found = best_of_each(scores, k)
    assert found.tolist() == [sorted_first(row, k) for row in scores]


def test_of_equal_scores_the_earlier_comes_first() -> None:
    assert best(np.zeros(1000), 3).tolist() == [0, 1, 2]
