"""Low-pass: taste as a smoothed signal over the graph of courses taken together [shen2021gfcf]."""

from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse.linalg import ArpackNoConvergence, svds

from recsys.columns import Reals
from recsys.scorers.histories import HistoryScorer, taken_courses
from recsys.scorers.matrices import Matrix, matrix_arrays, matrix_from, one_thread
from recsys.scorers.neighbours import damped, degrees, strongest_neighbours
from recsys.stages import Arrays, StageConfig
from recsys.types import TrainingSet

HALF = 0.5
"""The damping of both sides that makes the graph's signal symmetric."""

NOISE = 1e-5
"""Singular values below this share of the largest are rounding, not taste."""

RESTARTS = 20
"""Of the exact search for singular vectors; the published sets take at most five."""

SWEEPS = 8
"""Of the randomised search that follows where the exact one doesn't end [halko2011svd]."""


class LowpassConfig(StageConfig):
    """How many broad tastes are kept, and how they are weighed against direct neighbours."""

    max_tastes: int = Field(default=256, ge=0)
    """Upper bound on the number of singular vectors."""

    tastes_per_root: float = Field(default=1.0, gt=0)
    """Singular vectors per square root of the number of learners: more data tell finer tastes
    apart (docs/scorers.md)."""

    taste_weight: float = Field(default=0.3, ge=0)
    """Weight of the broad tastes against the direct neighbours, which weigh 1."""

    neighbours: int = Field(default=1000, ge=1)
    """Direct neighbours kept for each course, the strongest first; bounds the bundle's size."""

    learner_damping: float = Field(default=0.5, ge=0, le=1)
    """Power of a learner's degree that their taking of a course is divided by; 0.5 is GF-CF's.
    The smaller, the more those count who take much."""

    course_damping: float = Field(default=0.5, ge=0, le=1)
    """Power of the degree of a course that is scored from its direct neighbours; 0.5 is
    GF-CF's. The smaller, the more popular courses rise."""


class Lowpass(HistoryScorer):
    """Scores a course by the history's smoothed signal (GF-CF).

    Direction: higher is better. Range: 0 upwards, mostly. Unit: none (normalised
    co-occurrence). Null: no known course in the history, or a course nobody took.

    With learner and course degrees ``D_l``, ``D_c``, ``R = D_l^-a X D_c^-1/2`` and
    ``R_b = D_l^-a X D_c^-b``, a history x scores ``x R^T R_b + w * x D_c^-1/2 V V^T D_c^1/2``, V
    the leading right singular vectors of R, a and b the dampings [peng2024sgfcf].
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
        scale = np.sqrt(degrees(taken, 0)).astype(np.float32)
        with one_thread():
            signal = damped(taken, self.config.learner_damping, HALF)
            offer = damped(taken, self.config.learner_damping, self.config.course_damping)
            neighbours = strongest_neighbours(signal, offer, self.config.neighbours)
            wanted = round(self.config.tastes_per_root * float(np.sqrt(signal.shape[0])))
            most = min(wanted, self.config.max_tastes)
            tastes = leading_tastes(signal, most, training.seed)
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


def _singular(signal: Matrix, wanted: int, seed: int) -> tuple[Reals, Reals]:
    """The largest singular values and their right vectors; (wanted,) and (wanted, courses)."""
    exact = signal.astype(np.float64)
    start = np.random.default_rng(seed).random(min(signal.shape))
    found: Any
    try:
        found = svds(exact, k=wanted, v0=start, rng=seed, maxiter=RESTARTS)
    except ArpackNoConvergence:
        # A catalogue that falls into more circles than tastes has as many equal values, among
        # which the search never ends; any of them will do.
        from sklearn.utils.extmath import randomized_svd  # a training library

        found = randomized_svd(exact, wanted, n_iter=SWEEPS, random_state=seed)
    return found[1], found[2]


def leading_tastes(signal: Matrix, limit: int, seed: int) -> NDArray[np.float32]:
    """Leading right singular vectors, (courses, tastes); fewer where the data hold fewer."""
    wanted = min(limit, min(signal.shape) - 1)
    if wanted < 1:
        return np.zeros((signal.shape[1], 0), dtype=np.float32)
    strengths, vectors = _singular(signal, wanted, seed)
    leading = np.argsort(-strengths, kind="stable")
    clear = leading[strengths[leading] > NOISE * strengths.max()]
    return np.ascontiguousarray(vectors[clear].T, dtype=np.float32)
