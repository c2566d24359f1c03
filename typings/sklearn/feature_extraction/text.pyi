# Partial: only what the product uses of scikit-learn.

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

class TfidfVectorizer:
    idf_: NDArray[np.float64]
    def __init__(
        self,
        *,
        analyzer: Callable[[Any], Sequence[str]] = ...,
        max_features: int | None = ...,
        sublinear_tf: bool = ...,
    ) -> None: ...
    def fit(self, raw_documents: Iterable[Any]) -> TfidfVectorizer: ...
    def fit_transform(self, raw_documents: Iterable[Any]) -> csr_matrix[np.float64]: ...
    def get_feature_names_out(self) -> NDArray[np.object_]: ...
