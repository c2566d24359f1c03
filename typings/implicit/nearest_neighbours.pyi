# Partial: only what the benchmark uses of implicit.

import numpy as np
from scipy.sparse import csr_matrix

class CosineRecommender:
    similarity: csr_matrix[np.float64]
    def __init__(self, K: int = ..., *, num_threads: int = ...) -> None: ...
    def fit(self, counts: csr_matrix[np.float32], show_progress: bool = ...) -> None: ...
