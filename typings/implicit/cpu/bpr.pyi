# Partial: only what the benchmark uses of implicit.

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

class BayesianPersonalizedRanking:
    user_factors: NDArray[np.float32]
    item_factors: NDArray[np.float32]
    def __init__(
        self,
        factors: int = ...,
        learning_rate: float = ...,
        regularization: float = ...,
        *,
        iterations: int = ...,
        num_threads: int = ...,
        random_state: int | None = ...,
    ) -> None: ...
    def fit(self, user_items: csr_matrix[np.float32], show_progress: bool = ...) -> None: ...
