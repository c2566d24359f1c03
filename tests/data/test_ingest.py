"""An import accounts for every row, keeps the snapshot's rules, and can be taken back."""

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from data.errors import SourceError
from data.ingest import ImportAccount, import_sources
from data.sources import load_mapping
from data.store import open_snapshot, undo

Send = Callable[..., Path]
Ids = list[dict[str, Any]]


Bring = Callable[..., ImportAccount]


def column(tmp_path: Path, table: str, name: str) -> list[Any]:
    return open_snapshot(tmp_path / "city").read(table).get_column(name).to_list()


def quarantined(tmp_path: Path, table: str) -> list[dict[str, str]]:
    path = tmp_path / "city" / "quarantine" / f"{table}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_account_tells_where_every_row_went(send: Send, bring: Bring, tmp_path: Path) -> None:
    rows: Ids = [{"course_id": "0012"}, {"course_id": "b", "raw_hours": "many"}]
    rows += [
        {"course_id": "x", "raw_course_id": "0012", "title": "again"},
        {"course_id": "d", "raw_age_min": "300"},
    ]
    account = bring(send("first", courses=rows))
    courses = account.tables["courses"]
    assert (courses.read, courses.kept, courses.quarantined) == (4, 1, 3)
    assert courses.rules == {"type": 1, "duplicate_key": 1, "age_min|max": 1}
    assert column(tmp_path, "courses", "course_id") == ["0012"]
    lines = quarantined(tmp_path, "courses")
    assert [(line["row"], line["column"], line["rule"]) for line in lines] == [
        ("3", "hours", "type"),
        ("4", "", "duplicate_key"),
        ("5", "age_min", "age_min|max"),
    ]
    assert all(line["reason_zh"] and line["reason_en"] for line in lines)
    assert json.loads(lines[0]["raw"])["hours"] == "many"
    written = json.loads((tmp_path / "city" / "import.json").read_text())
    assert written == json.loads(json.dumps(account.to_dict()))
    assert written["snapshot_id"] == open_snapshot(tmp_path / "city").snapshot_id


def test_the_quarantine_opens_in_a_spreadsheet(send: Send, bring: Bring, tmp_path: Path) -> None:
    bring(send("first", courses=[{"course_id": "b", "raw_hours": "许多"}]))
    content = (tmp_path / "city" / "quarantine" / "courses.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert "许多" in content.decode("utf-8-sig")


def test_a_row_under_a_known_key_replaces_the_stored_one(
    send: Send, bring: Bring, tmp_path: Path
) -> None:
    bring(send("first", courses=[{"course_id": "a"}, {"course_id": "b"}, {"course_id": "c"}]))
    rows: Ids = [{"course_id": "b", "title": "新名"}, {"course_id": "c"}, {"course_id": "d"}]
    courses = bring(send("second", courses=rows)).tables["courses"]
    assert (courses.inserted, courses.replaced, courses.unchanged) == (1, 1, 1)
    assert (courses.total, courses.removed) == (4, 0)
    titles = dict(
        zip(
            column(tmp_path, "courses", "course_id"),
            column(tmp_path, "courses", "title"),
            strict=True,
        )
    )
    assert titles == {"a": "八段锦入门", "b": "新名", "c": "八段锦入门", "d": "八段锦入门"}


def test_a_refused_row_leaves_the_stored_one_in_place(
    send: Send, bring: Bring, tmp_path: Path
) -> None:
    sections: Ids = [{"section_id": "s", "course_id": "a"}]
    bring(send("first", courses=[{"course_id": "a"}], sections=sections))
    account = bring(send("second", sections=[{"section_id": "s", "course_id": "gone"}]))
    assert account.tables["sections"].rules == {"unknown_course": 1}
    assert column(tmp_path, "sections", "course_id") == ["a"]


def test_importing_the_same_files_again_changes_no_row(
    send: Send, bring: Bring, tmp_path: Path
) -> None:
    folder = send("first", courses=[{"course_id": "a"}, {"course_id": "b"}])
    bring(folder)
    before = open_snapshot(tmp_path / "city").read("courses")
    courses = bring(folder).tables["courses"]
    assert (courses.inserted, courses.replaced, courses.unchanged) == (0, 0, 2)
    assert open_snapshot(tmp_path / "city").read("courses").equals(before)


def test_replace_takes_the_named_tables_whole(send: Send, bring: Bring, tmp_path: Path) -> None:
    bring(
        send("first", courses=[{"course_id": "a"}, {"course_id": "b"}], skills=[{"skill_id": "k"}])
    )
    account = bring(send("second", courses=[{"course_id": "b"}]), replace=True)
    assert account.tables["courses"].removed == 1
    assert column(tmp_path, "courses", "course_id") == ["b"]
    assert column(tmp_path, "skills", "skill_id") == ["k"]


def test_a_table_without_a_key_is_replaced_whole(bring: Bring, tmp_path: Path) -> None:
    for month in ("2025-06-01", "2025-07-01"):
        source = tmp_path / month
        source.mkdir()
        (source / "vacancies.csv").write_text(f"month,vacancies\n{month},5\n{month},6\n")
        vacancies = bring(source).tables["vacancies"]
    assert (vacancies.total, vacancies.removed) == (2, 2)
    assert {str(each) for each in column(tmp_path, "vacancies", "month")} == {"2025-07-01"}


def test_undo_brings_back_the_snapshot_before(send: Send, bring: Bring, tmp_path: Path) -> None:
    bring(send("first", courses=[{"course_id": "a"}]))
    account = (tmp_path / "city" / "import.json").read_bytes()
    bring(send("second", courses=[{"course_id": "b"}]))
    undo(tmp_path / "city")
    assert column(tmp_path, "courses", "course_id") == ["a"]
    assert (tmp_path / "city" / "import.json").read_bytes() == account


def test_what_the_snapshot_lacks_is_said(send: Send, bring: Bring) -> None:
    account = bring(send("first", courses=[{"course_id": "a"}], learners=[{"learner_id": "l"}]))
    lacks = [lack.lacks for lack in account.features_lacking]
    assert lacks == [
        "divisions",
        "institutions",
        "venues",
        "sections",
        "skills",
        "course_skills",
        "events",
        "learners.home",
    ]


def test_padded_and_mapped_codes_are_counted(send: Send, bring: Bring) -> None:
    rows: Ids = [
        {"institution_id": "a", "raw_division_code": "330106"},
        {"institution_id": "b", "raw_division_code": "330183001"},
        {"institution_id": "c", "raw_division_code": "330104"},
    ]
    account = bring(send("first", institutions=rows))
    assert account.tables["institutions"].rules == {"ambiguous_division": 1}
    changes = {(c.code, c.change, c.padded) for c in account.division_codes["institutions"]}
    assert changes == {
        ("330106", "none", True),
        ("330183001", "mapped", True),
        ("330104", "ambiguous", True),
    }


@pytest.mark.parametrize("header", ["心理测评", "diagnosis", "gps_track"])
def test_forbidden_columns_stop_the_import_before_anything_changes(
    send: Send, bring: Bring, tmp_path: Path, header: str
) -> None:
    bring(send("first", courses=[{"course_id": "a"}]))
    before = (tmp_path / "city" / "current").readlink()
    (tmp_path / "learners.csv").write_text(f"learner_id,{header}\nl,x\n")
    with pytest.raises(SourceError, match=header):
        bring(tmp_path / "learners.csv")
    assert (tmp_path / "city" / "current").readlink() == before


def test_a_missing_file_is_told_before_a_folder_is_made(bring: Bring, tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        bring(tmp_path / "nowhere.csv")
    assert not (tmp_path / "city").exists()


def test_two_files_of_one_table_count_together(send: Send, bring: Bring) -> None:
    first = send("one", courses=[{"course_id": "a"}])
    second = send("two", courses=[{"course_id": "a"}, {"course_id": "b"}])
    account = bring(first, second)
    assert account.tables["courses"].kept == 2
    assert [(each.read, each.kept) for each in account.files] == [(1, 1), (2, 1)]


def test_a_mapping_can_place_times_and_date_codes(
    send: Send, tmp_path: Path, as_of: datetime
) -> None:
    feed = tmp_path / "feed.toml"
    feed.write_text(
        'name = "old"\nabout = "An old export."\ntime_zone = "Asia/Shanghai"\n'
        'codes_before_2021 = true\n[[table]]\ntable = "skills"\nfiles = ["nothing.csv"]\n'
        '[table.columns]\nskill_id = "x"\n'
    )
    rows: Ids = [{"learner_id": "a", "raw_registered_at": "2025-01-01T08:00:00"}]
    rows[0]["raw_home_division_code"] = "330110"
    folder = send("first", learners=rows)
    import_sources([folder], tmp_path / "city", load_mapping(feed), now=as_of)
    (learner,) = open_snapshot(tmp_path / "city").read("learners").to_dicts()
    assert learner["registered_at"] == datetime(2025, 1, 1, tzinfo=UTC)
    assert learner["home_division_code"] is None
