"""What else speaks for a shortage or against it: pay, copies, who advertises, a single month.

Signals stand beside a gap, and tell its cause; what rests on too little is null.
"""

from datetime import date
from typing import Final

import polars as pl

from features.demand.grid import after
from recsys.planning.gaps.ads import YEAR, of_the_year
from recsys.planning.gaps.seekers import CELL

PAY_MONTHS: Final = 3
"""Months of pay that are held against the same months a year before."""

LEAST_ADS: Final = 5
"""Advertisements of a year below which a share of them says nothing."""

SPIKE: Final = 3.0
"""Times the mean of the other months' vacancies from which one month stands alone."""


def pay_signals(table: pl.DataFrame, families: pl.DataFrame, month: date) -> pl.DataFrame:
    """Growth of pay over a year, and pay against the trade, both at the row's own level.

    Args:
        table: rows of the demand table, of all its months.
        families: skill_id, trade.
        month: the month gaps are told for.

    Returns:
        division_code, skill_id, wage_growth (.05 is 5 % a year) and wage_level (1 is the trade's
        middle); null where months of both years, at one level, aren't known.
    """
    now = _pay(table, after(month, 1 - PAY_MONTHS), month)
    before = _pay(table, after(month, 1 - PAY_MONTHS - YEAR), after(month, -YEAR))
    grown = now.join(before, on=[*CELL, "level"], how="left", suffix="_before")
    middle = pl.col("pay").median().over("division_code", "trade")
    return (
        grown.join(families, on="skill_id", how="left")
        .select(
            *CELL,
            (pl.col("pay") / pl.col("pay_before") - 1).alias("wage_growth"),
            (pl.col("pay") / middle).alias("wage_level"),
        )
        .sort(CELL)
    )


def _pay(table: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """Mean of the months' median pay, at the level of the last of them that tells one."""
    rows = table.filter(
        pl.col("month").is_between(first, last), pl.col("salary_q50").is_not_null()
    ).sort(*CELL, "month")
    level = pl.col("level").last().over(CELL)
    return (
        rows.filter(pl.col("level") == level)
        .group_by(*CELL, "level", maintain_order=True)
        .agg(pl.col("salary_q50").mean().alias("pay"))
    )


def ad_signals(ads: pl.DataFrame, month: date) -> pl.DataFrame:
    """What a year's advertisements look like.

    Args:
        ads: ``ads.ADS``, of any months.
        month: the last of the year.

    Returns:
        division_code, skill_id, evidence (advertisements), repost_rate (copies among them;
        null below ``LEAST_ADS``), one_source and one_employer (whether a single one brought
        them all; null likewise), spike (whether the month brought more than ``SPIKE`` times the
        mean of the others).
    """
    year = of_the_year(ads, month).filter(pl.col("division_code").is_not_null())
    months = max(1, year["month"].n_unique())
    enough = pl.len() >= LEAST_ADS
    newest = (pl.col("counted") & (pl.col("month") == month)).sum()
    others = (pl.col("counted") & (pl.col("month") < month)).sum() / max(1, months - 1)
    return (
        year.group_by(CELL)
        .agg(
            pl.len().cast(pl.Int64).alias("evidence"),
            pl.when(enough).then((~pl.col("counted")).mean()).alias("repost_rate"),
            pl.when(enough).then(pl.col("source").n_unique() == 1).alias("one_source"),
            pl.when(enough)
            .then((pl.col("employer").n_unique() == 1) & pl.col("employer").is_not_null().all())
            .alias("one_employer"),
            ((newest > SPIKE * others) & (newest >= LEAST_ADS)).alias("spike"),
        )
        .sort(CELL)
    )
