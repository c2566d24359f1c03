"""The table of demand as ``train`` takes it: all months, or one."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from recsys.errors import DemandTableError
from recsys.scorers.shortages import shortages
from training.cli.train import read_demand

AS_OF = datetime(2025, 9, 1, 4, tzinfo=UTC)
WRITTEN = pl.DataFrame(
    {
        "month": [date(2025, 7, 1), date(2025, 8, 1), date(2025, 8, 1), date(2025, 11, 1)],
        "division_code": ["330106000000", "330106000000", "330100000000", "330106000000"],
        "skill_id": ["weld", "weld", "code", "weld"],
        "ads": [3, 5, 9, 0],
        "vacancies": [4.5, 6.0, 20.0, 3.0],
        "low": [2.0, 3.5, None, 1.0],
        "level": ["skill/district", "skill/district", "trade/city", "skill/district"],
    }
)
"""A few columns of what ``xuepei demand`` writes."""


@pytest.fixture(params=["csv", "parquet"])
def table(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The table as a file."""
    path = tmp_path / f"demand.{request.param}"
    (WRITTEN.write_csv if path.suffix == ".csv" else WRITTEN.write_parquet)(path)
    return path


def test_of_a_table_of_many_months_the_latest_begun_counts(table: Path) -> None:
    rows = shortages(read_demand(table, None, AS_OF), AS_OF)
    assert rows.rows() == [("330106000000", "weld", 3.5)]


def test_a_month_can_be_named(table: Path) -> None:
    rows = shortages(read_demand(table, "2025-07", AS_OF), AS_OF)
    assert rows.rows() == [("330106000000", "weld", 2.0)]


@pytest.mark.parametrize(
    ("month", "message"),
    [("2025-06", "no month '2025-06'; its latest are"), ("2025-11", "hadn't begun by")],
)
def test_a_month_that_is_not_there_or_not_yet_is_refused(
    table: Path, month: str, message: str
) -> None:
    with pytest.raises(DemandTableError, match=message):
        read_demand(table, month, AS_OF)


def test_a_month_without_a_table_is_refused() -> None:
    with pytest.raises(DemandTableError, match="it gives none"):
        read_demand(None, "2025-08", AS_OF)


def test_a_month_of_a_table_without_months_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "flat.csv"
    WRITTEN.drop("month").write_csv(path)
    with pytest.raises(DemandTableError, match="no column month"):
        read_demand(path, "2025-08", AS_OF)
