# Partial: only what the product uses of LightFM.

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix

class LightFM:
    user_embeddings: NDArray[np.float32]
    def __init__(
        self,
        no_components: int = ...,
        *,
        loss: str = ...,
        learning_rate: float = ...,
        user_alpha: float = ...,
        item_alpha: float = ...,
        random_state: int | None = ...,
    ) -> None: ...
    def fit(
        self,
        interactions: coo_matrix[np.float32],
        user_features: csr_matrix[np.float32] | None = ...,
        item_features: csr_matrix[np.float32] | None = ...,
        sample_weight: coo_matrix[np.float32] | None = ...,
        epochs: int = ...,
        num_threads: int = ...,
    ) -> LightFM: ...
    def get_item_representations(
        self, features: csr_matrix[np.float32] | None = ...
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]: ...
    def get_user_representations(
        self, features: csr_matrix[np.float32] | None = ...
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]: ...
