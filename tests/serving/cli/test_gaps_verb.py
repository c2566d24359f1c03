"""``xuepei gaps`` on a small snapshot: its files, its filters, and what it refuses."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from data.cli import run_verb
from data.errors import XuepeiError

WEST, EAST = "330106000000", "330113000000"
CARE = "daily-care-for-the-elderly"
CONTRACT = ["need", "seekers", "reachable", "gap", "gap_low", "gap_high", "probability", "cause"]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight months of postings and jobseekers of two districts, imported by the verb."""
    folder = tmp_path_factory.mktemp("market")
    postings = [
        {
            "posting_id": f"p{number:04}",
            "source": f"board-{number % 3}",
            "title": "电焊工" if number % 3 else "护理员",
            "description": f"{number}：需要{'氩弧焊' if number % 3 else '老年人生活照护'}经验",
            "division_code": WEST if number % 4 else EAST,
            "headcount": 1 + number % 3,
            "tags": "[]",
            "posted_on": posted.isoformat(),
            "closed_on": (posted + timedelta(days=20 if number % 3 else 45)).isoformat(),
        }
        for number in range(600)
        for posted in [date(2025, 1, 2) + timedelta(days=number * 240 // 600)]
    ]
    seekers = [
        {
            "month": f"2025-{month:02}-01",
            "division_code": district,
            "skill_id": skill,
            "seekers": count,
        }
        for month in range(1, 9)
        for district, skill, count in [
            (WEST, "tig-welding", 60),
            (WEST, CARE, 12),
            (EAST, "tig-welding", 30),
            (EAST, CARE, 4),
        ]
    ]
    pl.DataFrame(postings).write_csv(folder / "postings.csv")
    pl.DataFrame(seekers).write_csv(folder / "jobseekers.csv")
    files = [str(folder / f"{table}.csv") for table in ("postings", "jobseekers")]
    run_verb(["import", *files, "--snapshot", str(folder / "snapshot")])
    return folder / "snapshot"


def gaps(snapshot: Path, *more: str, month: str = "2025-07") -> dict[str, Any]:
    found: dict[str, Any] = run_verb(
        ["gaps", "--snapshot", str(snapshot), "--as-of", month, "--json", *more]
    )
    return found


def test_the_table_and_its_evidence_are_written(snapshot: Path, tmp_path: Path) -> None:
    path, behind = tmp_path / "gaps.parquet", tmp_path / "evidence.csv"
    told = gaps(snapshot, "--out", str(path), "--evidence", str(behind))
    table = pl.read_parquet(path)
    assert set(CONTRACT) <= set(table.columns)
    assert table["rank"].to_list() == list(range(1, table.height + 1))
    assert told["rows"] == table.height
    assert told["jobseekers_by"] == "skill_id"
    counts = pl.read_csv(behind, infer_schema=False).group_by("division_code", "skill_id").len()
    joined = table.join(counts, on=["division_code", "skill_id"])
    assert (joined["evidence"] == joined["len"]).all()


def test_ten_and_more_are_told_unless_that_tells_what_is_under_ten(
    snapshot: Path, tmp_path: Path
) -> None:
    path = tmp_path / "gaps.parquet"
    gaps(snapshot, "--out", str(path))
    cells = pl.read_parquet(path).select("division_code", "seekers")
    assert set(cells.filter(pl.col("division_code") == EAST)["seekers"]) == {None}
    assert set(cells.filter(pl.col("division_code") == WEST)["seekers"]) >= {60.0, 12.0}


def test_rows_are_those_asked_for_and_keep_their_ranks(snapshot: Path, tmp_path: Path) -> None:
    whole, some = tmp_path / "gaps.parquet", tmp_path / "some.xlsx"
    gaps(snapshot, "--out", str(whole))
    gaps(snapshot, "--out", str(some), "--division", EAST, "--skill", "tig-welding")
    sheet = openpyxl.load_workbook(some).active
    table = pl.read_parquet(whole).filter(
        (pl.col("division_code") == EAST) & (pl.col("skill_id") == "tig-welding")
    )
    assert sheet.max_row == 2
    assert sheet["A2"].value == table["rank"].item()
    assert str(sheet["A1"].value).startswith("排名")


def test_a_later_run_of_an_earlier_month_writes_the_same_bytes(
    snapshot: Path, tmp_path: Path
) -> None:
    first, again = tmp_path / "first.csv", tmp_path / "again.csv"
    gaps(snapshot, "--out", str(first), month="2025-06")
    gaps(snapshot, "--out", str(again), month="2025-07-01")
    assert first.read_bytes() == again.read_bytes()


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_demand_table_written_before_is_taken(snapshot: Path, tmp_path: Path, kind: str) -> None:
    demand, path = tmp_path / f"demand.{kind}", tmp_path / "gaps.parquet"
    where = ["--snapshot", str(snapshot), "--as-of", "2025-07"]
    run_verb(["demand", *where, "--out", str(demand), "--json"])
    told = gaps(snapshot, "--demand", str(demand), "--out", str(path))
    assert any("postings were not read" in note for note in told["notes"])
    table = pl.read_parquet(path)
    assert table["days_open"].null_count() == table.height


def test_a_planner_reads_its_head(snapshot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_verb(["gaps", "--snapshot", str(snapshot), "--as-of", "2025-07"])
    shown = capsys.readouterr().out
    assert "最可能、最大的缺口" in shown
    assert "第一行：" in shown


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--division", "330199000000"], "no division_code 330199000000; it has"),
        (["--out", "gaps.txt"], "should end in one of"),
        (["--demand", "nowhere.csv"], "can't be read"),
        (["--demand", "table.xlsx"], "should end in .csv or .parquet"),
    ],
)
def test_what_can_not_be_done_is_said(snapshot: Path, more: list[str], message: str) -> None:
    with pytest.raises(XuepeiError, match=message):
        gaps(snapshot, *more)
