"""Seats wanted by city, district and town, small places leaning on the larger one around them."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import polars as pl

from recsys.planning.interest.areas import LEVELS, PLACE, Areas
from recsys.planning.interest.reading import Interest
from recsys.planning.interest.shrinkage import fitted_shape, shrunk

LEVEL_COLUMNS: Final = ("wanted_mean", "wanted_low", "wanted_high")
"""The level behind ``wanted``: posterior mean, 5 % and 95 % ends."""


def wanted_levels(
    found: Interest, wanted: Mapping[str, pl.DataFrame], by: Sequence[str]
) -> dict[str, pl.DataFrame]:
    """The level behind the seats wanted in each cell.

    Args:
        found: what was asked for; its learners say how large places are.
        wanted: by level, rows of ``PLACE``, the columns ``by`` and ``wanted``.
        by: columns that tell a place's cells apart.

    Returns:
        By level, ``PLACE``, ``by``, wanted_mean, wanted_low, wanted_high: of every cell that
        anybody of the place around it wants, the place's own learners or not. Means of children
        add up to their parent's.
    """
    keys = [*PLACE, *by]
    city = wanted["city"].select(*keys, "wanted").with_columns(expected=pl.lit(0.0))
    levels = {"city": _leaned(city).select(*keys, *LEVEL_COLUMNS)}
    for parent, level in pairwise(LEVELS):
        expected = _expected(levels[parent], _sizes(found, level, by), by)
        rows = wanted[level].select(*keys, "wanted")
        both = rows.join(expected, on=keys, how="full", coalesce=True, nulls_equal=True)
        filled = both.with_columns(pl.col("wanted", "expected").fill_null(0.0)).sort(keys)
        leaned = _within(_leaned(filled), level, found.areas)
        levels[level] = _brought_to(levels[parent], leaned, by).select(*keys, *LEVEL_COLUMNS)
    return levels


def _sizes(found: Interest, level: str, by: Sequence[str]) -> pl.DataFrame:
    """Each place's share of its parent's learners; of an age band where rows tell it."""
    own = [name for name in ("age_band",) if name in by]
    rows = found.areas.at(found.learners, level).group_by([*PLACE, *own]).agg(size=pl.len())
    around = _within(rows, level, found.areas)
    return around.with_columns(share=pl.col("size") / pl.col("size").sum().over(["around", *own]))


def _within(rows: pl.DataFrame, level: str, areas: Areas) -> pl.DataFrame:
    """Rows with ``around``: the code of the row one level up that each is part of.

    Who is of no known district is part of the city all the same.
    """
    city = pl.lit(areas.city, pl.String)
    return rows.with_columns(around=city if level == "district" else pl.col("parent_code"))


def _expected(parents: pl.DataFrame, sizes: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """What the parent's level and a place's size let expect: ``PLACE``, by, expected."""
    own = [name for name in ("age_band",) if name in by]
    above = parents.select(pl.col("division_code").alias("around"), *by, "wanted_mean")
    joined = sizes.join(above, on=["around", *own], nulls_equal=True)
    return joined.select(*PLACE, *by, expected=pl.col("wanted_mean") * pl.col("share"))


def _leaned(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with ``wanted`` and ``expected`` and the level between them."""
    counts, expected = rows["wanted"].to_numpy(), rows["expected"].to_numpy()
    found = shrunk(counts, expected, fitted_shape(counts, expected))
    values = np.stack([found.mean, found.low, found.high])
    return rows.with_columns(
        [pl.Series(name, each) for name, each in zip(LEVEL_COLUMNS, values, strict=True)]
    )


def _brought_to(parents: pl.DataFrame, rows: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """The rows, stretched so that the means of a parent's children add up to its own."""
    above = parents.select(pl.col("division_code").alias("around"), *by, total="wanted_mean")
    joined = rows.join(above, on=["around", *by], how="left", nulls_equal=True)
    summed = pl.col("wanted_mean").sum().over(["around", *by])
    factor = pl.when(summed > 0).then(pl.col("total") / summed).otherwise(1.0)
    return joined.with_columns(pl.col(LEVEL_COLUMNS) * factor)
