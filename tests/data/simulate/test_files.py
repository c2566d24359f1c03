import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data.cli import run_verb
from data.errors import DataError
from data.ingest import import_sources
from data.simulate import Simulated, preset, simulate
from data.store import open_snapshot

SMALL = ("learners=60", "sections_per_term=20", "history_terms=1", "postings=40")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, folder: Path) -> None:
    simulate(preset("tiny"), 7, tmp_path / "again")
    assert contents(tmp_path / "again") == contents(folder)


def test_another_seed_gives_another_city(tmp_path: Path) -> None:
    for seed in (1, 2):
        simulate(preset("tiny", SMALL), seed, tmp_path / str(seed))
    one, two = contents(tmp_path / "1"), contents(tmp_path / "2")
    for table in ("learners.parquet", "events.parquet", "sections.csv", "postings.parquet"):
        assert one[table] != two[table]


def test_the_import_finds_exactly_what_was_planted(
    folder: Path, facts: Mapping[str, Any], tmp_path: Path
) -> None:
    account = import_sources([folder], tmp_path / "city", now=datetime(2025, 12, 1, tzinfo=UTC))
    planted = facts["tables"]
    assert {name: table.read for name, table in account.tables.items()} == {
        name: table["rows"] for name, table in planted.items()
    }
    assert {name: dict(table.rules) for name, table in account.tables.items()} == {
        name: table["bad"] for name, table in planted.items()
    }
    changes = {
        name: {
            kind: sum(c.cells for c in codes if c.change == kind)
            for kind in ("mapped", "ambiguous")
        }
        for name, codes in account.division_codes.items()
        if codes
    }
    assert changes == {name: t["old_codes"] for name, t in planted.items() if t["old_codes"]}


def test_every_kind_of_bad_row_and_old_code_is_planted(facts: Mapping[str, Any]) -> None:
    tables = facts["tables"]
    assert {name for name, table in tables.items() if table["quarantined"]} == {
        "venues", "courses", "sections", "learners", "events", "postings",
    }  # fmt: skip
    assert all(tables[name]["old_codes"]["ambiguous"] > 0 for name in ("learners", "postings"))


def test_the_snapshot_keeps_every_clean_row(folder: Path, tmp_path: Path) -> None:
    import_sources([folder], tmp_path / "city", now=datetime(2025, 12, 1, tzinfo=UTC))
    sections = open_snapshot(tmp_path / "city").read("sections")
    params = preset("tiny")
    assert sections.height == params.sections_per_term * (params.history_terms + 1)


def test_sections_are_in_gbk_unless_switched_off(folder: Path, tmp_path: Path) -> None:
    raw = (folder / "sections.csv").read_bytes()
    assert "2025秋" in raw.decode("gbk")
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")
    simulate(preset("tiny", [*SMALL, "gbk=false"]), 1, tmp_path / "plain")
    assert "2025秋" in (tmp_path / "plain/sections.csv").read_text("utf-8")


def test_the_cut_off_is_written_with_its_offset(folder: Path) -> None:
    text = (folder / "truth/as_of.txt").read_text("utf-8").strip()
    assert datetime.fromisoformat(text) == datetime(2025, 9, 1, 4, tzinfo=UTC)
    assert text.endswith("+08:00")


def test_a_folder_in_use_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine", "utf-8")
    with pytest.raises(DataError, match="--force"):
        simulate(preset("tiny", SMALL), 1, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


def test_force_replaces_a_folder_as_a_whole(tmp_path: Path) -> None:
    out = tmp_path / "city"
    out.mkdir()
    (out / "note.txt").write_text("old", "utf-8")
    simulate(preset("tiny", SMALL), 1, out, force=True)
    assert not (out / "note.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["city"]


def test_a_file_is_no_place_for_a_city(tmp_path: Path) -> None:
    (tmp_path / "city").write_text("x", "utf-8")
    with pytest.raises(DataError, match="is a file"):
        simulate(preset("tiny", SMALL), 1, tmp_path / "city")


def test_an_interrupted_simulation_leaves_nothing_behind(tmp_path: Path) -> None:
    def interrupt(step: str, number: int, total: int) -> None:
        if number == total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(preset("tiny", SMALL), 1, tmp_path / "city", interrupt)
    assert list(tmp_path.iterdir()) == []


def test_the_verb_writes_a_city_and_prints_its_account(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sets = [part for setting in SMALL for part in ("--set", setting)]
    arguments = ["simulate", "--seed", "3", "--out", str(tmp_path / "city"), *sets]
    result = run_verb([*arguments, "--json"])
    assert isinstance(result, Simulated)
    printed = json.loads(capsys.readouterr().out)
    assert (
        printed["tables"]["divisions"]
        == pl.read_parquet(tmp_path / "city/divisions.parquet").height
    )
    assert printed["bad_rows"]["sections"] > 0


def test_the_verb_shows_a_table_of_what_was_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sets = [part for setting in SMALL for part in ("--set", setting)]
    run_verb(["simulate", "--out", str(tmp_path / "city"), *sets])
    assert "learners" in capsys.readouterr().out
