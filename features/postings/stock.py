"""Live stock: which vacancies stand at the end of each month.

A posting stands from its day to its closing; while that isn't known, ``OPEN_DAYS`` from the last
day it was posted or refreshed. A vacancy stands as its first posting does. A copy that appears
while the vacancy stands lengthens nothing, or whoever posts most would count longest; one that
appears after it has closed opens it again.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

import polars as pl

from features.asof import city_day, in_utc, postings_before

OPEN_DAYS: Final = 60
"""Days that a posting stands while its closing isn't known."""


def known_postings(parsed: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Parsed postings as they were known at an instant; doing it twice changes nothing.

    Raises:
        CutOffError: the instant has no offset.
    """
    return postings_before(parsed.lazy(), city_day(in_utc(as_of))).collect()


def live_stock(parsed: pl.DataFrame, vacancies: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Which vacancies stood in each month that was over, by what was known at an instant.

    Args:
        parsed: parsed postings; what came after the instant is left out.
        vacancies: posting_id and vacancy_id, as ``find_vacancies`` gives.
        as_of: the instant, with an offset from UTC.

    Returns:
        vacancy_id, month (its first day) and live (whether the vacancy stands at the month's
        end), a row for each month in which the vacancy stood at all, by vacancy and month.

    Raises:
        CutOffError: the instant has no offset.
    """
    day = city_day(in_utc(as_of))
    spells = _spells(known_postings(parsed, as_of), vacancies)
    last = pl.lit(day).dt.truncate("1mo").dt.offset_by("-1mo")
    until = pl.min_horizontal(pl.col("until").dt.truncate("1mo"), last)
    months = pl.date_ranges(pl.col("since").dt.truncate("1mo"), until, "1mo")
    over = spells.filter(pl.col("since").dt.truncate("1mo") <= last)
    told = over.with_columns(months.alias("month")).explode("month")
    ends = pl.col("month").dt.month_end()
    return (
        told.with_columns(live=(pl.col("since") <= ends) & (pl.col("until") > ends))
        .group_by("vacancy_id", "month")
        .agg(pl.col("live").any())
        .sort("vacancy_id", "month")
    )


def _spells(known: pl.DataFrame, vacancies: pl.DataFrame) -> pl.DataFrame:
    """vacancy_id, since and until (the day it no longer stands) of each time a vacancy stood."""
    seen = pl.max_horizontal("posted_on", "refreshed_on")
    until = pl.coalesce("closed_on", seen + timedelta(days=OPEN_DAYS))
    rows = (
        known.select("posting_id", since="posted_on", until=until)
        .join(vacancies.select("posting_id", "vacancy_id"), on="posting_id")
        .sort("vacancy_id", "since", "posting_id")
        .select("vacancy_id", "since", "until")
    )
    single = ~pl.struct("vacancy_id").is_duplicated()
    several = pl.DataFrame(_reopened(rows.filter(~single)), schema=rows.schema, orient="row")
    return pl.concat([rows.filter(single), several])


def _reopened(rows: pl.DataFrame) -> Iterator[tuple[str, date, date]]:
    """Each vacancy's first posting, and every one posted after those before had closed."""
    standing: tuple[str, date] | None = None
    for vacancy_id, since, until in rows.iter_rows():
        if standing is None or standing[0] != vacancy_id or since >= standing[1]:
            standing = (vacancy_id, until)
            yield vacancy_id, since, until
