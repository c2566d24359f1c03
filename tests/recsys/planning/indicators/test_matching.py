"""Whether the mix of what is taught is the mix of what is asked for."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.planning.indicators.matching import (
    category_seats,
    category_wishes,
    matching_degree,
    matching_of_city,
    released,
    skill_demand,
    skill_seats,
)
from tests.recsys.planning.indicators.conftest import WEST, Towns, section

NOON = datetime(2025, 9, 1, 4, tzinfo=UTC)
CITY = "330100000000"


def frame(amounts: dict[str, float], persons: int | None = None) -> pl.DataFrame:
    rows = [(WEST, "senior", kind, amount, persons) for kind, amount in amounts.items()]
    schema = {"division_code": pl.String, "programme": pl.String, "kind": pl.String,
              "amount": pl.Float64, "persons": pl.Int64}  # fmt: skip
    return pl.DataFrame(rows, schema, orient="row")


def degree(demand: dict[str, float], seats: dict[str, float]) -> float | None:
    found: float | None = matching_degree(frame(demand), frame(seats).drop("persons"))[
        "degree"
    ].item()
    return found


@pytest.mark.parametrize(
    ("demand", "seats", "expected"),
    [
        ({"a": 1, "b": 3}, {"a": 10, "b": 30}, 1.0),
        ({"a": 1}, {"b": 1}, 0.0),
        ({"a": 1, "b": 1}, {"a": 1}, 0.5),
        ({"a": 6, "b": 4}, {"a": 3, "b": 4, "c": 3}, 0.7),
        ({"a": 0}, {"a": 1}, None),
        ({"a": 1}, {"a": 0}, None),
    ],
)
def test_the_degree_is_one_less_half_of_what_lies_apart(
    demand: dict[str, float], seats: dict[str, float], expected: float | None
) -> None:
    assert degree(demand, seats) == expected


amounts = st.dictionaries(st.sampled_from("abcdef"), st.floats(0.01, 1e4), min_size=1)


@given(amounts, amounts, st.floats(0.1, 100))
def test_how_much_is_taught_does_not_enter(
    demand: dict[str, float], seats: dict[str, float], factor: float
) -> None:
    found = degree(demand, seats)
    assert found is not None
    assert -1e-9 <= found <= 1 + 1e-9
    assert degree({kind: factor * amount for kind, amount in demand.items()}, seats) == (
        pytest.approx(found, abs=2e-6)
    )
    assert degree(seats, demand) == pytest.approx(found, abs=2e-6)


def test_an_area_only_asked_for_or_only_taught_has_no_degree() -> None:
    nothing = frame({}).drop("persons")
    assert matching_degree(frame({"a": 1}), nothing)["degree"].to_list() == [None]
    assert matching_degree(frame({}), frame({"a": 1}).drop("persons"))["degree"].to_list() == [None]


def application(learner: int, number: int, days: int = 3) -> dict[str, Any]:
    return {"learner_id": f"l{learner}", "section_id": f"section-{number}",
            "submitted_at": NOON - timedelta(days=days)}  # fmt: skip


def test_wishes_are_those_of_the_year_by_home_and_seats_by_place(town_city: Towns) -> None:
    city = town_city(
        courses=[
            {"course_id": "course-1", "category": "health"},
            {"course_id": "arts", "category": "arts"},
            {"course_id": "trade", "programme": "vocational", "category": "vocational_skills"},
        ],
        sections=[
            section(1, 0),
            section(2, 5, course_id="arts", capacity=60),
            section(3, 0, course_id="trade"),
        ],
        learners=[
            {"learner_id": f"l{n}", "home_division_code": home}
            for n, home in enumerate((WEST, WEST, None))
        ],
        applications=[
            application(0, 1),
            application(1, 1, days=400),
            application(1, 2),
            application(0, 3),
            application(2, 1),
        ],
    )
    wishes = category_wishes(city, NOON)
    assert wishes.filter(pl.col("division_code") == WEST).rows() == [
        (WEST, "night_school", "arts", 1.0, 2),
        (WEST, "night_school", "health", 1.0, 2),
    ]
    seats = category_seats(city, NOON).filter(pl.col("division_code") == CITY)
    assert seats.rows() == [
        (CITY, "night_school", "arts", 60.0),
        (CITY, "night_school", "health", 20.0),
    ]
    found = matching_degree(wishes, category_seats(city, NOON))
    degrees = dict(found.select("division_code", "degree").iter_rows())
    assert degrees[CITY] == 0.75
    assert degrees[WEST] == 0.5  # the arts are taught in the other district
    shown = matching_of_city(city, NOON)  # two residents applied
    told = shown.filter(~pl.col("suppressed"))
    assert told["demand"].to_list() == [0.0]
    assert shown["degree"].null_count() == shown.height


def test_a_district_of_few_applicants_is_held_back_with_one_that_would_give_it_away() -> None:
    counts = {CITY: 130, WEST: 6, "330113000000": 54, "330114000000": 70}
    rows = pl.DataFrame({"division_code": list(counts), "persons": list(counts.values())})
    shown = released(
        rows.with_columns(programme=pl.lit("senior"), degree=0.5, demand="persons", seats=10.0)
    )
    told = dict(shown.select("division_code", "demand").iter_rows())
    assert told[CITY] == 130  # in tens
    assert told[WEST] is None
    assert list(told.values()).count(None) == 2
    assert shown["degree"].is_null().to_list() == shown["suppressed"].to_list()


def test_skills_share_a_sections_seats_by_weight_and_meet_the_years_demand(
    town_city: Towns,
) -> None:
    city = town_city(
        courses=[{"course_id": "course-1", "programme": "vocational"}],
        course_skills=[
            {"course_id": "course-1", "skill_id": "weld", "weight": 0.9},
            {"course_id": "course-1", "skill_id": "plan", "weight": 0.3},
        ],
        sections=[section(1, 0)],
    )
    seats = dict(
        skill_seats(city, NOON)
        .filter(pl.col("division_code") == WEST)["kind", "amount"]
        .iter_rows()
    )
    assert seats == {"weld": pytest.approx(15.0), "plan": pytest.approx(5.0)}
    demand = pl.DataFrame(
        {
            "month": [date(2025, 8, 1), date(2024, 9, 1), date(2024, 8, 1), date(2025, 9, 1)],
            "division_code": [WEST] * 4,
            "skill_id": ["weld", "plan", "plan", "plan"],
            "vacancies": [6.0, 2.0, 99.0, 99.0],
        }
    )
    assert dict(skill_demand(demand, NOON)["kind", "amount"].iter_rows()) == {
        "weld": 6.0,
        "plan": 2.0,
    }
    found = matching_of_city(city, NOON, demand).filter(pl.col("division_code") == WEST)
    assert found["degree"].to_list() == [1.0]
