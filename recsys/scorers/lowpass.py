"""Low-pass: taste as a smoothed signal over the graph of courses taken together [shen2021gfcf]."""

from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import diags_array, vstack
from scipy.sparse.linalg import svds

from recsys.scorers.histories import HistoryScorer, taken_courses
from recsys.scorers.matrices import (
    Matrix,
    as_matrix,
    matrix_arrays,
    matrix_from,
    one_thread,
    row_sizes,
    sparse,
)
from recsys.stages import Arrays, StageConfig
from recsys.types import TrainingSet

BLOCK = 4096
"""Courses whose neighbours are found at once: bounds the memory of a fit."""

NOISE = 1e-5
"""Singular values below this share of the largest are rounding, not taste."""


class LowpassConfig(StageConfig):
    """How many broad tastes are kept, and how they are weighed against direct neighbours."""

    max_tastes: int = Field(default=256, ge=0)
    """Upper bound on the number of singular vectors; the number is the square root of the
    number of learners, because more data tell finer tastes apart (docs/scorers.md)."""

    taste_weight: float = Field(default=0.3, ge=0)
    """Weight of the broad tastes against the direct neighbours, which weigh 1."""

    neighbours: int = Field(default=1000, ge=1)
    """Direct neighbours kept for each course, the strongest first; bounds the bundle's size."""


class Lowpass(HistoryScorer):
    """Scores a course by the history's smoothed signal (GF-CF).

    Direction: higher is better. Range: 0 upwards, mostly. Unit: none (normalised
    co-occurrence). Null: no known course in the history, or a course nobody took.

    With learner and course degrees ``D_l``, ``D_c`` and ``R = D_l^-1/2 X D_c^-1/2``, a history
    x scores ``x R^T R + w * x D_c^-1/2 V V^T D_c^1/2``, V the leading right singular vectors
    of R.
    """

    name: ClassVar[str] = "lowpass"
    config_type: ClassVar[type[StageConfig]] = LowpassConfig
    config: LowpassConfig
    _neighbours: Matrix
    _tastes: NDArray[np.float32]
    _scale: NDArray[np.float32]

    def fit(self, training: TrainingSet) -> Self:
        """Find each course's neighbours and the leading tastes."""
        courses, taken = taken_courses(training.interactions)
        scale = np.sqrt(taken.sum(axis=0)).astype(np.float32)
        with one_thread():
            signal = normalised(taken)
            neighbours = strongest_neighbours(signal, self.config.neighbours)
            tastes = leading_tastes(signal, self.config.max_tastes, training.seed)
        return self._restore(courses, neighbours, tastes, scale)

    def fold_in(self, taken: Matrix) -> NDArray[np.float32]:
        """The direct neighbours' signal plus the weighted broad tastes'."""
        direct = (taken @ self._neighbours).toarray()
        broad = ((taken @ (self._tastes / self._scale[:, None])) @ self._tastes.T) * self._scale
        scores = direct + self.config.taste_weight * broad
        return np.asarray(scores, dtype=np.float32)

    def arrays(self) -> Arrays:
        """Courses, neighbours, tastes (courses, tastes) and root degrees (courses,)."""
        return {
            "course_ids": self.fitted_courses(),
            "tastes": self._tastes,
            "scale": self._scale,
            **matrix_arrays("neighbours", self._neighbours),
        }

    def load(self, arrays: Arrays) -> Self:
        """Restore from ``arrays``."""
        neighbours = matrix_from("neighbours", arrays)
        return self._restore(arrays["course_ids"], neighbours, arrays["tastes"], arrays["scale"])

    def _restore(
        self,
        course_ids: NDArray[np.str_],
        neighbours: Matrix,
        tastes: NDArray[np.float32],
        scale: NDArray[np.float32],
    ) -> Self:
        self.take_courses(course_ids)
        self._neighbours, self._tastes, self._scale = neighbours, tastes, scale
        return self


def normalised(taken: Matrix) -> Matrix:
    """The matrix with both sides' degrees taken out: no learner or course outshouts others."""
    learners = 1.0 / np.sqrt(taken.sum(axis=1))
    courses = 1.0 / np.sqrt(taken.sum(axis=0))
    return as_matrix(diags_array(learners) @ taken @ diags_array(courses))


def strongest_neighbours(signal: Matrix, limit: int) -> Matrix:
    """``signal^T signal`` with only the ``limit`` largest entries of each row."""
    by_course = as_matrix(signal.T)
    blocks = [
        strongest(as_matrix(by_course[start : start + BLOCK] @ signal), limit)
        for start in range(0, by_course.shape[0], BLOCK)
    ]
    return as_matrix(vstack(blocks) if blocks else by_course @ signal)


def strongest(matrix: Matrix, limit: int) -> Matrix:
    """The ``limit`` largest entries of each row; ties go to the earlier column."""
    matrix.sort_indices()
    sizes = row_sizes(matrix)
    rows = np.repeat(np.arange(matrix.shape[0]), sizes)
    order = np.lexsort((-matrix.data, rows))
    place = np.arange(matrix.nnz) - np.repeat(matrix.indptr[:-1], sizes)
    kept = np.sort(order[place < limit])
    return sparse(rows[kept], matrix.indices[kept], matrix.data[kept], matrix.shape)


def leading_tastes(signal: Matrix, limit: int, seed: int) -> NDArray[np.float32]:
    """Leading right singular vectors, (courses, tastes); as many as the learners support."""
    wanted = min(round(float(np.sqrt(signal.shape[0]))), limit, min(signal.shape) - 1)
    if wanted < 1:
        return np.zeros((signal.shape[1], 0), dtype=np.float32)
    start = np.random.default_rng(seed).random(min(signal.shape))
    _, strengths, vectors = svds(signal.astype(np.float64), k=wanted, v0=start, rng=seed)
    leading = np.argsort(-strengths, kind="stable")
    clear = leading[strengths[leading] > NOISE * strengths.max()]
    return np.ascontiguousarray(vectors[clear].T, dtype=np.float32)
