"""Tables of anybody's: read, their columns checked and brought to one type."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from training.files import read_file
from training.judge.errors import JudgeError

Kinds = Mapping[str, type[pl.DataType]]
"""Columns a table may hold, with the type they are brought to."""

NAMED: Final = 3
"""How many offenders an error names."""


def read_table(path: Path, required: Kinds, optional: Kinds | None = None) -> pl.DataFrame:
    """The known columns of a file, in its order of rows; other columns are ignored.

    Args:
        path: a .parquet or .csv file.
        required: columns that must be there.
        optional: columns that are kept where they are there.

    Raises:
        JudgeError: the file can't be read, lacks a required column, holds no row, holds a value
            of another kind, or has a gap in a required column.
    """
    table = read_file(path, JudgeError)
    missing = [name for name in required if name not in table.columns]
    if missing:
        message = f"{path} lacks column {missing}; it has {table.columns}"
        raise JudgeError(message)
    kinds = {**required, **(optional or {})}
    typed = table.select(
        cast(table[name], kind, path) for name, kind in kinds.items() if name in table.columns
    )
    _check_filled(typed.select(list(required)), path)
    return typed


def check_unique(table: pl.DataFrame, keys: Sequence[str], path: Path, what: str) -> None:
    """Refuse a table that says the same thing twice.

    Raises:
        JudgeError: two rows agree in all of ``keys``; names the first few of them.
    """
    if table.select(keys).is_duplicated().any():
        repeated = table.filter(pl.struct(keys).is_duplicated()).select(keys).unique()
        shown = repeated.sort(keys).head(NAMED).rows()
        message = f"{path} holds {what} twice, {repeated.height:,} times in all: {shown}"
        raise JudgeError(message)


def cast(column: pl.Series, kind: type[pl.DataType], path: Path) -> pl.Series:
    """A column brought to a type, or an error that names what didn't fit."""
    typed = column.cast(kind, strict=False)
    lost = column.filter(typed.is_null() & column.is_not_null())
    if lost.len():
        shown = lost.head(NAMED).to_list()
        message = f"column {column.name} of {path} holds {shown}; expected {kind.__name__}"
        raise JudgeError(message)
    return typed


def _check_filled(table: pl.DataFrame, path: Path) -> None:
    if table.is_empty():
        message = f"{path} holds no rows; there is nothing to judge"
        raise JudgeError(message)
    for column in table:
        if column.null_count():
            message = f"column {column.name} of {path} is empty in {column.null_count():,} rows"
            raise JudgeError(message)
