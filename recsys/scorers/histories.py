"""What scorers of taste share: who took what as a sparse matrix, and the fold-in of a query.

A model keeps courses only, never learners. Whoever asks is folded in from the history in the
query, so a new event changes the next list without retraining, and an erased learner leaves
nothing behind in the arrays.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recsys.scorers.matrices import Matrix, row_sizes, sparse, text_array
from recsys.stages import CourseScorer
from recsys.types import LearnerQuery


def taken_courses(interactions: pl.DataFrame) -> tuple[NDArray[np.str_], Matrix]:
    """Who took what, the same for any order of rows.

    Args:
        interactions: learner_id, course_id, weight; as in ``TrainingSet``.

    Returns:
        The courses by id, and a (learners, courses) matrix of weights.
    """
    courses = text_array(interactions["course_id"].unique().sort())
    rows = interactions["learner_id"].rank("dense").cast(pl.Int64).to_numpy() - 1
    columns = interactions["course_id"].rank("dense").cast(pl.Int64).to_numpy() - 1
    shape = (interactions["learner_id"].n_unique(), len(courses))
    weights = interactions["weight"].to_numpy().astype(np.float32)
    return courses, sparse(rows, columns, weights, shape)


def histories(queries: Sequence[LearnerQuery], index: Mapping[str, int]) -> Matrix:
    """The queries' histories over the courses of ``index``; shape (queries, courses).

    A row is empty where the learner switched personalisation off. Without weights each
    course counts 1; courses unknown when fitted are left out.
    """
    entries = [
        (row, index[course], weight)
        for row, query in enumerate(queries)
        if query.personalised
        for course, weight in zip(query.history, _weights(query), strict=True)
        if course in index
    ]
    rows, columns, weights = zip(*entries, strict=True) if entries else ((), (), ())
    return sparse(
        np.array(rows, dtype=np.int64),
        np.array(columns, dtype=np.int64),
        np.array(weights, dtype=np.float32),
        (len(queries), len(index)),
    )


def _weights(query: LearnerQuery) -> Sequence[float]:
    return query.history_weights or (1.0,) * len(query.history)


class HistoryScorer(CourseScorer):
    """A scorer of taste that folds a query's history in; null without history."""

    uses_history: ClassVar[bool] = True

    def course_scores(self, queries: Sequence[LearnerQuery]) -> NDArray[np.float32]:
        """Scores of the fitted courses; a row is NaN where nothing of the history is known."""
        taken = histories(queries, self.course_index())
        scores = np.full(taken.shape, np.nan, dtype=np.float32)
        known = np.flatnonzero(row_sizes(taken))
        if known.size:
            scores[known] = self.fold_in(taken[known])
        return scores

    @abstractmethod
    def fold_in(self, taken: Matrix) -> NDArray[np.float32]:
        """Scores of all fitted courses from histories with at least one known course.

        Args:
            taken: (queries, courses), the weights of the courses taken.

        Returns:
            Shape (queries, courses); NaN where a course can't be scored.
        """
