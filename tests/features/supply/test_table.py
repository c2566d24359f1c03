from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.city import City
from features.catchment import VOCATIONAL_MIN, decay
from features.supply import Supply, skill_supply, supply_of_city
from features.supply.table import spread_seats
from features.supply.terms import TERM_MONTHS
from features.travel import great_circle_km, model_minutes

MakeCity = Callable[..., City]

EAST, WEST = "330113000000", "330110000000"

SEATS = {
    "section_id": pl.String, "skill_id": pl.String, "venue_id": pl.String, "online": pl.Boolean,
    "lon": pl.Float64, "lat": pl.Float64, "district_code": pl.String,
    "only_district": pl.String, "seats": pl.Float64, "seats_var": pl.Float64,
}  # fmt: skip


def _seats(*rows: dict[str, Any]) -> pl.DataFrame:
    """Seats of welding in a hall of the eastern district, unless a row says otherwise."""
    usual = {
        "skill_id": "weld", "venue_id": "hall", "online": False, "lon": 120.2, "lat": 30.4,
        "district_code": EAST, "only_district": None, "seats": 6.0, "seats_var": 0.0,
    }  # fmt: skip
    full = [{"section_id": f"s{number}", **usual, **row} for number, row in enumerate(rows)]
    return pl.DataFrame(full, schema=SEATS)


def _people(*rows: tuple[str, float, float, float]) -> pl.DataFrame:
    frame = pl.DataFrame(
        rows, schema=["district_code", "population", "lon", "lat"], orient="row"
    ).with_columns(pl.col("population").cast(pl.Float64))
    return frame.with_columns(division_code=pl.col("district_code"))


HOME = (EAST, 300.0, 120.2, 30.4)
BORDER = (WEST, 600.0, 120.18, 30.4)
FAR = (WEST, 100.0, 119.0, 30.0)


def _cells(supply: Supply) -> dict[str, dict[str, float]]:
    return {row["division_code"]: row for row in supply.table.to_dicts()}


def test_two_towns_share_a_hall_as_counted_by_hand() -> None:
    """300 people at the door, 600 across the border 1.9 km away; 6 completers a month."""
    cells = _cells(spread_seats(_seats({}), _people(HOME, BORDER)))
    km = great_circle_km((120.2, 30.4), np.array([120.18]), np.array([30.4]))
    will = float(decay(model_minutes(km, "transit"), VOCATIONAL_MIN)[0])
    home = 6 * 300 / (300 + 600 * will)
    assert cells[EAST]["own"] == pytest.approx(home, rel=1e-5)
    assert cells[WEST]["reachable"] == pytest.approx(6 - home, rel=1e-5)
    assert cells[EAST]["reachable"] == cells[WEST]["own"] == cells[WEST]["online"] == 0
    chance = 6 * (home / 6) * (1 - home / 6) / TERM_MONTHS
    assert cells[EAST]["supply_var"] == pytest.approx(chance, rel=1e-5)


def test_seats_online_fall_to_everybody_by_residents() -> None:
    online = {"online": True, "venue_id": None, "lon": None, "lat": None}
    cells = _cells(spread_seats(_seats(online), _people(HOME, BORDER)))
    assert {code: row["online"] for code, row in cells.items()} == pytest.approx(
        {EAST: 2.0, WEST: 4.0}
    )


@pytest.mark.parametrize("place", [{}, {"online": True, "venue_id": None, "lon": None}])
def test_a_school_for_its_own_district_supplies_that_one_alone(place: dict[str, Any]) -> None:
    found = spread_seats(_seats({"only_district": EAST, **place}), _people(HOME, BORDER))
    assert found.table.select("division_code", "supply").rows() == [(EAST, 6.0)]
    assert found.table["supply_var"].to_list() == [0.0]


def test_a_hall_that_nobody_reaches_falls_to_the_nearest_place_and_is_named() -> None:
    lone = {"lon": 119.1, "lat": 30.0}
    found = spread_seats(_seats(lone), _people(HOME, FAR))
    assert found.stranded == ("hall",)
    assert _cells(found)[WEST]["reachable"] == 6.0


def test_a_stranded_hall_for_its_own_district_falls_to_a_place_there() -> None:
    lone = {"lon": 119.1, "lat": 30.0, "only_district": EAST}
    found = spread_seats(_seats(lone), _people(HOME, FAR))
    assert _cells(found)[EAST]["own"] == 6.0


def test_a_hall_whose_point_is_unknown_serves_its_district() -> None:
    found = spread_seats(_seats({"lon": None, "lat": None}), _people(HOME, BORDER))
    assert _cells(found)[EAST]["own"] == 6.0
    assert not found.stranded


def test_a_measured_time_decides_who_reaches_a_hall() -> None:
    measured = pl.DataFrame(
        {"from_division_code": [WEST], "venue_id": ["hall"], "mode": ["transit"], "minutes": [45.0]}
    )
    found = spread_seats(_seats({}), _people(HOME, BORDER), measured=measured)
    assert found.table["division_code"].to_list() == [EAST]


ROW = st.fixed_dictionaries(
    {
        "skill_id": st.sampled_from(["weld", "bake"]),
        "venue_id": st.sampled_from(["hall", "gym"]),
        "online": st.booleans(),
        "lon": st.one_of(st.none(), st.floats(119.0, 120.5)),
        "district_code": st.sampled_from([EAST, WEST, None]),
        "only_district": st.sampled_from([EAST, WEST, None]),
        "seats": st.floats(0.01, 50),
        "seats_var": st.floats(0, 9),
    }
)


@settings(max_examples=15)
@given(rows=st.lists(ROW, min_size=1, max_size=6))
def test_every_completer_seat_falls_to_some_district(rows: list[dict[str, Any]]) -> None:
    seats = _seats(*rows)
    table = spread_seats(seats, _people(HOME, BORDER, FAR)).table
    by_skill = table.group_by("skill_id").agg(pl.col("supply").sum()).sort("skill_id")
    expected = seats.group_by("skill_id").agg(pl.col("seats").sum()).sort("skill_id")
    assert by_skill["supply"].to_list() == pytest.approx(expected["seats"].to_list(), rel=1e-9)
    parts = table["own"] + table["reachable"] + table["online"]
    assert parts.to_list() == pytest.approx(table["supply"].to_list())
    assert (table["supply_var"] >= 0).all()


def test_districts_that_send_no_school_take_no_seats(make_city: MakeCity, as_of: datetime) -> None:
    spring: dict[str, Any] = {
        "section_id": "s", "starts_on": date(2025, 3, 3), "ends_on": date(2025, 6, 20),
        "term": "2025春", "state": "finished", "enrolled": 12, "mode": "online_live",
        "venue_id": None, "apply_opens_at": datetime.fromisoformat("2025-02-17T10:00:00+08:00"),
        "apply_closes_at": datetime.fromisoformat("2025-03-01T10:00:00+08:00"),

    }  # fmt: skip
    city = make_city(
        divisions=[
            {"division_code": EAST, "population": 100, "lon": 120.2, "lat": 30.4},
            {"division_code": WEST, "population": 900, "lon": 120.1, "lat": 30.4},
        ],
        institutions=[{"division_code": EAST}],
        venues=[{"division_code": EAST}],
        courses=[{"course_id": "course-1"}],
        course_skills=[{"course_id": "course-1", "skill_id": "weld"}],
        sections=[spring],
    )
    table = skill_supply(city, as_of)
    assert table["division_code"].to_list() == [EAST]
    assert supply_of_city(city, as_of).table.equals(table)


def test_a_city_without_anything_supplies_nothing(make_city: MakeCity, as_of: datetime) -> None:
    assert skill_supply(make_city(), as_of).is_empty()
