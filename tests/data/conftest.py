"""Fixtures: contract tables as the CSV files a school would send, and their import."""

import csv
import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from data.city import City
from data.ingest import ImportAccount, import_sources

Send = Callable[..., Path]


@pytest.fixture
def send(make_city: Callable[..., City], tmp_path: Path) -> Send:
    """Writes partial rows as CSV: ``send("first", courses=[{"course_id": "c"}])`` -> a folder.

    Cells given as ``raw_<column>`` are written as they are, over the contract's value.
    """

    def write(name: str, **tables: list[dict[str, Any]]) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        for table, rows in tables.items():
            sound = [{k: v for k, v in row.items() if not k.startswith("raw_")} for row in rows]
            cells = make_city(**{table: sound}).read(table).to_dicts()
            raw = [{k[4:]: v for k, v in row.items() if k.startswith("raw_")} for row in rows]
            _write(folder / f"{table}.csv", [a | b for a, b in zip(cells, raw, strict=True)])
        return folder

    return write


@pytest.fixture
def bring(tmp_path: Path, as_of: datetime) -> Callable[..., ImportAccount]:
    """Imports folders into the test's one snapshot."""

    def run(*sources: Path, replace: bool = False) -> ImportAccount:
        return import_sources(sources, tmp_path / "city", now=as_of, replace=replace)

    return run


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case list():
            return json.dumps(value, ensure_ascii=False)
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)
