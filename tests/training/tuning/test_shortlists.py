"""What the weights are chosen on: no learner's list differs from one of the whole catalogue."""

import dataclasses

import numpy as np
import polars as pl
import pytest

from recsys.stages import CourseScorer
from training import course_ranking
from training.bench.models import trials_of
from training.bench.tables import Tables
from training.course_ranking import rank_courses, score_blend
from training.tuning import shortlists
from training.tuning.configs import fitted
from training.tuning.shortlists import near_top, shortlist
from training.tuning.trial import K, Trial, quality_of
from training.tuning.weights import best_weights, quality_with

WEIGHTS = {"ease": 1.0, "lowpass": 0.5, "popularity": -0.3}


@pytest.fixture(scope="module")
def trial(circles: pl.DataFrame) -> Trial:
    last = pl.int_range(pl.len()).over("user") >= 5
    typed = circles.cast({"ts": pl.Float64})
    return trials_of(Tables(typed.filter(~last), typed.filter(last), typed, ()), seed=0)[0]


@pytest.fixture(scope="module")
def scorers(trial: Trial) -> dict[str, CourseScorer]:
    return {name: fitted(name, {}, trial.training) for name in WEIGHTS}


def test_the_quality_of_a_blend_is_that_of_ranking_the_whole_catalogue(
    trial: Trial, scorers: dict[str, CourseScorer]
) -> None:
    score = score_blend(trial.catalogue, scorers, WEIGHTS, scorers["popularity"])
    lists = rank_courses(score, trial.queries, trial.barred, K)
    short = shortlist(trial, scorers)
    assert quality_with([short], WEIGHTS) == pytest.approx(quality_of(lists, trial.relevant))


def test_a_course_stands_once_a_row_and_what_was_taken_not_at_all(
    trial: Trial, scorers: dict[str, CourseScorer]
) -> None:
    short = shortlist(trial, scorers)
    for row, courses in enumerate(short.courses):
        kept = courses[courses >= 0].tolist()
        assert kept == sorted(set(kept))
        assert courses.tolist() == kept + [-1] * (len(courses) - len(kept))
        assert not set(kept) & set(trial.barred[[row]].indices.tolist())
        right = set(courses[short.right[row]].tolist())
        assert right == set(kept) & set(trial.relevant[[row]].indices.tolist())


@pytest.mark.parametrize("cells", [1, 40, 100_000])
def test_the_size_of_a_batch_moves_nothing(
    trial: Trial,
    scorers: dict[str, CourseScorer],
    cells: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = shortlist(trial, scorers)
    monkeypatch.setattr(course_ranking, "BATCH_CELLS", cells)
    parts = shortlist(trial, scorers)
    assert np.array_equal(whole.courses, parts.courses)
    for name, scores in whole.scores.items():
        np.testing.assert_allclose(parts.scores[name], scores, rtol=1e-4, atol=1e-5)


def test_what_is_kept_of_a_trial_is_bounded_whatever_its_learners() -> None:
    for learners in (10, 5_000, 30_000, 60_000):
        depth = near_top(learners, 7)
        assert 2 * K <= depth <= shortlists.NEAR_TOP
        assert depth == 2 * K or learners * 7 * 7 * depth <= shortlists.CELLS


def test_steps_never_end_below_the_best_scorer_alone(
    trial: Trial, scorers: dict[str, CourseScorer]
) -> None:
    short = shortlist(trial, scorers)
    alone = {name: quality_with([short], {name: 1.0}) for name in scorers}
    weights, reached = best_weights([short], alone)
    assert reached >= max(alone.values())
    assert quality_with([short], weights) == pytest.approx(reached)


def test_a_sample_keeps_each_learner_with_their_own_courses(trial: Trial) -> None:
    sample = trial.sample(7)
    assert len(sample.queries) == 7
    where = {query.learner_id: row for row, query in enumerate(trial.queries)}
    for row, query in enumerate(sample.queries):
        whole = where[query.learner_id]
        assert sample.relevant[[row]].indices.tolist() == trial.relevant[[whole]].indices.tolist()
        assert sample.barred[[row]].indices.tolist() == trial.barred[[whole]].indices.tolist()
    assert trial.sample(10_000) is trial
    assert dataclasses.replace(sample).sample(7) == sample
