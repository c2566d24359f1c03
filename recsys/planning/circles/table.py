"""The table of coverage: village by village, added up to the city."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import polars as pl

from data.city import City
from data.vocab import DIVISION_LEVELS
from features.asof import city_day, known
from features.divisions import CODE_DIGITS
from recsys.planning.circles.cells import COUNTS, cells_of, ground_of
from recsys.planning.circles.circle import ALL, ANYTHING, AREAS, BANDS, CIRCLES, NEEDS, Circle

DIGITS: Final = {"city": 4, "district": 6, "town": 9, "village": CODE_DIGITS}

COLUMNS: Final = (
    "as_of",
    "level",
    "division_code",
    "name",
    "area",
    "circle",
    "limit_min",
    "band",
    "need",
    "persons",
    "covered",
    "uncovered",
    "share",
    "estimated",
    "nearest_venue",
    "nearest_min",
    "within",
    "basis",
)

NEAREST: Final = ("nearest_venue", "nearest_min", "within")
_SEGMENT: Final = ("circle", "band", "need")


def coverage(
    city: City,
    moment: datetime,
    *,
    circles: Sequence[Circle] = CIRCLES,
    needs: Sequence[str] = NEEDS,
    travel_mode: str | None = None,
) -> pl.DataFrame:
    """How many residents have a suitable section within each circle, at every level.

    One row per circle, division, area (urban, rural, unknown; the deepest divisions have ``all``
    alone), age band and access need. ``persons`` and ``covered`` are whole persons: those of a
    division are the sums of those in it, those of all bands the sums of the bands. Persons with a
    need are estimates; where too few registered learners tell how common it is, they are null and
    ``share`` takes it as equally common everywhere. ``nearest_venue`` and ``nearest_min`` (minutes
    one way) are told for the deepest divisions and from the centres of towns, for ``all`` bands
    as whoever has farther to go finds it; ``within`` tells whether that is inside the circle.
    ``basis`` says which sections count.

    Args:
        city: any snapshot.
        moment: the cut-off, with an offset from UTC.
        circles: which circles.
        needs: which of ``circle.NEEDS``.
        travel_mode: one of ``data.vocab.TRAVEL_MODES``; None: on foot or by transit.

    Returns:
        ``COLUMNS``, sorted by circle, level (the city first), division, area, band and need.

    Raises:
        CutOffError: the cut-off has no offset from UTC.
        PlaceError: people live in divisions none of which has a point.
    """
    ground = ground_of(city, moment, travel_mode)
    cells = cells_of(ground, circles, needs)
    homes = _coded(cells.filter("home")).with_columns(pl.lit(ALL).alias("area"))
    upper = [_added_up(homes, level, cells) for level in ("city", "district", "town")]
    rows = pl.concat([*upper, homes], how="diagonal")
    limits = {circle.name: circle.minutes for circle in circles}
    told = rows.with_columns(
        pl.lit(city_day(moment)).alias("as_of"),
        pl.col("circle").replace_strict(limits, return_dtype=pl.Float64).alias("limit_min"),
        (pl.col("persons") - pl.col("covered")).alias("uncovered"),
        _share(),
        pl.lit(ground.sites.basis).alias("basis"),
    )
    names = known(city, "divisions", moment).select("division_code", "name").collect()
    named = told.join(names, on="division_code", how="left")
    # Public numbers and city-wide shares alone: nobody registered stands behind a cell, so no
    # cell is suppressed here. Where that changes, this is the place.
    return named.sort(_order([circle.name for circle in circles])).select(COLUMNS)


def worst(
    table: pl.DataFrame, count: int, *, circle: str, level: str | None = None
) -> pl.DataFrame:
    """The cells with the most residents outside a circle, the largest first.

    Args:
        table: of ``coverage``.
        count: how many at most.
        circle: name of the circle.
        level: of the cells; left out, the deepest there is.
    """
    rows = table.filter(pl.col("circle") == circle, *everybody(), pl.col("uncovered") > 0)
    chosen = level or max(rows["level"].unique(), key=DIVISION_LEVELS.index, default="village")
    here = rows.filter(pl.col("level") == chosen)
    return here.sort("uncovered", "division_code", descending=[True, False]).head(count)


def streets_without(
    city: City, moment: datetime, *, travel_mode: str | None = None
) -> pl.DataFrame:
    """Inhabited towns and streets from whose centre nothing at all is taught within half an hour.

    Returns:
        division_code, name, persons, covered (persons of its villages who do have something
        within it), nearest_venue, nearest_min; most persons first.
    """
    table = coverage(city, moment, circles=[ANYTHING], needs=[ALL], travel_mode=travel_mode)
    towns = table.filter(pl.col("level") == "town", pl.col("area") == ALL, pl.col("persons") > 0)
    people = towns.filter(pl.col("band") == ALL)
    # a class that some age may visit is something; who it is too young or too old for, the table
    # of coverage tells
    some = towns.filter(pl.col("band") != ALL).sort("nearest_min", nulls_last=True)
    nearest = some.group_by("division_code", maintain_order=True).agg(
        pl.col("nearest_venue").first(), pl.col("nearest_min").first(), pl.col("within").any()
    )
    far = people.drop(NEAREST).join(nearest, on="division_code").filter(~pl.col("within"))
    columns = ("division_code", "name", "persons", "covered", "nearest_venue", "nearest_min")
    return far.sort("persons", "division_code", descending=[True, False]).select(columns)


def everybody() -> list[pl.Expr]:
    """Rows of all areas, bands and needs."""
    return [pl.col(name) == ALL for name in ("area", "band", "need")]


def _coded(cells: pl.DataFrame) -> pl.DataFrame:
    """The cells with their level: the widest whose code is the division's own."""
    code = pl.col("division_code")
    level = pl.coalesce(
        pl.when(code == _cut(digits)).then(pl.lit(level)) for level, digits in DIGITS.items()
    )
    return cells.with_columns(level.alias("level"))


def _cut(digits: int) -> pl.Expr:
    return pl.col("division_code").str.slice(0, digits).str.pad_end(CODE_DIGITS, "0")


def _added_up(homes: pl.DataFrame, level: str, cells: pl.DataFrame) -> pl.DataFrame:
    """Divisions of a level as the sums of the deepest ones in them, by area and in all."""
    around = _cut(DIGITS[level])
    inside = homes.filter(pl.col("division_code") != around).with_columns(division_code=around)
    areas = inside.with_columns(
        pl.when("urban")
        .then(pl.lit("urban"))
        .when(~pl.col("urban"))
        .then(pl.lit("rural"))
        .otherwise(pl.lit("unknown"))
        .alias("area")
    )
    told = pl.col("persons").is_not_null().all()
    sums = (
        pl.concat([inside, areas])
        .group_by("division_code", "area", *_SEGMENT)
        .agg(
            *(pl.when(told).then(pl.col(name).sum()).alias(name) for name in COUNTS[:2]),
            *(pl.col(name).sum() for name in COUNTS[2:]),
            pl.col("estimated").any(),
        )
        .with_columns(pl.lit(level).alias("level"))
    )
    centres = cells.filter(~pl.col("home")).select(
        "division_code", *_SEGMENT, *NEAREST, pl.lit(ALL).alias("area")
    )
    return sums.join(centres, on=["division_code", "area", *_SEGMENT], how="left")


def _share() -> pl.Expr:
    """Covered over all; null where nobody is there."""
    weight = pl.col("weight")
    return pl.when(weight > 0).then(pl.col("weight_covered") / weight).alias("share")


def _order(circles: Sequence[str]) -> list[pl.Expr]:
    """Circles as asked for, then from the city down, and vocabularies in their own order."""
    bands = (ALL, *(band.name for band in BANDS))
    return [
        pl.col("circle").cast(pl.Enum(circles)),
        pl.col("level").cast(pl.Enum(DIVISION_LEVELS)),
        pl.col("division_code"),
        pl.col("area").cast(pl.Enum(AREAS)),
        pl.col("band").cast(pl.Enum(bands)),
        pl.col("need").cast(pl.Enum(NEEDS)),
    ]
