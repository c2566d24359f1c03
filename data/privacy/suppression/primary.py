"""Cells that must be held back whatever else is: too few people, alone or as a difference."""

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from data.privacy.suppression.axes import Axes, Axis, Ints
from data.privacy.suppression.cells import TOLERANCE, Cells, Flags
from data.privacy.suppression.sums import Sums


def few(sums: Sums, k: int) -> Flags:
    """Cells, published or not, of 1 to k - 1 people, or of nobody where that may not be told."""
    some = sums.value > TOLERANCE
    least = np.minimum(sums.value, sums.people)
    return np.where(some, least < k - TOLERANCE, sums.shy)


def isolating(cells: Cells, axes: Axes, seen: Flags, k: int) -> Iterator[tuple[Ints, Ints]]:
    """Pairs of seen cells, one within the other, that differ by 1 to k - 1 people.

    Args:
        cells: the release's cells.
        axes: their axes.
        seen: of each cell, whether its count is told.
        k: the smallest number of people that may be told of.

    Yields:
        Places of the inner cells, and of the outer ones, for one way of lying within at a time.
    """
    inner = np.flatnonzero(seen)
    steps = [axis for axis in axes.each if axis.kind != "apart"]
    for ups in product(*(range(int(axis.depth.max(initial=0)) + 1) for axis in steps)):
        if any(ups):
            place, outer = _around(cells, steps, ups, inner)
            more = cells.value[outer] - cells.value[place]
            slack = TOLERANCE * np.maximum(1.0, cells.value[outer])
            close = seen[outer] & (more > slack) & (more < k - slack)
            yield place[close], outer[close]


def _around(
    cells: Cells, steps: Sequence[Axis], ups: Sequence[int], inner: Ints
) -> tuple[Ints, Ints]:
    """The cells that lie so many steps around those of ``inner`` that have as many, if told."""
    keys = cells.key[inner]
    for axis, up in zip(steps, ups, strict=True):
        deep = axis.depth[axis.at(keys)] >= up
        inner, keys = inner[deep], keys[deep]
        for _ in range(up):
            keys = axis.around(keys)
    outer, there = cells.place(keys)
    return inner[there], outer[there]
