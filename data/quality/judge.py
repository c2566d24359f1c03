"""One file's rows, judged by themselves: kept candidates and faults."""

from dataclasses import dataclass

import polars as pl

from data.quality.cells import CodeChange, Reading
from data.quality.coerce import coerce
from data.quality.contract import contract_faults
from data.quality.faults import INDEX, gather
from data.sources.raw import Note, RawTable


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one file's rows before other rows and tables are looked at.

    Attributes:
        raw: the file as read.
        rows: the rows that hold the contract: ``row_index`` and the contract's columns.
        faults: what is wrong with the others.
        notes: the reader's notes and those of the coercion.
        codes: division codes that were padded, mapped or given up.
    """

    raw: RawTable
    rows: pl.DataFrame
    faults: pl.DataFrame
    notes: tuple[Note, ...]
    codes: tuple[CodeChange, ...]


def judge(raw: RawTable, reading: Reading) -> Judged:
    """Coerce a file's cells and hold its rows to their contract.

    Args:
        raw: the file's rows under contract names.
        reading: the clock, and what the mapping says about the file.
    """
    coerced = coerce(raw, reading)
    broken = contract_faults(raw.table, coerced.frame, coerced.faults)
    faults = gather([coerced.faults, broken])
    rows = coerced.frame.join(faults.select(INDEX).unique(), on=INDEX, how="anti")
    return Judged(raw, rows, faults, raw.notes + coerced.notes, coerced.codes)
