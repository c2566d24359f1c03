"""Dates and instants: ISO 8601 only, one way of writing per column, within sane bounds."""

from datetime import UTC, datetime
from typing import Final

import polars as pl

from data.quality.cells import Cells, Reading, judged
from data.sources.raw import Note

ISO_DATE: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
SLASH_DATE: Final = r"^[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}$"
OTHER_DATE: Final = (
    r"^(?:[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{2})|[0-9]{8}"
    r"|[0-9]{4}[.年-][0-9]{1,2}[.月-][0-9]{1,2}日?|[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}[T ].*)$"
)
"""Other ways of writing a date, told apart from text that is no date at all."""

INSTANT: Final = (
    r"^([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(:[0-5][0-9](?:\.[0-9]{1,6})?)?"
)
OFFSET: Final = r"(Z|[+-][0-9]{2}:?[0-9]{2})$"
ISO_FORMAT: Final = "%Y-%m-%dT%H:%M:%S%.f%:z"

OLDEST_YEAR: Final = 1900
YEARS_AHEAD: Final = 10


def dates(text: pl.Series, reading: Reading) -> Cells:
    """Dates of one format; where a column mixes two, the rarer one's rows are refused.

    ``YYYY-MM-DD`` is the contract; ``YYYY/MM/DD`` is accepted where the whole column keeps to it.
    """
    iso, slash = text.str.contains(ISO_DATE), text.str.contains(SLASH_DATE)
    by_slash = (slash.sum() or 0) > (iso.sum() or 0)
    kept = slash if by_slash else iso
    written = text.set(~kept, None)
    values = written.str.to_date("%Y/%m/%d" if by_slash else "%Y-%m-%d", strict=False)
    notes = (_slash_note(text.name),) if by_slash else ()
    return in_range(text, values, reading, _date_rule(mixed=bool(kept.any())), notes)


def _date_rule(*, mixed: bool) -> pl.Expr:
    """Another format beside the column's own is ``mixed_date_format``, anything else ``type``."""
    raw = pl.col("raw")
    is_date = raw.str.contains(ISO_DATE) | raw.str.contains(SLASH_DATE)
    foreign = raw.str.contains(OTHER_DATE) | is_date
    unreadable = (
        raw.str.to_date("%Y-%m-%d", strict=False).is_null()
        & raw.str.to_date("%Y/%m/%d", strict=False).is_null()
    )
    impossible = is_date & unreadable
    return (
        pl.when(foreign & ~impossible & pl.lit(mixed))
        .then(pl.lit("mixed_date_format"))
        .otherwise(pl.lit("type"))
    )


def _slash_note(column: str) -> Note:
    return Note(
        "date_format",
        f"{column} 列的日期写作 年/月/日，已按此读取",
        f"the dates of {column} are written YYYY/MM/DD and were read so",
    )


def instants(text: pl.Series, reading: Reading) -> Cells:
    """Moments with their offset, stored in UTC to the microsecond.

    A time without an offset is refused (``naive_time``) unless the mapping gives its zone.
    """
    told = text.set(~text.str.contains(INSTANT + OFFSET), None)
    values = _spelled(told).str.to_datetime(ISO_FORMAT, time_unit="us", strict=False)
    values = values.cast(pl.Datetime("us", "UTC"))
    naive = text.str.contains(INSTANT + "$")
    if reading.time_zone and naive.any():
        local = _spelled(text.set(~naive, None)).str.to_datetime(
            "%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False
        )
        values = _zip(values, _placed(local, reading.time_zone))
    rule = pl.when(pl.col("raw").str.contains(INSTANT + "$") & pl.lit(not reading.time_zone))
    return in_range(
        text, values, reading, rule.then(pl.lit("naive_time")).otherwise(pl.lit("type"))
    )


def _spelled(text: pl.Series) -> pl.Series:
    """The one spelling that is parsed: T, seconds, numeric offset."""
    spelled = text.str.replace(INSTANT, "${1}T${2}:00")
    with_seconds = text.str.replace(INSTANT, "${1}T${2}${3}")
    short = text.str.contains(r"^[^:]*:[0-9]{2}(?:Z|[+-].*)?$")
    return spelled.zip_with(short, with_seconds).str.replace("Z$", "+00:00")


def _placed(local: pl.Series, zone: str) -> pl.Series:
    """Wall-clock times in a zone; those a clock change repeats or skips stay null."""
    return local.dt.replace_time_zone(
        zone, ambiguous="null", non_existent="null"
    ).dt.convert_time_zone("UTC")


def _zip(first: pl.Series, second: pl.Series) -> pl.Series:
    """The first series where known, else the second."""
    return first.zip_with(first.is_not_null(), second)


def in_range(
    raw: pl.Series,
    values: pl.Series,
    reading: Reading,
    rule: str | pl.Expr,
    notes: tuple[Note, ...] = (),
) -> Cells:
    """Refuse, by its own rule, what lies before 1900 or ten years past the import's clock."""
    oldest, latest = bounds(reading.now)
    if values.dtype == pl.Date:
        inside = values.is_between(oldest.date(), latest.date())
    else:
        inside = values.is_between(oldest, latest)
    read = pl.Series("read", values.is_not_null())
    told = pl.when(pl.lit(read)).then(pl.lit("date_out_of_range"))
    otherwise = pl.lit(rule) if isinstance(rule, str) else rule
    cells = judged(raw, values.set(~inside, None), told.otherwise(otherwise))
    return Cells(cells.values, cells.rules, notes)


def bounds(now: datetime) -> tuple[datetime, datetime]:
    """The earliest and latest moment that is taken for meant."""
    # the 28th is in every month of every year
    latest = now.replace(year=now.year + YEARS_AHEAD, day=min(now.day, 28))
    return datetime(OLDEST_YEAR, 1, 1, tzinfo=UTC), latest.astimezone(UTC)
