from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.city import City
from features.errors import CutOffError, PlaceError
from features.places import COLUMNS, residents

MakeCity = Callable[..., City]

CITY = {"division_code": "330100000000", "level": "city", "lon": 120.2, "lat": 30.2}
DISTRICT = {
    "division_code": "330113000000",
    "population": 1000,
    "population_60plus": 200,
    "lon": 120.3,
    "lat": 30.4,
}


def _town(number: int, **facts: object) -> dict[str, object]:
    return {"division_code": f"330113{number:03d}000", "level": "town", **facts}


def _village(town: int, number: int, **facts: object) -> dict[str, object]:
    return {"division_code": f"330113{town:03d}{number:03d}", "level": "village", **facts}


def _people(frame: pl.DataFrame, column: str = "population") -> dict[str, Any]:
    return dict(zip(frame["division_code"].to_list(), frame[column].to_list(), strict=True))


def test_people_are_counted_in_the_deepest_division_alone(
    make_city: MakeCity, as_of: datetime
) -> None:
    city = make_city(
        divisions=[
            CITY,
            DISTRICT,
            _town(1, population=700),
            _village(1, 1, population=400, population_60plus=50, urban=True, lon=120.31, lat=30.41),
            _village(1, 2, population=300),
            _town(2, population=250, lon=120.35, lat=30.45),
        ]
    )
    rows = residents(city, as_of)
    assert tuple(rows.columns) == COLUMNS
    assert _people(rows) == {"330113001001": 400, "330113001002": 300, "330113002000": 250}
    assert rows["district_code"].unique().to_list() == ["330113000000"]
    assert rows["town_code"].to_list() == ["330113001000"] * 2 + ["330113002000"]
    assert not rows["shared"].any()
    assert rows["urban"].to_list() == [True, None, None]


def test_a_place_without_a_point_has_that_of_the_next_division_around_it(
    make_city: MakeCity, as_of: datetime
) -> None:
    lost = {"division_code": "330108000000", "population": 10}
    city = make_city(
        divisions=[CITY, DISTRICT, _village(1, 1, population=5), _town(2, population=6, lon=120.5,
                   lat=30.5), _village(2, 9, population=6), lost]
    )  # fmt: skip
    rows = residents(city, as_of)
    points = {row["division_code"]: (row["lon"], row["lat"]) for row in rows.to_dicts()}
    assert points == {
        "330113001001": (120.3, 30.4),
        "330113002009": (120.5, 30.5),
        "330108000000": (120.2, 30.2),
    }


def test_a_district_without_a_point_anywhere_around_it_lies_in_the_middle_of_the_others(
    make_city: MakeCity, as_of: datetime
) -> None:
    bare = {"division_code": "330108000000", "population": 10}
    row = residents(make_city(divisions=[DISTRICT, bare]), as_of).row(0, named=True)
    assert (row["lon"], row["lat"]) == (120.3, 30.4)


def test_people_of_whom_no_point_is_known_are_an_error(
    make_city: MakeCity, as_of: datetime
) -> None:
    city = make_city(divisions=[{"division_code": "330108000000", "population": 10}])
    with pytest.raises(PlaceError, match="none of 1 divisions has a point"):
        residents(city, as_of)


def test_villages_that_tell_nothing_share_what_their_town_has_beyond_the_others(
    make_city: MakeCity, as_of: datetime
) -> None:
    city = make_city(
        divisions=[
            DISTRICT,
            _town(1, population=700, population_60plus=70),
            _village(1, 1, population=400, population_60plus=50),
            _village(1, 2),
            _village(1, 3),
        ]
    )
    rows = residents(city, as_of)
    assert _people(rows) == {"330113001001": 400, "330113001002": 150, "330113001003": 150}
    assert _people(rows, "population_60plus") == {
        "330113001001": 50,
        "330113001002": 10,
        "330113001003": 10,
    }
    assert _people(rows, "shared") == {
        "330113001001": False,
        "330113001002": True,
        "330113001003": True,
    }


def test_a_town_without_a_number_is_the_sum_of_its_villages(
    make_city: MakeCity, as_of: datetime
) -> None:
    city = make_city(
        divisions=[
            DISTRICT,
            _town(1),
            _village(1, 1, population=300),
            _town(2),
        ]
    )
    rows = residents(city, as_of)
    assert _people(rows) == {"330113001001": 300, "330113002000": 700}
    assert _people(rows, "shared") == {"330113001001": False, "330113002000": True}


@settings(max_examples=30)
@given(
    told=st.lists(st.one_of(st.none(), st.integers(0, 400)), min_size=1, max_size=6),
    villages=st.integers(0, 3),
)
def test_shared_places_of_a_district_add_up_to_its_own_number(
    make_city: MakeCity, as_of: datetime, told: list[int | None], villages: int
) -> None:
    towns = [_town(number + 1, population=count) for number, count in enumerate(told)]
    inside = [_village(1, number + 1) for number in range(villages)]
    rows = residents(make_city(divisions=[DISTRICT, *towns, *inside]), as_of)
    known = sum(count for count in told if count is not None)
    expected = max(known, 1000) if None in told else known
    assert rows["population"].sum() == pytest.approx(expected)
    assert (rows["population"] > 0).all()
    assert rows.filter(pl.col("population_60plus") > pl.col("population")).is_empty()


def test_a_division_that_is_no_longer_in_force_has_no_residents(
    make_city: MakeCity, as_of: datetime
) -> None:
    gone = {"division_code": "330103000000", "population": 9, "valid_to": date(2021, 4, 9)}
    assert residents(make_city(divisions=[DISTRICT, gone]), as_of).height == 1


def test_a_city_without_divisions_has_no_residents(make_city: MakeCity, as_of: datetime) -> None:
    assert residents(make_city(), as_of).is_empty()


def test_a_moment_without_an_offset_is_refused(make_city: MakeCity) -> None:
    with pytest.raises(CutOffError):
        residents(make_city(), datetime(2025, 9, 1))  # noqa: DTZ001 - what is refused
