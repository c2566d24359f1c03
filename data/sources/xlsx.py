"""Workbooks: every visible sheet, typed cells told apart from text, formulas never trusted.

A formula's stored result may be stale, a number in an id column has lost its zeros, and a merged
block leaves all rows but the first empty: each is handed on so that it can be refused, never as
a plain value.
"""

import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Final

import openpyxl
import polars as pl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.worksheet.worksheet import Worksheet

from data.errors import SourceError
from data.privacy.columns import refuse_forbidden_columns
from data.sources.raw import NUMBER_MARK, ROW, Note, Refusal
from data.sources.sheet import (
    CellFault,
    Sheet,
    blank_rows,
    refuse_cells,
    refused_frame,
    unique_names,
)

LARGEST: Final = 200 * 1024 * 1024
"""Bytes a workbook may unpack to; a larger one is asked for as CSV (and a zip bomb is refused)."""

Row = tuple[int, tuple[Cell | MergedCell, ...]]


def read_xlsx(path: Path, file: str) -> list[Sheet]:
    """Read the visible sheets that hold anything.

    Args:
        path: the workbook.
        file: its name as shown to people.

    Raises:
        SourceError: it isn't a workbook, is damaged, or unpacks to more than ``LARGEST`` bytes.
        ForbiddenColumnError: a column names data that may never be held.
    """
    _refuse_oversized(path, file)
    book = _open(path, file)
    hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    only = len(visible) == 1
    return [
        sheet
        for worksheet in visible
        if (sheet := _sheet(worksheet, path, file, _hidden_note(hidden), only)) is not None
    ]


def _refuse_oversized(path: Path, file: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        message = f"{file}: not a readable .xlsx workbook ({error}); save it again as .xlsx or CSV"
        raise SourceError(message) from error
    if size > LARGEST:
        message = (
            f"{file}: unpacks to {size / 2**20:,.0f} MiB, more than "
            f"{LARGEST / 2**20:,.0f} MiB; save the sheets as CSV"
        )
        raise SourceError(message)


def _open(path: Path, file: str) -> openpyxl.Workbook:
    """Openpyxl meets damage with whatever exception it stumbles over."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            return openpyxl.load_workbook(path, data_only=False)
    except Exception as error:
        message = f"{file}: a damaged .xlsx workbook ({type(error).__name__}); save it again"
        raise SourceError(message) from error


def _hidden_note(hidden: Sequence[str]) -> tuple[Note, ...]:
    if not hidden:
        return ()
    names = "、".join(hidden)
    return (Note("sheet", f"隐藏的工作表未读取：{names}", f"hidden sheets not read: {names}"),)


def _sheet(
    worksheet: Worksheet, path: Path, file: str, notes: tuple[Note, ...], only: bool
) -> Sheet | None:
    shown = f"{file}#{worksheet.title}"
    rows = [(number, cells) for number, cells in enumerate(worksheet.iter_rows(), start=1)]
    at = _header_position(rows)
    if at is None:
        return None
    headers = _headers(rows[at][1])
    refuse_forbidden_columns(headers, shown)
    body = rows[at + 1 :]
    filled = [row for row in body if any(cell.value not in (None, "") for cell in row[1])]
    kept = [row for row in filled if not _surplus(row, len(headers))]
    long = [row for row in filled if _surplus(row, len(headers))]
    return Sheet(
        path=path,
        file=shown,
        name=path.stem if only and worksheet.title.lower().startswith("sheet") else worksheet.title,
        headers=headers,
        frame=_frame(kept, headers),
        rejected=refused_frame([_long_row(row, shown, len(headers)) for row in long]),
        notes=(*notes, *_title_note(at), *blank_rows(len(body) - len(filled))),
        faults=tuple(_faults(worksheet, kept, unique_names(headers))),
    )


def _header_position(rows: Sequence[Row]) -> int | None:
    """The first row with two filled cells: a title above the header fills one, merged or not."""
    filled = [sum(cell.value not in (None, "") for cell in cells) for _, cells in rows]
    first = next((at for at, count in enumerate(filled) if count), None)
    return next((at for at, count in enumerate(filled) if count > 1), first)


def _headers(cells: Sequence[Cell | MergedCell]) -> tuple[str, ...]:
    headers = ["" if cell.value is None else str(cell.value).strip() for cell in cells]
    while headers and not headers[-1]:
        headers.pop()
    return tuple(headers)


def _surplus(row: Row, width: int) -> bool:
    return any(cell.value not in (None, "") for cell in row[1][width:])


def _long_row(row: Row, file: str, width: int) -> dict[str, object]:
    refusal = Refusal(
        "long_row",
        None,
        f"表头只有 {width} 列，这一行在其右侧还有内容",
        f"the row has cells to the right of the {width} columns of the header",
    )
    cells = [_text(cell) or "" for cell in row[1]]
    return dict(refuse_cells(file, row[0], refusal, {"cells": cells}))


def _frame(rows: Sequence[Row], headers: Sequence[str]) -> pl.DataFrame:
    names = unique_names(headers)
    columns = {name: [_text(cells[at]) for _, cells in rows] for at, name in enumerate(names)}
    numbers = pl.Series(ROW, [number for number, _ in rows], dtype=pl.Int64)
    return pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String)).with_columns(numbers)


def _text(cell: Cell | MergedCell) -> str | None:
    """The cell as text: numbers marked, dates and times in ISO 8601, true and false."""
    value: object = cell.value
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{NUMBER_MARK}{value!r}"
    if isinstance(value, datetime):
        return value.date().isoformat() if _is_date_only(cell, value) else value.isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _is_date_only(cell: Cell | MergedCell, value: datetime) -> bool:
    """Excel has no dates, only times at midnight shown without their hour."""
    shown = str(getattr(cell, "number_format", "")).lower()
    return value.time() == time() and "h" not in shown


def _faults(worksheet: Worksheet, rows: Sequence[Row], names: Sequence[str]) -> Iterator[CellFault]:
    first_rows = _merged_downwards(worksheet)
    for number, cells in rows:
        for name, cell in zip(names, cells, strict=False):
            rule = _fault(cell, number in first_rows)
            if rule is not None:
                yield CellFault(number, name, rule)


def _merged_downwards(worksheet: Worksheet) -> frozenset[int]:
    """Rows that lie in a merged block below or beside its first cell."""
    blocks: Iterable[tuple[int, int]] = (
        (block.min_row, block.max_row) for block in worksheet.merged_cells.ranges
    )
    return frozenset(row for low, high in blocks for row in range(low, high + 1))


def _fault(cell: Cell | MergedCell, merged: bool) -> str | None:
    if isinstance(cell, MergedCell):
        return "merged_cell" if merged else None
    return {"f": "formula_cell", "e": "error_cell"}.get(cell.data_type)


def _title_note(above: int) -> tuple[Note, ...]:
    if not above:
        return ()
    return (
        Note(
            "title",
            f"表头之上的 {above} 行标题未作为数据",
            f"{above} rows above the header are not data",
        ),
    )
