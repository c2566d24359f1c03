# Partial: only what the product uses of scikit-learn.

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

class LogisticRegression:
    coef_: NDArray[np.float64]
    intercept_: NDArray[np.float64]
    def __init__(self, *, C: float = ..., max_iter: int = ..., solver: str = ...) -> None: ...
    def fit(
        self,
        X: NDArray[np.float64] | csr_matrix,
        y: NDArray[np.float64] | NDArray[np.bool_],
        sample_weight: NDArray[np.float64] | None = ...,
    ) -> LogisticRegression: ...
    def predict_proba(self, X: NDArray[np.float64]) -> NDArray[np.float64]: ...

class SGDClassifier:
    def __init__(
        self,
        *,
        loss: str = ...,
        alpha: float = ...,
        max_iter: int = ...,
        tol: float | None = ...,
        average: bool = ...,
        random_state: int = ...,
    ) -> None: ...
    def fit(self, X: csr_matrix, y: NDArray[Any]) -> SGDClassifier: ...
    def predict_log_proba(self, X: csr_matrix) -> NDArray[np.float64]: ...
