"""Transitions: which course follows which, read from the latest courses of the history."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import diags_array

from recsys.scorers.histories import HistoryScorer, taken_courses
from recsys.scorers.matrices import (
    Matrix,
    as_matrix,
    matrix_arrays,
    matrix_from,
    sparse,
    text_array,
)
from recsys.scorers.neighbours import strongest
from recsys.stages import Arrays, StageConfig
from recsys.types import LearnerQuery, TrainingSet


class TransitionsConfig(StageConfig):
    """How far a course reaches along the sequence, and how fast that fades."""

    reach: int = Field(default=10, ge=1)
    """Steps ahead that a course is counted as followed by another."""

    step_decay: float = Field(default=0.9, gt=0, le=1)
    """Each further step between two courses counts this much less."""

    half_life_days: float = Field(default=365.0, gt=0)
    """A transition counts half after this many days."""

    latest: int = Field(default=10, ge=1)
    """Latest courses of the history that are read."""

    latest_decay: float = Field(default=0.9, gt=0, le=1)
    """Each earlier one of them counts this much less."""

    shrinkage: float = Field(default=20.0, gt=0)
    """Transitions from a course that weigh as much as what is popular anyway."""

    popularity_damping: float = Field(default=0.0, ge=0, le=1)
    """Power of a course's share of all takings that its score is divided by: above 0, what
    everybody takes next says less."""

    neighbours: int = Field(default=500, ge=1)
    """Followers kept for each course, the most frequent first; bounds the bundle's size."""


class Transitions(HistoryScorer):
    """Scores a course by how often it followed the latest courses of the history.

    Direction: higher is better. Range: above 0, up to 1 without damping. Unit: probability to
    come soon, over the share to the power of ``popularity_damping``. Null: no known course in
    the history, a course nobody took, or times that tell no order.

    With decayed counts ``n_ij`` of j within ``reach`` steps after i, ``n_i`` their sum and
    ``p_j`` the share of j in all takings, ``P(j | i) = (n_ij + m p_j) / (n_i + m)`` with m =
    ``shrinkage``; the score is the mean of ``P(j | i)`` over the latest courses i, weighted by
    how late they came. Two courses taken at the same moment count half each way.
    """

    name: ClassVar[str] = "transitions"
    config_type: ClassVar[type[StageConfig]] = TransitionsConfig
    config: TransitionsConfig
    _follows: Matrix
    _prior: NDArray[np.float32]
    _shares: NDArray[np.float32]

    def fit(self, training: TrainingSet) -> Self:
        """Count what follows what, then shrink towards what is popular."""
        rows = _in_order(training.interactions)
        if not _tells_order(rows):
            return self._know_nothing()
        courses, _ = taken_courses(rows)
        counts = self._counts(rows, len(courses))
        leaving = np.asarray(counts.sum(axis=1), dtype=np.float64)
        trust = 1 / (leaving + self.config.shrinkage)
        shares = np.bincount(rows["course"].to_numpy(), minlength=len(courses)) / rows.height
        damped = shares**-self.config.popularity_damping
        follows = as_matrix(diags_array(trust) @ counts @ diags_array(damped))
        prior = (self.config.shrinkage * trust).astype(np.float32)
        kept = strongest(follows, self.config.neighbours)
        return self._restore(courses, kept, prior, (shares * damped).astype(np.float32))

    def course_scores(self, queries: Sequence[LearnerQuery]) -> NDArray[np.float32]:
        """As ``HistoryScorer``, of the latest courses alone, the later the heavier."""
        return super().course_scores([self._latest(query) for query in queries])

    def fold_in(self, taken: Matrix) -> NDArray[np.float32]:
        """Mean probability of following the courses taken."""
        total = np.asarray(taken.sum(axis=1), dtype=np.float32)[:, None]
        popular = (taken @ self._prior)[:, None] * self._shares
        return np.asarray(((taken @ self._follows).toarray() + popular) / total, dtype=np.float32)

    def arrays(self) -> Arrays:
        """Courses, what follows each, the weight of the shares for each, and the shares."""
        return {
            "course_ids": self.fitted_courses(),
            "prior": self._prior,
            "shares": self._shares,
            **matrix_arrays("follows", self._follows),
        }

    def load(self, arrays: Arrays) -> Self:
        """Restore from ``arrays``."""
        follows = matrix_from("follows", arrays)
        return self._restore(arrays["course_ids"], follows, arrays["prior"], arrays["shares"])

    def _latest(self, query: LearnerQuery) -> LearnerQuery:
        """The query with only its latest known courses, weighted by how late they came."""
        index = self.course_index()
        weights = query.history_weights or (1.0,) * len(query.history)
        known = [pair for pair in zip(query.history, weights, strict=True) if pair[0] in index]
        late = known[-self.config.latest :]
        ages = range(len(late) - 1, -1, -1)
        return replace(
            query,
            history=tuple(course for course, _ in late),
            history_weights=tuple(
                weight * self.config.latest_decay**age
                for (_, weight), age in zip(late, ages, strict=True)
            ),
        )

    def _counts(self, rows: pl.DataFrame, size: int) -> Matrix:
        """Decayed counts of what followed what; (courses, courses)."""
        recent = 0.5 ** (rows["age_days"].to_numpy() / self.config.half_life_days)
        counts = sparse(*_NO_PAIRS, (size, size))
        for step in range(1, self.config.reach + 1):
            weights = recent * self.config.step_decay ** (step - 1)
            counts = as_matrix(counts + _followed(rows, weights, step, size))
        return counts

    def _know_nothing(self) -> Self:
        """No order is known: every score will be null."""
        nobody = text_array(pl.Series([], dtype=pl.String))
        none = np.zeros(0, dtype=np.float32)
        return self._restore(nobody, sparse(*_NO_PAIRS, (0, 0)), none, none)

    def _restore(
        self,
        course_ids: NDArray[np.str_],
        follows: Matrix,
        prior: NDArray[np.float32],
        shares: NDArray[np.float32],
    ) -> Self:
        self.take_courses(course_ids)
        self._follows, self._prior, self._shares = follows, prior, shares
        return self


_NO_PAIRS = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))
"""Rows, columns and values of an empty matrix."""


def _in_order(interactions: pl.DataFrame) -> pl.DataFrame:
    """The interactions, each learner's oldest first, with numbers of learner and course."""
    return interactions.sort(
        ["learner_id", "age_days", "course_id"], descending=[False, True, False]
    ).with_columns(
        (pl.col("learner_id").rank("dense").cast(pl.Int64) - 1).alias("learner"),
        (pl.col("course_id").rank("dense").cast(pl.Int64) - 1).alias("course"),
    )


def _tells_order(rows: pl.DataFrame) -> bool:
    """Whether any learner took two courses at different times."""
    later = pl.col("age_days") != pl.col("age_days").shift(1)
    same = pl.col("learner") == pl.col("learner").shift(1)
    return bool(rows.select((later & same).any()).item())


def _followed(rows: pl.DataFrame, weights: NDArray[np.float64], step: int, size: int) -> Matrix:
    """What the courses ``step`` places later in each learner's order count; (courses, courses)."""
    learner, course = rows["learner"].to_numpy(), rows["course"].to_numpy()
    age = rows["age_days"].to_numpy()
    first = np.flatnonzero(learner[:-step] == learner[step:])
    then = first + step
    tied = age[first] == age[then]
    value = weights[then] * np.where(tied, 0.5, 1.0)
    back = np.flatnonzero(tied)
    return sparse(
        np.concatenate([course[first], course[then][back]]),
        np.concatenate([course[then], course[first][back]]),
        np.concatenate([value, value[back]]).astype(np.float32),
        (size, size),
    )
