"""Parquet files: columns keep their types (dictionaries are text), rows are numbered from 1."""

from pathlib import Path

import polars as pl
import polars.selectors as cs

from data.errors import SourceError
from data.privacy.columns import refuse_forbidden_columns
from data.sources.raw import ROW, no_rejected
from data.sources.sheet import Sheet, unique_names


def read_parquet(path: Path, file: str) -> Sheet:
    """Read one Parquet file.

    Args:
        path: the file.
        file: its name as shown to people.

    Raises:
        SourceError: it isn't Parquet, or is cut short.
        ForbiddenColumnError: a column names data that may never be held.
    """
    try:
        headers = tuple(pl.read_parquet_schema(path))
        refuse_forbidden_columns(headers, file)
        frame = pl.read_parquet(path, glob=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        message = f"{file}: not a readable Parquet file; it may be cut short ({_first_line(error)})"
        raise SourceError(message) from error
    text = frame.with_columns(cs.categorical().cast(pl.String))
    named = text.rename(dict(zip(headers, unique_names(headers), strict=True)))
    return Sheet(
        path=path,
        file=file,
        name=path.stem,
        headers=headers,
        frame=named.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(ROW)),
        rejected=no_rejected(),
        notes=(),
    )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]
