"""Factors that bring advertised vacancies to the official count.

Official vacancies are a stock at a month's end, by district, by industry, by both or in total.
The live stock of advertised persons is raked to them (``raking``); each cell's factor then
weighs every vacancy of the cell, those that opened and closed within the month too. Both sides
are pooled over a year: how much of an industry advertises changes slowly, while one month's
stock of a small cell is mostly chance.
"""

from datetime import date
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.vocabulary.industries import industry_of
from features.demand.grid import Grid
from features.demand.raking import Margin, rake

Floats = NDArray[np.float64]

POOLED_MONTHS: Final = 12
"""Months, the month itself the last, whose stocks are compared."""

KINDS: Final = (("district", "industry"), ("district",), ("industry",), ())
"""Ways in which official counts may be classed, the finest, most trusted first."""


def industry_rows(occupations: pl.DataFrame) -> pl.DataFrame:
    """posting_id and industry of what has an occupation.

    Args:
        occupations: posting_id, occupation_code (null unknown).
    """
    codes = occupations["occupation_code"].drop_nulls().unique().to_list()
    names = {code: industry_of(code) for code in codes}
    return occupations.select(
        "posting_id",
        pl.col("occupation_code")
        .replace_strict(names, default=None, return_dtype=pl.String)
        .alias("industry"),
    )


def official_factors(
    rows: pl.DataFrame,
    stock: pl.DataFrame,
    official: pl.DataFrame,
    grid: Grid,
    industries: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """What each vacancy is multiplied by, from official counts; 1 in months without any.

    Args:
        rows: ``counts.vacancy_rows``.
        stock: vacancy_id, month, live.
        official: the contract's ``vacancies``.
        grid: the axes.
        industries: ``industry_rows``; None where no occupation is known. Then counts by
            industry are added up.

    Returns:
        posting_id, factor; in the order of ``rows``.

    Raises:
        RakingError: official counts contradict each other.
    """
    known = _with_industry(rows, industries)
    live = stock.filter("live").join(
        known.select("vacancy_id", "district_code", "industry", "weight", "persons"),
        on="vacancy_id",
    )
    counted = live.group_by("month", "district_code", "industry", maintain_order=True).agg(
        (pl.col("weight") * pl.col("persons")).sum().alias("persons")
    )
    told = _in_city(official, grid)
    parts = [_month_factors(month, counted, told) for month in grid.months]
    factors = pl.concat([part for part in parts if part.height] or [parts[0]])
    keys = ["month", "district_code", "industry"]
    return known.join(factors, on=keys, how="left", nulls_equal=True, maintain_order="left").select(
        "posting_id", pl.col("factor").fill_null(1.0)
    )


def _with_industry(rows: pl.DataFrame, industries: pl.DataFrame | None) -> pl.DataFrame:
    if industries is None:
        return rows.with_columns(pl.lit(None, pl.String).alias("industry"))
    return rows.join(industries, on="posting_id", how="left", maintain_order="left")


def _in_city(official: pl.DataFrame, grid: Grid) -> pl.DataFrame:
    """Official counts with districts on the axes; the whole city's own rows have none."""
    district = pl.col("division_code")
    return official.filter(district.is_null() | district.is_in([*grid.areas, grid.city])).select(
        "month",
        pl.when(district != grid.city).then(district).alias("district"),
        "industry",
        pl.col("vacancies").cast(pl.Float64).alias("target"),
    )


def _month_factors(month: date, counted: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """One month's factors by district and industry, unknown ones (null) included."""
    first = pl.lit(month).dt.offset_by(f"-{POOLED_MONTHS - 1}mo")
    window = pl.col("month").is_between(first, pl.lit(month))
    targets = told.filter(window)
    months = targets["month"].unique()
    cells = (
        counted.filter(pl.col("month").is_in(months.implode()))
        .group_by("district_code", "industry")
        .agg(pl.col("persons").sum())
        .sort("district_code", "industry", nulls_last=True)
        .rename({"district_code": "district"})
    )
    empty = cells.head(0).select(
        pl.lit(month).alias("month"),
        pl.col("district").alias("district_code"),
        "industry",
        pl.col("persons").alias("factor"),
    )
    if not cells.height or not targets.height:
        return empty
    known = _spread(cells)
    margins = _margins(known, targets)
    if not known.height or not margins:
        return empty
    raked = rake(known["persons"].to_numpy(), margins)
    fitted = known.with_columns(pl.Series("factor", raked.factor))
    return _all_cells(cells, fitted).select(
        pl.lit(month).alias("month"),
        pl.col("district").alias("district_code"),
        "industry",
        "factor",
    )


def _spread(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells of known district and industry, raised to carry those of unknown ones.

    Where no industry is known at all, districts stand for themselves.
    """
    placed = cells.filter(pl.col("district").is_not_null())
    coded = placed.filter(pl.col("industry").is_not_null())
    by_district = placed.group_by("district").agg(pl.col("persons").sum().alias("total"))
    if coded.height:
        placed = coded
    inside = pl.col("persons").sum().over("district")
    whole = pl.lit(cells["persons"].sum()) / by_district["total"].sum()
    return (
        placed.join(by_district, on="district", maintain_order="left")
        .with_columns(pl.col("persons") * pl.col("total") / inside * whole)
        .drop("total")
    )


def _margins(known: pl.DataFrame, targets: pl.DataFrame) -> list[Margin]:
    """One margin for each way in which counts are classed, the finest first."""
    if known["industry"].null_count() == known.height:
        split = targets.filter(pl.col("industry").is_not_null())
        whole = split.with_columns(pl.lit(None, pl.String).alias("industry"))
        targets = whole if split.height else targets
    margins: list[Margin] = []
    for kind in KINDS:
        part = targets.filter(
            *(
                pl.col(name).is_not_null() if name in kind else pl.col(name).is_null()
                for name in ("district", "industry")
            )
        )
        if part.height:
            margins.append(_margin(known, part, kind))
    return margins


def _margin(known: pl.DataFrame, part: pl.DataFrame, kind: tuple[str, ...]) -> Margin:
    if not kind:
        return Margin(np.zeros(known.height, dtype=np.int64), np.array([part["target"].sum()]))
    classes = part.group_by(kind).agg(pl.col("target").sum()).sort(kind).with_row_index("class")
    placed = known.join(classes, on=kind, how="left", maintain_order="left")
    label = placed["class"].cast(pl.Int64).fill_null(-1).to_numpy()
    return Margin(label, classes["target"].to_numpy())


def _all_cells(cells: pl.DataFrame, fitted: pl.DataFrame) -> pl.DataFrame:
    """Factors of every cell; an unknown part takes the mean of what is known around it."""
    weighed = pl.col("factor") * pl.col("persons")
    mean = (weighed.sum() / pl.col("persons").sum()).alias("mean")
    by_district = fitted.group_by("district").agg(mean)
    city = fitted.select(mean).item()
    return (
        cells.join(
            fitted.select("district", "industry", "factor"),
            on=["district", "industry"],
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        .join(by_district, on="district", how="left", maintain_order="left")
        .with_columns(pl.coalesce("factor", "mean", pl.lit(city)).alias("factor"))
    )
