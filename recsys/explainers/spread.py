"""The lists of a block laid out one after another, so that figures of all are compared in one step.

A list is ten sections or so: most of the time would go to starting each step for each list.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Final

import numpy as np

from recsys.columns import Index, Mask, Reals
from recsys.offer import Candidates, Offer

PART: Final = "part_"
"""Begins the name of a column that holds what a scorer or factor added to each score."""
TERM: Final = "term_"
"""Begins the name of a column that holds a term of a part, see ``recsys.pipeline.scoring``."""


class Spread:
    """The sections of several lists of one offer, whose scores are made of the same parts.

    Attributes:
        offer: all sections.
        lists: the chosen ones.
        firsts: where each list begins; shape (lists,).
        rows: each chosen section's row in the offer; shape (chosen,).
        parts: the columns that tell what the scores are made of.
    """

    def __init__(self, offer: Offer, lists: Sequence[Candidates]) -> None:
        """Take lists of sections of the offer; columns are joined when they are asked for."""
        self.offer = offer
        self.lists = lists
        *self.firsts, self._size = accumulate(map(len, lists), initial=0)
        every: Index = np.arange(len(offer))
        self.rows: Index = np.concatenate([c.pick(every) for c in lists])
        self.parts = parts_of(lists[0])
        self._numbers: dict[str, Reals] = {}
        self._figures: dict[str, list[float]] = {}

    def __len__(self) -> int:
        """How many sections were chosen for all lists."""
        return self._size

    def numbers(self, name: str) -> Reals:
        """A column as numbers, NaN where unknown; shape (chosen,)."""
        if name not in self._numbers:
            self._numbers[name] = (
                np.concatenate([chosen[name] for chosen in self.lists])
                if any(chosen.adds(name) for chosen in self.lists)
                else self.offer.numbers(name)[self.rows]
            )
        return self._numbers[name]

    def table(self, names: Sequence[str]) -> Reals:
        """Several columns as numbers; shape (names, chosen), a copy."""
        return np.stack([self.numbers(name) for name in names])

    def figure(self, name: str, at: int) -> float | None:
        """One section's number in a column; None where unknown."""
        if name not in self._figures:
            self._figures[name] = self.numbers(name).tolist()
        value = self._figures[name][at]
        return None if value != value else value

    def among(self, name: str, wanted: Iterable[str]) -> Mask:
        """Whether each section's text is one of a fixed few; false where null; shape (chosen,)."""
        return self.offer.among(name, wanted)[self.rows]


def parts_of(chosen: Candidates) -> tuple[str, ...]:
    """The columns that tell what a list's scores are made of."""
    return tuple(chosen.added(PART, TERM))


Blocks = Sequence[tuple[Sequence[int], Spread]]
"""Lists that are alike, with their places among all lists."""


def spread(lists: Sequence[Candidates]) -> Blocks:
    """Lists laid out with those alike in their offer and in what their scores are made of."""
    alike: dict[tuple[int, tuple[str, ...]], list[int]] = {}
    for place, chosen in enumerate(lists):
        alike.setdefault((id(chosen.offer), parts_of(chosen)), []).append(place)
    return [
        (places, Spread(lists[places[0]].offer, [lists[place] for place in places]))
        for places in alike.values()
    ]
