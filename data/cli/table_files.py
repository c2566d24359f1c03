"""Tables as files that programs and people open: CSV, JSON, Parquet and workbooks."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import polars as pl
from openpyxl import Workbook
from openpyxl.cell.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from data.cli.titles import TITLES
from data.errors import XuepeiError

FORMATS: Final = (".csv", ".xlsx", ".json", ".parquet")

FREE_TEXT: Final = ("sources", "title", "term")
"""Columns whose text comes from files of others; ids are left as they are in CSV."""

FORMULA: Final = re.compile(r"^[=+\-@\t\r\n]")
"""Beginnings that a spreadsheet takes for a formula."""

CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""Characters that no workbook can hold."""

MOST_ROWS: Final = 1_048_575
"""Rows below the header of one sheet."""


def check_format(path: Path) -> None:
    """Refuse a file whose ending says no known format.

    Raises:
        XuepeiError: names the endings there are.
    """
    if path.suffix not in FORMATS:
        message = f"{path} should end in one of {', '.join(FORMATS)}"
        raise XuepeiError(message)


def write_tables(
    files: Mapping[Path, pl.DataFrame], titles: Mapping[str, str] | None = None
) -> None:
    """Write all the tables or none: each beside its target first, then renamed onto it.

    Args:
        files: the tables by where they go.
        titles: what a workbook calls columns that mean something else here than elsewhere.

    Raises:
        XuepeiError: a file can't be written, or a sheet can't hold so many rows.
    """
    parts = {path: path.with_name(f".{path.name}.{os.getpid()}.part") for path in files}
    try:
        for path, table in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(table, parts[path], path.suffix, {**TITLES, **(titles or {})})
        for path, part in parts.items():
            part.replace(path)
    except OSError as error:
        message = f"{', '.join(str(path) for path in files)} can't be written: {error}"
        raise XuepeiError(message) from error
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def safe(text: str) -> str:
    """Text that a spreadsheet shows and never runs.

    >>> safe("=HYPERLINK(1)"), safe("board-a 3")
    ("'=HYPERLINK(1)", 'board-a 3')
    """
    plain = CONTROL.sub("", text)
    return f"'{plain}" if FORMULA.match(plain) else plain


def _write(table: pl.DataFrame, path: Path, suffix: str, titles: Mapping[str, str]) -> None:
    if suffix == ".parquet":
        table.write_parquet(path)
    elif suffix == ".json":
        table.write_json(path)
    elif suffix == ".csv":
        text = [name for name in FREE_TEXT if name in table.columns]
        guarded = pl.col(text).map_elements(safe, return_dtype=pl.String)
        table.with_columns(guarded).write_csv(path)
    else:
        _write_workbook(table, path, titles)


def _write_workbook(table: pl.DataFrame, path: Path, titles: Mapping[str, str]) -> None:
    """One sheet with a bold header that stays in sight, a filter, and text only as text."""
    if table.height > MOST_ROWS:
        message = (
            f"a sheet holds {MOST_ROWS:,} rows, the table has {table.height:,}; choose months, "
            "divisions or skills, or write .parquet or .csv"
        )
        raise XuepeiError(message)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("xuepei")
    sheet.freeze_panes = "D2"
    for number, name in enumerate(table.columns, start=1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = max(
            12, 2 * len(titles.get(name, "")), len(name) + 2
        )
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(1, table.width))}{table.height + 1}"
    sheet.append([_header(sheet, name, titles.get(name)) for name in table.columns])
    for row in table.iter_rows():
        sheet.append([safe(value) if isinstance(value, str) else value for value in row])
    book.save(path)


def _header(sheet: Worksheet, name: str, title: str | None) -> Cell:
    cell = WriteOnlyCell(sheet, value=f"{title} {name}" if title else name)
    cell.font = Font(bold=True)
    return cell
