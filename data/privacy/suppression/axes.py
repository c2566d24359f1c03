"""Cells of many tables as numbers: one axis for each dimension, one integer for each cell.

A cell is a point on all axes at once; a table that lacks a dimension lies at its root, which is
everybody. Two axes stand before the tables' own: whose people are counted, and which part of
them a column tells.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from data.errors import SuppressionError
from data.privacy.suppression.dimensions import Dimension, Kind
from data.privacy.suppression.tabulation import Figure, Tabulation

Ints = npt.NDArray[np.int64]

ROOT: Final = 0
"""The node that stands for everybody."""
POPULATION: Final = "whose people"
PART: Final = "which of them"
MOST_KEYS: Final = 2**62


@dataclass(frozen=True, slots=True)
class Axis:
    """The nodes of one dimension, numbered; node 0 is everybody."""

    name: str
    kind: Kind
    nodes: tuple[str, ...]
    parent: Ints
    """The node around each node; the root's own is the root."""
    depth: Ints
    """Steps from the root."""
    stride: int
    """What one step along the axis adds to a cell's key."""

    def at(self, keys: Ints) -> Ints:
        """The node of each cell."""
        return keys // self.stride % len(self.nodes)

    def around(self, keys: Ints) -> Ints:
        """The cells one step nearer to everybody."""
        nodes = self.at(keys)
        return keys + (self.parent[nodes] - nodes) * self.stride


@dataclass(frozen=True, slots=True)
class Axes:
    """All axes of a release."""

    each: tuple[Axis, ...]

    def keys(self, table: Tabulation, figure: Figure) -> Ints:
        """The cell of each row of a table, for one of its counting columns."""
        coordinates = table.coordinates().with_columns(
            pl.lit(table.population).alias(POPULATION),
            pl.lit(figure.name if figure.within else "").alias(PART),
        )
        totals = {dim.name: dim.total for dim in table.dimensions}
        keys = np.zeros(table.frame.height, dtype=np.int64)
        for axis in self.each:
            if axis.name in coordinates.columns:
                node = {label: number for number, label in enumerate(axis.nodes)}
                node[totals.get(axis.name, "")] = ROOT
                found = coordinates[axis.name].replace_strict(node, return_dtype=pl.Int64)
                keys += found.to_numpy() * axis.stride
        return keys

    def describe(self, key: int) -> dict[str, str]:
        """A cell's place in words, dimensions at their total left out."""
        at = ((axis, int(key) // axis.stride % len(axis.nodes)) for axis in self.each)
        return {axis.name: axis.nodes[node] for axis, node in at if node != ROOT}


def axes_of(tabulations: Sequence[Tabulation]) -> Axes:
    """The axes of a release, in the order of their names.

    Raises:
        SuppressionError: two tables describe a dimension differently, or there are too many
            combinations to number.
    """
    found: list[Axis] = []
    stride = 1
    for name, kind, parents in _described(tabulations):
        axis = _axis(name, kind, parents, stride)
        found.append(axis)
        stride *= len(axis.nodes)
        if stride > MOST_KEYS:
            message = f"too many combinations of {[axis.name for axis in found]} to number"
            raise SuppressionError(message)
    return Axes(tuple(found))


def _described(
    tabulations: Sequence[Tabulation],
) -> Iterator[tuple[str, Kind, dict[str, str | None]]]:
    """Name, kind and the parent of each value, of each axis; deep cells are neighbours in keys."""
    dimensions: dict[str, list[tuple[Dimension, pl.Series]]] = {}
    fixed: dict[str, set[str]] = {}
    for table in tabulations:
        coordinates = table.coordinates()
        for dim in table.dimensions:
            dimensions.setdefault(dim.name, []).append((dim, coordinates[dim.name].unique()))
        for name, value in table.where.items():
            fixed.setdefault(name, set()).add(value)
    for name in sorted({*dimensions, *fixed}):
        kind, parents = _joined(name, dimensions.get(name, []), fixed.get(name, set()))
        yield name, kind, parents
    figures = [figure for table in tabulations for figure in table.figures]
    yield PART, "overlaps", _parts(figures)
    yield POPULATION, "apart", dict.fromkeys(table.population for table in tabulations)


def _joined(
    name: str, described: Sequence[tuple[Dimension, pl.Series]], fixed: set[str]
) -> tuple[Kind, dict[str, str | None]]:
    kinds: list[Kind] = list(dict.fromkeys(dim.kind for dim, _ in described))
    if len(kinds) != 1:
        message = f"dimension {name!r} is described as {kinds or 'nothing'}; expected one kind"
        raise SuppressionError(message)
    parents: dict[str, str | None] = {}
    for dim, values in described:
        for value in [*values, *fixed]:
            for node in dim.chain(value):
                up = dim.parent(node)
                if parents.setdefault(node, up) != up:
                    message = f"{name}: {node!r} lies in {parents[node]!r} and in {up!r}"
                    raise SuppressionError(message)
    return kinds[0], parents


def _parts(figures: Iterable[Figure]) -> dict[str, str | None]:
    wholes = {figure.name: figure.within for figure in figures}
    return {
        name: within if wholes.get(within) else None
        for name, within in wholes.items()
        if within is not None
    }


def _axis(name: str, kind: Kind, parents: dict[str, str | None], stride: int) -> Axis:
    nodes = ("", *sorted(parents))
    number = {node: index for index, node in enumerate(nodes)}
    parent = np.array([number[parents.get(node) or ""] for node in nodes], dtype=np.int64)
    depth = np.zeros(len(nodes), dtype=np.int64)
    at = parent.copy()
    above = np.arange(len(nodes)) != ROOT
    while above.any():
        depth += above
        above &= at != ROOT
        at = parent[at]
    return Axis(name, kind, nodes, parent, depth, stride)
