"""Lists for many learners are the lists the service gives, only faster."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from data.city import City
from recsys import batch as batching
from recsys.artifact import Bundle
from recsys.batch import SCHEMA, BlockScorer, Lists, batch
from recsys.pipeline.recommender import Recommender
from recsys.stages import CourseScorer
from recsys.types import LearnerQuery
from serving import workers
from serving.workers import Order, fulfil

AS_OF = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)
LEARNERS = ["fan", "off-a", "stranger", "newcomer", "wheels", "coder-3"]


@pytest.fixture
def course_scorer(bundle: Bundle) -> CourseScorer:
    """A fitted scorer of taste."""
    scorer = bundle.scorers["lowpass"]
    assert isinstance(scorer, CourseScorer)
    return scorer


def test_a_batch_list_is_the_list_of_the_recommender(
    town: City, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batching, "BLOCK", 4)
    lists = batch(Lists(town, bundle, AS_OF, n=5), LEARNERS)
    single = Recommender(town, AS_OF, bundle.scorers, bundle.policies)
    assert lists["learner_id"].unique(maintain_order=True).to_list() == LEARNERS
    for learner in LEARNERS:
        expected = single.recommend(single.query(learner, n=5)).items
        rows = lists.filter(learner_id=learner).select("rank", "section_id", "course_id", "score")
        assert rows.rows() == [
            (item.rank, item.section_id, item.course_id, pytest.approx(item.score))
            for item in expected
        ]


def test_a_programme_limits_every_list(town: City, bundle: Bundle) -> None:
    lists = batch(Lists(town, bundle, AS_OF, n=5, programme="senior"), LEARNERS)
    assert set(lists["section_id"]) == {"s-day"}


def test_a_batch_of_nobody_is_an_empty_table(town: City, bundle: Bundle) -> None:
    lists = batch(Lists(town, bundle, AS_OF, n=5), [])
    assert lists.is_empty()
    assert lists.schema == SCHEMA


def test_progress_counts_every_learner(town: City, bundle: Bundle) -> None:
    counts: list[int] = []
    batch(Lists(town, bundle, AS_OF, n=1), LEARNERS, counts.append)
    assert sum(counts) == len(LEARNERS)


def test_prepared_scores_are_looked_up_and_not_computed_again(course_scorer: CourseScorer) -> None:
    queries = [LearnerQuery(AS_OF, personalised=True, history=("paint-0",), history_weights=(1.0,))]
    expected = course_scorer.course_scores(queries)
    calls: list[int] = []

    class Counting(BlockScorer):
        def _score(self, queries: Sequence[LearnerQuery]) -> NDArray[np.float32]:
            calls.append(len(queries))
            return super()._score(queries)

    block = Counting(course_scorer)
    block.prepare(queries)
    assert np.array_equal(block.course_scores(queries), expected, equal_nan=True)
    assert calls == [1]
    other = [LearnerQuery(AS_OF, personalised=True, history=("code-0",), history_weights=(1.0,))]
    assert not np.array_equal(block.course_scores(other), expected, equal_nan=True)
    assert calls == [1, 1]


def test_a_block_scorer_keeps_the_wrapped_scorers_state(course_scorer: CourseScorer) -> None:
    block = BlockScorer(course_scorer)
    again = block.load(block.arrays())
    queries = [LearnerQuery(AS_OF, personalised=True, history=("paint-0",), history_weights=(1.0,))]
    assert np.array_equal(again.course_scores(queries), block.course_scores(queries))


def test_however_many_processes_the_lists_are_the_same(
    snapshot: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "WORTH_A_PROCESS", 3)
    monkeypatch.setattr(batching, "BLOCK", 2)
    order = Order(snapshot, model, AS_OF, 5, None)
    counts: list[int] = []
    alone = fulfil(order, LEARNERS, jobs=1)
    together = fulfil(order, LEARNERS, jobs=2, done=counts.append)
    assert together.equals(alone)
    assert counts == [2, 2, 2]
