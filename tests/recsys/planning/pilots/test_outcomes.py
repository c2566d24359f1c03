"""What a pilot might move, from released tables; which districts are pilots, and since when."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import polars as pl
import pytest

from data.city import City
from recsys.errors import QueryError
from recsys.planning.pilots.districts import (
    check_districts,
    district_people,
    pilot_districts,
    terms_before,
)
from recsys.planning.pilots.outcomes import check_panel, gap_outcome, outcomes, reach_outcome

HERE, THERE = "330113000000", "330106000000"
MOMENT = datetime(2025, 9, 1, tzinfo=UTC)
PEOPLE = pl.DataFrame(
    {
        "district_code": [THERE, HERE],
        "name": ["西湖区", "临平区"],
        "population": [20_000.0, 40_000.0],
    }
)
TERMS = pl.DataFrame({"term": ["春", "秋"], "starts_on": [date(2025, 3, 10), date(2025, 9, 15)]})


def used(programme: str, **counts: object) -> dict[str, object]:
    empty = dict.fromkeys(("seats", "fill_rate", "applications_per_seat", "completion_rate"))
    return {"division_code": HERE, "term": "春", "programme": programme, **empty, **counts}


def values(frame: pl.DataFrame, outcome: str) -> dict[str, float | None]:
    rows = frame.filter(outcome=outcome).select("division_code", "value")
    return dict(rows.iter_rows())


def test_figures_are_for_ten_thousand_residents() -> None:
    programmes = pl.DataFrame([used("vocational", seats=80, fill_rate=0.5)])
    homes = pl.DataFrame([{**used("vocational"), "enrolled": 60}])
    found = outcomes(programmes, homes, PEOPLE)
    assert values(found, "seats_per_10000") == {HERE: 20.0}
    assert values(found, "enrolments_per_10000") == {HERE: 15.0}
    assert values(found, "fill_rate") == {HERE: 0.5}


def test_no_vocational_class_is_none_and_a_held_back_count_is_unknown() -> None:
    programmes = pl.DataFrame([used("all", seats=80)], schema_overrides={"fill_rate": pl.Float64})
    homes = pl.DataFrame(
        [{**used("vocational"), "enrolled": None}], schema_overrides={"enrolled": pl.Int64}
    )
    found = outcomes(programmes, homes, PEOPLE)
    assert values(found, "seats_per_10000") == {HERE: 0.0}
    assert values(found, "enrolments_per_10000") == {HERE: None}


def test_seats_in_reach_are_shared_and_none_is_lost(make_city: Callable[..., City]) -> None:
    city = make_city(
        divisions=[
            {
                "division_code": HERE,
                "name": "临平区",
                "population": 40_000,
                "lon": 120.24,
                "lat": 30.43,
            },
            {
                "division_code": THERE,
                "name": "西湖区",
                "population": 20_000,
                "lon": 120.08,
                "lat": 30.20,
            },
        ],
        institutions=[{}],
        venues=[{"lon": 120.24, "lat": 30.43}],
        courses=[{"course_id": "course-1", "programme": "vocational"}],
        sections=[{"section_id": "a", "capacity": 80, "term": "秋", "state": "finished"}],
    )
    found = reach_outcome(city, MOMENT, ["秋"], [HERE, THERE])
    told = values(found, "reach_per_10000")
    assert told[HERE] == pytest.approx(20.0)
    assert told[THERE] == pytest.approx(0.0)
    assert set(values(reach_outcome(city, MOMENT, ["秋"], [HERE]), "reach_per_10000")) == {HERE}


def test_a_month_belongs_to_the_term_that_has_begun() -> None:
    months = [date(2025, 2, 1), date(2025, 3, 1), date(2025, 5, 1), date(2025, 9, 1)]
    gaps = pl.DataFrame(
        {"month": months, "division_code": HERE, "skill_id": "s", "gap": [99.0, 4.0, 8.0, 40.0]}
    )
    found = gap_outcome(gaps, TERMS, PEOPLE)
    assert dict(found.select("term", "value").iter_rows()) == pytest.approx({"春": 1.5, "秋": 10.0})


def test_a_panel_of_others_is_checked() -> None:
    with pytest.raises(QueryError, match="lack"):
        check_panel(pl.DataFrame({"term": ["春"]}))
    rows = pl.DataFrame(
        {"division_code": [HERE] * 2, "term": ["春"] * 2, "outcome": ["x"] * 2, "value": [1, 2]}
    )
    with pytest.raises(QueryError, match="two values"):
        check_panel(rows)


def test_pilots_are_those_of_the_plans_targets(make_city: Callable[..., City]) -> None:
    target = {
        "target_id": "t",
        "indicator": "upskilling_pilot",
        "value": 1.0,
        "unit": "pilot",
        "due_on": date(2027, 12, 31),
        "clause": "试点",
        "definition_version": "1",
    }
    city = make_city(
        targets=[
            {**target, "division_code": HERE},
            {**target, "target_id": "u", "indicator": "circle"},
        ]
    )
    assert pilot_districts(city, MOMENT) == (HERE,)
    with pytest.raises(QueryError, match="name the pilot districts"):
        pilot_districts(make_city(), MOMENT)


def test_people_of_a_district_are_counted_with_its_name(make_city: Callable[..., City]) -> None:
    city = make_city(
        divisions=[
            {"division_code": HERE, "name": "临平区", "population": 7, "lon": 120.2, "lat": 30.4}
        ]
    )
    assert district_people(city, MOMENT).rows() == [(HERE, "临平区", 7.0)]


def test_the_start_is_a_term_or_a_day() -> None:
    assert terms_before(TERMS, "秋") == 1
    assert terms_before(TERMS, "2025-03-10") == 0
    assert terms_before(TERMS, "2025-03-11") == 1
    with pytest.raises(QueryError, match="春, 秋"):
        terms_before(TERMS, "2024秋")


def test_districts_are_named_by_six_digits_or_twelve_and_once() -> None:
    assert check_districts(["330113"], PEOPLE, "pilots") == (HERE,)
    for wrong in (["330199"], ["330113", HERE]):
        with pytest.raises(QueryError, match="different districts"):
            check_districts(wrong, PEOPLE, "pilots")
