"""How a table lies in its file: columns of the contract, as Parquet or as CSV text."""

from typing import Final

import polars as pl

from data.tables import TABLES

CSV_TABLES: Final = ("venues", "sections", "jobseekers")
"""Tables written as CSV, to exercise the import; the others are Parquet."""


def conformed(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with all columns of its contract in order and type; absent ones are null."""
    columns = TABLES[table].columns()
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(column.dtype).alias(name)
        for name, column in columns.items()
    )


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Closed vocabularies as plain text, as another program would write them."""
    return frame.with_columns(
        pl.col(name).cast(pl.List(pl.String) if isinstance(dtype, pl.List) else pl.String)
        for name, dtype in frame.schema.items()
        if isinstance(dtype.inner if isinstance(dtype, pl.List) else dtype, pl.Enum)
    )


def as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Every cell as a CSV cell: JSON arrays, ISO 8601 in city time, true and false."""
    return frame.select(_cell(name, dtype) for name, dtype in frame.schema.items())


def _cell(name: str, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.List):
        quoted = pl.col(name).list.eval('"' + pl.element() + '"')
        return ("[" + quoted.list.join(", ") + "]").alias(name)
    if isinstance(dtype, pl.Datetime):
        local = pl.col(name).dt.convert_time_zone("Asia/Shanghai")
        return local.dt.strftime("%Y-%m-%dT%H:%M:%S%:z")
    return pl.col(name).cast(pl.String)
