"""Item-kNN: taste as likeness to the courses taken, by who took both [deshpande2004itemknn]."""

from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from recsys.scorers.histories import HistoryScorer, taken_courses
from recsys.scorers.matrices import Matrix, matrix_arrays, matrix_from, one_thread
from recsys.scorers.neighbours import damped, strongest_neighbours
from recsys.stages import Arrays, StageConfig
from recsys.types import TrainingSet


class ItemKnnConfig(StageConfig):
    """How much the degrees of learners and courses are taken out of a shared learner."""

    learner_damping: float = Field(default=0.5, ge=0, le=1)
    """Power of a learner's degree that their taking of a course is divided by: at 0 a learner
    counts the same for each pair of their courses, at 0.5 as much in all."""

    history_damping: float = Field(default=0.5, ge=0, le=1)
    """Power of the degree of a course in the history; 0.5 is the cosine's."""

    course_damping: float = Field(default=0.5, ge=0, le=1)
    """Power of the degree of the course scored; the smaller, the more popular courses rise."""

    neighbours: int = Field(default=1000, ge=1)
    """Neighbours kept for each course, the strongest first; bounds the bundle's size."""


class ItemKnn(HistoryScorer):
    """Scores a course by how many of its learners took the courses of the history.

    Direction: higher is better. Range: 0 upwards. Unit: none (damped count of shared
    learners). Null: no known course in the history, or a course nobody took.

    The likeness of a course i taken to a course j is the sum over the learners who took both
    of ``degree_l^-2a``, times ``degree_i^-b degree_j^-c``, with a, b, c the config's dampings
    of learner, history and course. With a = 0 and b = c = 0.5 it is the cosine.
    """

    name: ClassVar[str] = "item_knn"
    config_type: ClassVar[type[StageConfig]] = ItemKnnConfig
    config: ItemKnnConfig
    _neighbours: Matrix

    def fit(self, training: TrainingSet) -> Self:
        """Find each course's neighbours."""
        courses, taken = taken_courses(training.interactions)
        with one_thread():
            history = damped(taken, self.config.learner_damping, self.config.history_damping)
            offer = damped(taken, self.config.learner_damping, self.config.course_damping)
            neighbours = strongest_neighbours(history, offer, self.config.neighbours)
        return self._restore(courses, neighbours)

    def fold_in(self, taken: Matrix) -> NDArray[np.float32]:
        """The history's likeness to every course, summed."""
        return np.asarray((taken @ self._neighbours).toarray(), dtype=np.float32)

    def arrays(self) -> Arrays:
        """Courses, and for each its neighbours with their likeness."""
        return {
            "course_ids": self.fitted_courses(),
            **matrix_arrays("neighbours", self._neighbours),
        }

    def load(self, arrays: Arrays) -> Self:
        """Restore from ``arrays``."""
        return self._restore(arrays["course_ids"], matrix_from("neighbours", arrays))

    def _restore(self, course_ids: NDArray[np.str_], neighbours: Matrix) -> Self:
        self.take_courses(course_ids)
        self._neighbours = neighbours
        return self
