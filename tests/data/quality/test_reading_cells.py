"""Cells are read exactly as their type, or their row is refused with the column named."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from data.quality import Reading
from data.sources.raw import NUMBER_MARK

NOW = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)
JudgeRows = Callable[..., Any]


@pytest.mark.parametrize(
    ("table", "column", "text", "value"),
    [
        ("sections", "capacity", "20", 20),
        ("sections", "capacity", "20.0", 20),
        ("courses", "hours", "1.5e1", 15.0),
        ("courses", "hours", ".5", 0.5),
        ("sections", "captions", "TRUE", True),
        ("sections", "captions", "否", False),
        ("sections", "captions", None, None),
        ("sections", "mode", "线下", "offline"),
        ("sections", "slots", "[]", []),
        ("sections", "slots", '["3E", "6M"]', ["3E", "6M"]),
        ("learners", "needs", '["captions"]', ["captions"]),
        ("sections", "starts_on", "2025-02-28", date(2025, 2, 28)),
        ("sections", "section_id", "0012", "0012"),
        ("sections", "section_id", "12E5", "12E5"),
        ("events", "occurred_at", "2025-08-01T08:00+08:00", datetime(2025, 8, 1, tzinfo=UTC)),
        ("events", "occurred_at", "2025-08-01 00:00:00Z", datetime(2025, 8, 1, tzinfo=UTC)),
        (
            "events",
            "occurred_at",
            "2025-08-01T08:00:00.000001+0800",
            datetime(2025, 8, 1, 0, 0, 0, 1, tzinfo=UTC),
        ),
    ],
)
def test_a_cell_that_says_its_value_exactly_is_kept(
    judge_rows: JudgeRows, table: str, column: str, text: str | None, value: object
) -> None:
    assert judge_rows(table, [{column: text}]).values(column) == [value]


@pytest.mark.parametrize(
    ("table", "column", "text", "rule"),
    [
        ("sections", "capacity", "3.5", "type"),
        ("sections", "capacity", "1,200", "type"),
        ("sections", "capacity", "２０", "type"),
        ("sections", "capacity", " 20", "type"),
        ("sections", "capacity", "", "type"),
        ("sections", "capacity", "9" * 30, "type"),
        ("sections", "capacity", "-1", "capacity|min"),
        ("sections", "capacity", None, "capacity|nullability"),
        ("courses", "hours", "NaN", "not_finite"),
        ("courses", "hours", "-inf", "not_finite"),
        ("courses", "hours", "1e999", "not_finite"),
        ("courses", "hours", "abc", "type"),
        ("sections", "captions", "1", "type"),
        ("sections", "mode", "hybrid", "vocabulary"),
        ("sections", "slots", "3E,5E", "type"),
        ("sections", "slots", '{"a": 1}', "type"),
        ("sections", "slots", "[NaN]", "type"),
        ("sections", "slots", '["3E", null]', "type"),
        ("sections", "slots", '["9E"]', "slots|inner_regex"),
        ("learners", "needs", '["elevator"]', "vocabulary"),
        ("learners", "goal_skills", "[12]", "number_as_id"),
        ("learners", "goal_skills", '["1.0"]', "number_as_id"),
        ("sections", "section_id", "12.0", "number_as_id"),
        ("sections", "section_id", "3.30106E+11", "number_as_id"),
        ("sections", "section_id", f"{NUMBER_MARK}12", "number_as_id"),
        ("sections", "section_id", " s", "section_id|regex"),
        ("sections", "starts_on", "2025-02-30", "type"),
        ("sections", "starts_on", "soon", "type"),
        ("sections", "starts_on", "1899-12-31", "date_out_of_range"),
        ("sections", "starts_on", "2099-01-01", "date_out_of_range"),
        ("events", "occurred_at", "2025-08-01T08:00:00", "naive_time"),
        ("events", "occurred_at", "2025-08-01", "type"),
        ("events", "occurred_at", "2025-08-01T08:00:00.1234567Z", "type"),
        ("events", "occurred_at", "2025-08-01T25:00:00Z", "type"),
        ("events", "occurred_at", "2125-08-01T08:00:00Z", "date_out_of_range"),
    ],
)
def test_a_cell_that_does_not_costs_its_row_and_nothing_else(
    judge_rows: JudgeRows, table: str, column: str, text: str | None, rule: str
) -> None:
    outcome = judge_rows(table, [{}, {column: text}])
    assert outcome.rules() == [(2, column, rule)]
    assert outcome.kept.height == 1


def test_the_rarer_way_of_writing_dates_is_refused(judge_rows: JudgeRows) -> None:
    rows = [
        {"starts_on": text} for text in ("2025-09-01", "2025-09-02", "2025/09/03", "03.09.2025")
    ]
    assert judge_rows("sections", rows).rules() == [
        (3, "starts_on", "mixed_date_format"),
        (4, "starts_on", "mixed_date_format"),
    ]


def test_slashed_dates_are_read_where_the_whole_column_keeps_to_them(
    judge_rows: JudgeRows,
) -> None:
    outcome = judge_rows("sections", [{"starts_on": "2025/09/01"}, {"starts_on": "2025/9/2"}])
    assert outcome.values("starts_on") == [date(2025, 9, 1), date(2025, 9, 2)]
    assert [note.kind for note in outcome.judged.notes] == ["date_format"]


def test_a_time_zone_from_the_mapping_places_times_without_offset(judge_rows: JudgeRows) -> None:
    rows = [{"occurred_at": "2025-08-01T08:00:00"}, {"occurred_at": "2025-08-01T08:00:00Z"}]
    outcome = judge_rows("events", rows, Reading(NOW, time_zone="Asia/Shanghai"))
    assert outcome.values("occurred_at") == [
        datetime(2025, 8, 1, 0, 0, tzinfo=UTC),
        datetime(2025, 8, 1, 8, 0, tzinfo=UTC),
    ]


def test_a_file_without_a_required_column_loses_every_row_under_one_rule(
    judge_frame: Callable[..., Any],
) -> None:
    outcome = judge_frame("vacancies", pl.DataFrame({"month": ["2025-07-01", "x"]}))
    assert outcome.rules() == [(1, "vacancies", "missing_column"), (2, "month", "type")]
    assert outcome.refused.get_column("also").to_list() == [None, "missing_column"]


def test_a_refused_row_keeps_everything_it_said(judge_rows: JudgeRows) -> None:
    outcome = judge_rows(
        "events", [{"event_id": f"{NUMBER_MARK}7", "value": "NaN", "policy": '"引'}]
    )
    (row,) = outcome.refused.to_dicts()
    assert '"event_id":"7"' in row["raw"]
    assert '"value":"NaN"' in row["raw"]
    assert '\\"引' in row["raw"]
    assert row["also"] == "not_finite"
    assert row["file"] == "events.csv"


def test_rules_over_columns_are_not_judged_where_a_cell_could_not_be_read(
    judge_rows: JudgeRows,
) -> None:
    outcome = judge_rows("learners", [{"home_lon": "120.1", "home_lat": "x"}])
    assert outcome.rules() == [(1, "home_lat", "type")]
    assert outcome.refused.get_column("also").to_list() == [None]


TYPED = {
    "event_id": ["a", "b"],
    "learner_id": ["l", "l"],
    "course_id": ["c", "c"],
    "type": ["view", "view"],
    "occurred_at": [datetime(2025, 8, 1, tzinfo=UTC)] * 2,
}


@pytest.mark.parametrize(
    ("column", "values", "kept"),
    [
        ("value", pl.Series([0.5, None]), [0.5, None]),
        ("value", pl.Series([1, 2], dtype=pl.Int32), [1.0, 2.0]),
        ("position", pl.Series([1, 2], dtype=pl.UInt8), [1, 2]),
        ("position", pl.Series([1.0, 2.0]), [1, 2]),
        ("type", pl.Series(["view", "rate"], dtype=pl.Categorical).slice(0, 2), ["view"]),
        ("policy", pl.Series([None, None], dtype=pl.Null), [None, None]),
        (
            "occurred_at",
            pl.Series([datetime(2025, 8, 1)] * 2).dt.replace_time_zone("Asia/Shanghai"),  # noqa: DTZ001 - the zone comes with the cast
            [datetime(2025, 7, 31, 16, tzinfo=UTC)] * 2,
        ),
    ],
)
def test_typed_columns_are_cast_where_nothing_is_lost(
    judge_frame: Callable[..., Any], column: str, values: pl.Series, kept: list[object]
) -> None:
    outcome = judge_frame("events", pl.DataFrame(TYPED).with_columns(values.alias(column)))
    assert outcome.values(column) == kept


@pytest.mark.parametrize(
    ("column", "values", "rule"),
    [
        ("value", pl.Series([float("nan"), float("inf")]), "not_finite"),
        ("value", pl.Series([True, False]), "type"),
        ("value", pl.Series([2**60 + 1, 2**60 + 3]), "type"),
        ("position", pl.Series([1.5, 2.5]), "type"),
        ("position", pl.Series([True, False]), "type"),
        ("position", pl.Series([2**63, 2**63], dtype=pl.UInt64), "type"),
        ("learner_id", pl.Series([12, 13]), "number_as_id"),
        ("learner_id", pl.Series([True, False]), "type"),
        ("policy", pl.Series([1, 2]), "type"),
        ("type", pl.Series([1, 2]), "type"),
        ("occurred_at", pl.Series([date(2025, 8, 1)] * 2), "type"),
        ("occurred_at", pl.Series([datetime(2025, 8, 1)] * 2), "naive_time"),  # noqa: DTZ001 - that is the fault
    ],
)
def test_typed_columns_that_would_lose_something_are_refused(
    judge_frame: Callable[..., Any], column: str, values: pl.Series, rule: str
) -> None:
    outcome = judge_frame("events", pl.DataFrame(TYPED).with_columns(values.alias(column)))
    assert outcome.rules() == [(1, column, rule), (2, column, rule)]


def test_typed_times_without_zone_take_the_mappings(judge_frame: Callable[..., Any]) -> None:
    naive = pl.Series("occurred_at", [datetime(2025, 8, 1, 8)] * 2)  # noqa: DTZ001 - that is the case
    outcome = judge_frame(
        "events", pl.DataFrame(TYPED).with_columns(naive), Reading(NOW, time_zone="Asia/Shanghai")
    )
    assert outcome.values("occurred_at") == [datetime(2025, 8, 1, tzinfo=UTC)] * 2


@pytest.mark.parametrize(
    ("values", "kept", "rules"),
    [
        (pl.Series([date(2025, 7, 1)] * 2), 2, []),
        (pl.Series([datetime(2025, 7, 1), datetime(2025, 7, 1, 9)]), 1, [(2, "month", "type")]),  # noqa: DTZ001 - a date as tools write it
        (pl.Series([1, 2]), 0, [(1, "month", "type"), (2, "month", "type")]),
    ],
)
def test_typed_dates_are_days_or_midnights(
    judge_frame: Callable[..., Any],
    values: pl.Series,
    kept: int,
    rules: list[tuple[int, str, str]],
) -> None:
    outcome = judge_frame("vacancies", pl.DataFrame({"month": values, "vacancies": [1, 2]}))
    assert (outcome.kept.height, outcome.rules()) == (kept, rules)


LEARNER = {
    "learner_id": ["a", "b"],
    "age_band": ["25-34", "80+"],
    "needs": [["captions"], []],
    "goal_skills": [["k-1"], []],
    "consent_personalisation": [True, False],
    "consent_labour_profile": [True, False],
    "registered_at": ["2025-01-01T00:00:00Z"] * 2,
}


@pytest.mark.parametrize(
    ("column", "values", "rules"),
    [
        ("goal_skills", pl.Series([["k"], []]), []),
        ("needs", pl.Series([["听力环路"], []]), []),
        ("needs", pl.Series([["elevator"], None]), [(1, "vocabulary"), (2, "needs|nullability")]),
        ("goal_skills", pl.Series([[1], []]), [(1, "number_as_id")]),
        ("goal_skills", pl.Series(['["k"]', "k"]), [(2, "type")]),
        ("goal_skills", pl.Series([1, 2]), [(1, "type"), (2, "type")]),
        ("consent_personalisation", pl.Series([1, 0]), [(1, "type"), (2, "type")]),
    ],
)
def test_typed_lists_are_judged_member_by_member(
    judge_frame: Callable[..., Any],
    column: str,
    values: pl.Series,
    rules: list[tuple[int, str]],
) -> None:
    outcome = judge_frame("learners", pl.DataFrame(LEARNER).with_columns(values.alias(column)))
    assert [(row, rule) for row, _, rule in outcome.rules()] == rules
