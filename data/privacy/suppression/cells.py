"""All cells of a release: those that stand in its tables, and the sums that tie them together.

A district's total that no table shows still ties its towns to a city's total that one does, so
such sums are cells too, never published. Sums that nothing published lies above tie nothing and
are left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from data.errors import SuppressionError
from data.privacy.suppression.axes import ROOT, Axes, Axis, Ints
from data.privacy.suppression.tabulation import Tabulation

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

TOLERANCE: Final = 1e-6
"""Relative error at which two counts are the same; shared-out populations aren't whole."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells sorted by key."""

    key: Ints
    value: Floats
    """How many they are."""
    people: Floats
    """Distinct people behind them, where acts are counted; else ``value``."""
    published: Flags
    """Whether a table shows the cell, of this release or of an earlier one."""
    shy: Flags
    """Whether "nobody" may not be told of the cell."""
    past: Flags
    """Whether earlier releases alone told the cell."""

    def place(self, keys: Ints) -> tuple[Ints, Flags]:
        """Where each key stands, and whether it is there at all."""
        at = np.searchsorted(self.key, keys).clip(max=max(len(self.key) - 1, 0))
        there = self.key[at] == keys if len(self.key) else np.zeros(len(keys), dtype=np.bool_)
        return at, there


def shown_cells(tabulations: Sequence[Tabulation], axes: Axes) -> Cells:
    """The cells that stand in tables, one for each even where several show it.

    Raises:
        SuppressionError: two tables tell different counts of one cell, or a count is missing.
    """
    columns: list[tuple[Ints, Floats, Floats, Flags]] = []
    for table in tabulations:
        for figure in table.figures:
            counts = table.frame[figure.column]
            if counts.null_count():
                message = (
                    f"table {table.name!r}: {figure.column!r} has {counts.null_count()} nulls; "
                    "leave unknown rows out, a null would read as a figure held back"
                )
                raise SuppressionError(message)
            value = counts.cast(float).to_numpy()
            behind = table.frame[table.contributors] if table.contributors else counts
            people = behind.cast(float).fill_null(0.0).to_numpy()
            shy = np.full(len(value), table.zeros == "hide")
            columns.append((axes.keys(table, figure), value, people, shy))
    key, value, people, shy = (np.concatenate(part) for part in zip(*columns, strict=True))
    cells, first, back = np.unique(key, return_index=True, return_inverse=True)
    apart = np.abs(value - value[first][back]) > TOLERANCE * np.maximum(1.0, value)
    if apart.any():
        raise _disagreement(axes, key[apart][0], value[apart][0], value[first][back][apart][0])
    fewest = np.full(len(cells), np.inf)
    np.minimum.at(fewest, back, people)
    any_shy = np.zeros(len(cells), dtype=np.bool_)
    np.logical_or.at(any_shy, back, shy)
    no = np.zeros(len(cells), dtype=np.bool_)
    return Cells(cells, value[first], fewest, ~no, any_shy, no)


def _disagreement(axes: Axes, key: int, one: float, other: float) -> SuppressionError:
    return SuppressionError(
        f"two tables tell {one:g} and {other:g} of one cell, {axes.describe(key)}; if they count "
        "different people, give each its own population"
    )


def tied_cells(cells: Cells, axes: Axes) -> Cells:
    """The cells with the unpublished sums of them that lie below a published cell."""
    for axis in axes.each:
        if axis.kind == "adds":
            for depth in range(int(axis.depth.max(initial=0)), 0, -1):
                cells = _with_sums(cells, axis, depth)
    return _bound(cells, axes)


def _with_sums(cells: Cells, axis: Axis, depth: int) -> Cells:
    below = axis.depth[axis.at(cells.key)] == depth
    around, back = np.unique(axis.around(cells.key[below]), return_inverse=True)
    _, there = cells.place(around)
    value: Floats = np.bincount(back, cells.value[below], minlength=len(around)).astype(np.float64)
    people = np.zeros(len(around))
    np.maximum.at(people, back, cells.people[below])
    acts = np.bincount(back, (cells.people < cells.value)[below], minlength=len(around)) > 0
    people = np.where(acts, people, value)
    new = ~there
    key = np.concatenate([cells.key, around[new]])
    order = np.argsort(key)
    blank = np.zeros(int(new.sum()), dtype=np.bool_)
    return Cells(
        key[order],
        np.concatenate([cells.value, value[new]])[order],
        np.concatenate([cells.people, people[new]])[order],
        np.concatenate([cells.published, blank])[order],
        np.concatenate([cells.shy, blank])[order],
        np.concatenate([cells.past, blank])[order],
    )


def _bound(cells: Cells, axes: Axes) -> Cells:
    """Without the unpublished sums that no published cell lies above."""
    adding = [axis for axis in axes.each if axis.kind == "adds"]
    above = [
        (axis.at(cells.key) != ROOT, cells.place(axis.around(cells.key))[0]) for axis in adding
    ]
    bound = np.zeros(len(cells.key), dtype=np.bool_)
    for _ in range(sum(int(axis.depth.max(initial=0)) for axis in adding)):
        held = cells.published | bound
        for inner, parent in above:
            bound |= inner & held[parent]
    keep = cells.published | bound
    return Cells(
        cells.key[keep],
        cells.value[keep],
        cells.people[keep],
        cells.published[keep],
        cells.shy[keep],
        cells.past[keep],
    )
