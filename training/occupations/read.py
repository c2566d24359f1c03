"""Reads a file of job advertisements whose columns the caller names."""

from pathlib import Path

import polars as pl

from training.errors import TrainingError
from training.files import read_file


class TitleFileError(TrainingError):
    """A file of titles that can't be read; says what was missing and what was there."""


def read_titles(path: Path, title: str, description: str | None) -> pl.DataFrame:
    """The postings of a file.

    Args:
        path: a .parquet or .csv file.
        title: its column of titles.
        description: its column of free texts, where it has one.

    Returns:
        posting_id (the row's number from 0, as text), title, description; rows in order.

    Raises:
        TitleFileError: the file can't be read or lacks a column.
    """
    table = read_file(path, TitleFileError)
    wanted = [title, *([description] if description else [])]
    missing = [name for name in wanted if name not in table.columns]
    if missing:
        message = f"{path} lacks column {missing}; it has {table.columns}"
        raise TitleFileError(message)
    text = pl.col(description).cast(pl.String) if description else pl.lit(None, pl.String)
    return table.select(
        pl.int_range(pl.len()).cast(pl.String).alias("posting_id"),
        title=pl.col(title).cast(pl.String),
        description=text,
    )
