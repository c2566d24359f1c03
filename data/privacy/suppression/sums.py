"""The sums that anybody can do with a release: each one whole, its parts, and a rest.

The rest is what the parts leave of the whole: nobody where values add up and all are told, a
complement where they only lie within. It is a cell like any other, never published.
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
    whole: Ints
    """The whole of each sum, ascending by the axis that it runs along."""
    start: Ints
    """Where each sum's parts begin in ``part``; one more entry marks the end."""
    part: Ints

    @property
    def sum_of_part(self) -> Ints:
        """The sum that each entry of ``part`` belongs to."""
        return np.repeat(np.arange(len(self.whole)), np.diff(self.start))


def sums_of(cells: Cells, axes: Axes) -> Sums:
    """All sums of a release.

    Raises:
        SuppressionError: the parts of a published whole are more than the whole.
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
        if axis.kind == "adds":
            whole, owner = np.unique(whole, return_inverse=True)
        parts.append(part)
        wholes.append(whole)
        owners.append(owner + count)
        loose.append(np.full(len(whole), axis.kind == "overlaps"))
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
    while axis.kind == "overlaps" and climbing.any():
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
    stale = np.bincount(owner, cells.past[part], minlength=len(whole)) > 0
    wrong = (rest < 0) & cells.published[whole] & ~cells.past[whole] & ~stale
    if wrong.any():
        raise _too_many(cells, axes, whole[wrong][0], float(told[wrong][0]))
    # What ties nothing: an unpublished whole summed along an axis of which less is told, and
    # counts of earlier releases that were revised since.
    kept = rest >= 0
    stays = kept[owner]
    part, owner = part[stays], (np.cumsum(kept) - 1)[owner[stays]]
    whole, rest, loose = whole[kept], rest[kept], loose[kept]
    left = np.flatnonzero((rest > 0) | loose)
    part = np.concatenate([part, len(cells.key) + np.arange(len(left))])
    owner = np.concatenate([owner, left])
    return Sums(
        np.concatenate([cells.value, rest[left]]),
        np.concatenate([cells.people, rest[left]]),
        np.concatenate([cells.published, np.zeros(len(left), dtype=np.bool_)]),
        np.concatenate([cells.shy, cells.shy[whole[left]]]),
        whole,
        np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=len(whole)))]),
        part[np.argsort(owner, kind="stable")],
    )


def _too_many(cells: Cells, axes: Axes, whole: int, told: float) -> SuppressionError:
    return SuppressionError(
        f"the parts of {axes.describe(int(cells.key[whole]))} add up to {told:g}, more than its "
        f"{cells.value[whole]:g}; where people are counted under several values, let the "
        "dimension overlap"
    )
