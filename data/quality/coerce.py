"""Text to contract types: every cell read exactly, or its row refused under a named rule."""

from dataclasses import dataclass

import polars as pl

from data.quality.cells import Cells, CodeChange, Reading
from data.quality.columns import Target, read_column, targets
from data.quality.faults import INDEX, Stage, faults_at, gather
from data.sources.raw import Note, RawTable


@dataclass(frozen=True, slots=True)
class Coerced:
    """One file's rows in contract types.

    Attributes:
        frame: every row in order: ``row_index`` and the contract's columns; a refused cell is
            null here, and its row is among the faults.
        faults: the cells that couldn't be read.
        notes: what a person should know.
        codes: division codes that were padded, mapped or given up.
    """

    frame: pl.DataFrame
    faults: pl.DataFrame
    notes: tuple[Note, ...]
    codes: tuple[CodeChange, ...]


def coerce(raw: RawTable, reading: Reading) -> Coerced:
    """Read every cell of a file as its contract's type.

    Args:
        raw: the file's rows under contract names.
        reading: the clock, and what the mapping says about the file.
    """
    columns = targets(raw.table)
    read = [_read(raw.frame, target, reading) for target in columns]
    faults = [
        _faults(cells.rules, target.name, Stage.TYPE.rank(place))
        for place, (target, cells) in enumerate(zip(columns, read, strict=True))
        if cells.rules is not None
    ]
    values = [cells.values.alias(target.name) for target, cells in zip(columns, read, strict=True)]
    index = pl.int_range(raw.frame.height, dtype=pl.UInt32, eager=True).alias(INDEX)
    return Coerced(
        pl.DataFrame([index, *values]),
        gather(faults),
        tuple(note for cells in read for note in cells.notes),
        tuple(change for cells in read for change in cells.codes),
    )


def _read(frame: pl.DataFrame, target: Target, reading: Reading) -> Cells:
    """A column's cells; one the file doesn't have is unknown, if that may be."""
    if target.name in frame.columns:
        return read_column(frame.get_column(target.name), target, reading)
    nothing = pl.Series(target.name, [None], dtype=target.column.dtype)
    values = nothing.new_from_index(0, frame.height)
    if target.column.nullable:
        return Cells(values)
    return Cells(values, pl.Series(["missing_column"]).new_from_index(0, frame.height))


def _faults(rules: pl.Series, column: str, rank: int) -> pl.DataFrame:
    """One fault per refused cell of a column."""
    lines = [
        faults_at((rules == rule).arg_true(), str(rule), column, rank)
        for rule in rules.drop_nulls().unique(maintain_order=True)
    ]
    return gather(lines)
