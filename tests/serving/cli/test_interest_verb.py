"""``xuepei interest``: files a plan is made from, and a head that a planner can read."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data.city import City
from data.cli import run_verb
from data.cli.console import out
from data.errors import XuepeiError
from data.store import write_snapshot
from data.tally import Ask, Tally
from data.unmet import UnmetLedger

TOWN = "330106109000"
SPRING = {
    "term": "2025春",
    "starts_on": date(2025, 3, 3),
    "ends_on": date(2025, 6, 30),
    "apply_opens_at": datetime(2025, 2, 10, tzinfo=UTC),
    "apply_closes_at": datetime(2025, 2, 20, tzinfo=UTC),
    "state": "finished",
}

Run = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def wanted(make_city: Callable[..., City], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of one senior class of 12 seats that 180 of one town applied for."""
    people = [f"l{n:03d}" for n in range(180)]
    first = datetime(2025, 2, 11, tzinfo=UTC)
    kinds = [(name, "apply") for name in people] + [(name, "enrol") for name in people[:12]]
    city = make_city(
        divisions=[
            {"division_code": "330100000000", "level": "city", "name": "杭州市"},
            {"division_code": "330106000000", "level": "district", "name": "西湖区"},
            {"division_code": TOWN, "level": "town", "name": "北山街道"},
        ],
        institutions=[{}],
        venues=[{"division_code": TOWN}],
        courses=[{"course_id": "c", "title": "=乐龄竹笛", "programme": "senior"}],
        sections=[
            {**SPRING, "section_id": "s", "course_id": "c", "capacity": 12, "rule": "lottery"}
        ],
        learners=[{"learner_id": name, "home_division_code": TOWN} for name in people],
        events=[
            {"event_id": f"e{n}", "learner_id": name, "section_id": "s", "course_id": "c"}
            | {"type": kind, "occurred_at": first}
            for n, (name, kind) in enumerate(kinds)
        ],
    )
    folder = tmp_path_factory.mktemp("wanted") / "snapshot"
    tables = {name: frame.collect() for name, frame in city.tables.items()}
    write_snapshot(folder, tables, now=datetime(2025, 9, 1, tzinfo=UTC))
    return folder


@pytest.fixture
def run(wanted: Path) -> Run:
    def verb(*options: object, as_of: str = "2025-08") -> dict[str, Any]:
        told = [str(option) for option in options]
        return run_verb(["interest", "--snapshot", str(wanted), "--as-of", as_of, *told])

    return verb


def test_the_head_names_places_classes_and_ratios(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(out, "width", 200)
    run()
    shown = capsys.readouterr().out
    assert "西湖区 北山街道" in shown
    assert "=乐龄竹笛" in shown
    assert "15.0" in shown  # 180 applicants for 12 seats


def test_every_table_is_written_in_the_form_its_name_says(run: Run, tmp_path: Path) -> None:
    names = {"out": "i.parquet", "wants": "w.json", "senior": "s.xlsx", "contested": "c.csv"}
    files = {name: tmp_path / file for name, file in names.items()}
    result = run(*[part for name, path in files.items() for part in (f"--{name}", path)])
    assert result["lost"] == 168.0
    gap = pl.read_parquet(files["out"])
    assert gap.filter(pl.col("division_code") == TOWN)["lottery_lost"].to_list() == [168.0]
    assert sum(row["wanted"] for row in json.loads(files["wants"].read_text())) == 170.0  # in tens
    assert files["senior"].stat().st_size > 0
    assert "'=乐龄竹笛" in files["contested"].read_text("utf-8")  # never a formula


def test_a_ledger_brings_the_searches(run: Run, tmp_path: Path) -> None:
    tally = Tally()
    for caller in range(12):
        tally.add(Ask(date(2025, 7, 1), None, TOWN, ("arts",), (), None, (), True, caller))
    with UnmetLedger(tmp_path / "unmet.db") as ledger:
        ledger.add(tally)
    result = run("--unmet", tmp_path / "unmet.db", "--json")
    assert (result["asked"], result["empty"]) == (12.0, 12.0)
    assert run("--json")["asked"] is None


def test_json_is_one_document(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    result = run("--by", "slot", "--by", "age_band", "--json")
    assert json.loads(capsys.readouterr().out) == result


def test_before_the_draw_nobody_has_lost(run: Run) -> None:
    assert run("--json", as_of="2025-01")["rows"] == 0


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--by", "colour"), "told apart by category"),
        (("--out", "table.doc"), "should end in one of"),
        (("--unmet", "nowhere.db"), "no unmet-demand ledger at nowhere.db"),
    ],
)
def test_what_cannot_be_used_is_named(run: Run, options: tuple[str, ...], expected: str) -> None:
    with pytest.raises(XuepeiError, match=expected):
        run(*options)
    assert not Path("nowhere.db").exists()
