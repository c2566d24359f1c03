"""One random stream per part of the world, so that a change in one part moves no other."""

from collections.abc import Mapping
from typing import Final

import numpy as np

PARTS: Final = (
    "places",
    "venues",
    "people",
    "taste",
    "courses",
    "texts",
    "sections",
    "exposure",
    "choice",
    "seats",
    "aftermath",
    "labour",
    "advertisements",
    "dirt",
    "identifiers",
    "judged",
)
"""The parts, in the order their streams are spawned; append only, or every city changes."""


def streams(seed: int) -> Mapping[str, np.random.Generator]:
    """A generator per part, independent of the others' draws.

    Args:
        seed: of the whole city; the same seed gives the same city.
    """
    children = np.random.SeedSequence(seed).spawn(len(PARTS))
    return {part: np.random.default_rng(child) for part, child in zip(PARTS, children, strict=True)}
