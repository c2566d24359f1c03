"""Workbooks: typed cells are told apart from text, nothing computed or merged is trusted."""

from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from data.errors import SourceError
from data.sources.raw import NUMBER_MARK, ROW, RawTable
from data.sources.reading import read_sources
from data.sources.xlsx import read_xlsx

HEAD = ["section_id", "course_id", "term", "starts_on", "apply_opens_at", "captions", "capacity"]


def save(folder: Path, *sheets: tuple[str, Sequence[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(folder / "import.xlsx")
    return folder / "import.xlsx"


def read(path: Path) -> list[RawTable]:
    return list(read_sources([path]))


def test_cells_become_text_that_keeps_their_kind(tmp_path: Path) -> None:
    row = [12, "0012", 2025, datetime(2025, 9, 1), datetime(2025, 8, 25, 10, 30), True, 20.5]  # noqa: DTZ001 - a workbook holds naive times
    (raw,) = read(save(tmp_path, ("sections", [HEAD, row])))
    assert raw.frame.drop(ROW).row(0) == (
        f"{NUMBER_MARK}12",
        "0012",
        "2025",
        "2025-09-01T00:00:00",
        "2025-08-25T10:30:00",
        "true",
        "20.5",
    )


def test_a_midnight_shown_without_hours_is_a_date(tmp_path: Path) -> None:
    rows = [["course_id", "title", "description"], ["c", date(2025, 9, 1), time(18, 30)]]
    (raw,) = read(save(tmp_path, ("courses", rows)))
    assert raw.frame.drop(ROW).row(0) == ("c", "2025-09-01", "18:30:00")


def test_each_visible_sheet_feeds_its_own_table(tmp_path: Path) -> None:
    path = save(
        tmp_path,
        ("课程表", [["课程编号", "课程名称"], ["c", "剪纸"]]),
        ("sections", [HEAD[:2], ["s", "c"]]),
    )
    tables = read(path)
    assert [(raw.table, raw.file) for raw in tables] == [
        ("courses", "import.xlsx#课程表"),
        ("sections", "import.xlsx#sections"),
    ]


def test_a_lone_unnamed_sheet_is_known_by_the_file(tmp_path: Path) -> None:
    path = save(tmp_path, ("Sheet1", [["course_id", "title"], ["c", "剪纸"]]))
    (raw,) = read(path.rename(tmp_path / "courses_2025.xlsx"))
    assert raw.table == "courses"


def test_a_formula_in_an_unused_column_costs_nothing(tmp_path: Path) -> None:
    rows = [["course_id", "title", "备注"], ["c", "剪纸", "=1+1"], ["=A2", "=B2", None]]
    (raw,) = read(save(tmp_path, ("courses", rows)))
    assert raw.frame["course_id"].to_list() == ["c"]
    (refused,) = raw.rejected.to_dicts()
    assert refused["row"] == 3
    assert refused["column"] == "course_id"
    assert refused["also"] == "formula_cell"


def test_a_workbook_that_unpacks_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(tmp_path, ("courses", [["course_id"], ["c"]]))
    monkeypatch.setattr("data.sources.xlsx.LARGEST", 100)
    with pytest.raises(SourceError, match="save the sheets as CSV"):
        read_xlsx(path, path.name)


def test_an_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "courses.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(SourceError, match="damaged"):
        read_xlsx(path, path.name)
