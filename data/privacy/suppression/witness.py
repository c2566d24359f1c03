"""Complementary suppression over all sums at once: each hidden cell is shown to be wide open.

A witness is another way to fill the hidden cells that keeps every published figure. Where two
ways differ by the protection width in a cell, nobody who knows only what is published can bound
it more narrowly. A linear program that pushes many cells at once witnesses for many of them; what
no witness is found for is pushed alone, and where that fails its dual prices name the sums that
hold it, and so the published cells whose hiding would let it move (Fischetti and Salazar 2000,
Solving the cell suppression problem on tabular data with linear constraints, use them likewise).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csgraph, csr_array

from data.privacy.suppression.axes import Ints
from data.privacy.suppression.cells import TOLERANCE, Flags, Floats
from data.privacy.suppression.complements import Hiding
from data.privacy.suppression.sums import Sums

BLOCK: Final = 1000
"""Hidden cells that one linear program moves at most, unless they hang together."""
REACH: Final = 4
"""How far a cell may be moved, in protection widths."""
VAIN_ROUNDS: Final = 2
"""Rounds without a new witness after which cells are pushed one by one."""
PRICE: Final = 1e-7
"""Dual prices nearer to zero than this are rounding."""


@dataclass(slots=True)
class Witnesses:
    """How far each cell has been seen to move; what is witnessed once stays so."""

    sums: Sums
    low: Floats = field(init=False)
    high: Floats = field(init=False)
    programs: int = 0
    """Linear programs solved."""

    def __post_init__(self) -> None:
        """Begin with the true counts alone."""
        self.low = np.zeros(len(self.sums.value))
        self.high = np.zeros(len(self.sums.value))

    def lacking(self, hiding: Hiding, width: float) -> Flags:
        """Shielded cells that no two witnesses are far enough apart for."""
        return hiding.shielded & (self.high - self.low < width - TOLERANCE)


def loosen(hiding: Hiding, witnesses: Witnesses, width: float) -> Ints:
    """Look for witnesses; the published cells to hide where there are none.

    Args:
        hiding: what is held back.
        witnesses: those known; new ones are added.
        width: how wide every shielded cell must be open.
    """
    ties = _matrix(hiding.sums)
    wanted: list[int] = []
    for cells, group in _blocks(hiding, witnesses, width, ties):
        wanted += Block(hiding, witnesses, width, ties, cells, group).spread().alone()
    return np.unique(np.array(wanted, dtype=np.int64))


def _matrix(sums: Sums) -> csr_array:
    """Sums x cells: 1 for a part, -1 for the whole."""
    rows = np.arange(len(sums.whole))
    shape = (len(sums.whole), len(sums.value))
    entries = np.concatenate([np.ones(len(sums.part)), -np.ones(len(sums.whole))])
    at = (np.concatenate([sums.sum_of_part, rows]), np.concatenate([sums.part, sums.whole]))
    return coo_array((entries, at), shape=shape).tocsr()


def _blocks(
    hiding: Hiding, witnesses: Witnesses, width: float, ties: csr_array
) -> Iterator[tuple[Ints, Ints]]:
    """Hidden cells, and which of them hang together; few such groups to a block."""
    cells = np.flatnonzero(hiding.unseen)
    inner = ties[:, cells]
    _, group = csgraph.connected_components(abs(inner).T @ abs(inner), directed=False)
    lacking = witnesses.lacking(hiding, width)[cells]
    busy = np.isin(group, np.unique(group[lacking]))
    order = np.flatnonzero(busy)[np.argsort(group[busy], kind="stable")]
    sizes = np.unique(group[order], return_counts=True)[1]
    begin = 0
    for size in _together(sizes):
        block = order[begin : begin + size]
        yield cells[block], group[block].astype(np.int64)
        begin += size


def _together(sizes: Ints) -> Iterator[int]:
    """Sizes of blocks made of whole groups in turn."""
    held = 0
    for size in sizes.tolist():
        if held and held + size > BLOCK:
            yield held
            held = 0
        held += size
    if held:
        yield held


@dataclass(slots=True)
class Block:
    """Some hidden cells, moved together while all others keep their counts."""

    hiding: Hiding
    witnesses: Witnesses
    width: float
    ties: csr_array
    cells: Ints
    group: Ints
    """The group of each cell; groups share no sum, so that each moves by itself."""
    rows: Ints = field(init=False)
    """The sums that tie these cells."""
    row_group: Ints = field(init=False)
    inner: Any = field(init=False)
    """Those sums of these cells, sparse; the stubs of ``linprog`` know of dense ones alone."""

    def __post_init__(self) -> None:
        """Find the sums that tie these cells."""
        columns = self.ties[:, self.cells]
        self.rows = np.flatnonzero(np.diff(columns.indptr))
        tied = columns[self.rows]
        self.row_group = self.group[tied.indices[tied.indptr[:-1]]]
        self.inner = tied.tocsc()

    def spread(self) -> "Block":
        """Push all cells that lack a witness at once, some up and some down, turn by turn.

        Returns:
            The groups in which some cell still lacks one.
        """
        block, vain, turn = self, 0, 0
        lacking = block._lacking()
        while lacking.any() and vain < VAIN_ROUNDS:
            block._push(np.where(lacking, _signs(block.cells, turn), 0.0), self.width)
            left = int(block._lacking().sum())
            vain = 0 if left < lacking.sum() else vain + 1
            block, turn = block._busy(), turn + 1
            lacking = block._lacking()
        return block

    def _busy(self) -> "Block":
        """The groups in which some cell lacks a witness."""
        kept = np.isin(self.group, self.group[self._lacking()])
        if kept.all():
            return self
        cells, group = self.cells[kept], self.group[kept]
        return Block(self.hiding, self.witnesses, self.width, self.ties, cells, group)

    def alone(self) -> Iterator[int]:
        """Push one cell of each group at a time, while it has cells that lack a witness.

        Yields:
            For a group's first cell that doesn't move far enough, the cell to hide.
        """
        going = np.ones(len(self.cells), dtype=np.bool_)
        while (left := np.flatnonzero(going & self._lacking())).size:
            _, first = np.unique(self.group[left], return_index=True)
            pushed = left[first]
            push = np.zeros(len(self.cells))
            push[pushed] = 1.0
            prices = [self._push(push, REACH * self.width), self._push(-push, REACH * self.width)]
            stuck = self.group[pushed[self._lacking()[pushed]]]
            going &= ~np.isin(self.group, stuck)
            for group in stuck.tolist():
                yield from self._cheapest(self.row_group == group, prices)

    def _lacking(self) -> Flags:
        return self.witnesses.lacking(self.hiding, self.width)[self.cells]

    def _push(self, push: Floats, reach: float) -> Floats:
        """Move the cells as far as they go in the directions given; the price of each sum."""
        value = self.hiding.sums.value[self.cells]
        bounds: Any = np.column_stack([-np.minimum(value, reach), np.full(len(value), reach)])
        found = linprog(
            -push, A_eq=self.inner, b_eq=np.zeros(len(self.rows)), bounds=bounds, method="highs"
        )
        self.witnesses.programs += 1
        if found.x is None:
            return np.zeros(len(self.rows))
        low, high = self.witnesses.low, self.witnesses.high
        low[self.cells] = np.minimum(low[self.cells], found.x)
        high[self.cells] = np.maximum(high[self.cells], found.x)
        return np.asarray(found.eqlin.marginals, dtype=np.float64)

    def _cheapest(self, held: Flags, prices: list[Floats]) -> Iterator[int]:
        """The cheapest published cell whose hiding would let the pushed one move farther."""
        around = self.ties[self.rows[held]]
        pulls = np.max([np.abs(around.T @ price[held]) for price in prices], axis=0)
        able = np.flatnonzero((pulls > PRICE) & self.hiding.free)
        if len(able):
            yield int(able[np.argmin(self.hiding.costs()[able])])


def _signs(cells: Ints, turn: int) -> Floats:
    """Up for all on even turns; on odd ones up or down by the bits of a number of each cell."""
    if turn % 2 == 0:
        return np.ones(len(cells))
    scattered = (cells.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(40)
    return np.where((scattered >> np.uint64(turn // 2 % 20)) & np.uint64(1), 1.0, -1.0)
