"""Tables must agree: what a row refers to is there, or the row is set aside with its reason."""

import csv
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.ingest import ImportAccount, import_sources
from data.quality import cross_rules, parents_first
from data.store import open_snapshot

Send = Callable[..., Path]
Bring = Callable[..., ImportAccount]
Ids = list[dict[str, Any]]


def column(tmp_path: Path, table: str, name: str) -> list[Any]:
    return open_snapshot(tmp_path / "city").read(table).get_column(name).to_list()


def quarantined(tmp_path: Path, table: str) -> list[dict[str, str]]:
    path = tmp_path / "city" / "quarantine" / f"{table}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_refused_parent_takes_its_children_along(send: Send, bring: Bring) -> None:
    account = bring(
        send(
            "first",
            courses=[{"course_id": "a"}, {"course_id": "b", "raw_hours": "x"}],
            sections=[{"section_id": "s", "course_id": "a"}, {"section_id": "t", "course_id": "b"}],
            learners=[{"learner_id": "l"}],
            events=[
                {"event_id": "1", "learner_id": "l", "course_id": "a", "section_id": "s"},
                {"event_id": "2", "learner_id": "l", "course_id": "b", "section_id": "t"},
                {"event_id": "3", "learner_id": "l", "course_id": "a", "section_id": "t"},
                {"event_id": "4", "learner_id": "m", "course_id": "a"},
            ],
        )
    )
    assert account.tables["sections"].rules == {"unknown_course": 1}
    assert account.tables["events"].rules == {
        "unknown_course": 1,
        "unknown_section": 1,
        "unknown_learner": 1,
    }


def test_prerequisites_fall_one_after_the_other(send: Send, bring: Bring, tmp_path: Path) -> None:
    rows: Ids = [
        {"course_id": "a", "prerequisites": ["gone"]},
        {"course_id": "b", "prerequisites": ["a"]},
        {"course_id": "c", "prerequisites": ["b"]},
        {"course_id": "d"},
    ]
    account = bring(send("first", courses=rows))
    assert account.tables["courses"].rules == {"unknown_course": 3}
    assert column(tmp_path, "courses", "course_id") == ["d"]


def test_stored_rows_whose_parent_is_gone_are_set_aside_not_left_dangling(
    send: Send, bring: Bring, tmp_path: Path
) -> None:
    bring(
        send(
            "first",
            courses=[{"course_id": "a"}, {"course_id": "b"}],
            sections=[{"section_id": "s", "course_id": "a"}, {"section_id": "t", "course_id": "b"}],
        )
    )
    account = bring(send("second", courses=[{"course_id": "b"}]), replace=True)
    sections = account.tables["sections"]
    assert (sections.read, sections.displaced, sections.total) == (0, 1, 1)
    assert column(tmp_path, "sections", "section_id") == ["t"]
    (line,) = quarantined(tmp_path, "sections.displaced")
    assert (line["rule"], line["row"]) == ("unknown_course", "")
    assert json.loads(line["raw"])["section_id"] == "s"


CASES: list[tuple[str, dict[str, Ids], dict[str, dict[str, int]]]] = [
    (
        "section of another course",
        {
            "courses": [{"course_id": "a"}, {"course_id": "b"}],
            "sections": [{"section_id": "s", "course_id": "a"}],
            "events": [{"event_id": "1", "course_id": "b", "section_id": "s"}],
        },
        {"events": {"section_of_another_course": 1}},
    ),
    (
        "skills in a ring",
        {
            "skills": [
                {"skill_id": "a", "parent_id": "b"},
                {"skill_id": "b", "parent_id": "a"},
                {"skill_id": "c", "parent_id": "c"},
                {"skill_id": "d"},
                {"skill_id": "e", "parent_id": "d"},
            ]
        },
        {"skills": {"skill_cycle": 3}},
    ),
    (
        "divisions upside down",
        {
            "divisions": [
                {"division_code": "330106000000", "level": "district"},
                {
                    "division_code": "330106001000",
                    "level": "town",
                    "parent_code": "330106000000",
                },
                {
                    "division_code": "330108000000",
                    "level": "district",
                    "parent_code": "330106001000",
                },
            ],
            "learners": [
                {"learner_id": "known", "home_division_code": "330106001000"},
                {"learner_id": "unknown", "home_division_code": "330106999000"},
                {"learner_id": "deeper than the table", "home_division_code": "330106001007"},
            ],
        },
        {"divisions": {"parent_not_above": 1}, "learners": {"unknown_division": 1}},
    ),
    (
        "own skills instead of the built-in ones",
        {
            "skills": [{"skill_id": "mine"}],
            "learners": [
                {"learner_id": "a", "goal_skills": ["mine"]},
                {"learner_id": "b", "goal_skills": ["mine", "other"]},
            ],
        },
        {"learners": {"unknown_skill": 1}},
    ),
    (
        "the built-in skills where none are brought",
        {"learners": [{"learner_id": "a", "goal_skills": ["no-such-skill"]}]},
        {"learners": {"unknown_skill": 1}},
    ),
    (
        "travel to nowhere",
        {
            "venues": [{"venue_id": "v"}],
            "travel_times": [{"from_division_code": "330106000000", "venue_id": "w"}],
        },
        {"travel_times": {"unknown_venue": 1}},
    ),
]


@pytest.mark.parametrize(
    ("tables", "rules"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_tables_must_agree(
    send: Send, bring: Bring, tables: dict[str, Ids], rules: dict[str, dict[str, int]]
) -> None:
    account = bring(send("first", **tables))
    assert {name: each.rules for name, each in account.tables.items() if each.rules} == rules


def test_a_reference_to_a_table_that_is_not_there_is_noted_not_judged(
    send: Send, bring: Bring
) -> None:
    account = bring(send("first", events=[{"event_id": "1"}]))
    assert account.tables["events"].kept == 1
    assert "events.learner_id: learners not in the snapshot" in account.unchecked


def test_a_late_parent_judges_the_children_that_are_stored(
    send: Send, bring: Bring, tmp_path: Path
) -> None:
    bring(
        send(
            "first",
            events=[{"event_id": "1", "course_id": "a"}, {"event_id": "2", "course_id": "b"}],
        )
    )
    account = bring(send("second", courses=[{"course_id": "a"}]))
    assert account.tables["events"].displaced == 1
    assert column(tmp_path, "events", "event_id") == ["1"]


def test_a_catalogue_brought_before_is_complete_with_what_follows(send: Send, bring: Bring) -> None:
    bring(send("first", courses=[{"course_id": "a"}]))
    account = bring(send("second", events=[{"event_id": "1", "course_id": "z"}]))
    assert account.tables["events"].rules == {"unknown_course": 1}


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    parents=st.sets(st.integers(0, 4)),
    children=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=10),
)
def test_whatever_refers_to_whatever_the_snapshot_holds_its_rules(
    make_city: Callable[..., Any],
    tmp_path_factory: pytest.TempPathFactory,
    as_of: datetime,
    parents: set[int],
    children: list[tuple[int, int]],
) -> None:
    folder = tmp_path_factory.mktemp("any")
    city = make_city(
        courses=[{"course_id": "0"}, *({"course_id": str(each)} for each in parents - {0})],
    )
    city.read("courses").write_parquet(folder / "courses.parquet")
    sections = [
        make_city(sections=[{"section_id": str(own), "course_id": str(course)}]).read("sections")
        for own, course in children
    ]
    pl.concat(sections).write_parquet(folder / "sections.parquet")
    account = import_sources([folder], folder / "city", now=as_of)
    each = account.tables["sections"]
    assert each.read == each.kept + each.quarantined == len(children)
    stored = open_snapshot(folder / "city")
    assert set(stored.read("sections")["course_id"]) <= set(stored.read("courses")["course_id"])
    assert stored.read("sections")["section_id"].is_unique().all()


def test_every_table_comes_after_those_its_rules_need() -> None:
    order = parents_first()
    for table in order:
        for rule in cross_rules(table):
            assert all(order.index(need) <= order.index(table) for need in rule.needs)
