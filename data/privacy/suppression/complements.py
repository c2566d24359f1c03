"""Complementary suppression, sum by sum: no hidden cell can be had by one subtraction.

A sum whose whole is told gives away what its hidden parts are together, so these must be two or
more and k people or more. A hidden whole must have a hidden part. Sum by sum isn't enough where
a table has two dimensions or more; ``witness`` sees to the rest.
"""

from dataclasses import dataclass, field

import numpy as np

from data.privacy.suppression.axes import Ints
from data.privacy.suppression.cells import TOLERANCE, Flags, Floats
from data.privacy.suppression.primary import few
from data.privacy.suppression.sums import Sums

SPREAD: float = 2.0
"""How much dearer a cell is for each sum of its own in which nothing is hidden yet: hiding it
there makes a further cell necessary."""


@dataclass(slots=True)
class Hiding:
    """Which cells are held back so far."""

    sums: Sums
    k: int
    hidden: Flags
    frozen: Flags
    """Cells that earlier releases told: hiding them now hides nothing."""
    few: Flags = field(init=False)

    def __post_init__(self) -> None:
        """Look up who is few."""
        self.few = few(self.sums, self.k)

    @property
    def unseen(self) -> Flags:
        """Cells whose count isn't told."""
        return self.hidden | ~self.sums.published

    @property
    def shielded(self) -> Flags:
        """Cells whose count may not be worked out: those held back, and few people untold."""
        return self.unseen & (self.hidden | self.few)

    @property
    def free(self) -> Flags:
        """Cells that can still be held back; nobody is told to be nobody in any case."""
        return ~self.unseen & ~self.frozen & (self.sums.value > TOLERANCE)

    def costs(self) -> Floats:
        """What holding a cell back loses: its people, more where it calls for further cells."""
        sums = self.sums
        quiet = ~np.logical_or.reduceat(self.hidden[sums.part], sums.start[:-1])
        quiet &= ~self.hidden[sums.whole]
        clean = np.bincount(sums.part, quiet[sums.sum_of_part], minlength=len(sums.value))
        clean += np.bincount(sums.whole, quiet, minlength=len(sums.value))
        return np.where(self.free, sums.value * (1.0 + SPREAD * clean), np.inf)


def complement(hiding: Hiding) -> int:
    """Hide cells until no sum by itself gives one away; returns how many."""
    before = int(hiding.hidden.sum())
    while len(hiding.sums.whole):
        open_sums = np.flatnonzero(_open(hiding))
        chosen = _cheapest(hiding, open_sums)
        if not len(chosen):
            break
        hiding.hidden[chosen] = True
    return int(hiding.hidden.sum()) - before


def _open(hiding: Hiding) -> Flags:
    """Sums that by themselves give a shielded cell away."""
    sums, unseen, shielded = hiding.sums, hiding.unseen, hiding.shielded
    first = sums.start[:-1]
    seen_whole = ~unseen[sums.whole]
    parts = np.add.reduceat(unseen[sums.part].astype(np.int64), first)
    together = np.add.reduceat(np.where(unseen, sums.value, 0.0)[sums.part], first)
    people = np.maximum.reduceat(np.where(unseen, sums.people, 0.0)[sums.part], first)
    at_stake = np.logical_or.reduceat(shielded[sums.part], first)
    acts = np.logical_or.reduceat((sums.people < sums.value)[sums.part], first)
    enough = np.where(acts, people, together) >= hiding.k - TOLERANCE
    given_away: Flags = seen_whole & at_stake & ((parts < 2) | ~enough)
    hollow: Flags = shielded[sums.whole] & (parts == 0)
    return given_away | hollow


def _cheapest(hiding: Hiding, open_sums: Ints) -> Ints:
    """Of each sum, the part that costs least to hide; the whole where no part can be hidden."""
    if not len(open_sums):
        return open_sums
    sums, costs = hiding.sums, hiding.costs()
    least = np.minimum.reduceat(costs[sums.part], sums.start[:-1])
    inside = open_sums[np.isfinite(least[open_sums])]
    is_least = (costs[sums.part] == least[sums.sum_of_part]) & np.isin(sums.sum_of_part, inside)
    entries = np.flatnonzero(is_least)
    _, first = np.unique(sums.sum_of_part[entries], return_index=True)
    wholes = sums.whole[open_sums[~np.isfinite(least[open_sums])]]
    return np.unique(np.concatenate([sums.part[entries[first]], wholes[hiding.free[wholes]]]))
