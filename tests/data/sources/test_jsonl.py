"""JSON lines: numbers keep their digits, lists stay lists, damage costs one line."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import SourceError
from data.sources.jsonl import read_jsonl
from data.sources.raw import NUMBER_MARK, ROW
from data.sources.sheet import Sheet


def sheet_of(folder: Path, content: str | bytes) -> Sheet:
    path = folder / "courses.jsonl"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_jsonl(path, path.name)


def test_numbers_keep_their_digits_and_are_told_apart_from_text(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, '{"a": 0.10, "b": "0012", "c": 330106000000, "d": 1e999}\n')
    marked = [NUMBER_MARK + "0.10", "0012", NUMBER_MARK + "330106000000", NUMBER_MARK + "1e999"]
    assert list(sheet.frame.drop(ROW).row(0)) == marked


def test_lists_are_json_text_and_objects_are_dotted_keys(tmp_path: Path) -> None:
    line = '{"a": ["x", 1.50, null, {"k": true}], "b": {"c": {"d": false}}, "e": ""}'
    sheet = sheet_of(tmp_path, line + "\n")
    assert sheet.headers == ("a", "b.c.d", "e")
    assert sheet.frame.drop(ROW).row(0) == ('["x", 1.50, null, {"k": true}]', "false", None)


def test_a_key_that_only_some_lines_have_is_null_in_the_others(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, '{"a": "1"}\n\n{"b": "2"}\n')
    assert sheet.frame.rows() == [("1", None, 1), (None, "2", 3)]
    assert "blank" in {note.kind for note in sheet.notes}


def test_lines_in_another_encoding_are_refused_with_their_bytes(tmp_path: Path) -> None:
    line = '{"a": "班次"}\n'
    sheet = sheet_of(tmp_path, line.encode() * 2 + line.encode("gbk"))
    assert sheet.frame.height == 2
    assert sheet.rejected["row"].to_list() == [3]
    assert line.strip().encode("gbk").hex() in sheet.rejected["raw"].item()


def test_nesting_without_end_is_refused(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, '{"a": "1"}\n' + '{"a":' * 100_000 + "\n")
    assert sheet.rejected["rule"].to_list() == ["json_line"]


@given(values=st.lists(st.text(max_size=8), min_size=1, max_size=5))
@settings(max_examples=100, deadline=None)
def test_texts_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, values: list[str]
) -> None:
    lines = "".join(json.dumps({"a": value}) + "\n" for value in values)
    sheet = sheet_of(tmp_path_factory.mktemp("jsonl"), lines)
    assert sheet.frame["a"].to_list() == [value or None for value in values]


def test_a_file_without_an_object_says_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="one object a line"):
        sheet_of(tmp_path, "[]\n")
