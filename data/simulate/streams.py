"""One random stream per part of the world, so that a change in one part moves no other."""

from dataclasses import dataclass
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
    "planted",
    "log",
)
"""The parts; append only, or every city changes."""


@dataclass(frozen=True, slots=True)
class Streams:
    """The random streams of one city.

    A stream is named by its part and, where the part has several, by numbers: the term, the
    block of learners, the month. What one stream draws moves no other, so a world with more
    terms begins with the same terms, and blocks may be drawn in any order.

    Attributes:
        seed: of the whole city; the same seed gives the same city.
    """

    seed: int

    def of(self, part: str, *path: int) -> np.random.Generator:
        """A new generator at the start of its stream.

        Args:
            part: one of ``PARTS``.
            path: numbers that tell the part's streams apart, 0 or more each.
        """
        key = (PARTS.index(part), *path)
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))
