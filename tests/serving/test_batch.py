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
from recsys.batch import SCHEMA, Lists, batch
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


def test_a_scorer_of_taste_is_asked_once_for_a_whole_block(
    town: City, bundle: Bundle, course_scorer: CourseScorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    asked = course_scorer.course_scores

    def counting(queries: Sequence[LearnerQuery]) -> NDArray[np.float32]:
        calls.append(len(queries))
        return asked(queries)

    monkeypatch.setattr(course_scorer, "course_scores", counting)
    Lists(town, bundle, AS_OF, n=3).of(LEARNERS)
    assert calls == [len(LEARNERS)]


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
