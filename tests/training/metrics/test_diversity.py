import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.metrics.diversity import (
    category_entropy,
    exposure_gini,
    intra_list_diversity,
    new_item_share,
    personalisation,
    serendipity,
)
from training.metrics.lists import Judged
from training.metrics.ranking import precision


def some_lists(seed: int, learners: int = 6, k: int = 4, items: int = 9) -> np.ndarray:
    """Lists without repeats, some of them shorter than k."""
    rng = np.random.default_rng(seed)
    lists = np.argsort(rng.random((learners, items)), axis=1)[:, :k]
    lists[np.arange(k) >= rng.integers(0, k + 1, learners)[:, None]] = -1
    return lists


@given(st.integers(0, 10_000))
def test_diversity_is_the_mean_distance_of_every_pair(seed: int) -> None:
    """Against the definition, pair by pair."""
    rng = np.random.default_rng(seed)
    vectors = rng.random((9, 3)) * (rng.random((9, 1)) < 0.8)
    lists = some_lists(seed)
    for items, told in zip(lists, intra_list_diversity(lists, vectors, 4), strict=True):
        held = [vectors[i] for i in items if i >= 0]
        gaps = [
            1 - (a @ b / (np.linalg.norm(a) * np.linalg.norm(b)) if a.any() and b.any() else 0)
            for n, a in enumerate(held)
            for b in held[n + 1 :]
        ]
        assert told == pytest.approx(np.mean(gaps)) if gaps else np.isnan(told)


def test_a_list_of_one_kind_is_less_varied_than_a_mixed_one() -> None:
    kinds = np.array([0, 0, 0, 1, 2])
    vectors = np.eye(3)[kinds]
    alike, mixed = np.array([[0, 1, 2]]), np.array([[0, 3, 4]])
    assert intra_list_diversity(alike, vectors, 3)[0] == pytest.approx(0.0)
    assert intra_list_diversity(mixed, vectors, 3)[0] == pytest.approx(1.0)
    assert category_entropy(alike, kinds, 3)[0] == 0.0
    assert category_entropy(mixed, kinds, 3)[0] == pytest.approx(np.log2(3))


def test_entropy_counts_the_categories_of_the_first_k_alone() -> None:
    kinds = np.array([0, 0, 1, 1])
    lists = np.array([[0, 1, 2, 3], [0, 2, -1, -1], [-1, -1, -1, -1]])
    assert category_entropy(lists, kinds, 2).tolist() == pytest.approx([0.0, 1.0, 0.0])
    assert category_entropy(lists, kinds, 4).tolist() == pytest.approx([1.0, 1.0, 0.0])


def test_gini_is_zero_for_equal_exposure_and_near_one_for_a_star() -> None:
    assert exposure_gini(np.array([[0, 1], [2, 3]]), 4, 2) == pytest.approx(0.0)
    assert exposure_gini(np.zeros((50, 1), dtype=np.int64), 4, 1) == pytest.approx(0.75)
    assert np.isnan(exposure_gini(np.full((2, 2), -1), 4, 2))


@given(st.integers(0, 10_000))
def test_gini_is_half_the_mean_gap_over_the_mean(seed: int) -> None:
    lists = some_lists(seed)
    counts = np.bincount(lists[lists >= 0], minlength=9)
    if counts.sum():
        gaps = np.abs(counts[:, None] - counts[None, :]).mean() / (2 * counts.mean())
        assert exposure_gini(lists, 9, 4) == pytest.approx(gaps)


@given(st.integers(0, 10_000))
def test_personalisation_is_the_mean_distance_of_every_two_lists(seed: int) -> None:
    lists = some_lists(seed)
    sets = [{i for i in row if i >= 0} for row in lists.tolist()]
    pairs = [1 - len(a & b) / 4 for n, a in enumerate(sets) for b in sets[n + 1 :]]
    assert personalisation(lists, 9, 4) == pytest.approx(np.mean(pairs))


def test_the_same_list_for_all_is_not_personal() -> None:
    assert personalisation(np.array([[3, 1]] * 5), 4, 2) == pytest.approx(0.0)
    assert personalisation(np.array([[0, 1], [2, 3]]), 4, 2) == pytest.approx(1.0)
    assert np.isnan(personalisation(np.array([[0]]), 1, 1))


def test_only_what_is_right_and_unexpected_is_serendipitous() -> None:
    items = np.array([[0, 5], [0, 5], [0, -1]])
    hits = np.array([[True, True], [True, False], [True, False]])
    judged = Judged(items, hits, np.full(3, 2))
    popular = np.array([[0, 1], [5, 1], [-1, -1]])
    assert serendipity(judged, popular, 2).tolist() == [0.5, 0.5, 0.5]
    assert (serendipity(judged, popular, 2) <= precision(judged, 2)).all()
    nothing = np.full((3, 1), -1)
    np.testing.assert_allclose(serendipity(judged, nothing, 2), precision(judged, 2))


def test_what_another_learner_expects_surprises_me_still() -> None:
    judged = Judged(np.array([[0], [1]]), np.array([[True], [True]]), np.array([1, 1]))
    assert serendipity(judged, np.array([[1], [0]]), 1).tolist() == [1.0, 1.0]


def test_the_share_of_new_items_leaves_gaps_out() -> None:
    new = np.array([True, False, True])
    lists = np.array([[0, 1, 2], [1, 0, -1], [-1, -1, -1]])
    assert new_item_share(lists, new, 3).tolist() == pytest.approx([2 / 3, 0.5, 0.0])
    assert new_item_share(lists, new, 1).tolist() == [1.0, 0.0, 0.0]
