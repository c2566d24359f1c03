"""The three models of taste against their definitions."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.sparse import block_diag, csr_array, csr_matrix
from threadpoolctl import threadpool_limits

from recsys.scorers.ease import Ease, EaseConfig
from recsys.scorers.histories import histories, taken_courses
from recsys.scorers.ials import Ials, IalsConfig
from recsys.scorers.lowpass import Lowpass, LowpassConfig, leading_tastes
from recsys.scorers.matrices import sparse
from recsys.scorers.neighbours import damped, degrees, strongest
from recsys.types import LearnerQuery, TrainingSet

AS_OF = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)


def world(learners: int = 60, courses: int = 20, seed: int = 0) -> TrainingSet:
    rng = np.random.default_rng(seed)
    pairs = sorted({(int(rng.integers(learners)), int(rng.integers(courses))) for _ in range(500)})
    rows = [
        {"learner_id": f"l{u:03d}", "course_id": f"c{c:03d}", "weight": 1.0, "age_days": 0.0}
        for u, c in pairs
    ]
    return TrainingSet(pl.DataFrame(rows), pl.DataFrame(), pl.DataFrame(), AS_OF)


def query(*history: str, **changes: Any) -> LearnerQuery:
    return LearnerQuery(as_of=AS_OF, personalised=True, history=history, **changes)


def test_ease_solves_its_ridge_regressions() -> None:
    data, penalty = world(), 7.0
    _, taken = taken_courses(data.interactions)
    dense = taken.toarray().astype(np.float64)
    closeness = Ease(EaseConfig(regularisation=penalty)).fit(data).arrays()["closeness"]
    target = 4
    others = [c for c in range(dense.shape[1]) if c != target]
    gram = dense[:, others].T @ dense[:, others] + penalty * np.eye(len(others))
    by_hand = np.linalg.solve(gram, dense[:, others].T @ dense[:, target])
    np.testing.assert_allclose(closeness[others, target], by_hand, rtol=1e-4, atol=1e-6)


def test_ease_that_does_without_part_of_a_history_solves_weighed_and_stronger_regressions() -> None:
    """Dropout adds q / (1 - q) of its takings to a course's penalty; who takes much says less."""
    data, penalty, damping, dropout = world(), 3.0, 0.25, 0.2
    _, taken = taken_courses(data.interactions)
    dense = taken.toarray().astype(np.float64)
    sizes = dense.sum(axis=1)
    weights = ((sizes / sizes.mean()) ** (-2 * damping))[:, None]
    config = EaseConfig(regularisation=penalty, learner_damping=damping, dropout=dropout)
    closeness = Ease(config).fit(data).arrays()["closeness"]
    target = 4
    others = [c for c in range(dense.shape[1]) if c != target]
    gram = dense[:, others].T @ (weights * dense[:, others])
    penalties = penalty + dropout / (1 - dropout) * gram.diagonal()
    right = dense[:, others].T @ (weights[:, 0] * dense[:, target])
    by_hand = np.linalg.solve(gram + np.diag(penalties), right)
    np.testing.assert_allclose(closeness[others, target], by_hand, rtol=1e-3, atol=1e-5)


def test_ease_keeps_to_the_most_taken_courses_of_a_catalogue_too_large() -> None:
    rows = [("l1", "often"), ("l2", "often"), ("l1", "seldom"), ("l2", "also"), ("l3", "also")]
    frame = pl.DataFrame(rows, schema=["learner_id", "course_id"], orient="row")
    data = TrainingSet(
        frame.with_columns(weight=1.0, age_days=0.0), pl.DataFrame(), pl.DataFrame(), AS_OF
    )
    scorer = Ease(EaseConfig(max_courses=2)).fit(data)
    assert scorer.fitted_courses().tolist() == ["also", "often"]


def test_lowpass_is_its_formula_when_no_neighbour_is_cut() -> None:
    data, weight = world(), 0.5
    _, taken = taken_courses(data.interactions)
    signal = damped(taken, 0.5, 0.5).toarray().astype(np.float64)
    root = np.sqrt(taken.toarray().sum(axis=0))
    scorer = Lowpass(LowpassConfig(taste_weight=weight)).fit(data)
    _, _, vectors = np.linalg.svd(signal)
    tastes = vectors[: scorer.arrays()["tastes"].shape[1]].T
    history = taken.toarray()[:1]
    by_hand = history @ (signal.T @ signal) + weight * (history / root) @ tastes @ tastes.T * root
    np.testing.assert_allclose(scorer.fold_in(taken[[0]]), by_hand, rtol=1e-3, atol=1e-4)


def test_more_learners_tell_more_tastes_apart() -> None:
    few, many = (Lowpass().fit(world(n, 40)).arrays()["tastes"].shape[1] for n in (16, 100))
    assert (few, many) == (4, 10)


def test_lowpass_keeps_the_strongest_neighbours_of_each_course() -> None:
    places = np.array([0, 0, 0, 1]), np.array([0, 1, 2, 2])
    values = np.array([0.2, 0.9, 0.5, 0.1], dtype=np.float32)
    kept = strongest(sparse(*places, values, (2, 3)), 2).toarray()
    np.testing.assert_allclose(kept, [[0.0, 0.9, 0.5], [0.0, 0.0, 0.1]])


def test_ials_folds_in_the_same_factors_as_its_library() -> None:
    data, config = world(), IalsConfig(factors=8, alpha=5.0, shrinkage=2.0)
    from implicit.cpu import als

    scorer = Ials(config).fit(data)
    _, taken = taken_courses(data.interactions)
    factors = scorer.arrays()["factors"]
    penalty = 2.0 * np.sqrt(taken.nnz / taken.shape[1])
    with threadpool_limits(limits=1):
        model: Any = als.AlternatingLeastSquares(
            factors=8, regularization=float(penalty), alpha=5.0, num_threads=1, random_state=0
        )
        model.item_factors = factors
        theirs = model.recalculate_user(np.arange(3), csr_matrix(taken[:3])) @ factors.T
    np.testing.assert_allclose(scorer.fold_in(taken[:3]), theirs, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("scorer", [Ease(), Ials(IalsConfig(shrinkage=1.0)), Lowpass()])
def test_a_stronger_interest_pulls_harder(scorer: Ease | Ials | Lowpass) -> None:
    scorer.fit(world())
    index = scorer.course_index()
    light = query("c001", "c002", history_weights=(1.0, 1.0))
    heavy = query("c001", "c002", history_weights=(1.0, 3.0))
    alone = query("c002")
    taken = histories([light, heavy, alone], index).toarray()
    assert taken[1, index["c002"]] == 3.0
    scores = scorer.course_scores([light, heavy, alone])
    near, far = (np.corrcoef(scores[row], scores[2])[0, 1] for row in (1, 0))
    assert near > far


def test_a_history_without_weights_counts_each_course_once() -> None:
    index = {"a": 0, "b": 1}
    bare = histories([query("a", "b", "closed-long-ago")], index)
    stated = histories([query("a", "b", history_weights=(1.0, 1.0))], index)
    assert bare.toarray().tolist() == stated.toarray().tolist() == [[1.0, 1.0]]


def test_a_catalogue_of_many_separate_circles_is_fitted_in_bounded_work() -> None:
    # as many singular values of 1 as circles, and smaller ones between
    rng = np.random.default_rng(1)
    circles = [np.ones((5, 4)) * (rng.random((5, 4)) < 0.8) for _ in range(600)]
    taken = csr_array(block_diag(circles, format="csr"))
    taken = taken[:, np.flatnonzero(degrees(taken, 0))][np.flatnonzero(degrees(taken, 1))]
    signal = damped(taken, 0.5, 0.5)
    vectors = leading_tastes(signal, 60, seed=3)
    assert vectors.shape == (signal.shape[1], 60)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(60), atol=1e-4)
    strengths = np.linalg.norm(signal @ vectors, axis=0)
    assert strengths.min() > 0.98, "all of them are as strong as the strongest"
    assert np.array_equal(vectors, leading_tastes(signal, 60, seed=3))
