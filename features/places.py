"""Where people live: the deepest divisions that have residents, each with a point.

Registers differ in how deep they count. A division that tells no number takes the sum of the
divisions in it, where all of those tell; else an even part of what the division around it has
beyond those that tell. So a district's rows add up to the district's own number wherever the
deeper rows leave that open, and every shared number is marked.
"""

from datetime import datetime
from typing import Final

import polars as pl

from data.city import City
from features.asof import known
from features.divisions import CODE_DIGITS, district_of
from features.errors import PlaceError

COLUMNS: Final = (
    "division_code",
    "town_code",
    "district_code",
    "population",
    "population_60plus",
    "urban",
    "lon",
    "lat",
    "shared",
)

DIGITS: Final = {"city": 4, "district": 6, "town": 9, "village": CODE_DIGITS}
"""Significant digits of a code by level, the widest first."""

PEOPLE: Final = ("population", "population_60plus")


def residents(city: City, moment: datetime) -> pl.DataFrame:
    """The people of each deepest division, by division_code.

    Columns: division_code; town_code and district_code (null above that level); population and
    population_60plus (persons, fractions where shared out; the latter null where nobody tells);
    urban (null unknown); lon and lat (WGS84 degrees; the division's own, else those of the next
    division around it, else the mean of the city's points); shared (whether population isn't the
    division's own number). Divisions without people are left out.

    Args:
        city: any snapshot; without ``divisions`` nobody lives anywhere.
        moment: the cut-off, with an offset from UTC.

    Raises:
        CutOffError: the cut-off has no offset from UTC.
        PlaceError: people live in divisions none of which has a point.
    """
    rows = known(city, "divisions", moment).collect()
    nodes = _inside(rows.with_columns(digits=_digits()).sort("division_code"))
    for digits in (9, 6, 4):
        nodes = _summed(nodes, digits)
    nodes = _with_siblings(nodes)
    for digits in (6, 9, CODE_DIGITS):
        nodes = _handed_down(nodes, digits)
    deepest = nodes.join(nodes, left_on="division_code", right_on="around", how="anti")
    people = deepest.filter(pl.col("population") > 0).with_columns(_codes())
    return _located(people, rows).select(COLUMNS).sort("division_code")


def _digits() -> pl.Expr:
    return pl.col("level").cast(pl.String).replace_strict(DIGITS, return_dtype=pl.Int64)


def _inside(rows: pl.DataFrame) -> pl.DataFrame:
    """Each division with the deepest listed one ``around`` it (null for the widest)."""
    nodes = rows.select(
        "division_code", "digits", *(pl.col(name).cast(pl.Float64) for name in PEOPLE),
        "urban", "lon", "lat", told=pl.col("population").is_not_null(),
    )  # fmt: skip
    listed = nodes.select(pl.col("division_code").alias("around"), pl.col("digits").alias("wide"))
    chains = [
        nodes.filter(pl.col("digits") > digits)
        .select("division_code", around=_cut(digits))
        .join(listed.filter(pl.col("wide") == digits), on="around")
        for digits in (4, 6, 9)
    ]
    deepest = pl.col("around").max_by("wide")
    around = pl.concat(chains).group_by("division_code").agg(deepest)
    return nodes.join(around, on="division_code", how="left", maintain_order="left")


def _cut(digits: int) -> pl.Expr:
    return pl.col("division_code").str.slice(0, digits).str.pad_end(CODE_DIGITS, "0")


def _summed(nodes: pl.DataFrame, digits: int) -> pl.DataFrame:
    """Divisions of a level that tell no number take the sum of those in them, if all tell."""
    whole = [
        pl.when(pl.col(name).is_not_null().all()).then(pl.col(name).sum()).alias(f"{name}_in")
        for name in PEOPLE
    ]
    inside = nodes.group_by("around").agg(*whole, told_in=pl.col("told").all())
    level = pl.col("digits") == digits
    filled = [
        pl.when(level).then(pl.coalesce(name, f"{name}_in")).otherwise(pl.col(name)).alias(name)
        for name in PEOPLE
    ]
    told = pl.col("told") | (level & pl.col("told_in").fill_null(value=False))
    joined = nodes.join(
        inside, left_on="division_code", right_on="around", how="left", maintain_order="left"
    )
    return joined.with_columns(*filled, told=told).select(nodes.columns)


def _with_siblings(nodes: pl.DataFrame) -> pl.DataFrame:
    """What the divisions around the same place tell together, and how many of them don't."""
    sums = [pl.col(name).sum().over("around").alias(f"{name}_told") for name in PEOPLE]
    return nodes.with_columns(*sums, silent=pl.col("population").is_null().sum().over("around"))


def _handed_down(nodes: pl.DataFrame, digits: int) -> pl.DataFrame:
    """Divisions of a level still without a number take their part of the one around them.

    Residents are shared evenly. Those from 60 on are shared by residents, among the divisions
    that don't tell them.
    """
    above = nodes.select("division_code", *PEOPLE, "urban")
    joined = nodes.join(
        above,
        left_on="around",
        right_on="division_code",
        how="left",
        suffix="_above",
        maintain_order="left",
    )
    level = pl.col("digits") == digits
    left = (pl.col("population_above") - pl.col("population_told")).clip(lower_bound=0)
    even = pl.when(level).then(left / pl.col("silent"))
    residents = joined.with_columns(
        population=pl.coalesce("population", even), urban=pl.coalesce("urban", "urban_above")
    )
    silent = pl.col("population_60plus").is_null()
    part = pl.when(silent).then(pl.col("population"))
    share = part / part.sum().over("around")
    elders_left = (pl.col("population_60plus_above") - pl.col("population_60plus_told")).clip(
        lower_bound=0
    )
    given = elders_left * share.fill_nan(0.0)
    # a plain minimum would pass over an unknown part and make everybody an elder
    most = pl.when(given > pl.col("population")).then("population").otherwise(given)
    elders = pl.when(level & silent).then(most)
    filled = residents.with_columns(population_60plus=pl.coalesce("population_60plus", elders))
    return filled.select(nodes.columns)


def _codes() -> list[pl.Expr]:
    return [
        pl.when(pl.col("digits") >= DIGITS["town"]).then(_cut(9)).alias("town_code"),
        district_of("division_code").alias("district_code"),
        (~pl.col("told")).alias("shared"),
    ]


def _located(people: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Each division's own point, else that of the next one around it, else the city's mean."""
    points = rows.select("division_code", "lon", "lat").drop_nulls()
    if people.is_empty():
        return people
    if points.is_empty():
        message = (
            f"none of {rows.height:,} divisions has a point; expected lon and lat of the city "
            "at least"
        )
        raise PlaceError(message)
    at = people.drop("lon", "lat")
    for digits in reversed(DIGITS.values()):
        named = points.rename({"lon": f"lon_{digits}", "lat": f"lat_{digits}"})
        at = at.with_columns(near=_cut(digits)).join(
            named, left_on="near", right_on="division_code", how="left", maintain_order="left"
        )
    return at.with_columns(
        pl.coalesce(*(f"{axis}_{digits}" for digits in reversed(DIGITS.values())))
        .fill_null(points[axis].mean())
        .alias(axis)
        for axis in ("lon", "lat")
    )
