"""``xuepei bench city``: each part of a city's planning tables measured apart."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from data.city import City
from data.cli import run_verb
from data.store import write_snapshot
from training.errors import BenchError

DISTRICT = "330106000000"


def stored(city: City, folder: Path) -> str:
    tables = {name: table.collect() for name, table in city.tables.items()}
    write_snapshot(folder, tables, now=datetime(2025, 9, 1, tzinfo=UTC))
    return str(folder)


def test_the_whole_adds_up_its_parts_and_takes_the_highest_peak(
    make_city: Callable[..., City], tmp_path: Path
) -> None:
    posted = [{"posting_id": f"p{day}", "title": "电焊工", "description": "需要焊接经验",
               "division_code": DISTRICT, "posted_on": date(2025, 7, day)}
              for day in range(1, 21)]  # fmt: skip
    city = make_city(
        divisions=[{"division_code": DISTRICT, "population": 900, "lon": 120.1, "lat": 30.2}],
        institutions=[{}],
        venues=[{"division_code": DISTRICT}],
        courses=[{"course_id": "c"}],
        sections=[{"section_id": "s", "course_id": "c"}],
        skills=[{"skill_id": "weld", "name": "焊接"}],
        postings=posted,
    )
    folder = stored(city, tmp_path / "snapshot")
    *parts, whole = run_verb(["bench", "city", "--snapshot", folder, "--as-of", "2025-07"])
    assert [row["part"] for row in parts] == ["gaps", "coverage", "targets"]
    assert whole["rows"] == sum(row["rows"] for row in parts)
    assert whole["wall_s"] == pytest.approx(sum(row["wall_s"] for row in parts), abs=0.1)
    assert whole["peak_mb"] == max(row["peak_mb"] for row in parts)


def test_a_part_that_cannot_be_made_is_named(
    make_city: Callable[..., City], tmp_path: Path
) -> None:
    folder = stored(make_city(institutions=[{}]), tmp_path / "snapshot")
    with pytest.raises(BenchError, match="gaps failed"):
        run_verb(["bench", "city", "--snapshot", folder, "--as-of", "2025-07"])
