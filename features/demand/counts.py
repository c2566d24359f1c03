"""From parsed postings, vacancies and skill mentions to counts by month, area and skill.

An *opening* here is one vacancy and one skill that it asks for. A vacancy counts in the month
and district of its first advertisement, with the persons it seeks; where it doesn't say how many,
with the mean of those that do. Its weight is the product of

    weight of the vacancy (duplicates and caps) x probability that the skill is asked for / recall
    x persons x factor of official counts

and cells add weights up. From the sums and sums of squares come the effective ads of a cell,
n_eff = (sum w)² / sum w² (Kish 1965): what as many equal, independent ads would tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from features.demand.grid import Grid
from features.divisions import district_of

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

PERSONS_UNKNOWN = 1.0
"""Persons of a vacancy where not one of all vacancies says how many it seeks."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How well skills are read from texts, as a gold set tells.

    Attributes:
        recall: share of the skills asked for that are found, 0 to 1.
        least_score: mentions less probable than this aren't counted.
        spread: relative error of one skill's count that no number of ads removes: a word that is
            always missed or always misread. It widens every interval; what reading gets wrong
            at random is in the calibrated intervals already.
    """

    recall: float = 1.0
    least_score: float = 0.0
    spread: float = 0.0


def vacancy_rows(parsed: pl.DataFrame, vacancies: pl.DataFrame) -> pl.DataFrame:
    """One row per vacancy that counts, in order of its id.

    Args:
        parsed: posting_id, district_code or division_code, headcount, posted_on at least.
        vacancies: posting_id, vacancy_id, weight; postings of weight 0 are copies.

    Returns:
        posting_id, vacancy_id, month, district_code (null unknown), weight, headcount (null
        unknown), persons (never null).
    """
    district = (
        pl.col("district_code")
        if "district_code" in parsed.columns
        else district_of("division_code")
    )
    known = parsed.select(
        "posting_id",
        pl.col("posted_on").dt.truncate("1mo").alias("month"),
        district.alias("district_code"),
        pl.col("headcount").cast(pl.Float64),
    )
    kept = vacancies.filter(pl.col("weight") > 0).select(
        "posting_id", "vacancy_id", pl.col("weight").cast(pl.Float64)
    )
    rows = known.join(kept, on="posting_id", how="inner").sort("posting_id")
    usual = rows["headcount"].mean()
    fill = usual if isinstance(usual, float) else PERSONS_UNKNOWN
    return rows.with_columns(pl.col("headcount").fill_null(fill).alias("persons"))


def opening_rows(
    rows: pl.DataFrame, mentions: pl.DataFrame, grid: Grid, reading: Reading
) -> pl.DataFrame:
    """One row per vacancy and skill it asks for, in order of both.

    Args:
        rows: ``vacancy_rows``.
        mentions: posting_id, skill_id, score (0 to 1).
        grid: axes; what lies outside is left out.
        reading: how mentions become counts.

    Returns:
        posting_id, vacancy_id, the numbers month, area (A where the district is unknown) and
        skill, weight (before official counts), persons, headcount.
    """
    asked = skill_scores(mentions, grid, reading.least_score)
    located = rows.select(
        "posting_id",
        "vacancy_id",
        _placed("month", grid.months, pl.Date).alias("month"),
        _placed("district_code", grid.areas, pl.String).fill_null(len(grid.areas)).alias("area"),
        "weight",
        "headcount",
        "persons",
    ).drop_nulls("month")
    weight = pl.col("weight") * pl.col("score") / reading.recall
    return (
        located.join(asked, on="posting_id", how="inner")
        .with_columns(weight.alias("weight"))
        .drop("score")
        .sort("posting_id", "skill")
    )


def skill_scores(mentions: pl.DataFrame, grid: Grid, least: float) -> pl.DataFrame:
    """The best score of each posting and skill: posting_id, skill (number), score."""
    return (
        mentions.filter(pl.col("score") >= least)
        .select("posting_id", _placed("skill_id", grid.skills, pl.String).alias("skill"), "score")
        .drop_nulls("skill")
        .group_by("posting_id", "skill")
        .agg(pl.col("score").cast(pl.Float64).max())
    )


def tally(
    openings: pl.DataFrame, values: Floats, shape: tuple[int, int, int], *, area: bool = True
) -> Floats:
    """Values added up by cell, always in the same order, so that bytes repeat.

    Args:
        openings: ``opening_rows``.
        values: one each.
        shape: (M, A, K).
        area: whether by area, A + 1 of them, the last unknown; else of the whole city as one.
    """
    month, skill = (openings[name].to_numpy().astype(np.int64) for name in ("month", "skill"))
    places = openings["area"].to_numpy().astype(np.int64) if area else np.zeros_like(month)
    full = (shape[0], shape[1] + 1 if area else 1, shape[2])
    flat = np.ravel_multi_index((month, places, skill), full)
    total = np.bincount(flat, values, int(np.prod(full))).astype(np.float64)
    return total.reshape(full)


def effective(total: Floats, squares: Floats) -> Floats:
    """n_eff = (sum w)² / sum w²; 0 where nothing is.

    Four ads, one of them of three persons: as much as three ads of two persons.

    >>> effective(np.array([6.0]), np.array([12.0])).tolist()
    [3.0]
    """
    return np.divide(total**2, squares, out=np.zeros_like(total), where=squares > 0)


def spread_unknown(openings: pl.DataFrame, weight: Floats, grid: Grid) -> Floats:
    """Weights in which each month's known districts carry what names none.

    An advertisement without a place is as likely anywhere as those with one; so the districts
    of a month are raised by total / known, and together hold the whole city.

    Returns:
        A weight each; 0 for rows of unknown district, unless their month knows none at all.
    """
    month = openings["month"].to_numpy().astype(np.int64)
    known = openings["area"].to_numpy() < len(grid.areas)
    total = np.bincount(month, weight, len(grid.months))
    told = np.bincount(month[known], weight[known], len(grid.months))
    factor = np.divide(total, told, out=np.ones_like(total), where=told > 0)
    return np.where(known, weight * factor[month], np.where(told[month] > 0, 0.0, weight))


def _placed(column: str, values: Sequence[object], dtype: type[pl.DataType]) -> pl.Expr:
    """The place of each value on an axis; null where it isn't on it."""
    places = pl.Series(range(len(values)), dtype=pl.Int64)
    known = pl.Series(list(values), dtype=dtype)
    return pl.col(column).replace_strict(known, places, default=None, return_dtype=pl.Int64)
