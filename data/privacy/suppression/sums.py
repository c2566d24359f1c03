"""The sums that anybody can do with a release: each one whole, its parts, and a rest.

Where values add up the parts are the whole. Where they only lie within it they leave a rest, the
complement: a cell like any other, never published, and anybody's guess.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from data.errors import SuppressionError
from data.privacy.suppression.axes import ROOT, Axes, Axis, Ints
from data.privacy.suppression.cells import TOLERANCE, Cells, Flags, Floats


@dataclass(frozen=True, slots=True)
class Sums:
    """Cells (first those of ``Cells``, then the rests) and the sums between them."""

    value: Floats
    people: Floats
    published: Flags
    shy: Flags
    lines: tuple[Ints, ...]
    """The node of each cell on every axis that has some, the longest axis first; a rest's is its
    whole's."""
    loose: Flags
    """Sums whose parts only lie within the whole, so that the rest is anybody's guess."""
    whole: Ints
    """The whole of each sum, ascending by the axis that it runs along."""
    start: Ints
    """Where each sum's parts begin in ``part``; one more entry marks the end."""
    part: Ints

    @property
    def rests(self) -> int:
        """Where the rests begin among the cells."""
        return len(self.value) - int(self.loose.sum())

    @property
    def sum_of_part(self) -> Ints:
        """The sum that each entry of ``part`` belongs to."""
        return np.repeat(np.arange(len(self.whole)), np.diff(self.start))


def sums_of(cells: Cells, axes: Axes) -> Sums:
    """All sums of a release.

    Raises:
        SuppressionError: the parts of a published whole are more than the whole, or less though
            they should add up.
    """
    parts: list[Ints] = [np.zeros(0, dtype=np.int64)]
    wholes: list[Ints] = [np.zeros(0, dtype=np.int64)]
    owners: list[Ints] = [np.zeros(0, dtype=np.int64)]
    loose: list[Flags] = [np.zeros(0, dtype=np.bool_)]
    count = 0
    for axis in axes.each:
        if axis.kind == "apart":
            continue
        part, whole = _ties(cells, axis)
        owner = np.arange(len(part), dtype=np.int64)
        if axis.kind != "overlaps":
            whole, owner = np.unique(whole, return_inverse=True)
        parts.append(part)
        wholes.append(whole)
        owners.append(owner + count)
        loose.append(np.full(len(whole), axis.kind != "adds"))
        count += len(whole)
    told = _Told(*(np.concatenate(each) for each in (wholes, parts, owners)))
    return _with_rests(cells, axes, told, np.concatenate(loose))


class _Told(NamedTuple):
    """Sums before their rests are known: wholes, parts, and the sum that each part is of."""

    whole: Ints
    part: Ints
    owner: Ints


def _ties(cells: Cells, axis: Axis) -> tuple[Ints, Ints]:
    """Pairs of a cell and the nearest cell around it along one axis."""
    part = np.flatnonzero(axis.at(cells.key) != ROOT)
    around = axis.around(cells.key[part])
    place, there = cells.place(around)
    climbing = ~there & (axis.at(around) != ROOT)
    while axis.kind != "adds" and climbing.any():
        around = np.where(climbing, axis.around(around), around)
        place, there = cells.place(around)
        climbing = ~there & (axis.at(around) != ROOT)
    return part[there], place[there]


def _with_rests(cells: Cells, axes: Axes, sums: _Told, loose: Flags) -> Sums:
    whole, part, owner = sums
    told = np.bincount(owner, cells.value[part], minlength=len(whole))
    slack = TOLERANCE * np.maximum(1.0, cells.value[whole])
    rest = cells.value[whole] - told
    rest[np.abs(rest) <= slack] = 0.0
    apart = (rest < 0) | ((rest > 0) & ~loose)
    stale = np.bincount(owner, cells.past[part], minlength=len(whole)) > 0
    wrong = apart & cells.published[whole] & ~cells.past[whole] & ~stale
    if wrong.any():
        raise _no_sum(cells, axes, whole[wrong][0], float(told[wrong][0]))
    # What ties nothing: an unpublished whole summed along an axis of which less is told, and
    # counts of earlier releases that were revised since.
    kept = ~apart
    stays = kept[owner]
    part, owner = part[stays], (np.cumsum(kept) - 1)[owner[stays]]
    whole, rest, loose = whole[kept], rest[kept], loose[kept]
    left = np.flatnonzero(loose)
    part = np.concatenate([part, len(cells.key) + np.arange(len(left))])
    owner = np.concatenate([owner, left])
    return Sums(
        np.concatenate([cells.value, rest[left]]),
        np.concatenate([cells.people, rest[left]]),
        np.concatenate([cells.published, np.zeros(len(left), dtype=np.bool_)]),
        np.concatenate([cells.shy, cells.shy[whole[left]]]),
        _lines(axes, np.concatenate([cells.key, cells.key[whole[left]]])),
        loose,
        whole,
        np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=len(whole)))]),
        part[np.argsort(owner, kind="stable")],
    )


def _lines(axes: Axes, keys: Ints) -> tuple[Ints, ...]:
    longest_first = sorted(axes.each, key=lambda axis: -len(axis.nodes))
    return tuple(axis.at(keys) for axis in longest_first if len(axis.nodes) > 1)


def _no_sum(cells: Cells, axes: Axes, whole: int, told: float) -> SuppressionError:
    value = cells.value[whole]
    advice = (
        "where people are counted under several values, let the dimension overlap"
        if told > value
        else "tell the rest in a row of its own, or call the dimension partial"
    )
    return SuppressionError(
        f"the parts of {axes.describe(int(cells.key[whole]))} add up to {told:g}, not to its "
        f"{value:g}; {advice}"
    )
