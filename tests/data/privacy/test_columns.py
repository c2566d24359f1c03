"""Columns that may never be held are refused by name, before any value is looked at."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from data.privacy.columns import ForbiddenColumnError, forbidden_columns, refuse_forbidden_columns
from data.sources import read_sources
from data.tables import TABLES
from data.vocab import FORBIDDEN_COLUMNS


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("心理测评结果", "psychological"),
        ("Mental Health", "psychological"),
        ("mental-health score", "psychological"),
        ("MentalHealth", "psychological"),
        ("焦虑自评", "psychological"),
        ("既往病史", "medical record"),
        ("ＤＩＡＧＮＯＳＩＳ", "medical record"),
        ("残疾证号", "medical record"),
        ("GPS Track", "raw location track"),
        ("location.history", "raw location track"),
        ("运动轨迹", "raw location track"),
    ],
)
def test_a_forbidden_column_is_known_by_its_name_in_both_languages(header: str, kind: str) -> None:
    assert [each.kind for each in forbidden_columns(["learner_id", header])] == [kind]


@pytest.mark.parametrize("kind", FORBIDDEN_COLUMNS)
def test_every_listed_fragment_gives_its_kind_away(kind: str) -> None:
    headers = [f"x_{fragment}_y" for fragment in FORBIDDEN_COLUMNS[kind]]
    assert {each.kind for each in forbidden_columns(headers)} == {kind}
    assert len(forbidden_columns(headers)) == len(headers)


def test_no_contract_column_is_forbidden() -> None:
    assert forbidden_columns(c for table in TABLES.values() for c in table.column_names()) == ()


def test_the_error_names_the_column_and_its_kind() -> None:
    with pytest.raises(ForbiddenColumnError, match=r"学员\.csv.*'病历号' \(medical record data\)"):
        refuse_forbidden_columns(["learner_id", "病历号"], "学员.csv")


def write_csv(path: Path) -> Path:
    path = path / "learners.csv"
    path.write_text("learner_id,诊断\nl-1,secret\n", encoding="utf-8")
    return path


def write_damaged_csv(path: Path) -> Path:
    path = path / "learners.csv"
    path.write_text("learner_id,诊断\nl-1,secret\nl-2\n", encoding="utf-8")
    return path


def write_xlsx(path: Path) -> Path:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["learner_id", "诊断"])
    book.worksheets[0].append(["l-1", "secret"])
    book.save(path / "learners.xlsx")
    return path / "learners.xlsx"


def write_parquet(path: Path) -> Path:
    pl.DataFrame({"learner_id": ["l-1"], "诊断": ["secret"]}).write_parquet(path / "l.parquet")
    return path / "l.parquet"


def write_jsonl(path: Path) -> Path:
    path = path / "learners.jsonl"
    path.write_text('{"learner_id": "l-1", "健康": {"诊断": "secret"}}\n', encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "write", [write_csv, write_damaged_csv, write_xlsx, write_parquet, write_jsonl]
)
def test_a_forbidden_column_is_refused_in_every_kind_of_file(
    tmp_path: Path, write: Callable[[Path], Path]
) -> None:
    with pytest.raises(ForbiddenColumnError) as caught:
        list(read_sources([write(tmp_path)]))
    assert "诊断" in str(caught.value)
    assert "secret" not in str(caught.value)
