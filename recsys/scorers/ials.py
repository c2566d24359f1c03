"""iALS: taste as a few latent factors, by weighted least squares [hu2008implicit]."""

from typing import ClassVar, Self, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import csr_matrix

from recsys.errors import ScorerUnavailableError
from recsys.scorers.histories import HistoryScorer, taken_courses
from recsys.scorers.matrices import Matrix, one_thread, row_sizes
from recsys.stages import Arrays, StageConfig
from recsys.types import TrainingSet

BLOCK = 64
"""Queries folded in at once: bounds the memory of the padded histories."""


class IalsConfig(StageConfig):
    """Size of the model and how far it trusts what it saw."""

    factors: int = Field(default=64, ge=1)
    """Latent factors per course; fewer where the data have fewer learners or courses."""

    alpha: float = Field(default=20.0, gt=1)
    """Weight of a course taken, against 1 for a course not taken. About the inverse of
    alpha0 in [rendle2022ials]; at 1 a course taken would weigh no more than one not taken."""

    shrinkage: float = Field(default=10.0, gt=0)
    """Ridge penalty on factors, as a multiple of the square root of the mean number of
    learners per course: one value serves sparse and dense data (docs/scorers.md)."""

    iterations: int = Field(default=10, ge=1)
    """Rounds of alternating least squares."""


class Ials(HistoryScorer):
    """Scores a course by the inner product of its factors with the history's.

    Direction: higher is better. Range: mostly 0 to 1. Unit: predicted preference. Null: no
    known course in the history, or a course nobody took.

    The factors of a history solve ``(Y^T C Y + shrinkage' I) x = Y^T C p`` in closed form,
    C holding alpha times the weight for courses taken and 1 for all others, p their 0 and 1.
    """

    name: ClassVar[str] = "ials"
    config_type: ClassVar[type[StageConfig]] = IalsConfig
    config: IalsConfig
    _factors: NDArray[np.float32]
    _gram: NDArray[np.float32]

    def fit(self, training: TrainingSet) -> Self:
        """Alternate least squares on one thread, so that a fit can be repeated."""
        courses, taken = taken_courses(training.interactions)
        penalty = self.config.shrinkage * float(np.sqrt(taken.nnz / max(len(courses), 1)))
        with one_thread():
            factors = self._factorise(taken, penalty, training.seed)
            identity = np.eye(factors.shape[1], dtype=np.float32)
            gram = factors.T @ factors + np.float32(penalty) * identity
        return self._restore(courses, factors, gram.astype(np.float32))

    def _factorise(self, taken: Matrix, penalty: float, seed: int) -> NDArray[np.float32]:
        if not taken.nnz:
            return np.zeros((taken.shape[1], 1), dtype=np.float32)
        try:
            from implicit.cpu.als import AlternatingLeastSquares
        except ImportError as missing:
            message = "scorer 'ials' needs implicit: install with `pip install implicit`"
            raise ScorerUnavailableError(message) from missing
        model = AlternatingLeastSquares(
            factors=min(self.config.factors, *taken.shape),
            regularization=penalty,
            alpha=self.config.alpha,
            iterations=self.config.iterations,
            num_threads=1,
            random_state=seed,
        )
        model.fit(csr_matrix(taken), show_progress=False)
        return model.item_factors

    def fold_in(self, taken: Matrix) -> NDArray[np.float32]:
        """Solve each history's factors in closed form, in blocks."""
        blocks = [
            solve_factors(
                taken[start : start + BLOCK], self._factors, self._gram, self.config.alpha
            )
            for start in range(0, taken.shape[0], BLOCK)
        ]
        return np.concatenate(blocks) @ self._factors.T

    def arrays(self) -> Arrays:
        """Courses, their factors (courses, factors), and the factors' penalised Gram matrix."""
        return {
            "course_ids": self.fitted_courses(),
            "factors": self._factors,
            "gram": self._gram,
        }

    def load(self, arrays: Arrays) -> Self:
        """Restore from ``arrays``."""
        return self._restore(arrays["course_ids"], arrays["factors"], arrays["gram"])

    def _restore(
        self,
        course_ids: NDArray[np.str_],
        factors: NDArray[np.float32],
        gram: NDArray[np.float32],
    ) -> Self:
        self.take_courses(course_ids)
        self._factors, self._gram = factors, gram
        return self


def solve_factors(
    taken: Matrix, factors: NDArray[np.float32], gram: NDArray[np.float32], alpha: float
) -> NDArray[np.float32]:
    """Factors of several histories at once, (queries, factors).

    Histories are padded to the longest with weight 0, so that one batched product and one
    batched solve serve the whole block.

    Args:
        taken: (queries, courses), the weights of the courses taken.
        factors: (courses, factors).
        gram: ``factors^T factors`` plus the penalty on its diagonal.
        alpha: weight of a course taken.
    """
    sizes = row_sizes(taken)
    rows = np.repeat(np.arange(len(sizes)), sizes)
    places = np.arange(taken.nnz) - np.repeat(taken.indptr[:-1], sizes)
    shape = (len(sizes), int(sizes.max()))
    columns = np.zeros(shape, dtype=np.int64)
    columns[rows, places] = taken.indices
    weights = np.zeros(shape, dtype=np.float32)
    weights[rows, places] = alpha * taken.data
    extra = np.where(weights > 0, weights - 1, 0)[:, :, None]
    chosen = factors[columns]
    left = gram + chosen.transpose(0, 2, 1) @ (extra * chosen)
    right = (weights[:, :, None] * chosen).sum(axis=1)
    solved = cast("NDArray[np.float32]", np.linalg.solve(left, right[:, :, None]))
    return solved[:, :, 0]
