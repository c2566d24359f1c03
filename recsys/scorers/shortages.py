"""What a table of demand says of each area and skill, and what it says of those it leaves out.

The table is that of ``xuepei demand`` or one like it. Its lower bound counts, since a shortage
that may be none is none: a bound of 0 or less is no shortage, an empty one is unknown.

What a row doesn't say is looked up around it, the nearest first: the skill in the city, the
skill's group in the area, then in the city, the trade in the area, then in the city. A group
that has no row of its own counts as the mean of its skills in that area. Every figure is a share
of the largest of its area and its kind, so that a city's sums and a district's compare.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

import polars as pl

from data.vocab import CITY_TIME
from features.divisions import ancestors
from recsys.errors import DemandTableError

KEYS: Final = ("division_code", "skill_id")
LOWER: Final = ("gap_low", "own_low", "low")
"""Columns that may hold the lower bound, in places: of the gap, else of the demand alone. Of the
demand table's two, that of the cell's own level comes first: the other is the least that one month
may bring, next to nothing in a thin cell."""

AHEAD: Final = "ahead"
"""Months a row looks ahead: forecasts are no measurements, and are left out."""

SHORTAGES: Final = pl.Schema(
    {"division_code": pl.String(), "skill_id": pl.String(), "shortage": pl.Float32()}
)

MOST_STEPS: Final = 5
"""Steps up the forest of skills; skill, group and trade are three."""

Figures = Mapping[tuple[str, str], float]
"""Shortages by area and skill."""


def shortages(table: pl.DataFrame | None, as_of: datetime) -> pl.DataFrame:
    """What each area is short of, of the latest month that had begun.

    Args:
        table: division_code, skill_id and ``gap_low``, ``own_low`` or ``low`` (places; empty is
            unknown),
            month? (a date or text such as 2025-08), ahead? (rows above 0 are left out); None for
            no table.
        as_of: the cut-off (aware); a later month isn't read.

    Returns:
        division_code, skill_id, shortage (places, 0 or more).

    Raises:
        DemandTableError: a column is missing, a row stands twice, or a bound is no number.
    """
    if table is None:
        return SHORTAGES.to_frame()
    bound = next((name for name in LOWER if name in table.columns), None)
    missing = [name for name in KEYS if name not in table.columns]
    if missing or bound is None:
        lacking = missing or [" or ".join(LOWER)]
        message = f"the table of demand lacks {lacking}; it has {table.columns}"
        raise DemandTableError(message)
    rows = _known(_latest(_measured(table), as_of), bound)
    if rows.select(KEYS).is_duplicated().any():
        message = "the table of demand names an area and a skill twice in one month"
        raise DemandTableError(message)
    none = pl.col("shortage").clip(lower_bound=0)
    return rows.with_columns(none).sort(KEYS).cast(SHORTAGES)


def spread(rows: pl.DataFrame, taught: Iterable[str], parents: Mapping[str, str]) -> pl.DataFrame:
    """Shortages of every area, of the skills of the table and of those that are taught.

    Args:
        rows: what ``shortages`` gives.
        taught: skills of courses.
        parents: the wider skill of each skill that has one.

    Returns:
        division_code, skill_id, shortage (0 to 1, of the largest of the area and the kind).
    """
    own = {(area, skill): value for area, skill, value in rows.iter_rows()}
    figures = _shares(_with_groups(own, parents), parents)
    areas = sorted({area for area, _ in own})
    skills = sorted({skill for _, skill in own} | set(taught))
    found = [
        (area, skill, value)
        for area in areas
        for skill in skills
        if (value := _nearest(figures, area, skill, parents)) is not None
    ]
    return pl.DataFrame(found, SHORTAGES, orient="row")


def wider(skill: str, parents: Mapping[str, str]) -> Iterator[str]:
    """A skill, its group, its trade; a circle ends after a few steps.

    >>> list(wider("weld", {"weld": "joining", "joining": "manufacturing"}))
    ['weld', 'joining', 'manufacturing']
    """
    for _ in range(MOST_STEPS):
        yield skill
        if skill not in parents:
            return
        skill = parents[skill]


def _nearest(figures: Figures, area: str, skill: str, parents: Mapping[str, str]) -> float | None:
    """The figure of a skill in an area, or the nearest around it; None where there is none."""
    places = ((around, each) for each in wider(skill, parents) for around in ancestors(area))
    return next((figures[place] for place in places if place in figures), None)


def _with_groups(own: Figures, parents: Mapping[str, str]) -> Figures:
    """The figures with those of wider skills: their own rows, else the mean of their skills."""
    parts: dict[tuple[str, str], list[float]] = {}
    for (area, skill), value in own.items():
        for each in list(wider(skill, parents))[1:]:
            parts.setdefault((area, each), []).append(value)
    return {key: sum(values) / len(values) for key, values in parts.items()} | dict(own)


def _shares(figures: Figures, parents: Mapping[str, str]) -> Figures:
    """Each figure as a share of the largest of its area and its kind; 0 where all are 0."""
    groups = frozenset(parents.values())
    kinds = {skill: _kind(skill, parents, groups) for _, skill in figures}
    largest: dict[tuple[str, int], float] = {}
    for (area, skill), value in figures.items():
        kind = (area, kinds[skill])
        largest[kind] = max(largest.get(kind, 0.0), value)
    return {
        (area, skill): value / most if (most := largest[area, kinds[skill]]) else 0.0
        for (area, skill), value in figures.items()
    }


def _kind(skill: str, parents: Mapping[str, str], groups: frozenset[str]) -> int:
    """0 for a skill that holds no other, else how far up it stands: trades 1, their groups 2."""
    return len(list(wider(skill, parents))) if skill in groups else 0


def _measured(table: pl.DataFrame) -> pl.DataFrame:
    """The rows that don't look ahead."""
    if AHEAD not in table.columns:
        return table
    return table.filter(pl.col(AHEAD).cast(pl.Int64, strict=False).fill_null(0) <= 0)


def _known(table: pl.DataFrame, bound: str) -> pl.DataFrame:
    """Keys and bounds, unknown ones left out.

    Raises:
        DemandTableError: a bound is neither empty nor a number.
    """
    number = pl.col(bound).cast(pl.Float64, strict=False)
    wrong = table.filter(pl.col(bound).is_not_null() & (number.is_null() | number.is_infinite()))
    if wrong.height:
        message = f"{wrong.height} rows of the table of demand have no number in {bound}"
        raise DemandTableError(message)
    rows = table.select(*(pl.col(name).cast(pl.String) for name in KEYS), shortage=number)
    return rows.filter(pl.col("shortage").is_not_null() & pl.col("shortage").is_not_nan())


def _latest(table: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """The rows of the latest month that had begun; all of a table without months."""
    if "month" not in table.columns:
        return table
    month = pl.col("month").cast(pl.String).str.slice(0, 7)
    begun = table.filter(month <= f"{as_of.astimezone(CITY_TIME):%Y-%m}")
    return begun.filter(month == month.max())
