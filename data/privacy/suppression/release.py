"""Hold back what can't be told of a term's tables, in all of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from data.errors import SuppressionError
from data.privacy.suppression.axes import Axes, axes_of
from data.privacy.suppression.cells import Cells, Flags, shown_cells, tied_cells
from data.privacy.suppression.complements import Hiding, complement
from data.privacy.suppression.memory import Memory, held_again, remembered, told_already, with_past
from data.privacy.suppression.primary import few, isolating
from data.privacy.suppression.sums import sums_of
from data.privacy.suppression.tabulation import SUPPRESSED, Tabulation, check_together
from data.privacy.suppression.witness import Witnesses, loosen

K: int = 10
"""The smallest number of people that may be told of."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was held back, in cells: combinations told once however many tables show them."""

    k: int
    width: float
    """How wide open every hidden cell is left, in people."""
    cells: int
    primary: int
    """Hidden because they are few people, or differ by few from a cell around them."""
    secondary: int
    """Hidden because they would give a primary one away."""
    programs: int
    """Linear programs solved."""

    @property
    def share(self) -> float:
        """The share of cells that is hidden."""
        return (self.primary + self.secondary) / max(self.cells, 1)


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Tables as they may be released: nulls for figures held back, and a column that says so."""

    tables: tuple[Tabulation, ...]
    report: Report

    def frame(self, name: str) -> pl.DataFrame:
        """A released table.

        Raises:
            SuppressionError: no table has this name.
        """
        for table in self.tables:
            if table.name == name:
                return table.frame
        message = f"no table {name!r}; there are {[table.name for table in self.tables]}"
        raise SuppressionError(message)


def suppress(
    tabulations: Sequence[Tabulation],
    k: int = K,
    *,
    width: float | None = None,
    earlier: Sequence[Suppressed] = (),
) -> Suppressed:
    """Hold back cells under ``k`` and whatever would give them away.

    Args:
        tabulations: every table that is released together, margins included.
        k: the smallest number of people that may be told of.
        width: how wide open hidden cells are left; ``k`` when None.
        earlier: what was released before of the same people, oldest first.

    Raises:
        SuppressionError: tables that contradict one another or can't be read as described.
    """
    check_together(tabulations)
    if k < 2:
        message = f"k is {k}; expected 2 or more"
        raise SuppressionError(message)
    open_by = float(k if width is None else width)
    past = [table for release in earlier for table in release.tables]
    axes = axes_of([*tabulations, *past])
    memory = remembered(past, axes)
    cells = tied_cells(with_past(shown_cells(tabulations, axes), memory), axes)
    hiding = _primary(axes, cells, memory, k)
    primary = int(hiding.hidden.sum())
    witnesses = Witnesses(hiding.sums)
    complement(hiding)
    while len(wanted := loosen(hiding, witnesses, open_by)):
        hiding.hidden[wanted] = True
        complement(hiding)
    if witnesses.lacking(hiding, open_by).any():
        at = int(np.flatnonzero(witnesses.lacking(hiding, open_by))[0])
        raise _unprotected(axes, cells, at)
    report = Report(
        k,
        open_by,
        int((cells.published & ~cells.past).sum()),
        primary,
        int(hiding.hidden.sum()) - primary,
        witnesses.programs,
    )
    return Suppressed(
        tuple(_released(table, axes, cells, hiding.hidden) for table in tabulations), report
    )


def _primary(axes: Axes, cells: Cells, memory: Memory, k: int) -> Hiding:
    sums = sums_of(cells, axes)
    count = len(cells.key)
    frozen = np.zeros(len(sums.value), dtype=np.bool_)
    small = few(sums, k)
    frozen[:count] = told_already(cells, memory)
    frozen &= ~small
    hidden = small & sums.published
    hidden[:count] |= held_again(cells, memory, k)
    for inner, outer in isolating(cells, axes, (sums.published & ~hidden)[:count], k):
        hidden[np.where(frozen[inner], outer, inner)] = True
    return Hiding(sums, k, hidden & ~frozen, frozen)


def _unprotected(axes: Axes, cells: Cells, at: int) -> SuppressionError:
    place = axes.describe(int(cells.key[at])) if at < len(cells.key) else "a remainder"
    return SuppressionError(f"nothing is left to hide that would protect {place}")


def _released(table: Tabulation, axes: Axes, cells: Cells, hidden: Flags) -> Tabulation:
    """The table with nulls for what is hidden, and for what was worked out from it."""
    held = {
        figure.column: pl.Series(hidden[cells.place(axes.keys(table, figure))[0]])
        for figure in table.figures
    }
    for column, sources in table.derived.items():
        held[column] = pl.Series(np.logical_or.reduce([held[source] for source in sources]))
    flags = pl.Series(SUPPRESSED, np.logical_or.reduce(list(held.values())))
    frame = table.frame.drop(table.contributors or [])
    nulls = [
        pl.when(~pl.lit(flag)).then(pl.col(column)).alias(column) for column, flag in held.items()
    ]
    return table.with_frame(frame.with_columns(nulls).with_columns(flags))
