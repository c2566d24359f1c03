"""CSV: the fast way and the careful way say the same, and neither loses a row."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import SourceError
from data.sources.csv import read_csv
from data.sources.csv_careful import read_carefully
from data.sources.csv_layout import LONGEST_RECORD, layout
from data.sources.encoding import Text, read_text
from data.sources.raw import ROW
from data.sources.sheet import Sheet

CELL = st.text(alphabet='ab,"\n \t;班1', max_size=5)
ROWS = st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=6)


def sheet_of(folder: Path, content: str | bytes) -> Sheet:
    path = folder / "courses.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_csv(path, path.name)


def written(rows: Sequence[Sequence[str]], line_end: str = "\n") -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=line_end).writerows(rows)
    return text.getvalue()


def cells(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    return frame.drop(ROW).rows()


@given(rows=ROWS, line_end=st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=200, deadline=None)
def test_what_was_written_is_read_cell_by_cell(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], line_end: str
) -> None:
    folder = tmp_path_factory.mktemp("csv")
    sheet = sheet_of(folder, written([["x", "y", "z"], *rows], line_end))
    expected = [tuple(cell or None for cell in row) for row in rows if any(row)]
    assert cells(sheet.frame) == expected
    assert sheet.rejected.height == 0


@given(rows=ROWS)
@settings(max_examples=200, deadline=None)
def test_the_fast_and_the_careful_way_agree_on_rows_and_line_numbers(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    content = written([["x", "y", "z"], *rows])
    folder = tmp_path_factory.mktemp("csv")
    fast = sheet_of(folder, content)
    careful = read_carefully(
        Text("UTF-8", content.encode(), {}, {}), ",", folder / "courses.csv", "courses.csv"
    )
    assert fast.frame.equals(careful.frame)


@given(body=st.text(alphabet='a,"\n\r\t;x', max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_text_is_accounted_for_without_a_crash(
    tmp_path_factory: pytest.TempPathFactory, body: str
) -> None:
    sheet = sheet_of(tmp_path_factory.mktemp("csv"), "p,q,r\n" + body)
    read = [*sheet.frame[ROW], *sheet.rejected["row"]]
    lines = body.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 2
    assert len(read) == len(set(read))
    assert all(1 < row <= lines for row in read)


@given(rows=st.lists(st.integers(1, 5), min_size=1, max_size=30))
def test_the_layout_counts_the_cells_of_every_record(rows: list[int]) -> None:
    body = "\n".join(",".join("ab" for _ in range(width)) for width in rows) + "\n"
    found = layout(body.encode(), ",")
    assert found.cells.tolist() == rows
    assert found.first_line.tolist() == list(range(1, len(rows) + 1))


def test_the_layout_is_the_same_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    body = ('a,"x\n""y"",",c\r\n' * 50).encode()
    whole = layout(body, ",")
    monkeypatch.setattr("data.sources.csv_layout.CHUNK", 7)
    pieces = layout(body, ",")
    assert whole.is_regular()
    assert pieces.is_regular()
    assert pieces.cells.tolist() == whole.cells.tolist()
    assert pieces.first_line.tolist() == whole.first_line.tolist() == list(range(1, 100, 2))


@pytest.mark.parametrize("damage", ["1,2", "1,2,3,4", '1,"2,3', '1,"2"x,3', "1,\0,3"])
def test_damage_that_a_fast_parser_would_hide_costs_its_row_only(
    tmp_path: Path, damage: str
) -> None:
    sheet = sheet_of(tmp_path, f"x,y,z\na,b,c\n{damage}\nd,e,f\n")
    assert cells(sheet.frame) == [("a", "b", "c"), ("d", "e", "f")]
    assert sheet.frame[ROW].to_list() == [2, 4]
    assert sheet.rejected["row"].to_list() == [3]


def test_rows_after_a_quoted_line_break_keep_their_physical_line(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, 'x,y\n"a\nb",1\nc,2\n')
    assert sheet.frame[ROW].to_list() == [2, 4]


def test_a_record_of_too_many_lines_is_an_unclosed_quotation(tmp_path: Path) -> None:
    endless = '"a\n' + "b\n" * LONGEST_RECORD + '",1\n'
    sheet = sheet_of(tmp_path, "x,y\n" + endless + "c,2\n")
    assert cells(sheet.frame) == [("c", "2")]
    assert sheet.rejected.height == LONGEST_RECORD + 2


def test_ids_and_numbers_stay_the_text_they_were(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, "x,y\n0012,1e5\n 7 ,NaN\n")
    assert cells(sheet.frame) == [("0012", "1e5"), (" 7 ", "NaN")]


def test_an_empty_cell_is_null_quoted_or_not(tmp_path: Path) -> None:
    assert cells(sheet_of(tmp_path, 'x,y\n,1\n"",2\n').frame) == [(None, "1"), (None, "2")]


def test_rows_in_another_encoding_are_refused_with_their_bytes(tmp_path: Path) -> None:
    foreign = "剪纸,1".encode("gbk")
    sheet = sheet_of(tmp_path, "x,y\n班次,1\n课程,2\n".encode() + foreign + b"\n")
    assert sheet.frame.height == 2
    assert sheet.rejected["rule"].to_list() == ["encoding"]
    assert foreign.hex() in sheet.rejected["raw"].item()


def test_a_title_line_above_the_header_is_noted(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, "秋季课程\nx,y\n1,2\n")
    assert sheet.headers == ("x", "y")
    assert "title" in {note.kind for note in sheet.notes}
    assert sheet.frame[ROW].to_list() == [3]


def test_the_delimiter_is_found_and_noted(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, "x\ty\n1,5\t2\n")
    assert cells(sheet.frame) == [("1,5", "2")]
    assert "delimiter" in {note.kind for note in sheet.notes}


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("班次".encode(), "UTF-8"),
        (b"\xef\xbb\xbf" + "班次".encode(), "UTF-8 BOM"),
        ("班次".encode("gbk"), "GBK"),
        ("𠮷".encode("gb18030"), "GB18030"),
        ("班次".encode("utf-16"), "UTF-16"),
    ],
)
def test_the_encoding_is_found(content: bytes, encoding: str) -> None:
    text = read_text(content, "f.csv")
    assert text.encoding == encoding
    assert text.body in ("班次".encode(), "𠮷".encode())


def test_a_broken_utf16_file_says_what_to_do() -> None:
    with pytest.raises(SourceError, match="UTF-16"):
        read_text(b"\xff\xfe\x00\xd8\x41", "f.csv")


def test_a_file_without_a_readable_line_has_no_header(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="empty"):
        sheet_of(tmp_path, "\n\n")
    with pytest.raises(SourceError, match="no header line"):
        sheet_of(tmp_path, b"\xff\xff\n")
