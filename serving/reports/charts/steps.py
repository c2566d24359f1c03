"""Shades for places on a map: five, each with the number written on it."""

from collections.abc import Iterable
from typing import Final

STEPS: Final = 5


def shade_of(value: float | None, values: Iterable[float | None]) -> str:
    """The class of a place: from the least to the most of all told, in five equal steps.

    >>> [shade_of(v, [0.0, 5.0, 10.0, None]) for v in (0.0, 5.0, 10.0, None)]
    ['shade-0', 'shade-2', 'shade-4', 'shade-none']
    """
    known = [each for each in values if each is not None]
    if value is None or not known:
        return "shade-none"
    low, high = min(known), max(known)
    share = (value - low) / (high - low) if high > low else 0.0
    return f"shade-{min(int(share * STEPS), STEPS - 1)}"
