"""How hidden cells can move together: every one in terms of the finest, every told sum a bound.

Hidden sums needn't be variables: where the finest cells stay at nobody or more, so do their sums.
So a cell is a combination of finest hidden cells (and of told ones, which stay), and one equation
for each told sum is all that ties these. Of a sum's ways along several axes the one with the
fewest hidden parts is taken: in a table whose combinations are all told of the others follow, and
where tables of different dimensions meet the others are kept as equations of their own.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array, diags_array, vstack

from data.privacy.suppression.axes import Ints
from data.privacy.suppression.cells import Flags, Floats
from data.privacy.suppression.complements import Hiding
from data.privacy.suppression.sums import Sums

MOST_STEPS = 64
"""More than the steps from any cell to everybody."""


@dataclass(frozen=True, slots=True)
class Freedom:
    """What can move, and what holds it."""

    terms: csr_array
    """Cells x cells: each hidden cell by finest hidden cells and told ones; told ones by
    themselves."""
    holds: csr_array
    """Equations x cells, in the same terms; a move keeps each at zero."""
    held: Ints
    """The told cell whose sum each equation is; -1 where two ways to one sum must agree."""
    finest: Ints
    """The cells that move, ascending."""

    def pulls(self, rows: Ints, prices: Floats) -> Floats:
        """How much hiding each told cell would gain a push, from the prices of equations."""
        gains = np.asarray(self.holds[rows].T @ prices, dtype=np.float64)
        own = self.held[rows]
        np.subtract.at(gains, own[own >= 0], prices[own >= 0])
        return np.abs(gains)


def freedom_of(hiding: Hiding) -> Freedom:
    """Express what is hidden by its finest cells."""
    sums = hiding.sums
    unseen = hiding.unseen
    exact, chosen = _chosen(sums, unseen)
    by_parts = np.zeros(len(sums.value), dtype=np.bool_)
    by_parts[sums.whole[chosen]] = True
    parts = _parts(sums)
    ends = diags_array((~(unseen & by_parts)).astype(float)).tocsr()
    steps = _rows_at(parts[chosen], sums.whole[chosen], unseen, len(sums.value))
    terms = ends
    for _ in range(MOST_STEPS):
        longer = (ends + steps @ terms).tocsr()
        if longer.nnz == terms.nnz and abs(longer - terms).nnz == 0:
            break
        terms = longer
    told = chosen[~unseen[sums.whole[chosen]]]
    others = np.setdiff1d(np.flatnonzero(_disagreeing(sums, exact, chosen) | ~exact), chosen)
    wholes = diags_array(np.ones(len(sums.value))).tocsr()[sums.whole[others]]
    holds = vstack([parts[told] @ terms, (parts[others] - wholes) @ terms]).tocsr()
    held = np.concatenate([sums.whole[told], np.full(len(others), -1)])
    fine = np.flatnonzero(unseen & ~by_parts)
    tight = np.flatnonzero(np.diff(holds[:, fine].indptr))
    return Freedom(terms, holds[tight], held[tight], fine)


def _parts(sums: Sums) -> csr_array:
    """Sums x cells: the parts of each sum."""
    shape = (len(sums.whole), len(sums.value))
    return csr_array((np.ones(len(sums.part)), sums.part, sums.start), shape=shape)


def _chosen(sums: Sums, unseen: Flags) -> tuple[Flags, Ints]:
    """Which sums leave no rest, and of each whole the one of those that is least hidden."""
    first = sums.start[:-1]
    exact = ~sums.loose
    hidden = np.add.reduceat(unseen[sums.part].astype(np.int64), first)
    able = np.flatnonzero(exact)
    order = able[np.lexsort([able, hidden[able], sums.whole[able]])]
    _, at = np.unique(sums.whole[order], return_index=True)
    return exact, np.sort(order[at])


def _rows_at(rows: csr_array, at: Ints, kept: Flags, count: int) -> csr_array:
    """The rows put at the places ``at`` of a square matrix, where these are kept."""
    entries = rows.tocoo()
    where = at[entries.coords[0]]
    mask = kept[where]
    places = (where[mask], entries.coords[1][mask])
    return coo_array((entries.data[mask], places), shape=(count, count)).tocsr()


def _disagreeing(sums: Sums, exact: Flags, chosen: Ints) -> Flags:
    """Sums that hold a whole to other finest cells than its chosen sum does."""
    count = len(sums.value)
    everything = np.ones(count, dtype=np.bool_)
    by_parts = np.zeros(count, dtype=np.bool_)
    by_parts[sums.whole[chosen]] = True
    parts = _parts(sums)
    steps = _rows_at(parts[chosen], sums.whole[chosen], everything, count)
    # A number drawn for each finest cell: two sums of the same cells have the same total.
    numbers = np.random.default_rng(0).random(count)
    totals = np.where(by_parts, 0.0, numbers)
    for _ in range(MOST_STEPS):
        longer = np.where(by_parts, steps @ totals, numbers)
        if np.array_equal(longer, totals):
            break
        totals = longer
    gap = np.abs(parts @ totals - totals[sums.whole])
    differs: Flags = exact & (gap > 1e-9 * (1.0 + totals[sums.whole]))
    return differs
