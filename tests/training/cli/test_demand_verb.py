"""``xuepei demand`` on a small snapshot: every format, the filters, and what is refused."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from data.cli import run_verb
from data.cli.moments import read_month
from data.cli.root import answer
from data.cli.table_files import write_tables
from data.errors import XuepeiError
from features.demand.build import end_of
from recsys.scorers.shortages import shortages, spread

WEST, EAST, CITY = "330106000000", "330113000000", "330100000000"
CONTRACT = ["month", "division_code", "skill_id", "ads", "live", "vacancies", "low", "high"]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight months of postings of two districts, imported by the verb."""
    folder = tmp_path_factory.mktemp("market")
    rows = [
        {
            "posting_id": f"p{number:04}",
            "source": "=cmd|' /C calc'!A0" if number % 50 == 0 else "board",
            "title": "电焊工" if number % 3 else "护理员",
            "description": f"{number}：需要{'氩弧焊' if number % 3 else '老年照护'}经验",
            "division_code": WEST if number % 4 else EAST,
            "headcount": 1 + number % 3,
            "tags": "[]",
            "posted_on": (date(2025, 1, 2) + timedelta(days=number * 240 // 600)).isoformat(),
        }
        for number in range(600)
    ]
    pl.DataFrame(rows).write_csv(folder / "postings.csv")
    run_verb(["import", str(folder / "postings.csv"), "--snapshot", str(folder / "snapshot")])
    return folder / "snapshot"


def demand(snapshot: Path, *more: str, month: str = "2025-07") -> dict[str, Any]:
    found: dict[str, Any] = run_verb(
        ["demand", "--snapshot", str(snapshot), "--as-of", month, "--json", *more]
    )
    return found


def test_every_format_holds_the_same_table(snapshot: Path, tmp_path: Path) -> None:
    files = {kind: tmp_path / f"table.{kind}" for kind in ("csv", "parquet", "json", "xlsx")}
    for path in files.values():
        demand(snapshot, "--out", str(path))
    table = pl.read_parquet(files["parquet"])
    assert table.columns[:5] == CONTRACT[:5]
    assert {*CONTRACT, "n_eff", "level"} <= set(table.columns)
    ids = table["skill_id"].to_list()
    assert pl.read_csv(files["csv"], infer_schema=False)["skill_id"].to_list() == ids
    rows = json.loads(files["json"].read_text(encoding="utf-8"))
    assert [row["skill_id"] for row in rows] == ids
    sheet = openpyxl.load_workbook(files["xlsx"]).active
    assert sheet.max_row == table.height + 1
    assert str(sheet["A1"].value).startswith("月份")
    assert [cell.value for cell in sheet["C"]][1:] == ids


def test_no_cell_of_a_workbook_or_a_csv_is_a_formula(snapshot: Path, tmp_path: Path) -> None:
    book, text = tmp_path / "table.xlsx", tmp_path / "table.csv"
    demand(snapshot, "--out", str(book))
    demand(snapshot, "--out", str(text))
    cells = [cell for row in openpyxl.load_workbook(book).active.iter_rows() for cell in row]
    assert any("calc" in str(cell.value) for cell in cells)
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    sources = pl.read_csv(text, infer_schema=False)["sources"].drop_nulls()
    assert not sources.str.starts_with("=").any()


def test_characters_no_workbook_can_hold_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    write_tables({path: pl.DataFrame({"posting_id": ["a\x00b", "-2+3", "\t=1"]})})
    values = [cell.value for cell in openpyxl.load_workbook(path).active["A"]][1:]
    assert values == ["ab", "'-2+3", "'\t=1"]


def test_rows_are_those_asked_for(snapshot: Path, tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    demand(
        snapshot,
        *("--out", str(path), "--division", EAST, "--division", CITY),
        *("--month", "2025-06", "--skill", "tig-welding"),
    )
    table = pl.read_parquet(path)
    assert table.select("month", "division_code", "skill_id").rows() == [
        (date(2025, 6, 1), CITY, "tig-welding"),
        (date(2025, 6, 1), EAST, "tig-welding"),
    ]


def test_evidence_names_the_postings_behind_the_rows(snapshot: Path, tmp_path: Path) -> None:
    table, behind = tmp_path / "table.parquet", tmp_path / "evidence.csv"
    more = ("--division", EAST, "--month", "2025-06", "--skill", "tig-welding")
    demand(snapshot, "--out", str(table), "--evidence", str(behind), *more)
    rows = pl.read_csv(behind, infer_schema=False)
    assert rows.columns[:4] == ["month", "division_code", "skill_id", "posting_id"]
    assert rows.height == pl.read_parquet(table)["ads"].item()
    assert set(rows["division_code"]) == {EAST}


def test_a_city_s_evidence_is_that_of_all_its_districts(snapshot: Path, tmp_path: Path) -> None:
    table, behind = tmp_path / "table.parquet", tmp_path / "evidence.parquet"
    more = ("--division", CITY, "--month", "2025-06", "--skill", "tig-welding")
    demand(snapshot, "--out", str(table), "--evidence", str(behind), *more)
    rows = pl.read_parquet(behind)
    assert rows.height == pl.read_parquet(table)["ads"].item()
    assert set(rows["division_code"]) == {WEST, EAST}


def test_forecasts_follow_the_known_months(snapshot: Path, tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    demand(snapshot, "--out", str(path), "--forecast", "2")
    table = pl.read_parquet(path)
    ahead = table.filter(pl.col("ahead") > 0)
    assert ahead["month"].unique().sort().to_list() == [date(2025, 8, 1), date(2025, 9, 1)]
    assert (ahead["low"] <= ahead["vacancies"]).all()
    assert (ahead["vacancies"] <= ahead["high"]).all()
    assert ahead["ads"].null_count() == ahead.height


def test_the_table_is_one_that_train_reads(snapshot: Path, tmp_path: Path) -> None:
    for kind in ("csv", "parquet"):
        path = tmp_path / f"table.{kind}"
        demand(snapshot, "--out", str(path))
        table = (
            pl.read_parquet(path) if kind == "parquet" else pl.read_csv(path, infer_schema=False)
        )
        found = shortages(table, end_of(date(2025, 7, 1)))
        assert set(found["division_code"]) == {WEST, EAST, CITY}
        assert (found["shortage"] > 0).any()
        shares = spread(found, [], {})
        assert shares["shortage"].is_between(0, 1).all()
        assert shares.filter(pl.col("division_code") == WEST)["shortage"].max() == 1.0


def test_the_same_call_writes_the_same_bytes(snapshot: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    for path in (first, second):
        demand(snapshot, "--out", str(path), "--forecast", "1")
    assert first.read_bytes() == second.read_bytes()


def test_without_a_file_the_head_of_the_table_is_printed(
    snapshot: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answer(["demand", "--snapshot", str(snapshot), "--as-of", "2025-07"]) == 0
    assert "most wanted in 2025-07" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--out", "table.txt"], "should end in one of .csv, .xlsx, .json, .parquet"),
        (["--month", "2026-01"], "the table has no month 2026-01-01; it has 2025-01-01"),
        (["--division", "330106"], "no division_code 330106; it has 330100000000"),
        (["--skill", "nothing"], "no skill_id nothing"),
        (["--month", "soon"], "is no time"),
    ],
)
def test_what_cannot_be_answered_is_refused_and_nothing_written(
    snapshot: Path, tmp_path: Path, more: list[str], message: str
) -> None:
    path = tmp_path / "table.csv"
    with pytest.raises(XuepeiError, match=message.replace("(", r"\(")):
        demand(snapshot, "--out", str(path), *more)
    assert not list(tmp_path.iterdir())


def test_a_month_that_was_not_over_is_not_looked_at() -> None:
    assert read_month("2025-08-31") == date(2025, 7, 1)
    assert read_month("2025-09-01") == date(2025, 8, 1)
    with pytest.raises(XuepeiError, match="is no month"):
        read_month("2025-13")


def test_the_chain_is_timed_step_by_step_in_a_process_of_its_own(snapshot: Path) -> None:
    (row,) = run_verb(["bench", "demand", "--snapshot", str(snapshot), "--as-of", "2025-07"])
    steps = [taken for name, taken in row.items() if name.endswith(", cpu_s")]
    assert row["rows"] == demand(snapshot)["rows"]
    assert len(steps) >= 6
    assert sum(steps) == pytest.approx(row["cpu_s"], abs=0.2)
    assert row["peak_mb"] > 50
