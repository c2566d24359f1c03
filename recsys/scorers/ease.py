"""EASE: taste from a linear model of which courses are taken together [steck2019ease]."""

from typing import ClassVar, Self

import numpy as np
import scipy.linalg
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import diags_array

from recsys.scorers.histories import HistoryScorer, taken_courses
from recsys.scorers.matrices import Matrix, as_matrix, one_thread
from recsys.scorers.neighbours import degrees
from recsys.stages import Arrays, StageConfig
from recsys.types import TrainingSet


class EaseConfig(StageConfig):
    """How strongly EASE generalises, and how large a catalogue it takes on."""

    regularisation: float = Field(default=1000.0, gt=0)
    """Ridge penalty, in learners: two courses count as related beyond this many shared
    learners. One value serves 400 to 12,000 learners (docs/scorers.md)."""

    max_courses: int = Field(default=6000, ge=1)
    """Only this many courses, the most taken, are modelled; the rest score null. The square
    of it is held in memory (6,000: 144 MB; three times that while fitting)."""

    learner_damping: float = Field(default=0.0, ge=0, le=1)
    """Power of a learner's degree that their taking of a course is divided by, the mean learner's
    staying 1: above 0, who takes much says less about each pair of courses."""

    dropout: float = Field(default=0.0, ge=0, lt=1)
    """Share of each history that the model learns to do without [steck2020autoencoders]: the
    more, the less a popular course leans on few others."""


class Ease(HistoryScorer):
    """Scores a course by its learned closeness to all courses of the history.

    Direction: higher is better. Range: unbounded, mostly 0 to 1. Unit: predicted weight of an
    interaction. Null: no known course in the history, or a course nobody took (or beyond
    ``max_courses``).

    With ``G = X^T W X`` over the (learners, courses) matrix X, ``W`` the learners' weights by
    ``learner_damping``, q the ``dropout`` and ``P`` the inverse of
    ``G + regularisation * I + q / (1 - q) * diag(G)``, the closeness of course i to j is
    ``-P_ij / P_jj`` (0 for i = j).
    """

    name: ClassVar[str] = "ease"
    config_type: ClassVar[type[StageConfig]] = EaseConfig
    config: EaseConfig
    _closeness: NDArray[np.float32]

    def fit(self, training: TrainingSet) -> Self:
        """Invert the regularised co-occurrence of the most taken courses."""
        courses, taken = taken_courses(training.interactions)
        chosen = most_taken(taken, self.config.max_courses)
        with one_thread():
            closeness = closeness_of(taken[:, chosen], self.config)
        return self._restore(courses[chosen], closeness)

    def fold_in(self, taken: Matrix) -> NDArray[np.float32]:
        """The history's closeness to every course, summed."""
        return taken @ self._closeness

    def arrays(self) -> Arrays:
        """Courses and their closeness to one another, (courses, courses)."""
        return {"course_ids": self.fitted_courses(), "closeness": self._closeness}

    def load(self, arrays: Arrays) -> Self:
        """Restore from ``arrays``."""
        return self._restore(arrays["course_ids"], arrays["closeness"])

    def _restore(self, course_ids: NDArray[np.str_], closeness: NDArray[np.float32]) -> Self:
        self.take_courses(course_ids)
        # Row after row: a transposed matrix would be copied whole for every query.
        self._closeness = np.ascontiguousarray(closeness)
        return self


def most_taken(taken: Matrix, limit: int) -> NDArray[np.int64]:
    """Columns of the most taken courses, in column order; ties go to the earlier column."""
    learners = np.bincount(taken.indices, minlength=taken.shape[1])
    return np.sort(np.argsort(-learners, kind="stable")[:limit])


def closeness_of(taken: Matrix, config: EaseConfig) -> NDArray[np.float32]:
    """EASE's weight matrix, (courses, courses), zero on its diagonal."""
    gram = _weighed(taken, config.learner_damping)
    if not gram.size:
        return gram.astype(np.float32)
    kept = 1 - config.dropout
    gram[np.diag_indices_from(gram)] /= kept
    gram[np.diag_indices_from(gram)] += config.regularisation
    precision = scipy.linalg.inv(gram, overwrite_a=True, assume_a="pos")
    closeness = (-precision / precision.diagonal()).astype(np.float32)
    np.fill_diagonal(closeness, 0.0)
    return closeness


def _weighed(taken: Matrix, damping: float) -> NDArray[np.float64]:
    """Shared learners of each two courses, a learner weighed by ``degree^-2a`` over the mean's."""
    if not damping:
        return (taken.T @ taken).toarray().astype(np.float64)
    sizes = degrees(taken, 1)
    present = sizes > 0  # the others took only courses that aren't modelled
    relative = np.divide(sizes, sizes[present].mean(), out=np.ones_like(sizes), where=present)
    lighter = as_matrix(diags_array(relative ** (-2 * damping)) @ taken)
    return (taken.T @ lighter).toarray().astype(np.float64)
