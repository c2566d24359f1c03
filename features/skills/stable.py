"""Numbers for texts and features that are the same on every machine and in every run."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.skills.plain import Ints

_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
_SHIFT: Final = np.uint64(29)


def stable_hashes(texts: Sequence[str]) -> Ints:
    """A number of 31 bits for each text."""
    return np.array([_number(text) for text in texts], dtype=np.int64)


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=4).digest(), "little") >> 1


def mixed(*values: Ints) -> NDArray[np.uint64]:
    """One number of 64 bits for each row of values; the order of the values counts.

    Multiplication by the golden ratio's bits and a shift, as in Fibonacci hashing.
    """
    total = np.zeros(len(values[0]), dtype=np.uint64)
    for value in values:
        total = (total ^ value.astype(np.uint64)) * _MULTIPLIER
        total ^= total >> _SHIFT
    return total
