"""The least and the most that each hidden cell can be, given all that is told."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.optimize import linprog
from scipy.sparse import coo_array, csc_array, csgraph, hstack, identity

from data.privacy.suppression.attack.known import CELL, VALUE, Known

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

INFEASIBLE: Final = 2
DUST: Final = 1e-6
"""Relative size of a rest that is rounding."""
PUSHES: Final = 12
"""How often all cells of a group are pushed at once before they are bounded one by one."""


@dataclass(frozen=True, slots=True)
class Equations:
    """What is known of the untold cells: ``matrix @ counts = right``, parts less wholes.

    Rows of ``loose`` sums say no more than that the parts are not above the whole.
    """

    matrix: csc_array
    right: Floats
    loose: npt.NDArray[np.bool_]
    cells: Ints
    """The number of each column's cell."""


def equations(known: Known) -> Equations:
    """The sums of a release, told counts moved to the right-hand side."""
    ties = pl.concat(list(_ties(known)))
    value = known.cells[VALUE].to_numpy()
    untold = np.flatnonzero(np.isnan(value))
    column = np.full(len(value), -1)
    column[untold] = np.arange(len(untold))
    row, cell = ties["sum"].to_numpy(), ties[CELL].to_numpy()
    sign = ties["sign"].to_numpy()
    count = int(row.max(initial=-1)) + 1
    told = column[cell] < 0
    right = np.bincount(row[told], -sign[told] * value[cell[told]], minlength=count).astype(float)
    entries = (sign[~told], (row[~told], column[cell[~told]]))
    matrix = coo_array(entries, shape=(count, len(untold))).tocsc()
    loose = np.zeros(count, dtype=np.bool_)
    loose[row] = ties["loose"].to_numpy()
    return Equations(matrix, right, loose, untold)


def _ties(known: Known) -> Iterator[pl.DataFrame]:
    """A row for each cell in each sum: the sum's number, the cell's, 1 for a part or -1."""
    count = 0
    for ladder in known.ladders:
        if ladder.kind == "apart":
            continue
        loose = ladder.kind != "adds"
        places = known.cells.select(CELL, *known.place)
        above = places.rename({CELL: "whole"})
        found = known.around(places, ladder).join(above, on=known.place)
        below = known.around(places, ladder)
        for _ in range(ladder.height - 1 if loose else 0):
            # What lies directly around isn't told of: the next step out is.
            below = known.around(below.join(above, on=known.place, how="anti"), ladder)
            found = pl.concat([found, below.join(above, on=known.place)])
        key = CELL if ladder.kind == "overlaps" else "whole"
        numbered = found.with_columns(sum=pl.col(key).rank("dense").cast(pl.Int64) + (count - 1))
        count += found[key].n_unique()
        part = numbered.select("sum", CELL, sign=pl.lit(1.0), loose=pl.lit(loose))
        whole = numbered.select(
            "sum", pl.col("whole").alias(CELL), sign=pl.lit(-1.0), loose=pl.lit(loose)
        )
        yield pl.concat([part, whole.unique(maintain_order=True)])


@dataclass(slots=True)
class Group:
    """Untold cells that hang together, and what is known of them."""

    known: Equations
    columns: Ints
    width: float
    matrix: Any = field(init=False)
    """Sparse; the stubs of ``linprog`` know of dense ones alone."""
    right: Floats = field(init=False)
    exact: npt.NDArray[np.bool_] = field(init=False)
    low: Floats = field(init=False)
    high: Floats = field(init=False)
    """The least and most of each cell among the ways to fill the group found so far."""

    def __post_init__(self) -> None:
        """Cut the group out."""
        inner = self.known.matrix[:, self.columns]
        rows = np.unique(inner.indices)
        self.matrix = inner.tocsr()[rows].tocsc()
        self.right = self.known.right[rows]
        self.exact = ~self.known.loose[rows]
        self.low = np.full(len(self.columns), np.inf)
        self.high = np.full(len(self.columns), -np.inf)

    def narrow(self, wanted: npt.NDArray[np.bool_]) -> Iterator[tuple[int, float, float]]:
        """The wanted cells that are bounded more narrowly than the width, with their bounds."""
        for turn in range(PUSHES):
            if not (left := wanted & self._close()).any():
                return
            self._fill(_pushes(left, turn), self._ceiling())
        for at in np.flatnonzero(wanted & self._close()).tolist():
            if self._close()[at]:
                push = np.zeros(len(self.columns))
                push[at] = 1.0
                least = -self._fill(-push, None)
                most = self._fill(push, None)
                if most - least < self.width * (1 - 1e-6):
                    yield int(self.known.cells[self.columns[at]]), least, most

    def _close(self) -> npt.NDArray[np.bool_]:
        return ~(self.high - self.low >= self.width * (1 - 1e-6))

    def _ceiling(self) -> float:
        """More than any cell needs to show that it is open."""
        return float(np.abs(self.right).sum()) + 10 * self.width

    def _fill(self, push: Floats, ceiling: float | None) -> float:
        """Fill the cells so that the push gains most; returns the gain."""
        exact, loose = self.matrix.tocsr()[self.exact], self.matrix.tocsr()[~self.exact]
        found = linprog(
            -push,
            A_eq=exact if exact.shape[0] else None,
            b_eq=self.right[self.exact] if exact.shape[0] else None,
            A_ub=loose if loose.shape[0] else None,
            b_ub=self.right[~self.exact] if loose.shape[0] else None,
            bounds=(0, ceiling),
            method="highs",
        )
        if found.status == INFEASIBLE and self._loosen():
            return self._fill(push, ceiling)
        if found.x is None or found.fun is None:
            return np.inf
        self.low = np.minimum(self.low, found.x)
        self.high = np.maximum(self.high, found.x)
        return -float(found.fun)

    def _loosen(self) -> bool:
        """Find the sums whose parts leave a rest, since not everybody is told of them."""
        rows, columns = self.matrix.shape
        rests: Any = hstack([self.matrix, identity(rows)]).tocsc()
        push = np.concatenate([np.zeros(columns), np.ones(rows)])
        found = linprog(push, A_eq=rests, b_eq=self.right, bounds=(0, None), method="highs")
        if found.x is None:
            return False
        short = self.exact & (found.x[columns:] > DUST * np.maximum(1.0, np.abs(self.right)))
        self.exact &= ~short
        return bool(short.any())


def groups(known: Equations, width: float) -> Iterator[Group]:
    """The untold cells in groups that share no sum."""
    links = abs(known.matrix)
    _, label = csgraph.connected_components(links.T @ links, directed=False)
    order = np.argsort(label, kind="stable")
    for columns in np.split(order, np.flatnonzero(np.diff(label[order])) + 1):
        yield Group(known, columns, width)


def _pushes(left: npt.NDArray[np.bool_], turn: int) -> Floats:
    """Up for all, down for all, then each by its number's bits."""
    if turn < 2:
        return np.where(left, 1.0 - 2.0 * turn, 0.0)
    bits = (np.arange(len(left)) * 2654435761 % 2**32) >> (turn + 6)
    return np.where(left, 1.0 - 2.0 * (bits & 1), 0.0)
