"""Plain figures of the table: ads, live vacancies, headcount, freshness, sources, pay.

Each is a frame keyed by month, division_code and skill_id; advertisements whose district isn't
known count for the whole city alone.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

from features.demand.counts import skill_scores
from features.demand.grid import Grid
from features.divisions import district_of

KEY: Final = ("month", "division_code", "skill_id")

LEAST_SALARIES: Final = 5
"""Vacancies with known pay below which no quartile is told."""

QUARTILES: Final = (0.25, 0.5, 0.75)


def located_ads(parsed: pl.DataFrame, vacancies: pl.DataFrame) -> pl.DataFrame:
    """Every advertisement with its month, district (null unknown), vacancy and pay.

    Pay is the middle of what is offered, yuan a month; null where either end is unknown.
    """
    district = (
        pl.col("district_code")
        if "district_code" in parsed.columns
        else district_of("division_code")
    )
    low, high = (
        pl.col(name) if name in parsed.columns else pl.lit(None, pl.Float64)
        for name in ("salary_low", "salary_high")
    )
    refreshed = pl.col("refreshed_on") if "refreshed_on" in parsed.columns else pl.col("posted_on")
    return (
        parsed.select(
            "posting_id",
            "source",
            "posted_on",
            refreshed.alias("refreshed_on"),
            pl.col("posted_on").dt.truncate("1mo").alias("month"),
            district.alias("division_code"),
            pl.col("headcount").cast(pl.Float64),
            ((low + high) / 2).cast(pl.Float64).alias("pay"),
        )
        .join(vacancies.select("posting_id", "vacancy_id", "weight"), on="posting_id")
        .sort("posting_id")
    )


def mentioned(
    ads: pl.DataFrame, mentions: pl.DataFrame, grid: Grid, least_score: float
) -> pl.DataFrame:
    """One row an advertisement and skill: the columns of ``located_ads`` and skill_id."""
    names = pl.lit(pl.Series(list(grid.skills), dtype=pl.String))
    asked = skill_scores(mentions, grid, least_score).select(
        "posting_id", "skill", names.gather(pl.col("skill")).alias("skill_id")
    )
    return ads.join(asked, on="posting_id").sort("posting_id", "skill").drop("skill")


def plain_figures(found: pl.DataFrame, stock: pl.DataFrame, city: str) -> pl.DataFrame:
    """ads, live, headcount, freshness_days and sources of districts and of the city.

    Args:
        found: ``mentioned``.
        stock: vacancy_id, month, live.
        city: code of the whole city.
    """
    parts = [
        _counted(found, stock).filter(pl.col("division_code").is_not_null()),
        _counted(found.with_columns(pl.lit(city).alias("division_code")), stock),
    ]
    return pl.concat(parts)


def salary_quartiles(found: pl.DataFrame, by: Sequence[pl.Expr]) -> pl.DataFrame:
    """Quartiles of the month's pay by some key, of vacancies counted once.

    Args:
        found: ``mentioned``, with whatever ``by`` reads.
        by: key columns.
    """
    known = found.filter((pl.col("weight") > 0) & pl.col("pay").is_not_null())
    quartiles = [
        pl.col("pay").quantile(share, "linear").alias(f"salary_q{round(share * 100)}")
        for share in QUARTILES
    ]
    return (
        known.group_by("month", *by)
        .agg(pl.len().alias("known"), *quartiles)
        .filter(pl.col("known") >= LEAST_SALARIES)
        .drop("known")
    )


def _counted(found: pl.DataFrame, stock: pl.DataFrame) -> pl.DataFrame:
    own = pl.col("weight") > 0
    end = pl.col("month").first().dt.month_end()
    newest = pl.max_horizontal(
        "posted_on",
        pl.when(pl.col("refreshed_on") <= pl.col("month").dt.month_end()).then("refreshed_on"),
    ).max()
    counts = found.group_by(KEY).agg(
        pl.len().cast(pl.Int64).alias("ads"),
        pl.col("headcount").filter(own & pl.col("headcount").is_not_null()).sum().alias("told"),
        (own & pl.col("headcount").is_not_null()).any().alias("any_told"),
        (end - newest).dt.total_days().alias("freshness_days"),
    )
    headcount = pl.when("any_told").then(pl.col("told").round().cast(pl.Int64)).alias("headcount")
    live = (
        found.filter(own)
        .select("vacancy_id", "division_code", "skill_id")
        .join(stock.filter("live").select("vacancy_id", "month"), on="vacancy_id")
        .group_by(KEY)
        .agg(pl.len().cast(pl.Int64).alias("live"))
    )
    return (
        counts.with_columns(headcount)
        .drop("told", "any_told")
        .join(live, on=KEY, how="full", coalesce=True)
        .join(_sources(found), on=KEY, how="left")
        .with_columns(pl.col("ads", "live").fill_null(0))
    )


def _sources(found: pl.DataFrame) -> pl.DataFrame:
    """The mix of sources as text, the largest first: ``board-a 3, board-b 1``."""
    counts = found.group_by(*KEY, "source").agg(pl.len().alias("n"))
    text = pl.col("source") + " " + pl.col("n").cast(pl.String)
    return (
        counts.sort("n", "source", descending=[True, False])
        .group_by(KEY, maintain_order=True)
        .agg(text.str.join(", ").alias("sources"))
    )
