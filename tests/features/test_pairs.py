from collections.abc import Callable
from datetime import datetime
from itertools import product
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.city import City
from features.pairs import SCHEMA, Places, Traveller, pair_features, slot_fit
from features.section import section_features

MakeCity = Callable[..., City]
HOME = (120.12, 30.27)


@pytest.fixture(scope="module")
def sections(make_city: MakeCity) -> pl.DataFrame:
    """A room next door, the same room further out, and a recorded course."""
    city = make_city(
        venues=[{"venue_id": "near", "lon": 120.13}, {"venue_id": "far", "lon": 120.4}],
        courses=[{"course_id": "course-1", "age_min": 18, "age_max": 59}, {"course_id": "open"}],
        sections=[
            {"section_id": "a", "venue_id": "near", "slots": ["3E", "6M"]},
            {"section_id": "b", "venue_id": "far", "course_id": "open"},
            {"section_id": "c", "venue_id": None, "mode": "online_recorded", "slots": []},
        ],
    )
    return section_features(city, datetime.fromisoformat("2025-09-01T04:00Z"))


def _pairs(sections: pl.DataFrame, **facts: Any) -> pl.DataFrame:
    nothing: dict[str, Any] = {
        "home": None,
        "home_division_code": None,
        "travel_mode": None,
        "free_slots": None,
        "age_low": None,
        "age_high": None,
    }
    return pair_features(sections, **{**nothing, **facts})


def test_nothing_known_of_the_learner_leaves_all_unknown_but_the_online_way(
    sections: pl.DataFrame,
) -> None:
    pairs = _pairs(sections)
    assert pairs.schema == SCHEMA
    assert pairs["travel_min"].to_list() == [None, None, 0.0]
    assert pairs["slot_fit"].to_list() == [None] * 3
    assert pairs["age_overlap"].to_list() == [None] * 3


def test_minutes_grow_with_the_way_and_are_none_online(sections: pl.DataFrame) -> None:
    near, far, online = _pairs(sections, home=HOME)["travel_min"].to_list()
    assert 0 == online < near < far


def test_a_section_without_a_place_has_unknown_minutes(sections: pl.DataFrame) -> None:
    nowhere = sections.with_columns(lon=pl.lit(None, pl.Float64), lat=pl.lit(None, pl.Float64))
    assert _pairs(nowhere, home=HOME)["travel_min"].to_list() == [None, None, 0.0]


def test_measured_times_override_the_model_where_they_exist(
    sections: pl.DataFrame, make_city: MakeCity
) -> None:
    measured = {"from_division_code": "330106000000", "venue_id": "far", "mode": "walk"}
    times = make_city(travel_times=[{**measured, "minutes": 7.0}]).read("travel_times")
    home = {"home": HOME, "home_division_code": "330106109000"}
    walking = _pairs(sections, **home, travel_mode="walk", travel_times=times)
    modelled = _pairs(sections, **home, travel_mode="walk")
    assert walking["travel_min"].to_list()[1] == 7.0
    assert walking["travel_min"].to_list()[0] == modelled["travel_min"].to_list()[0]
    by_bus = _pairs(sections, **home, travel_mode="transit", travel_times=times)
    assert by_bus["travel_min"].to_list()[1] != 7.0


def test_a_measured_time_helps_where_the_home_cell_is_unknown(
    sections: pl.DataFrame, make_city: MakeCity
) -> None:
    measured = {"from_division_code": "330106000000", "venue_id": "far", "minutes": 7.0}
    times = make_city(travel_times=[measured]).read("travel_times")
    pairs = _pairs(sections, home_division_code="330106000000", travel_times=times)
    assert pairs["travel_min"].to_list() == [None, 7.0, 0.0]


def _times(make_city: MakeCity, *rows: tuple[str, str, str, float]) -> pl.DataFrame:
    names = ("from_division_code", "venue_id", "mode", "minutes")
    return make_city(travel_times=[dict(zip(names, row, strict=True)) for row in rows]).read(
        "travel_times"
    )


def test_the_nearest_known_division_has_the_measured_time(
    sections: pl.DataFrame, make_city: MakeCity
) -> None:
    times = _times(
        make_city,
        ("330106109000", "near", "bike", 9.0),
        ("330106000000", "near", "bike", 25.0),
        ("330106000000", "far", "bike", 30.0),
        ("330105000000", "far", "bike", 1.0),
        ("330106109000", "far", "walk", 2.0),
    )
    home = {"home_division_code": "330106109005", "travel_mode": "bike"}
    assert _pairs(sections, **home, travel_times=times)["travel_min"].to_list() == [9.0, 30.0, 0.0]


def test_minutes_of_many_pairs_are_those_of_each_traveller_alone(
    sections: pl.DataFrame, make_city: MakeCity
) -> None:
    times = _times(
        make_city,
        ("330106109000", "near", "bike", 9.0),
        ("330106000000", "near", "bike", 25.0),
        ("330106000000", "far", "transit", 30.0),
    )
    places = Places.of(sections, times)
    homes = (None, HOME, (120.3, 30.1))
    divisions = (None, "330106109005", "330105000000")
    travellers = [
        Traveller(home, division, mode, elder)
        for home, division, mode, elder in product(
            homes, divisions, (None, "walk", "bike", "drive"), (False, True)
        )
    ]
    every = np.arange(len(places))
    who = np.repeat(np.arange(len(travellers)), len(places))
    found = places.minutes_of_pairs(travellers, who, np.tile(every, len(travellers)))
    alone = np.concatenate([places.minutes(each) for each in travellers])
    np.testing.assert_allclose(found, alone, rtol=1e-12)


def test_without_a_mode_the_measured_transit_times_hold(
    sections: pl.DataFrame, make_city: MakeCity
) -> None:
    times = _times(
        make_city,
        ("330106000000", "near", "walk", 50.0),
        ("330106000000", "near", "transit", 20.0),
    )
    pairs = _pairs(sections, home_division_code="330106000000", travel_times=times)
    assert pairs["travel_min"].to_list()[0] == 20.0


def test_elders_take_longer_on_foot(sections: pl.DataFrame) -> None:
    young = _pairs(sections, home=HOME, travel_mode="walk", age_low=18, age_high=24)
    old = _pairs(sections, home=HOME, travel_mode="walk", age_low=60, age_high=69)
    assert old["travel_min"].to_list()[0] > young["travel_min"].to_list()[0]


def test_slots_fit_by_the_share_that_is_free(sections: pl.DataFrame) -> None:
    assert _pairs(sections, free_slots=frozenset({"3E"}))["slot_fit"].to_list() == [0.5, 1.0, 1.0]
    assert _pairs(sections, free_slots=frozenset())["slot_fit"].to_list() == [0.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("low", "high", "overlaps"),
    [(14, 17, False), (60, 69, False), (45, 59, True), (18, 24, True), (0, 13, False)],
)
def test_a_band_overlaps_when_it_shares_an_age_with_the_limits(
    sections: pl.DataFrame, low: int, high: int, overlaps: bool
) -> None:
    pairs = _pairs(sections, age_low=low, age_high=high)
    assert pairs["age_overlap"].to_list() == [overlaps, True, overlaps]


@given(order=st.permutations(range(3)))
def test_rows_keep_the_order_of_the_sections(sections: pl.DataFrame, order: list[int]) -> None:
    facts: dict[str, Any] = {
        "home": HOME,
        "free_slots": frozenset({"3E"}),
        "age_low": 60,
        "age_high": 69,
    }
    shuffled = _pairs(sections[order], **facts)
    assert shuffled.equals(_pairs(sections, **facts)[order])


SLOTS = st.lists(st.sampled_from(["1M", "3E", "6A", "7E"]), max_size=3, unique=True)


@given(rows=st.lists(SLOTS, max_size=6), free=st.frozensets(st.sampled_from(["1M", "3E", "6A"])))
def test_slot_fit_is_counted_section_by_section(
    rows: list[list[str]], free: frozenset[str]
) -> None:
    slots = pl.Series(rows, dtype=pl.List(pl.String))
    expected = [sum(s in free for s in row) / len(row) if row else 1.0 for row in rows]
    assert slot_fit(slots, free).to_list() == expected


def test_no_sections_give_no_pairs(sections: pl.DataFrame) -> None:
    facts: dict[str, Any] = {
        "home": HOME,
        "free_slots": frozenset({"3E"}),
        "age_low": 18,
        "age_high": 24,
    }
    assert _pairs(sections.clear(), **facts).shape == (0, 4)
