# Partial: only what the product uses of scikit-learn.

from collections.abc import Iterable, Sequence

from scipy.sparse import csr_matrix

class FeatureHasher:
    def __init__(self, n_features: int = ..., *, input_type: str = ...) -> None: ...
    def transform(self, raw_X: Iterable[Sequence[str]]) -> csr_matrix: ...
