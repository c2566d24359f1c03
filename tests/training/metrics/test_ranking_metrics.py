import time

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from numpy.typing import NDArray
from scipy.sparse import csr_array

from training.metrics.breadth import coverage, novelty
from training.metrics.lists import Judged, judge, top_items
from training.metrics.ranking import average_precision, ndcg, precision, recall

ACCURACY = [recall, precision, ndcg, average_precision]
ORDERED = [recall, ndcg, average_precision]


@st.composite
def judgements(draw: st.DrawFn) -> Judged:
    """Random lists of one to twelve items for one to eight learners."""
    learners, k = draw(st.integers(1, 8)), draw(st.integers(1, 12))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    items = np.array([rng.permutation(30)[:k] for _ in range(learners)])
    hits = rng.random((learners, k)) < rng.random()
    missed = rng.integers(0, 5, learners)
    return Judged(items, hits, np.maximum(hits.sum(axis=1) + missed, 1))


@given(judgements(), st.integers(1, 12))
def test_accuracy_lies_between_nothing_and_everything(judged: Judged, k: int) -> None:
    for metric in ACCURACY:
        values = metric(judged, k)
        assert values.shape == judged.relevant.shape
        assert ((values >= 0) & (values <= 1 + 1e-12)).all()


@given(judgements(), st.integers(1, 12), st.integers(0, 10_000))
def test_the_order_of_learners_changes_nobodys_value(judged: Judged, k: int, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(judged.relevant))
    turned = Judged(judged.items[order], judged.hits[order], judged.relevant[order])
    for metric in ACCURACY:
        np.testing.assert_allclose(metric(turned, k), metric(judged, k)[order])


@given(st.integers(1, 10), st.integers(1, 10))
def test_a_perfect_list_is_worth_one(taken: int, k: int) -> None:
    hits = (np.arange(k) < taken)[None, :]
    judged = Judged(np.arange(k)[None, :], hits, np.array([taken]))
    assert ndcg(judged, k) == pytest.approx(1.0)
    assert average_precision(judged, k) == pytest.approx(1.0)
    assert recall(judged, k) == pytest.approx(min(taken, k) / taken)


@given(judgements(), st.integers(1, 11))
def test_moving_a_right_item_up_never_hurts(judged: Judged, place: int) -> None:
    k = judged.hits.shape[1]
    if place >= k:
        return
    hits = judged.hits.copy()
    hits[:, [place - 1, place]] = np.sort(hits[:, [place - 1, place]], axis=1)[:, ::-1]
    better = Judged(judged.items, hits, judged.relevant)
    for metric in ORDERED:
        assert (metric(better, k) >= metric(judged, k) - 1e-12).all()


def test_ndcg_cuts_the_ideal_list_like_the_published_tables() -> None:
    """Three of five taken stand first, k = 3: the cut ideal says 1, an uncut one would not."""
    judged = Judged(np.array([[0, 1, 2]]), np.array([[True] * 3]), np.array([5]))
    assert ndcg(judged, 3) == pytest.approx(1.0)
    assert recall(judged, 3) == pytest.approx(0.6)


def test_map_of_a_hand_sized_case() -> None:
    """Right at ranks 2 and 3 of three taken: (1/2 + 2/3) / 3."""
    judged = Judged(np.array([[4, 5, 6]]), np.array([[False, True, True]]), np.array([3]))
    assert average_precision(judged, 3) == pytest.approx((1 / 2 + 2 / 3) / 3)


def test_a_list_shorter_than_k_counts_its_gaps_as_misses() -> None:
    judged = judge(np.array([[3, -1, -1]]), csr_array(np.array([[0, 0, 0, 1]], dtype=np.float32)))
    assert judged.hits.tolist() == [[True, False, False]]
    assert precision(judged, 3) == pytest.approx(1 / 3)
    assert ndcg(judged, 3) == pytest.approx(1.0)


def test_a_gap_is_never_right_though_the_last_item_is() -> None:
    """-1 must not wrap round to the last column."""
    taken = csr_array(np.array([[0, 0, 1], [1, 0, 0]], dtype=np.float32))
    assert not judge(np.array([[-1], [-1]]), taken).hits.any()


@given(st.integers(0, 10_000), st.integers(1, 9), st.floats(0, 0.9))
def test_top_items_agree_with_a_full_sort(seed: int, k: int, unknown: float) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 4, (5, 8)).astype(np.float32)
    scores[rng.random(scores.shape) < unknown] = np.nan
    expected = np.full((5, min(k, 8)), -1)
    for row, values in enumerate(scores):
        ranked = sorted(np.flatnonzero(~np.isnan(values)), key=lambda i: (-values[i], i))
        expected[row, : len(ranked[:k])] = ranked[:k]
    np.testing.assert_array_equal(top_items(scores, k), expected)


def test_no_items_make_empty_lists() -> None:
    assert top_items(np.zeros((3, 0), dtype=np.float32), 5).shape == (3, 0)


def test_showing_everyone_the_same_two_covers_two() -> None:
    assert coverage(np.array([[0, 1], [1, 0]]), 10, 2) == pytest.approx(0.2)
    assert coverage(np.array([[0, 1], [1, 0]]), 10, 1) == pytest.approx(0.2)
    assert coverage(np.full((2, 2), -1), 10, 2) == 0.0
    assert coverage(np.zeros((0, 2), dtype=np.int64), 0, 2) == 0.0


def test_rare_items_are_more_novel_than_common_ones() -> None:
    takers: NDArray[np.int64] = np.array([100, 1, 0])
    common, rare, unseen, empty = novelty(np.array([[0], [1], [2], [-1]]), takers, 100, 1)
    assert common == pytest.approx(0.0)
    assert common < rare < unseen
    assert empty == 0.0


def test_a_benchmarks_lists_are_judged_in_milliseconds() -> None:
    rng = np.random.default_rng(0)
    items = rng.integers(0, 2297, (11_943, 20))
    judged = Judged(items, rng.random(items.shape) < 0.1, rng.integers(1, 40, len(items)))
    started = time.perf_counter()
    for metric in ACCURACY:
        metric(judged, 20)
    assert time.perf_counter() - started < 0.5
