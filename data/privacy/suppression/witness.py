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
from scipy.sparse import csgraph

from data.privacy.suppression.axes import Ints
from data.privacy.suppression.cells import TOLERANCE, Flags, Floats
from data.privacy.suppression.complements import Hiding
from data.privacy.suppression.freedom import Freedom, freedom_of
from data.privacy.suppression.sums import Sums

BLOCK: Final = 1000
"""Finest hidden cells that one linear program moves together, where groups are small."""
LONGEST: Final = 8000
"""Those of one group that a linear program still moves together; longer ones are cut."""
MANY: Final = 1500
"""Cells from which the interior point method is quicker than the simplex."""
REACH: Final = 4
"""How far a cell that is pushed alone may be moved, in protection widths."""
VAIN_ROUNDS: Final = 2
"""Rounds without new witnesses for this share of cells, after which cells are pushed alone."""
VAIN_SHARE: Final = 0.05
CROWD: Final = 100
"""Cells without a witness in one block that are helped together rather than one by one."""
HELPED: Final = 8
"""How many of a crowd one more hidden cell is hoped to help."""
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
    freedom = freedom_of(hiding)
    for longest in (LONGEST, len(freedom.finest)):
        wanted = list(_wanted(hiding, witnesses, width, freedom, longest))
        if wanted or not witnesses.lacking(hiding, width).any():
            break
    return np.unique(np.array(wanted, dtype=np.int64))


def _wanted(
    hiding: Hiding, witnesses: Witnesses, width: float, freedom: Freedom, longest: int
) -> Iterator[int]:
    for finest, group in _blocks(freedom, hiding, witnesses, width, longest):
        block = Block(hiding, witnesses, width, freedom, finest, group).spread()
        crowd = list(block.together()) if len(block.cells) > CROWD else []
        yield from crowd or block.alone()


def _blocks(
    freedom: Freedom, hiding: Hiding, witnesses: Witnesses, width: float, longest: int
) -> Iterator[tuple[Ints, Ints]]:
    """Finest cells to be moved together, and which of them hang together.

    Groups in which every cell has its witnesses are left out.
    """
    holds = freedom.holds[:, freedom.finest]
    lacking = np.flatnonzero(witnesses.lacking(hiding, width))
    moved = freedom.terms[lacking][:, freedom.finest]
    _, label = csgraph.connected_components(abs(holds).T @ abs(holds), directed=False)
    group = label.astype(np.int64)
    busy = np.isin(group, group[np.unique(moved.indices)])
    order = np.flatnonzero(busy)[np.argsort(group[busy], kind="stable")]
    sizes = np.unique(group[order], return_counts=True)[1]
    begin = 0
    for size in _together(sizes):
        block = order[begin : begin + size]
        begin += size
        for piece in _cut(hiding.sums, freedom, block, longest):
            yield freedom.finest[piece], group[piece]


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


def _cut(sums: Sums, freedom: Freedom, block: Ints, longest: int) -> list[Ints]:
    """A block in pieces that a linear program can move, cut across the longest axis.

    Rests give way to the parts beside them, so each piece has those of all its sums.
    """
    pieces = -(-len(block) // max(longest, 1))
    if pieces <= 1:
        return [block]
    cells = freedom.finest[block]
    holds = freedom.holds[:, cells]
    rest = cells >= sums.rests
    order = np.flatnonzero(~rest)
    order = order[np.lexsort([line[cells[order]] for line in sums.lines[::-1]])]
    cut: list[Ints] = []
    for piece in np.array_split(order, pieces):
        tied = np.flatnonzero(np.diff(holds[:, piece].indptr))
        beside = np.unique(holds[tied].indices)
        cut.append(block[np.union1d(piece, beside[rest[beside]])])
    return cut


@dataclass(slots=True)
class Block:
    """Some finest cells, moved together while all others keep their counts."""

    hiding: Hiding
    witnesses: Witnesses
    width: float
    freedom: Freedom
    finest: Ints
    group: Ints
    """The group of each; groups share no sum, so that each moves by itself."""
    rows: Ints = field(init=False)
    """The equations that hold them."""
    row_group: Ints = field(init=False)
    holds: Any = field(init=False)
    """Those equations of these cells, sparse; the stubs of ``linprog`` know of dense ones alone."""
    cells: Ints = field(init=False)
    """The shielded cells that move with them."""
    cell_group: Ints = field(init=False)
    moved: Any = field(init=False)
    """How these cells move with the finest."""

    def __post_init__(self) -> None:
        """Find what holds the cells, and what moves with them."""
        columns = self.freedom.holds[:, self.finest]
        self.rows = np.flatnonzero(np.diff(columns.indptr))
        tied = columns[self.rows]
        self.row_group = self.group[tied.indices[tied.indptr[:-1]]]
        self.holds = tied.tocsc()
        shielded = np.flatnonzero(self.witnesses.lacking(self.hiding, self.width))
        moved = self.freedom.terms[shielded][:, self.finest]
        kept = np.flatnonzero(np.diff(moved.indptr))
        self.cells, self.moved = shielded[kept], moved[kept]
        self.cell_group = self.group[self.moved.indices[self.moved.indptr[:-1]]]

    def spread(self) -> "Block":
        """Push all cells that lack a witness at once, some up and some down, turn by turn.

        Returns:
            The groups in which some cell still lacks one.
        """
        block, vain, turn = self, 0, 0
        while len(block.cells) and vain < VAIN_ROUNDS:
            block._push(_signs(block.cells, turn), self.width)
            left = len(block.cells)
            block, turn = block._busy(), turn + 1
            vain = 0 if left - len(block.cells) > VAIN_SHARE * left else vain + 1
        return block

    def _busy(self) -> "Block":
        """The groups in which some cell lacks a witness."""
        lacking = self._lacking()
        kept = np.isin(self.group, self.cell_group[lacking])
        finest, group = self.finest[kept], self.group[kept]
        return Block(self.hiding, self.witnesses, self.width, self.freedom, finest, group)

    def alone(self) -> Iterator[int]:
        """Push one cell of each group at a time, while it has cells that lack a witness.

        Yields:
            For a group's first cell that doesn't move far enough, the cell to hide.
        """
        going = np.ones(len(self.cells), dtype=np.bool_)
        while (left := np.flatnonzero(going & self._lacking())).size:
            _, first = np.unique(self.cell_group[left], return_index=True)
            pushed = left[first]
            push = np.zeros(len(self.cells))
            push[pushed] = 1.0
            prices = [self._push(push, REACH * self.width), self._push(-push, REACH * self.width)]
            stuck = self.cell_group[pushed[self._lacking()[pushed]]]
            going &= ~np.isin(self.cell_group, stuck)
            for group in stuck.tolist():
                yield from self._cheapest(self.row_group == group, prices)

    def together(self) -> Iterator[int]:
        """Push a crowd of cells up together.

        Yields:
            Cells to hide: those that would gain the push most for what they cost.
        """
        gains = self.freedom.pulls(self.rows, self._push(np.ones(len(self.cells)), self.width))
        able = np.flatnonzero((gains > PRICE) & self.hiding.free)
        best = np.argsort(-gains[able] / self.hiding.costs()[able], kind="stable")
        yield from able[best[: -(-len(self.cells) // HELPED)]].tolist()

    def _lacking(self) -> Flags:
        return self.witnesses.lacking(self.hiding, self.width)[self.cells]

    def _push(self, push: Floats, reach: float) -> Floats:
        """Move the cells as far as they go in the directions given; the price of each equation."""
        value = self.hiding.sums.value[self.finest]
        bounds: Any = np.column_stack([-np.minimum(value, reach), np.full(len(value), reach)])
        found = linprog(
            -(self.moved.T @ push),
            A_eq=self.holds,
            b_eq=np.zeros(len(self.rows)),
            bounds=bounds,
            method="highs-ipm" if len(value) > MANY else "highs",
        )
        self.witnesses.programs += 1
        if found.x is None:
            return np.zeros(len(self.rows))
        move = self.moved @ found.x
        low, high = self.witnesses.low, self.witnesses.high
        low[self.cells] = np.minimum(low[self.cells], move)
        high[self.cells] = np.maximum(high[self.cells], move)
        return np.asarray(found.eqlin.marginals, dtype=np.float64)

    def _cheapest(self, held: Flags, prices: list[Floats]) -> Iterator[int]:
        """The cheapest published cell whose hiding would let the pushed one move farther."""
        rows = self.rows[held]
        pulls = [self.freedom.pulls(rows, price[held]) for price in prices]
        able = np.flatnonzero((np.max(pulls, axis=0) > PRICE) & self.hiding.free)
        if len(able):
            yield int(able[np.argmin(self.hiding.costs()[able])])


def _signs(cells: Ints, turn: int) -> Floats:
    """Up for all on even turns; on odd ones up or down by the bits of a number of each cell."""
    if turn % 2 == 0:
        return np.ones(len(cells))
    scattered = (cells.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(40)
    return np.where((scattered >> np.uint64(turn // 2 % 20)) & np.uint64(1), 1.0, -1.0)
