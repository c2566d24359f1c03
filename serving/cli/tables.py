"""Tables that people hand to a verb: CSV, JSON and Parquet, with codes and ids as text."""

from pathlib import Path
from typing import Final

import polars as pl

from data.errors import XuepeiError

TEXT: Final[tuple[str, ...]] = ("division_code", "skill_id", "category", "slot", "age_band")
"""Columns that are text whatever they look like: a code read as a number loses its zeros."""


def read_table(path: Path) -> pl.DataFrame:
    """A table from a file.

    Raises:
        XuepeiError: it can't be read, or isn't of a known kind.
    """
    text: dict[str, type[pl.DataType]] = dict.fromkeys(TEXT, pl.String)
    try:
        if path.suffix == ".csv":
            return pl.read_csv(path, schema_overrides=text)
        if path.suffix == ".parquet":
            return pl.read_parquet(path)
        if path.suffix == ".json":
            return pl.read_json(path, schema_overrides=text)
    except (OSError, pl.exceptions.PolarsError) as error:
        message = f"{path} can't be read as a table: {error}"
        raise XuepeiError(message) from error
    message = f"{path} should end in .csv, .json or .parquet"
    raise XuepeiError(message)
