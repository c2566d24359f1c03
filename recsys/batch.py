"""Lists for many learners at once, from the snapshot alone.

Taste is scored for a block of learners in one product instead of one by one; everything else is
the code that answers online, so that a batch list is the list the service would have given.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.city import City
from recsys.artifact import Bundle
from recsys.pipeline.queries import as_permitted
from recsys.pipeline.recommender import Recommender
from recsys.stages import Arrays, CourseScorer, Scorer, StageConfig
from recsys.types import Candidates, LearnerQuery, RecommendationList, TrainingSet

SCHEMA: Final = pl.Schema(
    {
        "learner_id": pl.String(),
        "rank": pl.Int64(),
        "section_id": pl.String(),
        "course_id": pl.String(),
        "score": pl.Float64(),
    }
)
BLOCK: Final = 256
"""Learners scored together; bounds the memory at block x courses x scorers."""

Done = Callable[[int], None]
"""Told how many learners have been answered."""


class BlockScorer(CourseScorer):
    """A course scorer that has scored a whole block of queries beforehand.

    Direction, range, unit and null of the scores are the wrapped scorer's.
    """

    name = "block"
    config_type = StageConfig
    uses_history = True

    def __init__(self, scorer: CourseScorer) -> None:
        """Wrap a fitted scorer."""
        super().__init__(scorer.config)
        self._scorer = scorer
        self._scores: dict[LearnerQuery, NDArray[np.float32]] = {}
        self.take_courses(scorer.fitted_courses())

    def prepare(self, queries: Sequence[LearnerQuery]) -> None:
        """Score these queries; the block before is forgotten."""
        self._scores = dict(zip(queries, self._score(queries), strict=True))

    def course_scores(self, queries: Sequence[LearnerQuery]) -> NDArray[np.float32]:
        """The prepared scores; a query that wasn't prepared is scored now."""
        if all(query in self._scores for query in queries):
            return np.stack([self._scores[query] for query in queries])
        return self._score(queries)

    def score(self, query: LearnerQuery, candidates: Candidates) -> pl.Series:
        """Each section's course score; null for courses unknown when fitted."""
        index = self.course_index()
        # Plain lists and arrays: for a few hundred sections a frame's machinery costs more.
        columns = [index.get(course, -1) for course in candidates.frame["course_id"].to_list()]
        padded = np.append(self.course_scores([query])[0].astype(np.float64), np.nan)
        return pl.Series(self.name, padded[columns], dtype=pl.Float64, nan_to_null=True)

    def fit(self, training: TrainingSet) -> "BlockScorer":
        """Wrap the scorer fitted anew."""
        return BlockScorer(self._scorer.fit(training))

    def arrays(self) -> Arrays:
        """The wrapped scorer's state."""
        return self._scorer.arrays()

    def load(self, arrays: Arrays) -> "BlockScorer":
        """Wrap the scorer with this state."""
        return BlockScorer(self._scorer.load(arrays))

    def _score(self, queries: Sequence[LearnerQuery]) -> NDArray[np.float32]:
        return self._scorer.course_scores(queries)


class Lists:
    """Makes lists of one length, at one moment, under one policy."""

    def __init__(
        self, city: City, bundle: Bundle, as_of: datetime, *, n: int, programme: str | None = None
    ) -> None:
        """Prepare what all lists share.

        Args:
            city: the snapshot.
            bundle: the model.
            as_of: the moment of the decisions.
            n: sections a list.
            programme: the programme whose policy answers; None answers across programmes.
        """
        self._scorers = _in_blocks(bundle.scorers)
        self._recommender = Recommender(city, as_of, self._scorers, bundle.policies)
        self._n = n
        self._programme = programme

    def of(self, learner_ids: Sequence[str]) -> pl.DataFrame:
        """Lists of a block of learners.

        Args:
            learner_ids: whose lists, in this order; about ``BLOCK`` of them at once. Unknown
                ones get the list that isn't personal.

        Returns:
            learner_id, rank, section_id, course_id, score: lists in the order of
            ``learner_ids``, each best first.
        """
        queries = [self._query(learner) for learner in learner_ids]
        for scorer in self._scorers.values():
            if isinstance(scorer, BlockScorer):
                scorer.prepare([as_permitted(query) for query in queries])
        lists = [self._recommender.recommend(query, explain=False) for query in queries]
        return _rows(learner_ids, lists)

    def _query(self, learner_id: str) -> LearnerQuery:
        return self._recommender.query(learner_id, programme=self._programme, n=self._n)


def batch(lists: Lists, learner_ids: Sequence[str], done: Done = lambda _: None) -> pl.DataFrame:
    """Lists of any number of learners, one block after another.

    Args:
        lists: what all of them share.
        learner_ids: whose lists, in this order.
        done: told after each block how many learners were in it.

    Returns:
        The rows of ``Lists.of``, of all blocks.
    """
    parts = [SCHEMA.to_frame()]
    for learners in blocks(learner_ids):
        parts.append(lists.of(learners))
        done(len(learners))
    return pl.concat(parts)


def blocks(learner_ids: Sequence[str]) -> list[Sequence[str]]:
    """The learners in blocks, in order."""
    return [learner_ids[start : start + BLOCK] for start in range(0, len(learner_ids), BLOCK)]


def _in_blocks(scorers: Mapping[str, Scorer]) -> dict[str, Scorer]:
    return {
        name: _block_scorer(scorer) if isinstance(scorer, CourseScorer) else scorer
        for name, scorer in scorers.items()
    }


def _block_scorer(scorer: CourseScorer) -> BlockScorer:
    """The wrapper under the scorer's own name, since columns and reasons go by it."""
    facts = {"name": scorer.name, "uses_history": scorer.uses_history}
    kind: type[BlockScorer] = type("BlockScorer", (BlockScorer,), facts)
    return kind(scorer)


def _rows(learners: Sequence[str], lists: Sequence[RecommendationList]) -> pl.DataFrame:
    rows = [
        (learner, item.rank, item.section_id, item.course_id, item.score)
        for learner, found in zip(learners, lists, strict=True)
        for item in found.items
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
