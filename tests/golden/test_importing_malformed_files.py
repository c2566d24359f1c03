"""Every malformed file through the whole import: none crashes, every row is accounted for."""

import csv
import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from data.errors import StoreError, XuepeiError
from data.ingest import import_sources
from data.store import open_snapshot

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = tomllib.loads((HERE / "golden.toml").read_text("utf-8"))["case"]
NOW = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)
WHOLE = [case for case in CASES if "import" not in case]
ROWS = [case for case in CASES if "import" in case]


def named(case: dict[str, Any]) -> str:
    return str(case["folder"])


def test_there_are_at_least_forty_and_every_folder_is_told() -> None:
    folders = {path.name for path in HERE.iterdir() if path.is_dir() and path.name[0] not in "._"}
    assert {named(case) for case in CASES} == folders
    assert len(folders) >= 40


@pytest.mark.parametrize("case", WHOLE, ids=named)
def test_a_file_that_cannot_be_read_stops_the_import_with_a_sentence(
    case: dict[str, Any], tmp_path: Path
) -> None:
    with pytest.raises(XuepeiError) as stopped:
        import_sources([HERE / named(case)], tmp_path, now=NOW)
    assert type(stopped.value).__name__ == case["error"]
    assert len(str(stopped.value)) > 20
    with pytest.raises(StoreError, match="no snapshot"):
        open_snapshot(tmp_path)


@pytest.mark.parametrize("case", ROWS, ids=named)
def test_every_row_is_kept_or_set_aside_under_its_first_failing_rule(
    case: dict[str, Any], tmp_path: Path
) -> None:
    account = import_sources([HERE / named(case)], tmp_path, now=NOW)
    table = account.tables[case["table"]]
    expected = case["import"]
    assert (table.kept, dict(table.rules)) == (expected["kept"], expected["quarantined"])
    assert table.read == table.kept + table.quarantined == case["read"]
    city = open_snapshot(tmp_path, verify=True)
    for name, each in account.tables.items():
        assert each.read == each.kept + each.quarantined
        assert city.read(name).height == each.kept
        assert len(quarantined(tmp_path, name)) == each.quarantined


def quarantined(snapshot: Path, table: str) -> list[dict[str, str]]:
    """The table's quarantine, each line with its reasons and the row as JSON."""
    path = snapshot / "quarantine" / f"{table}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    for line in lines:
        assert line["file"]
        assert int(line["row"]) > 0
        assert line["reason_zh"]
        assert line["reason_en"]
        json.loads(line["raw"])
    return lines
