"""``plan`` and ``site-advice`` from the command line: files whole or not at all, errors by name."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data.city import City
from data.cli import run_verb
from data.errors import XuepeiError
from data.store import write_snapshot

DISTRICT, TOWN = "330106000000", "330106001000"
SLOTS = ["1E", "3E", "6M", "6A"]


@pytest.fixture(scope="module")
def town(
    make_city: Callable[..., City], as_of: datetime, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A town with two venues and two courses, on disk, and a table of gaps beside it."""
    folder = tmp_path_factory.mktemp("town")
    city = make_city(
        divisions=[
            {"division_code": DISTRICT, "population": 40_000, "lon": 120.12, "lat": 30.27},
            {"division_code": TOWN, "level": "town", "population": 40_000, "lon": 120.12,
             "lat": 30.27},
        ],
        institutions=[{}],
        venues=[
            {"venue_id": name, "division_code": TOWN, "open_slots": SLOTS} for name in ("v1", "v2")
        ],
        skills=[{"skill_id": "weld", "name": "焊接"}, {"skill_id": "carve", "name": "雕刻"}],
        courses=[
            {"course_id": "w", "programme": "vocational", "category": "vocational_skills"},
            {"course_id": "k", "programme": "vocational", "category": "vocational_skills"},
        ],
        course_skills=[
            {"course_id": "w", "skill_id": "weld"},
            {"course_id": "k", "skill_id": "carve"},
        ],
        teachers=[
            {"teacher_id": "t", "institution_id": "inst-1", "skills": ["weld"],
             "division_code": DISTRICT, "max_hours_week": 8.0, "role": "full_time"},
        ],
    )  # fmt: skip
    tables = {name: table.collect() for name, table in city.tables.items()}
    write_snapshot(folder / "snapshot", tables, now=as_of)
    gaps = {"division_code": [DISTRICT] * 2, "skill_id": ["weld", "carve"], "gap": [4.0, 3.0]}
    pl.DataFrame(gaps).write_csv(folder / "gaps.csv")
    return folder


def run(town: Path, *options: str) -> dict[str, Any]:
    given = ["--snapshot", str(town / "snapshot"), "--as-of", "2025-08"]
    result: dict[str, Any] = run_verb(["plan", *given, "--gaps", str(town / "gaps.csv"),
                                       "--max-seconds", "2", *options])  # fmt: skip
    return result


def test_a_plan_is_written_with_its_bound_and_what_each_line_closes(
    town: Path, tmp_path: Path
) -> None:
    target = tmp_path / "plan.csv"
    result = run(town, "--budget", "20000", "--floor", "town=1", "--out", str(target))
    lines = pl.read_csv(target, schema_overrides={"district_code": pl.String})
    assert result["sections"] == lines.height > 0
    assert result["worth"] <= result["bound"] + 1e-6
    assert result["cost"] == pytest.approx(lines["cost"].sum())
    assert lines["cost"].sum() <= 20_000
    assert (lines["gap_closed"] > 0).all()
    assert [it["floor"] for it in result["floors"]] == ["town"]


def test_what_if_tells_the_change_of_a_section_a_teacher_and_a_venue(
    town: Path, tmp_path: Path
) -> None:
    target = str(tmp_path / "plan.csv")
    run(town, "--budget", "8000", "--out", target)
    open_at = set(pl.read_csv(target).select("course_id", "venue_id").iter_rows())
    closed = min({(course, venue) for course in "wk" for venue in ("v1", "v2")} - open_at)
    section = f"section:{'@'.join(closed)}@6M"
    changes = ["--drop", "teacher:t", "--drop", "venue:v1"]
    changes += ["--add", section, "--add", f"teacher:carve@{DISTRICT}=6"]
    changes += ["--add", "venue:120.121,30.271,30"]
    result = run(town, "--budget", "8000", "--out", target, *changes)
    told = {it["change"]: it for it in result["what_if"]}
    assert next(iter(told)) == f"add {section}"
    assert told[f"add {section}"]["opened"] == 1
    assert told["drop teacher:t"]["gap_closed"] <= 1e-6
    assert all({"gap_closed", "cost", "coverage"} <= set(it) for it in result["what_if"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--floor", "village=1"], "expected town=N"),
        (["--drop", "room:x"], "is no change"),
        (["--drop", "venue:nowhere"], "there is no venue"),
        (["--add", "teacher:weld@330106=many"], "expected SKILL@DISTRICT=HOURS"),
        (["--out", "plan.doc"], "should end in one of"),
    ],
)
def test_a_wrong_option_is_named_and_nothing_is_written(
    town: Path, tmp_path: Path, options: list[str], message: str
) -> None:
    target = tmp_path / "plan.csv"
    with pytest.raises(XuepeiError, match=message):
        run(town, "--budget", "20000", "--out", str(target), *options)
    assert not target.exists()


def test_site_advice_ranks_courses_for_a_venue_and_places_for_micro_spaces(
    town: Path, tmp_path: Path
) -> None:
    given = ["--snapshot", str(town / "snapshot"), "--as-of", "2025-08"]
    target = tmp_path / "advice.csv"
    advice = run_verb(["site-advice", *given, "--venue", "v1", "--gaps", str(town / "gaps.csv"),
                       "--out", str(target)])  # fmt: skip
    assert [row["rank"] for row in advice["rows"]] == [1, 2]
    assert target.exists()
    assert run_verb(["site-advice", *given, "--micro", "2"])["rows"] == []
    with pytest.raises(XuepeiError, match="one of them"):
        run_verb(["site-advice", *given])
