"""Columns that a typed file (Parquet) brings in another type than the contract's.

Only casts that lose nothing are made; every other given cell is refused.
"""

from datetime import time

import polars as pl

from data.quality.cells import Cells, Reading, judged

LARGEST_EXACT: int = 2**53
"""Beyond this a float doesn't hold every whole number."""


def whole(values: pl.Series) -> Cells:
    """Integers of any width, and floats that are whole, as Int64."""
    if values.dtype.is_integer():
        return judged(values, values.cast(pl.Int64, strict=False))
    if not values.dtype.is_numeric():
        return refused(values, pl.Int64())
    exact = (values == values.round(0)) & (values.abs() <= LARGEST_EXACT)
    return judged(values, values.set(~exact, None).cast(pl.Int64, strict=False))


def real(values: pl.Series) -> Cells:
    """Numbers as finite Float64."""
    if not values.dtype.is_numeric():
        return refused(values, pl.Float64())
    if values.dtype.is_integer():
        wide = values.cast(pl.Int64, strict=False)
        exact = wide.is_between(-LARGEST_EXACT, LARGEST_EXACT)
        return judged(values, wide.set(~exact, None).cast(pl.Float64))
    cast = values.cast(pl.Float64)
    return judged(values, cast.set(~cast.is_finite(), None), "not_finite")


def day(values: pl.Series) -> pl.Series:
    """Dates, and instants without a zone that are midnight, as Date; else null."""
    if values.dtype == pl.Date:
        return values
    if isinstance(values.dtype, pl.Datetime) and values.dtype.time_zone is None:
        dates = values.dt.date()
        return dates.set(values.dt.time() != time.min, None)
    return pl.Series(values.name, [None], dtype=pl.Date).new_from_index(0, len(values))


def moment(values: pl.Series, reading: Reading) -> pl.Series:
    """Datetimes as UTC microseconds; those without a zone only if the mapping gives one."""
    target = pl.Datetime("us", "UTC")
    if not isinstance(values.dtype, pl.Datetime):
        return pl.Series(values.name, [None], dtype=target).new_from_index(0, len(values))
    exact = values.set(_finer_than_micros(values), None)
    if values.dtype.time_zone is not None:
        return exact.dt.convert_time_zone("UTC").cast(target)
    if reading.time_zone is None:
        return pl.Series(values.name, [None], dtype=target).new_from_index(0, len(values))
    placed = exact.dt.replace_time_zone(reading.time_zone, ambiguous="null", non_existent="null")
    return placed.dt.convert_time_zone("UTC").cast(target)


def _finer_than_micros(values: pl.Series) -> pl.Series:
    return (values.dt.nanosecond() % 1000 != 0).fill_null(value=False)


def flag(values: pl.Series) -> Cells:
    """Booleans only; a number is no truth."""
    return Cells(values) if values.dtype == pl.Boolean else refused(values, pl.Boolean())


def refused(values: pl.Series, dtype: pl.DataType, rule: str = "type") -> Cells:
    """No cell of such a column can be read."""
    nothing = pl.Series(values.name, [None], dtype=dtype).new_from_index(0, len(values))
    return judged(values, nothing, rule)
