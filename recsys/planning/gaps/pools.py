"""Which counts of persons may be used: pools of cells, each holding ten persons or more.

A cell of ten persons or more is a pool of its own. The others of a group are one pool, if they
are two or more and hold ten persons together; else the smallest open cell of the group is hidden
among them (complementary suppression); else they wait for what remains of the other groups of
the trade, then of the area. What remains even then belongs to no pool.

Pools don't overlap, and no other sum of the counts is used: with disjoint sums alone there is
nothing to subtract, so no hidden count can be solved for.
"""

from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]

LEAST_PERSONS: Final = 10
"""k: the fewest persons a released count may hold."""

LEAST_HIDDEN: Final = 2
"""Cells that a pool of hidden ones has at least: a single one would be told by its sum."""

NO_POOL: Final = -1


def pools(counts: Ints, paths: Sequence[Sequence[str]]) -> Ints:
    """The pool of each cell of one area.

    A pool holds ``LEAST_PERSONS`` in every month, so that neither a month nor the difference of
    two releases tells more than a pool's sum.

    Args:
        counts: persons by month and cell, shape (M, N).
        paths: what each cell belongs to, the narrowest first, N entries of one length: its
            group, then its trade.

    Returns:
        Numbers of pools, ``NO_POOL`` where nothing may be used, shape (N,).
    """
    least = counts.min(axis=0) if len(counts) else np.zeros(len(paths), dtype=np.int64)
    builder = _Pools(counts, least >= LEAST_PERSONS)
    waiting = np.flatnonzero(~builder.open).tolist()
    widths = [*range(len(paths[0]) if len(paths) else 0), None]
    for width in widths:
        keys = ["" if width is None else path[width] for path in paths]
        waiting = builder.close(waiting, keys)
    return builder.numbered()


class _Pools:
    """Cells on their way into pools.

    Args:
        counts: persons by month and cell.
        opened: whether each cell is a pool of its own, to begin with.
    """

    def __init__(self, counts: Ints, opened: NDArray[np.bool_]) -> None:
        self.counts = counts
        self.open = opened.copy()
        self.mean = counts.mean(axis=0) if len(counts) else np.zeros(len(opened))
        self.made: list[list[int]] = []

    def close(self, waiting: Iterable[int], keys: Sequence[str]) -> list[int]:
        """Pool the waiting cells of each key; returns those that must wait for a wider one."""
        by_key: dict[str, list[int]] = {}
        for cell in waiting:
            by_key.setdefault(keys[cell], []).append(cell)
        left: list[int] = []
        for key, cells in by_key.items():
            pool = self._completed(cells, [n for n, other in enumerate(keys) if other == key])
            if pool is None:
                left += cells
            else:
                self.made.append(pool)
        return left

    def numbered(self) -> Ints:
        """The number of each cell's pool."""
        number = np.full(len(self.open), NO_POOL, dtype=np.int64)
        alone = np.flatnonzero(self.open)
        number[alone] = np.arange(len(alone))
        for place, cells in enumerate(self.made, start=len(alone)):
            number[cells] = place
        return number

    def _completed(self, cells: list[int], around: Sequence[int]) -> list[int] | None:
        """The cells, with as many open ones hidden as it takes, or else with a pool beside them."""
        pool = list(cells)
        spare = sorted((n for n in around if self.open[n]), key=lambda n: (self.mean[n], n))
        while not self._may_be_told(pool) and spare:
            pool.append(spare.pop(0))
        if self._may_be_told(pool):
            self.open[pool] = False
            return pool
        inside = set(around)
        beside = [made for made in self.made if inside.issuperset(made)]
        if not beside:
            return None
        smallest = min(beside, key=lambda made: (self.mean[made].sum(), made))
        self.made.remove(smallest)
        return smallest + cells

    def _may_be_told(self, pool: Sequence[int]) -> bool:
        if len(pool) < LEAST_HIDDEN or not len(self.counts):
            return False
        return int(self.counts[:, pool].sum(axis=1).min()) >= LEAST_PERSONS
