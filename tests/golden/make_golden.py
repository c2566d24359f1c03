"""Writes the golden workbooks and Parquet files; the text files beside them are kept by hand.

Run it from anywhere: ``python tests/golden/make_golden.py``. The files are committed; this says
how they came to be.
"""

import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
from openpyxl.worksheet.worksheet import Worksheet

HERE = Path(__file__).parent
HEADER = (
    "course_id",
    "title",
    "institution_id",
    "programme",
    "category",
    "hours",
    "language",
    "prerequisites",
)
Cell = str | int | float | date | None


def course(course_id: Cell, title: Cell = "八段锦", hours: Cell = 16) -> list[Cell]:
    """One sound course row, but for what is given."""
    return [course_id, title, "inst-1", "night_school", "health", hours, "zh", "[]"]


def workbook(rows: list[list[Cell]], title: str = "courses") -> openpyxl.Workbook:
    """A workbook of one sheet."""
    book = openpyxl.Workbook()
    fill(book.worksheets[0], rows, title)
    return book


def fill(sheet: Worksheet, rows: list[list[Cell]], title: str) -> None:
    """Name a sheet and append rows to it."""
    sheet.title = title
    for row in rows:
        sheet.append(row)


def save(book: openpyxl.Workbook, case: str) -> None:
    """Save as ``case/courses.xlsx``."""
    (HERE / case).mkdir(exist_ok=True)
    book.save(HERE / case / "courses.xlsx")


def workbooks() -> None:
    """Workbooks as clerks make them."""
    head: list[Cell] = [*HEADER]
    save(workbook([head, course("c-1", hours="=8*2"), course("c-2")]), "xlsx_formula_cell")
    save(workbook([head, course("c-1", hours="#N/A"), course("c-2")]), "xlsx_error_cell")
    save(workbook([head, course(12), course("0012")]), "xlsx_number_as_id")
    save(
        workbook([head, course("c-1", hours=date(2025, 9, 16)), course("c-2")]),
        "xlsx_date_in_number",
    )
    save(workbook([head, course("c-1"), [], course("c-2")]), "xlsx_blank_row")
    save(
        workbook([head, [*course("c-1"), None, "见附件"], course("c-2")]), "xlsx_cell_beside_table"
    )
    titled = workbook([["2025年秋季课程表"], head, course("c-1")])
    titled.worksheets[0].merge_cells("A1:H1")
    save(titled, "xlsx_merged_title_above_header")
    merged = workbook([head, course("c-1"), course("c-2", None)])
    merged.worksheets[0].merge_cells("B2:B3")
    save(merged, "xlsx_merged_cells_in_data")
    header = workbook([[*HEADER[:6], "说明", None], course("c-1")])
    header.worksheets[0].merge_cells("G1:H1")
    save(header, "xlsx_merged_header_cells")
    hidden = workbook([head, course("c-1")])
    fill(hidden.create_sheet(), [head, course("c-9")], "课程旧表")
    hidden["课程旧表"].sheet_state = "hidden"
    save(hidden, "xlsx_hidden_sheet")
    save(workbook([], "courses"), "xlsx_empty")


def damaged() -> None:
    """Files that can't be opened."""
    (HERE / "xlsx_corrupt").mkdir(exist_ok=True)
    (HERE / "xlsx_corrupt" / "courses.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    (HERE / "xlsx_zip_bomb").mkdir(exist_ok=True)
    with zipfile.ZipFile(
        HERE / "xlsx_zip_bomb" / "courses.xlsx", "w", zipfile.ZIP_DEFLATED, compresslevel=9
    ) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * (201 * 1024 * 1024))


def parquet() -> None:
    """Parquet files with types and lengths that aren't the contract's."""
    text = dict(zip(HEADER, course("c-1"), strict=True))
    for case in ("parquet_integer_ids", "parquet_truncated"):
        (HERE / case).mkdir(exist_ok=True)
    row: dict[str, object] = {**text, "course_id": 12, "prerequisites": []}
    frame = pl.DataFrame([row], strict=False)
    typed = frame.with_columns(
        pl.col("course_id").cast(pl.Int64), pl.col("prerequisites").cast(pl.List(pl.String))
    )
    typed.write_parquet(HERE / "parquet_integer_ids" / "courses.parquet")
    whole = (HERE / "parquet_integer_ids" / "courses.parquet").read_bytes()
    (HERE / "parquet_truncated" / "courses.parquet").write_bytes(whole[: len(whole) // 2])


if __name__ == "__main__":
    workbooks()
    damaged()
    parquet()
