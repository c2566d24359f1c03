"""Which courses go together: weighted co-occurrence, kept to each course's strongest neighbours."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import diags_array, vstack

from recsys.scorers.matrices import Matrix, as_matrix, row_sizes, sparse

BLOCK = 4096
"""Courses whose neighbours are found at once: bounds the memory of a fit."""


def damped(taken: Matrix, learners: float, courses: float) -> Matrix:
    """The matrix with its rows and columns divided by a power of their degrees.

    Args:
        taken: (learners, courses); every row and column holds something.
        learners: power of a learner's degree; above 0, who takes everything says less.
        courses: power of a course's degree; above 0, a course everybody takes says less.
    """
    rows = degrees(taken, 1) ** -learners
    columns = degrees(taken, 0) ** -courses
    return as_matrix(diags_array(rows) @ taken @ diags_array(columns))


def degrees(taken: Matrix, axis: int) -> NDArray[np.float32]:
    """Sum of weights of each course (axis 0) or learner (axis 1)."""
    return np.asarray(taken.sum(axis=axis), dtype=np.float32)


def strongest_neighbours(history: Matrix, offer: Matrix, limit: int) -> Matrix:
    """``history^T offer`` with only the ``limit`` largest entries of each row."""
    by_course = as_matrix(history.T)
    blocks = [
        strongest(as_matrix(by_course[start : start + BLOCK] @ offer), limit)
        for start in range(0, by_course.shape[0], BLOCK)
    ]
    return as_matrix(vstack(blocks) if blocks else by_course @ offer)


def strongest(matrix: Matrix, limit: int) -> Matrix:
    """The ``limit`` largest entries of each row; ties go to the earlier column."""
    matrix.sort_indices()
    sizes = row_sizes(matrix)
    rows = np.repeat(np.arange(matrix.shape[0]), sizes)
    order = np.lexsort((-matrix.data, rows))
    place = np.arange(matrix.nnz) - np.repeat(matrix.indptr[:-1], sizes)
    kept = np.sort(order[place < limit])
    return sparse(rows[kept], matrix.indices[kept], matrix.data[kept], matrix.shape)
