"""Snapshots rest on disk whole, are opened lazily, and say when they are not what was written."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from data.city import City
from data.errors import ContractError, StoreError
from data.store import (
    Version,
    exclusive,
    open_snapshot,
    read_manifest,
    source_file,
    undo,
    write_snapshot,
    write_version,
)

MakeCity = Callable[..., City]


@pytest.fixture
def city(make_city: MakeCity) -> City:
    return make_city(
        courses=[{"course_id": "c-1"}, {"course_id": "c-2"}],
        learners=[{"learner_id": "l-1", "needs": ["captions"], "free_slots": ["3E"]}],
    )


def test_what_was_written_is_read_back_with_its_types(
    city: City, tmp_path: Path, as_of: datetime
) -> None:
    manifest = write_snapshot(tmp_path, city.tables, now=as_of)
    opened = open_snapshot(tmp_path, verify=True)
    assert opened.snapshot_id == manifest.id == read_manifest(tmp_path).id
    assert isinstance(opened.scan("courses"), pl.LazyFrame)
    for table in city.tables:
        assert opened.read(table).equals(city.read(table))
        assert opened.read(table).schema == city.read(table).schema


def test_the_manifest_says_what_each_file_holds(
    city: City, tmp_path: Path, as_of: datetime
) -> None:
    source = tmp_path / "来源.csv"
    source.write_bytes(b"a\n")
    write_snapshot(tmp_path / "s", city.tables, now=as_of, sources=(source_file(source),))
    manifest = read_manifest(tmp_path / "s")
    assert list(manifest.tables) == ["courses", "learners"]
    assert manifest.tables["courses"].rows == 2
    assert manifest.imported_at == as_of
    assert manifest.sources[0].file == "来源.csv"
    assert len(manifest.sources[0].sha256) == 64


@pytest.mark.parametrize("damage", ["missing", "cut", "flipped", "manifest", "version", "table"])
def test_a_damaged_snapshot_is_not_opened(
    city: City, tmp_path: Path, as_of: datetime, damage: str
) -> None:
    write_snapshot(tmp_path, city.tables, now=as_of)
    file = tmp_path / "current" / "courses.parquet"
    manifest = tmp_path / "current" / "manifest.json"
    content = file.read_bytes()
    document = json.loads(manifest.read_text())
    match damage:
        case "missing":
            file.unlink()
        case "cut":
            file.write_bytes(content[:-1])
        case "flipped":
            file.write_bytes(content[:40] + bytes([content[40] ^ 1]) + content[41:])
        case "manifest":
            manifest.write_text("{")
        case "version":
            manifest.write_text(json.dumps(document | {"schema_version": "0"}))
        case _:
            tables = {"horoscopes": document["tables"]["courses"]}
            manifest.write_text(json.dumps(document | {"tables": tables}))
    with pytest.raises(StoreError):
        open_snapshot(tmp_path, verify=True)


def test_an_empty_folder_is_no_snapshot(tmp_path: Path) -> None:
    for read in (open_snapshot, read_manifest, undo):
        with pytest.raises(StoreError, match="no snapshot"):
            read(tmp_path)


def test_only_the_contracts_columns_and_types_are_stored(tmp_path: Path, as_of: datetime) -> None:
    with pytest.raises(ContractError, match="courses must have the columns"):
        write_snapshot(tmp_path, {"courses": pl.DataFrame({"course_id": ["c"]})}, now=as_of)
    with pytest.raises(ContractError, match="unknown table"):
        write_snapshot(tmp_path, {"horoscopes": pl.DataFrame()}, now=as_of)
    with pytest.raises(StoreError, match="no snapshot"):
        open_snapshot(tmp_path)


def test_a_folder_that_holds_something_else_is_left_alone(
    city: City, tmp_path: Path, as_of: datetime
) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder" / "current").mkdir(parents=True)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "import.json").write_text("mine")
    for place in ("file", "folder", "other"):
        with pytest.raises(StoreError):
            write_snapshot(tmp_path / place, city.tables, now=as_of)
    assert (tmp_path / "other" / "import.json").read_text() == "mine"


def test_two_imports_cannot_interleave(city: City, tmp_path: Path, as_of: datetime) -> None:
    with exclusive(tmp_path), pytest.raises(StoreError, match="another import"):
        write_snapshot(tmp_path, city.tables, now=as_of)
    write_snapshot(tmp_path, city.tables, now=as_of)


def test_undo_goes_back_byte_for_byte_and_only_as_far_as_there_is_something(
    city: City, tmp_path: Path, as_of: datetime
) -> None:
    write_snapshot(tmp_path, city.tables, now=as_of)
    first = {file.name: file.read_bytes() for file in (tmp_path / "current").glob("*.*")}
    write_snapshot(tmp_path, {"courses": city.tables["courses"].head(1)}, now=as_of)
    assert not open_snapshot(tmp_path).has("learners")
    undo(tmp_path)
    assert {file.name: file.read_bytes() for file in (tmp_path / "current").glob("*.*")} == first
    with pytest.raises(StoreError, match="was the first import"):
        undo(tmp_path)


def test_old_versions_are_let_go_and_undo_says_so(
    city: City, tmp_path: Path, as_of: datetime
) -> None:
    for day in range(4):
        with exclusive(tmp_path):
            version = Version(city.tables, keep_versions=2)
            write_version(tmp_path, version, now=as_of + timedelta(days=day))
    assert len(list((tmp_path / "versions").iterdir())) == 2
    undo(tmp_path)
    with pytest.raises(StoreError, match="oldest one kept"):
        undo(tmp_path)


def test_an_unchanged_table_is_not_written_twice(
    city: City, tmp_path: Path, as_of: datetime
) -> None:
    write_snapshot(tmp_path, city.tables, now=as_of)
    before = (tmp_path / "current" / "learners.parquet").stat().st_ino
    with exclusive(tmp_path):
        version = Version({"courses": city.tables["courses"]}, kept=["learners"])
        write_version(tmp_path, version, now=as_of)
    assert (tmp_path / "current" / "learners.parquet").stat().st_ino == before
    assert open_snapshot(tmp_path, verify=True).read("learners").height == 1


def test_where_links_are_not_possible_files_are_copied(
    city: City, tmp_path: Path, as_of: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    write_snapshot(tmp_path, city.tables, now=as_of)
    monkeypatch.setattr("os.link", refuse)
    with exclusive(tmp_path):
        write_version(tmp_path, Version({}, kept=list(city.tables)), now=as_of)
    assert open_snapshot(tmp_path, verify=True).read("courses").height == 2


def test_there_is_nothing_to_take_over_before_the_first_import(
    tmp_path: Path, as_of: datetime
) -> None:
    with exclusive(tmp_path), pytest.raises(StoreError, match="nothing to take"):
        write_version(tmp_path, Version({}, kept=["courses"]), now=as_of)
