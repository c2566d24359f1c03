"""Weekly slots as bits: one number a section, so that weeks are compared in one step."""

from collections.abc import Iterable
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

HALVES: Final = "MAE"
"""Morning, afternoon, evening, in the order of their bits within a day."""

DAYS: Final = 7

BIT_OF: Final = {
    f"{day + 1}{half}": 1 << (day * len(HALVES) + place)
    for day in range(DAYS)
    for place, half in enumerate(HALVES)
}
"""The bit of each of the 21 slots of a week."""

EVENINGS: Final = sum(bit for slot, bit in BIT_OF.items() if slot.endswith("E"))
"""The bits of the seven evenings."""

Bits = NDArray[np.int32]


def bits_of(slots: Iterable[str]) -> int:
    """The bits of some slots, such as ``3E``; what is no slot has none."""
    return sum(BIT_OF.get(slot, 0) for slot in set(slots))


def week_bits(slots: pl.Series) -> Bits:
    """The bits of each row's slots.

    Args:
        slots: List[String], one list a row; null is taken as no slots.

    Returns:
        Shape (rows,).
    """
    return np.array([bits_of(row or ()) for row in slots.to_list()], dtype=np.int32)


def share_free(slots: Bits, free: int) -> NDArray[np.float64]:
    """Share of each week's slots that are free, 0 to 1; 1 for a week without slots.

    Args:
        slots: bits, shape (n,).
        free: the bits of the free slots.
    """
    held = np.bitwise_count(slots)
    return np.where(held > 0, np.bitwise_count(slots & np.int32(free)) / np.maximum(held, 1), 1.0)
