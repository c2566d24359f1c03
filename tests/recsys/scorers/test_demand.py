"""The labour-demand term: what a table says, and what it is silent about."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from recsys.errors import DemandTableError
from recsys.scorers.demand import Demand
from recsys.scorers.shortages import shortages
from recsys.types import LearnerQuery, TrainingSet

AS_OF = datetime(2025, 9, 1, 4, tzinfo=UTC)
WEST, EAST, CITY = "330106000000", "330113000000", "330100000000"
ROWS = [
    {"division_code": WEST, "skill_id": "weld", "gap_low": 40.0},
    {"division_code": WEST, "skill_id": "code", "gap_low": 10.0},
    {"division_code": CITY, "skill_id": "care", "gap_low": 500.0},
    {"division_code": CITY, "skill_id": "weld", "gap_low": -20.0},
]


PARENTS = {
    "weld": "metal",
    "code": "digital",
    "data": "digital",
    "metal": "trade",
    "wood": "trade",
    "digital": "services",
    "food": "services",
}


def scored(
    rows: list[dict[str, Any]], home: str | None, parents: dict[str, str] | None = None
) -> dict[str, float]:
    """Each course's score for somebody who lives there; NaN left out."""
    courses = pl.DataFrame(
        {
            "course_id": ["both", "care", "code", "none", "weld"],
            "skill_ids": [["code", "weld"], ["care"], ["code"], None, ["weld"]],
        }
    )
    nobody = pl.DataFrame()
    demand = pl.DataFrame(rows) if rows else None
    training = TrainingSet(
        nobody, nobody, courses, AS_OF, demand=demand, skill_parents=parents or {}
    )
    scorer = Demand().fit(training)
    again = Demand().load(scorer.arrays())
    query = LearnerQuery(as_of=AS_OF, home_division_code=home)
    (values,) = again.course_scores([query])
    known = zip(again.fitted_courses().tolist(), values.tolist(), strict=True)
    return {course: round(value, 3) for course, value in known if not np.isnan(value)}


def test_a_course_counts_by_the_scarcest_skill_it_teaches() -> None:
    own = [row for row in ROWS if row["division_code"] == WEST]
    assert scored(own, "330106109005") == {"both": 1.0, "code": 0.25, "weld": 1.0}


def test_a_skill_that_the_district_says_nothing_of_is_judged_by_the_city() -> None:
    assert scored(ROWS, WEST) == {"both": 1.0, "care": 1.0, "code": 0.25, "weld": 1.0}


def test_a_skill_that_nobody_says_anything_of_is_judged_by_its_group_then_by_its_trade() -> None:
    rows = [
        {"division_code": WEST, "skill_id": skill, "low": low}
        for skill, low in (("data", 30.0), ("bake", 60.0), ("lathe", 15.0), ("paint", 45.0))
    ]
    parents = {**PARENTS, "bake": "food", "lathe": "metal", "paint": "wood"}
    found = scored(rows, WEST, parents)
    # the groups of WEST are food 60, wood 45, digital 30, metal 15
    assert found == {"both": 0.5, "code": 0.5, "weld": 0.25}
    del parents["lathe"]
    # nothing of metal is left: its trade, which paint's 45 makes equal to services
    assert scored([row for row in rows if row["skill_id"] != "lathe"], WEST, parents) == {
        "both": 1.0,
        "code": 0.5,
        "weld": 1.0,
    }


def test_an_own_row_of_a_group_goes_before_the_mean_of_its_skills() -> None:
    rows = [
        {"division_code": WEST, "skill_id": skill, "low": low}
        for skill, low in (("data", 30.0), ("digital", 5.0), ("metal", 10.0))
    ]
    assert scored(rows, WEST, PARENTS) == {"both": 1.0, "code": 0.5, "weld": 1.0}


def test_a_bound_below_nothing_is_no_shortage_and_an_empty_one_is_unknown() -> None:
    rows = [
        {"division_code": WEST, "skill_id": skill, "low": low}
        for skill, low in (("care", 4.0), ("code", -3.0), ("weld", None))
    ]
    assert scored(rows, WEST) == {"both": 0.0, "care": 1.0, "code": 0.0}


def test_what_looks_ahead_is_no_measurement() -> None:
    rows = [
        {"month": month, "division_code": WEST, "skill_id": skill, "low": 5.0, "ahead": ahead}
        for month, skill, ahead in (("2025-08-01", "code", 0), ("2025-09-01", "weld", 1))
    ]
    assert scored(rows, WEST) == {"both": 1.0, "code": 1.0}


def test_an_area_that_the_table_does_not_cover_is_judged_by_what_lies_around_it() -> None:
    assert scored(ROWS, EAST) == {"both": 0.0, "care": 1.0, "weld": 0.0}


@pytest.mark.parametrize(("rows", "home"), [([], WEST), (ROWS, None), (ROWS, "320500000000")])
def test_nothing_known_is_nothing_said(rows: list[dict[str, Any]], home: str | None) -> None:
    assert scored(rows, home) == {}


def test_of_a_demand_table_the_bound_of_the_own_level_counts() -> None:
    rows = [
        {"division_code": WEST, "skill_id": "weld", "low": 0.0, "own_low": 8.0},
        {"division_code": WEST, "skill_id": "code", "low": 1.0, "own_low": 2.0},
    ]
    assert scored(rows, WEST) == {"both": 1.0, "code": 0.25, "weld": 1.0}


def test_the_latest_month_that_had_begun_counts() -> None:
    months = [
        {"month": month, "division_code": WEST, "skill_id": skill, "low": 5.0}
        for month, skill in (("2025-07", "code"), ("2025-08", "weld"), ("2025-10", "care"))
    ]
    assert scored(months, WEST) == {"both": 1.0, "weld": 1.0}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"division_code": WEST, "skill_id": "weld"}], r"lacks \['gap_low or own_low or low'\]"),
        ([{"skill_id": "weld", "low": 1.0}], r"lacks \['division_code'\]"),
        ([{"division_code": WEST, "skill_id": "weld", "low": "many"}], "no number in low"),
        ([{"division_code": WEST, "skill_id": "weld", "low": 1.0}] * 2, "twice in one month"),
    ],
)
def test_what_is_no_table_of_demand_is_refused_by_name(
    rows: list[dict[str, Any]], message: str
) -> None:
    with pytest.raises(DemandTableError, match=message):
        shortages(pl.DataFrame(rows), AS_OF)
