"""Sparse matrices and texts as the plain arrays that scorers keep."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array
from threadpoolctl import threadpool_limits

from recsys.stages import Arrays

Matrix = csr_array[np.float32, tuple[int, int]]
"""A sparse matrix of 32-bit floats, row after row."""

PARTS = ("data", "indices", "indptr")


@contextmanager
def one_thread() -> Generator[None]:
    """Linear algebra on one thread: with more, sums change their order and models their bytes."""
    with threadpool_limits(limits=1):
        yield


def as_matrix(product: object) -> Matrix:
    """A product of sparse matrices, whose kind its type doesn't tell, as a ``Matrix``."""
    convert = cast("Any", csr_array)
    return cast("Matrix", convert(product, dtype=np.float32))


def sparse(
    rows: NDArray[np.integer],
    columns: NDArray[np.integer],
    values: NDArray[np.float32],
    shape: tuple[int, int],
) -> Matrix:
    """A matrix in canonical order (by row, then column); equal places are added.

    Indices take 32 bits, as LightFM reads them.
    """
    build = cast("Any", csr_array)
    at = (rows.astype(np.int32), columns.astype(np.int32))
    matrix = cast("Matrix", build((values, at), shape=shape, dtype=np.float32))
    matrix.sum_duplicates()
    return matrix


def matrix_arrays(prefix: str, matrix: Matrix) -> Arrays:
    """A matrix as plain arrays, for the model bundle."""
    return {
        f"{prefix}_data": matrix.data.astype(np.float32),
        f"{prefix}_indices": matrix.indices.astype(np.int32),
        f"{prefix}_indptr": matrix.indptr.astype(np.int64),
        f"{prefix}_shape": np.array(matrix.shape, dtype=np.int64),
    }


def matrix_from(prefix: str, arrays: Arrays) -> Matrix:
    """The matrix that ``matrix_arrays`` took apart."""
    build = cast("Any", csr_array)
    parts = tuple(arrays[f"{prefix}_{part}"] for part in PARTS)
    return cast("Matrix", build(parts, shape=tuple(arrays[f"{prefix}_shape"].tolist())))


def row_sizes(matrix: Matrix) -> NDArray[np.int64]:
    """How many entries each row holds."""
    return np.diff(matrix.indptr).astype(np.int64)


def text_array(values: pl.Series) -> NDArray[np.str_]:
    """Texts as an array of fixed width, which needs no pickle."""
    return np.array(values.to_list(), dtype=np.str_)


def places(values: NDArray[np.str_]) -> dict[str, int]:
    """Place of each value in its array."""
    return {str(value): place for place, value in enumerate(values)}
