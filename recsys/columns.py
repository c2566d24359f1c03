"""Columns of sections as numbers: what sections share is numbered once and told by number."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Index = NDArray[np.intp]
Mask = NDArray[np.bool_]

UNKNOWN: Final = -1
"""The code of a text that is null."""


@dataclass(frozen=True, slots=True)
class Level:
    """What sections share: each section's number, and the values by number.

    Attributes:
        values: the distinct texts, sorted.
        of_section: number of each section's value, ``UNKNOWN`` where null; shape (sections,).
    """

    values: tuple[str, ...]
    of_section: NDArray[np.int32]

    def numbers_of(self, wanted: Iterable[str]) -> list[int]:
        """The numbers of those texts that occur here."""
        index = {value: number for number, value in enumerate(self.values)}
        return [index[value] for value in wanted if value in index]

    def among(self, wanted: Iterable[str]) -> Mask:
        """Whether each section's value is one of these; false where it is unknown."""
        hit = np.zeros(len(self.values) + 1, dtype=np.bool_)
        hit[self.numbers_of(wanted)] = True
        found: Mask = hit[self.of_section]
        return found


@dataclass(frozen=True, slots=True)
class Sets:
    """A column of lists: each section's number, and the distinct sets by number.

    Attributes:
        values: the distinct sets.
        of_section: number of each section's set, ``UNKNOWN`` where null; shape (sections,).
    """

    values: tuple[frozenset[str], ...]
    of_section: NDArray[np.int32]
    _sizes: NDArray[np.int32]
    _holding: Mapping[str, Index]
    _alone: Reals
    """By section, the answer where no text is among those asked about."""

    @classmethod
    def of(cls, lists: Sequence[Sequence[str] | None]) -> "Sets":
        """The sets of a column of lists."""
        numbers: dict[frozenset[str], int] = {}
        of_section = [
            UNKNOWN if row is None else numbers.setdefault(frozenset(row), len(numbers))
            for row in lists
        ]
        holding: dict[str, list[int]] = {}
        for each, number in numbers.items():
            for text in each:
                holding.setdefault(text, []).append(number)
        sizes = np.array([len(each) for each in numbers], dtype=np.int32)
        rows = np.array(of_section, dtype=np.int32)
        return cls(
            tuple(numbers),
            rows,
            sizes,
            {text: np.array(held, dtype=np.intp) for text, held in holding.items()},
            np.append(sizes == 0, np.nan)[rows],
        )

    def mentions(self, texts: Iterable[str]) -> bool:
        """Whether any of these occurs in any set."""
        return any(text in self._holding for text in texts)

    def within(self, texts: Iterable[str], rows: Index | None = None) -> Reals:
        """Whether every text of a section's set is among these: 1 or 0, NaN where unknown.

        Args:
            texts: what may be demanded.
            rows: the sections asked for, None for all.
        """
        held = [self._holding[text] for text in texts if text in self._holding]
        if not held:
            return self._alone if rows is None else self._alone[rows]
        missing = self._sizes.copy()
        for numbers in held:
            missing[numbers] -= 1
        met = np.append(missing == 0, np.nan)
        found: Reals = met[self.of_section if rows is None else self.of_section[rows]]
        return found


class Agreed:
    """The sections that rules keep for all queries which agree in what the rules read.

    What is counted or summed over them once is kept, and put right for one query by its few
    sections that a rule of its own refuses.

    Attributes:
        first: by section, the place of the first of these rules that refuses it.
        kept: the sections that none refuses.
    """

    def __init__(self, first: NDArray[np.int8], kept: Index) -> None:
        """Take a verdict."""
        self.first = first
        self.kept = kept
        self._known: dict[Hashable, Any] = {}

    def once(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """A figure of the kept sections, kept under its key."""
        if key not in self._known:
            self._known[key] = make()
        return self._known[key]
