"""Entries of a sequence by an array of indices, with the types kept."""

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")


def pick(choices: Sequence[T], index: NDArray[np.integer[Any]]) -> list[T]:
    """The entry of ``choices`` for each index."""
    return [choices[number] for number in ints(index)]


def ints(values: NDArray[np.integer[Any]]) -> list[int]:
    """A one-dimensional array as Python integers."""
    numbers: list[int] = values.tolist()
    return numbers
