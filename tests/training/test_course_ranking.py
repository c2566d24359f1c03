from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from recsys.offer import Candidates
from recsys.rankers.blend import Blend
from recsys.scorers.ease import Ease
from recsys.scorers.popularity import Popularity
from recsys.types import LearnerQuery, TrainingSet
from training.course_ranking import (
    Catalogue,
    batches,
    rank_courses,
    score_alone,
    score_blend,
    standardised,
)

NOW = datetime(2025, 9, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def training() -> TrainingSet:
    pairs = [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y"), ("c", "z"), ("d", "x")]
    table = pl.DataFrame(pairs, schema=["learner_id", "course_id"], orient="row")
    interactions = table.with_columns(pl.lit(1.0).alias("weight"), pl.lit(0.0).alias("age_days"))
    return TrainingSet(interactions, pl.DataFrame(), pl.DataFrame(), NOW)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue(pl.Series(["new", "x", "y", "z"]))


def asks(*history: str) -> LearnerQuery:
    return LearnerQuery(as_of=NOW, learner_id="q", personalised=True, history=history)


def test_a_course_the_scorer_never_saw_is_not_ranked(
    training: TrainingSet, catalogue: Catalogue
) -> None:
    scores = catalogue.reader(Popularity().fit(training))([asks()])
    assert np.isnan(scores[0, 0])
    assert scores[0, 1] > scores[0, 2] > scores[0, 3]


def test_courses_in_train_are_left_out_of_the_list(
    training: TrainingSet, catalogue: Catalogue
) -> None:
    popularity = Popularity().fit(training)
    barred = catalogue.matrix(pl.Series([0]), pl.Series(["x"]), 1)
    score = score_alone(catalogue, popularity, popularity)
    assert rank_courses(score, [asks("x")], barred, 4).tolist() == [[2, 3, -1, -1]]


def test_who_has_no_history_gets_the_non_personal_list(
    training: TrainingSet, catalogue: Catalogue
) -> None:
    ease, popularity = Ease().fit(training), Popularity().fit(training)
    barred = catalogue.matrix(pl.Series([1]), pl.Series(["x"]), 2)
    alone = score_alone(catalogue, ease, popularity)
    blend = score_blend(
        catalogue, {"ease": ease, "popularity": popularity}, {"ease": 1.0}, popularity
    )
    for score in (alone, blend):
        lists = rank_courses(score, [asks(), asks("x")], barred, 2)
        assert lists[0].tolist() == [1, 2]
        assert lists[1, 0] == 2


def test_the_blend_of_the_benchmark_is_the_blend_of_the_recommender(
    training: TrainingSet, catalogue: Catalogue
) -> None:
    scorers = {"ease": Ease().fit(training), "popularity": Popularity().fit(training)}
    weights = {"ease": 0.7, "popularity": -0.2}
    query = asks("x")
    offered = Candidates.of(pl.DataFrame({"course_id": catalogue.course_ids}))
    columns = {name: scorer.score(query, offered) for name, scorer in scorers.items()}
    expected = Blend(weights).rank(query, offered.with_columns(columns))
    barred = catalogue.matrix(pl.Series([], dtype=pl.Int64), pl.Series([], dtype=pl.String), 1)
    scores = score_blend(catalogue, scorers, weights, scorers["popularity"])([query], barred)
    np.testing.assert_allclose(scores[0], expected, atol=1e-6)


def test_standardising_ignores_barred_courses(catalogue: Catalogue) -> None:
    barred = catalogue.matrix(pl.Series([0]), pl.Series(["new"]), 1)
    units = standardised(np.array([[99.0, 1.0, 2.0, 3.0]], dtype=np.float32), barred)
    assert units[0, 0] == 0
    np.testing.assert_allclose(units[0, 1:], [-1.2247449, 0, 1.2247449], atol=1e-6)


def test_batches_cover_every_row_once_and_bound_memory() -> None:
    assert list(batches(0, 10)) == []
    runs = list(batches(2500, 10))
    assert runs == [(0, 1024), (1024, 2048), (2048, 2500)]
    assert next(batches(100, 10_000_000)) == (0, 1)


def test_nobody_asking_makes_no_lists(training: TrainingSet, catalogue: Catalogue) -> None:
    popularity = Popularity().fit(training)
    barred = catalogue.matrix(pl.Series([], dtype=pl.Int64), pl.Series([], dtype=pl.String), 0)
    assert rank_courses(score_alone(catalogue, popularity, popularity), [], barred, 3).shape == (
        0,
        3,
    )
