"""Which files are read, as which table, and what is said of those that can't be."""

from pathlib import Path

import polars as pl
import pytest

from data.errors import MappingError, SourceError
from data.sources import Mapping, read_sources, source_files
from data.sources.headers import table_of
from data.sources.raw import ROW
from data.tables import TABLES


@pytest.mark.parametrize(
    ("name", "table"),
    [
        *((table, table) for table in TABLES),
        ("events_2024", "events"),
        ("Events (1)", "events"),
        ("course_skills-2024-09", "course_skills"),
        ("班次", "sections"),
        ("2025年秋季班次表", "sections"),
        ("学员信息表", "learners"),
        ("课程技能", "course_skills"),
        ("my_events", None),
        ("eventsummary", None),
        ("工作簿1", None),
    ],
)
def test_a_name_tells_its_table_only_beyond_doubt(name: str, table: str | None) -> None:
    assert table_of(name) == table


def test_a_folder_is_read_without_its_subfolders_and_other_kinds(tmp_path: Path) -> None:
    (tmp_path / "truth").mkdir()
    (tmp_path / "truth" / "learners.csv").write_text("learner_id\nsecret\n")
    (tmp_path / "README.md").write_text("read me")
    (tmp_path / "~$courses.xlsx").write_bytes(b"lock")
    (tmp_path / ".hidden.csv").write_text("x")
    (tmp_path / "skills.csv").write_text("skill_id,name\nk,剪纸\n", encoding="utf-8")
    pl.DataFrame({"course_id": ["c"]}).write_parquet(tmp_path / "courses.parquet")
    seen: list[str] = []
    tables = list(read_sources([tmp_path], progress=seen.append))
    assert [raw.table for raw in tables] == ["courses", "skills"]
    assert seen == ["courses.parquet", "skills.csv"]


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "skills.csv"
    path.write_text("skill_id,name\nk,x\n")
    assert source_files([tmp_path, path, path]) == (path,)


def test_equal_file_names_are_told_apart_by_their_folder(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "skills.csv").write_text("skill_id,name\nk,x\n")
    files = [raw.file for raw in read_sources([tmp_path / "a", tmp_path / "b"])]
    assert files == ["a/skills.csv", "b/skills.csv"]


def test_parquet_columns_keep_their_types(tmp_path: Path) -> None:
    frame = pl.DataFrame({"course_id": [1, 2], "prerequisites": [["a"], []]})
    frame.write_parquet(tmp_path / "courses.parquet")
    (raw,) = read_sources([tmp_path])
    assert raw.frame.schema == {
        ROW: pl.Int64,
        "course_id": pl.Int64,
        "prerequisites": pl.List(pl.String),
    }
    assert raw.frame[ROW].to_list() == [1, 2]


def test_a_file_of_no_table_names_the_tables_and_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("a,b\n1,2\n")
    with pytest.raises(SourceError, match=r"data\.csv.*a, b.*divisions.*mapping"):
        list(read_sources([tmp_path]))


@pytest.mark.parametrize("name", ["courses.xls", "courses.txt", "courses.json", "courses"])
def test_a_file_of_another_kind_says_which_kinds_can_be_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x")
    with pytest.raises(SourceError, match=r"\.csv, .*\.parquet"):
        list(read_sources([tmp_path / name]))


def test_missing_paths_and_empty_folders_are_errors(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        source_files([tmp_path / "nowhere"])
    with pytest.raises(SourceError, match="no file to import"):
        source_files([tmp_path])


def test_headers_that_were_translated_or_left_out_are_noted(tmp_path: Path) -> None:
    (tmp_path / "skills.csv").write_text("技能编号,name,备注\nk,x,y\n", encoding="utf-8")
    (raw,) = read_sources([tmp_path])
    notes = {note.kind: note.text_en for note in raw.notes}
    assert "技能编号 → skill_id" in notes["header"]
    assert "备注" in notes["ignored"]


def test_a_mapping_leaves_files_it_does_not_claim_to_their_names(tmp_path: Path) -> None:
    (tmp_path / "skills.csv").write_text("skill_id,name\nk,x\n")
    (tmp_path / "rest.csv").write_text("a,b\n1,2\n")
    mapping = Mapping(name="m", about="a", ignore=("rest.*",))
    assert [raw.table for raw in read_sources([tmp_path], mapping)] == ["skills"]


def test_a_mapping_that_needs_columns_the_file_lacks_names_both(tmp_path: Path) -> None:
    (tmp_path / "k.csv").write_text("a,b\n1,2\n")
    rule = {"table": "skills", "files": "k.csv", "columns": {"skill_id": "z"}}
    mapping = Mapping.model_validate({"name": "m", "about": "a", "table": [rule]})
    with pytest.raises(MappingError, match=r"\['z'\].*\['a', 'b'\]"):
        list(read_sources([tmp_path], mapping))
