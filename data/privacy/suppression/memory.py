"""What earlier releases told of the same cells, so that the next one doesn't open them.

| then | now | so |
|---|---|---|
| held back | | held back again |
| told | the same | told again: to hide it now would protect nothing |
| told | changed by fewer than k | held back: the two would tell of those who came or left |
| told | not in this release | known to every reader all the same |
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from data.privacy.suppression.axes import Axes, Ints
from data.privacy.suppression.cells import TOLERANCE, Cells, Flags, Floats
from data.privacy.suppression.tabulation import SUPPRESSED, Tabulation


@dataclass(frozen=True, slots=True)
class Memory:
    """Cells of earlier releases, once for every time that a table showed them."""

    key: Ints
    value: Floats
    """The count that was told; nan where it was held back."""

    @property
    def told(self) -> Flags:
        """Which were told."""
        return ~np.isnan(self.value)


def remembered(earlier: Sequence[Tabulation], axes: Axes) -> Memory:
    """The cells of released tables.

    Args:
        earlier: tables as they were released, oldest first.
        axes: axes that hold their values too.
    """
    keys: list[Ints] = [np.zeros(0, dtype=np.int64)]
    values: list[Floats] = [np.zeros(0)]
    for table in earlier:
        held = table.frame[SUPPRESSED] if SUPPRESSED in table.frame.columns else pl.Series([True])
        for figure in table.figures:
            counts = table.frame[figure.column].cast(pl.Float64)
            known = (counts.is_not_null() | held).to_numpy()
            keys.append(axes.keys(table, figure)[known])
            values.append(counts.to_numpy()[known])
    return Memory(np.concatenate(keys), np.concatenate(values))


def with_past(cells: Cells, memory: Memory) -> Cells:
    """The cells with those that only earlier releases told, at the count told last."""
    key, value = memory.key[memory.told][::-1], memory.value[memory.told][::-1]
    key, first = np.unique(key, return_index=True)
    new = ~cells.place(key)[1]
    count = int(new.sum())
    told = value[first][new]
    order = np.argsort(np.concatenate([cells.key, key[new]]))
    no = np.zeros(count, dtype=np.bool_)
    return Cells(
        np.concatenate([cells.key, key[new]])[order],
        np.concatenate([cells.value, told])[order],
        np.concatenate([cells.people, told])[order],
        np.concatenate([cells.published, ~no])[order],
        np.concatenate([cells.shy, no])[order],
        np.concatenate([cells.past, ~no])[order],
    )


def held_again(cells: Cells, memory: Memory, k: int) -> Flags:
    """Cells to hold back for what was held back, or told otherwise, before."""
    at, there = cells.place(memory.key)
    change = np.abs(cells.value[at] - memory.value)
    slack = TOLERANCE * np.maximum(1.0, cells.value[at])
    again = ~memory.told | ((change > slack) & (change < k - slack))
    held = np.zeros(len(cells.key), dtype=np.bool_)
    held[at[there & again]] = True
    return held & cells.published & ~cells.past


def told_already(cells: Cells, memory: Memory) -> Flags:
    """Cells whose count of now an earlier release told."""
    at, there = cells.place(memory.key)
    same = np.abs(cells.value[at] - memory.value) <= TOLERANCE * np.maximum(1.0, cells.value[at])
    told = cells.past.copy()
    told[at[there & memory.told & same]] = True
    return told
