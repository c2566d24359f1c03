"""What readers hand on: rows as the file said them, and the rows they had to refuse."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple

import polars as pl

ROW: Final = "__row"
"""The column that says where in its file a row stood."""

NUMBER_MARK: Final = "\ue000"
"""Leads the text of a cell whose file stored a number, in columns whose contract is text.

A 12-digit code or an id like ``0012`` that passed through a number has lost what it was; the
mark (a private-use character, so never part of an id) keeps that visible. Whoever judges values
refuses a marked cell; ``unmarked`` gives the number back for showing.
"""

REJECTED: Final = MappingProxyType[str, type[pl.DataType]](
    {
        "file": pl.String,
        "row": pl.Int64,
        "column": pl.String,
        "rule": pl.String,
        "reason_zh": pl.String,
        "reason_en": pl.String,
        "raw": pl.String,
        "also": pl.String,
    }
)
"""Columns of refused rows, in files of the quarantine too; one line per refused row.

``rule`` is the first rule that failed, ``also`` the further ones (comma-separated), ``raw`` the
row as JSON text, so that nothing is lost.
"""

READER_RULES: Final = MappingProxyType[str, str](
    {
        "encoding": "a line that isn't text in the file's encoding",
        "nul_byte": "a cell with a NUL byte in it",
        "short_row": "fewer cells than the header has",
        "long_row": "more cells than the header has",
        "quote": "a quotation mark that is never closed, or text after a closing one",
        "duplicate_header": "two columns that claim the same contract column",
        "formula_cell": "a formula where a value is expected",
        "error_cell": "a spreadsheet error such as #N/A where a value is expected",
        "merged_cell": "a merged block where every row needs its own value",
        "json_line": "a line that isn't one JSON object",
        "json_duplicate_key": "a JSON object that gives the same key twice",
        "mapping_value": "a value the mapping can't turn into the contract's",
        "distinct_conflict": "a row that says something else of a key than an earlier row",
    }
)
"""Rules by which a reader refuses a row, each with what it refuses."""


class Note(NamedTuple):
    """Something a person should know about how a file was read.

    Attributes:
        kind: what the note is about: encoding, delimiter, title, blank, header, ignored,
            constant, distinct, sheet.
        text_zh: the sentence in Chinese.
        text_en: the sentence in English.
    """

    kind: str
    text_zh: str
    text_en: str


class Refusal(NamedTuple):
    """Why a row was refused: the rule, the column (null: the whole row), and a sentence."""

    rule: str
    column: str | None
    reason_zh: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class RawTable:
    """What one file (or sheet) said about one contract table, before any judgement of its values.

    Attributes:
        table: the contract's name.
        file: the path as shown to people, relative to the source folder; a sheet follows ``#``.
        frame: contract-named columns, all ``pl.String`` (CSV, XLSX, JSONL; lists as JSON text) or
            typed (Parquet; a mapping's constants and templates are text there too), plus
            ``__row`` (Int64), from 1: for CSV and JSONL the physical line on which the record
            starts, for XLSX the sheet's row, for Parquet the record's number.
        rejected: rows the reader itself had to refuse, in the columns of ``REJECTED``.
        notes: encoding found, headers mapped, columns ignored, constants applied.
    """

    table: str
    file: str
    frame: pl.DataFrame
    rejected: pl.DataFrame
    notes: tuple[Note, ...]

    @property
    def read(self) -> int:
        """Rows read: those kept so far and those refused, exactly."""
        return self.frame.height + self.rejected.height


def no_rejected() -> pl.DataFrame:
    """An empty frame of refused rows."""
    return pl.DataFrame(schema=dict(REJECTED))
