"""Tables as files that programs and people open: CSV, JSON, Parquet and workbooks."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl
from openpyxl import Workbook
from openpyxl.cell.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from data.cli.titles import TITLES
from data.errors import XuepeiError

FORMATS: Final = (".csv", ".xlsx", ".json", ".parquet")

FREE_TEXT: Final = ("sources", "name", "title", "term", "venue_name")
"""Columns whose text comes from files of others; ids are left as they are in CSV."""

FORMULA: Final = re.compile(r"^[=+\-@\t\r\n]")
"""Beginnings that a spreadsheet takes for a formula."""

CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""Characters that no workbook can hold."""

NO_NAME: Final = re.compile(r"[\[\]:*?/\\]")
"""What no sheet may have in its name."""

LONGEST_NAME: Final = 31

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


def read_table(path: Path) -> pl.DataFrame:
    """A table that a verb wrote as .csv or .parquet; the cells of a CSV stay text.

    Raises:
        XuepeiError: the file ends otherwise, or can't be read.
    """
    if path.suffix not in (".csv", ".parquet"):
        message = f"{path} should end in .csv or .parquet"
        raise XuepeiError(message)
    try:
        if path.suffix == ".parquet":
            return pl.read_parquet(path)
        return pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        message = f"{path} can't be read: {error}"
        raise XuepeiError(message) from error


def safe(text: str) -> str:
    """Text that a spreadsheet shows and never runs.

    >>> safe("=HYPERLINK(1)"), safe("board-a 3")
    ("'=HYPERLINK(1)", 'board-a 3')
    """
    plain = CONTROL.sub("", text)
    return f"'{plain}" if FORMULA.match(plain) else plain


class Sheet(NamedTuple):
    """A sheet of a workbook: its name, its rows, and what its columns are called in the header."""

    name: str
    frame: pl.DataFrame
    titles: Mapping[str, str]


def write_csv(table: pl.DataFrame, path: Path, guarded: Sequence[str] | None = None) -> None:
    """Write CSV whose text no spreadsheet runs.

    Args:
        table: no list columns.
        path: the file.
        guarded: columns that may hold text of others; every text column when left out.
    """
    text = [name for name, kind in table.schema.items() if kind == pl.String]
    chosen = text if guarded is None else list(guarded)
    table.with_columns(pl.col(chosen).map_elements(safe, return_dtype=pl.String)).write_csv(path)


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write sheets of bold headers that stay in sight, filters, and text only as text.

    Raises:
        XuepeiError: a sheet can't hold so many rows.
    """
    book = Workbook(write_only=True)
    for name, sheet in zip(_names(sheets), sheets, strict=True):
        _fill(book.create_sheet(name), sheet)
    book.save(path)


def _write(table: pl.DataFrame, path: Path, suffix: str, titles: Mapping[str, str]) -> None:
    if suffix == ".parquet":
        table.write_parquet(path)
    elif suffix == ".json":
        table.write_json(path)
    elif suffix == ".csv":
        write_csv(table, path, [name for name in FREE_TEXT if name in table.columns])
    else:
        write_workbook(path, [Sheet("xuepei", table, titles)])


def _names(sheets: Sequence[Sheet]) -> list[str]:
    """Names that a workbook takes: short, without its own signs, no two alike."""
    found: list[str] = []
    for sheet in sheets:
        plain = NO_NAME.sub(" ", safe(sheet.name))[:LONGEST_NAME].strip("' ") or "sheet"
        alike = sum(name.casefold().startswith(plain.casefold()[:-3]) for name in found)
        taken = plain.casefold() in (name.casefold() for name in found)
        found.append(f"{plain[: LONGEST_NAME - 3]} {alike + 1}" if taken else plain)
    return found


def _fill(page: Worksheet, sheet: Sheet) -> None:
    table, titles = sheet.frame, sheet.titles
    if table.height > MOST_ROWS:
        message = (
            f"a sheet holds {MOST_ROWS:,} rows, the table has {table.height:,}; choose months, "
            "divisions or skills, or write .parquet or .csv"
        )
        raise XuepeiError(message)
    page.freeze_panes = "D2" if table.width > 3 else "A2"
    for number, name in enumerate(table.columns, start=1):
        wide = max(12, 2 * len(titles.get(name, "")), len(name) + 2)
        page.column_dimensions[get_column_letter(number)].width = wide
    page.auto_filter.ref = f"A1:{get_column_letter(max(1, table.width))}{table.height + 1}"
    page.append([_header(page, titles.get(name), name) for name in table.columns])
    for row in table.iter_rows():
        page.append([safe(value) if isinstance(value, str) else value for value in row])


def _header(page: Worksheet, title: str | None, name: str) -> Cell:
    cell = WriteOnlyCell(page, value=f"{title} {name}" if title and title != name else name)
    cell.font = Font(bold=True)
    return cell
