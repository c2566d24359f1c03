"""The chain from contract tables to what advertisements ask for.

postings ─▶ parsed ─▶ vacancies, stock
                  └─▶ mentions, occupations

The one place where the demand table meets the rooms that read postings.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

from features.divisions import district_of
from training.demand.plain_mentions import plain_mentions

Step = Callable[[str], None]
"""Told what begins."""

DAYS_OPEN = 60
"""Days a vacancy counts as live where nobody says when it closed."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Frames of one reading; see docs/demand.md.

    Attributes:
        parsed: one row a posting.
        vacancies: posting_id, vacancy_id, kind, weight.
        stock: vacancy_id, month, live.
        mentions: posting_id, skill_id, score.
        occupations: posting_id, occupation_code; None where occupations aren't told.
    """

    parsed: pl.DataFrame
    vacancies: pl.DataFrame
    stock: pl.DataFrame
    mentions: pl.DataFrame
    occupations: pl.DataFrame | None = None


def read_chain(postings: pl.LazyFrame, vocabulary: pl.DataFrame, last: date, step: Step) -> Chain:
    """Read postings that were known at a cut-off.

    Args:
        postings: the contract table, cut off.
        vocabulary: the contract table ``skills``.
        last: first day of the last month of the stock.
        step: told what begins.
    """
    step("parsing")
    parsed = _parsed(postings.collect())
    step("finding duplicates")
    vacancies = _vacancies(parsed)
    step("finding skills")
    mentions = plain_mentions(parsed, vocabulary)
    return Chain(parsed, vacancies, live_stock(parsed, vacancies, last), mentions)


def live_stock(parsed: pl.DataFrame, vacancies: pl.DataFrame, last: date) -> pl.DataFrame:
    """vacancy_id, month, live: open at each month's end up to that of ``last``."""
    until = pl.coalesce("closed_on", pl.col("posted_on").dt.offset_by(f"{DAYS_OPEN}d"))
    spans = parsed.join(vacancies.filter(pl.col("weight") > 0), on="posting_id").select(
        "vacancy_id",
        pl.date_ranges(
            pl.col("posted_on").dt.truncate("1mo"),
            pl.min_horizontal(until.dt.truncate("1mo"), pl.lit(last)),
            interval="1mo",
        ).alias("month"),
        until.alias("until"),
    )
    return (
        spans.explode("month", empty_as_null=False)
        .filter(pl.col("until") > pl.col("month").dt.month_end())
        .select("vacancy_id", "month", pl.lit(value=True).alias("live"))
        .sort("vacancy_id", "month")
    )


def _parsed(postings: pl.DataFrame) -> pl.DataFrame:
    """The contract's own columns: district by code, pay unread."""
    return postings.with_columns(
        district_of("division_code").alias("district_code"),
        pl.lit(None, pl.Float64).alias("salary_low"),
        pl.lit(None, pl.Float64).alias("salary_high"),
    ).sort("posting_id")


def _vacancies(parsed: pl.DataFrame) -> pl.DataFrame:
    """Postings of the same words for the same district, from the first one on, are copies."""
    words = pl.concat_str(
        "title",
        pl.col("description").fill_null("").str.replace_all(r"[\s\p{P}]", ""),
        pl.col("district_code").fill_null(""),
        separator="\n",
    ).hash()
    first = pl.col("posting_id").sort_by("posted_on", "posting_id").first().over(words)
    copy = pl.col("posting_id") != pl.col("vacancy_id")
    return parsed.select("posting_id", first.alias("vacancy_id")).with_columns(
        pl.when(copy).then(pl.lit("exact")).otherwise(pl.lit("original")).alias("kind"),
        pl.when(copy).then(0.0).otherwise(1.0).alias("weight"),
    )
