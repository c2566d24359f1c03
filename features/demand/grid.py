"""The cells of skill demand: months, areas and skills, and how skills hang together."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from features.divisions import LEVEL_DIGITS

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

CITY_DIGITS: Final = LEVEL_DIGITS[-1]
"""Significant digits of a city's code."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The axes of every array of this package; M months, A areas, K skills.

    Attributes:
        months: first days of months, without a hole, oldest first.
        areas: 12-digit district codes, ascending.
        skills: skill ids, ascending.
        group: index of each skill's group, length K.
        trade: index of each group's trade, one entry a group.
    """

    months: tuple[date, ...]
    areas: tuple[str, ...]
    skills: tuple[str, ...]
    group: Ints
    trade: Ints

    @property
    def shape(self) -> tuple[int, int, int]:
        """(M, A, K)."""
        return len(self.months), len(self.areas), len(self.skills)

    @property
    def city(self) -> str:
        """Code of the city around the areas; the areas' own common beginning decides.

        >>> axes = Ints, (), ("330106000000", "330113000000"), ()
        >>> Grid((), axes[2], (), np.zeros(0, int), np.zeros(0, int)).city
        '330100000000'
        """
        return self.areas[0][:CITY_DIGITS].ljust(len(self.areas[0]), "0")

    def by_group(self, values: Floats) -> Floats:
        """Sums over the skills of each group; the last axis is K, then groups."""
        return _summed(values, self.group, len(self.trade))

    def by_trade(self, values: Floats) -> Floats:
        """Sums over the skills of each trade; the last axis is K, then trades."""
        return _summed(values, self.trade[self.group], int(self.trade.max(initial=-1)) + 1)


def make_grid(
    first: date, last: date, areas: pl.Series, skills: pl.Series, vocabulary: pl.DataFrame
) -> Grid:
    """Axes over the months from ``first`` to ``last``, both included.

    Args:
        first: first day of a month.
        last: first day of a month, not before ``first``.
        areas: district codes, any order, nulls ignored.
        skills: skill ids, likewise.
        vocabulary: the contract's ``skills``; a skill without a parent is a group of its own,
            a group without one a trade.
    """
    ids = skills.drop_nulls().unique().sort().to_list()
    parents: dict[str, str | None] = dict(vocabulary.select("skill_id", "parent_id").iter_rows())
    groups = [parents.get(skill) or skill for skill in ids]
    names = sorted(set(groups))
    trades = [parents.get(name) or name for name in names]
    return Grid(
        months=months_between(first, last),
        areas=tuple(areas.drop_nulls().unique().sort().to_list()),
        skills=tuple(ids),
        group=_numbered(groups),
        trade=_numbered(trades),
    )


def months_between(first: date, last: date) -> tuple[date, ...]:
    """First days of months, both ends included.

    >>> [str(month) for month in months_between(date(2024, 12, 1), date(2025, 1, 1))]
    ['2024-12-01', '2025-01-01']
    """
    begin, end = (day.year * 12 + day.month - 1 for day in (first, last))
    return tuple(date(number // 12, number % 12 + 1, 1) for number in range(begin, end + 1))


def after(month: date, count: int = 1) -> date:
    """The first day of the month so many months later."""
    number = month.year * 12 + month.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)


def _numbered(names: list[str]) -> Ints:
    """The place of each name among the different ones in order."""
    return np.unique(np.array(names, dtype=np.str_), return_inverse=True)[1].astype(np.int64)


def _summed(values: Floats, label: Ints, count: int) -> Floats:
    """Adds the entries of the last axis that share a label."""
    total = np.zeros((*values.shape[:-1], count))
    order = np.argsort(label, kind="stable")
    if not len(label):
        return total
    found, start = np.unique(label[order], return_index=True)
    total[..., found] = np.add.reduceat(values[..., order], start, axis=-1)
    return total
