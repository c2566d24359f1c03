"""``xuepei coverage`` and ``xuepei targets``: what they write, and that a past day stays past."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from data.city import City
from data.cli import run_verb
from data.cli.console import out
from data.cli.moments import read_end
from data.cli.root import answer
from data.errors import XuepeiError
from data.simulate.build import build
from data.simulate.presets import preset
from data.store import write_snapshot
from data.tables import TABLES
from features.asof import in_utc, known_at

SMALL = ["learners=300", "sections_per_term=60", "postings=60", "labour_months=2"]
PAST = "2025-04-20"
NOW = "2025-09-01T12:00:00+08:00"


@pytest.fixture(scope="module")
def city() -> City:
    """A simulated city of one district."""
    tables = build(preset("tiny", [*SMALL, "judged_learners=20"]), 3, lambda _step: None).tables
    return City({name: whole(name, frame).lazy() for name, frame in tables.items()})


def whole(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """A table of the simulator in its contract's columns and types."""
    contract = TABLES[name]
    lacking = [column for column in contract.column_names() if column not in frame.columns]
    full = frame.with_columns(pl.lit(None).alias(column) for column in lacking)
    return contract.validate(full.select(contract.column_names()), cast=True)


@pytest.fixture(scope="module")
def snapshot(city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(city, tmp_path_factory.mktemp("now"))


@pytest.fixture(scope="module")
def earlier(city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the same city would have handed in on the past day."""
    moment = read_end(PAST)
    begun = pl.col("apply_opens_at") <= in_utc(moment)
    then = known_at(city, moment)
    then = then.with_tables(sections=then.scan("sections").filter(begun))
    return written(then, tmp_path_factory.mktemp("then"))


def written(city: City, folder: Path) -> Path:
    tables = {name: city.read(name) for name in city.tables}
    write_snapshot(folder / "snapshot", tables, now=datetime(2026, 1, 1, tzinfo=UTC))
    return folder / "snapshot"


def verb(name: str, snapshot: Path, *more: str, as_of: str = NOW) -> dict[str, Any]:
    found: dict[str, Any] = run_verb(
        [name, "--snapshot", str(snapshot), "--as-of", as_of, "--json", *more]
    )
    return found


@pytest.mark.parametrize("name", ["coverage", "targets"])
@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
def test_a_past_day_is_told_by_a_later_snapshot_in_the_same_bytes(
    name: str, kind: str, snapshot: Path, earlier: Path, tmp_path: Path
) -> None:
    files = [tmp_path / f"{word}.{kind}" for word in ("then", "now")]
    for folder, file in zip((earlier, snapshot), files, strict=True):
        verb(name, folder, "--out", str(file), as_of=PAST)
    assert files[0].read_bytes() == files[1].read_bytes()
    assert len(files[0].read_bytes()) > 1000


def test_the_past_is_not_the_present(snapshot: Path) -> None:
    found = [verb("targets", snapshot, as_of=day)["targets"] for day in (PAST, NOW)]
    assert [row["value"] for row in found[0]] != [row["value"] for row in found[1]]


def test_coverage_writes_every_level_and_prints_the_worst(
    snapshot: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "coverage.csv"
    found = verb("coverage", snapshot, "--out", str(file), "--worst", "3")
    rows = pl.read_csv(file, schema_overrides={"division_code": pl.String})
    assert set(rows["level"]) == {"city", "district", "town", "village"}
    assert set(rows["circle"]) == {"citizen", "vocational"}
    assert len(found["worst"]["citizen"]) == 3
    outside = [row["uncovered"] for row in found["worst"]["citizen"]]
    assert outside == sorted(outside, reverse=True)
    assert json.loads(capsys.readouterr().out)["rows"] == rows.height
    run_verb(["coverage", "--snapshot", str(snapshot), "--as-of", "2025-08"])
    printed = capsys.readouterr().out
    assert "市民学习圈" in printed
    assert "estimate" in printed


def test_a_programme_has_its_own_circle(snapshot: Path) -> None:
    found = verb("coverage", snapshot, "--programme", "senior", "--programme", "vocational")
    assert {(row["circle"], row["limit_min"]) for row in found["city"]} == {
        ("senior", 15.0),
        ("vocational", 30.0),
    }


def test_driving_brings_more_people_into_reach(snapshot: Path) -> None:
    def covered(*more: str) -> int:
        rows = verb("coverage", snapshot, *more)["city"]
        return int(rows[0]["covered"])

    assert covered("--travel-mode", "drive") > covered()


def test_targets_are_printed_with_words_and_written_with_chinese_titles(
    snapshot: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(out, "width", 200)
    book, mix = tmp_path / "targets.xlsx", tmp_path / "mix.csv"
    run_verb(["targets", "--snapshot", str(snapshot), "--as-of", NOW, "--out", str(book),
              "--matching", str(mix)])  # fmt: skip
    printed = capsys.readouterr().out
    for word in ("未知", "落后", "正常"):
        assert word in printed
    sheet = openpyxl.load_workbook(book).active
    assert sheet is not None
    assert sheet.max_row == 23
    titles = [str(cell.value) for cell in sheet[1]]
    assert not [title for title in titles if title.isascii()]
    degrees = pl.read_csv(mix)["degree"].drop_nulls()
    assert len(degrees)
    assert degrees.is_between(0, 1).all()


def test_matching_reads_a_table_of_demand(snapshot: Path, city: City, tmp_path: Path) -> None:
    skills = city.read("course_skills")["skill_id"].unique().sort().head(3)
    demand = pl.DataFrame(
        {"month": ["2025-08-01"] * 3, "division_code": ["330113000000"] * 3,
         "skill_id": skills, "vacancies": [3.0, 2.0, 1.0]}
    )  # fmt: skip
    file, mix = tmp_path / "demand.csv", tmp_path / "mix.csv"
    demand.write_csv(file)
    verb("targets", snapshot, "--matching", str(mix), "--demand", str(file))
    programmes = pl.read_csv(mix)["programme"]
    assert "vocational" in programmes
    demand.drop("vacancies").write_csv(file)
    with pytest.raises(XuepeiError, match="no table of demand with month, division_code"):
        verb("targets", snapshot, "--matching", str(mix), "--demand", str(file))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["coverage", "--programme", "yoga"], "no programme 'yoga'"),
        (["coverage", "--travel-mode", "boat"], "no travel mode 'boat'"),
        (["coverage", "--out", "coverage.doc"], "should end in one of"),
        (["targets", "--demand", "demand.csv"], "say where it goes with --matching"),
    ],
)
def test_bad_input_is_refused_with_what_was_expected(
    snapshot: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name, *rest = arguments
    code = answer([name, "--snapshot", str(snapshot), "--as-of", NOW, *rest])
    assert code == 2
    assert message in " ".join(capsys.readouterr().err.split())


def test_a_snapshot_without_the_table_asked_about_says_which(tmp_path: Path, city: City) -> None:
    empty = City({"courses": city.scan("courses")})
    folder = written(empty, tmp_path)
    for name, table in (("coverage", "divisions"), ("targets", "targets")):
        with pytest.raises(XuepeiError, match=f"has no table {table}"):
            verb(name, folder)


def test_a_month_stands_for_its_end() -> None:
    assert read_end("2025-12") == datetime.fromisoformat("2026-01-01T00:00:00+08:00")
    with pytest.raises(XuepeiError, match="no month"):
        read_end("2025-13")
