"""The advertisements behind a city's demand, as the signals of a shortage read them."""

from datetime import date, datetime
from typing import Final

import polars as pl

from data.city import City
from features.asof import known
from features.demand.build import Demand
from features.demand.grid import after
from features.postings.employer import employer_key

YEAR: Final = 12
"""Months that signals look back on."""

ADS: Final = pl.Schema(
    {
        "posting_id": pl.String(),
        "vacancy_id": pl.String(),
        "month": pl.Date(),
        "division_code": pl.String(),
        "skill_id": pl.String(),
        "counted": pl.Boolean(),
        "source": pl.String(),
        "employer": pl.String(),
        "days": pl.Int64(),
    }
)
"""One row an advertisement and skill that it asks for; district, employer and days may be null."""


def advertisements(city: City, demand: Demand, moment: datetime) -> pl.DataFrame:
    """Every advertisement that the demand table counted, as known at a moment.

    Args:
        city: the snapshot.
        demand: what was made of it.
        moment: the cut-off, with an offset from UTC.

    Returns:
        ``ADS``, by posting and skill; ``days`` from posting to closing.
    """
    told = (
        known(city, "postings", moment)
        .select(
            "posting_id",
            employer_key(pl.col("company")).alias("employer"),
            (pl.col("closed_on") - pl.col("posted_on")).dt.total_days().alias("days"),
        )
        .collect()
    )
    found = demand.facts.found.with_columns((pl.col("weight") > 0).alias("counted"))
    return (
        found.join(told, on="posting_id", how="left", maintain_order="left")
        .select(pl.col(name).cast(dtype) for name, dtype in ADS.items())
        .sort("posting_id", "skill_id")
    )


def of_the_year(ads: pl.DataFrame, month: date) -> pl.DataFrame:
    """Those of the last twelve months."""
    return ads.filter(pl.col("month") > after(month, -YEAR), pl.col("month") <= month)
