import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.vocab import CITY_BOX, TRAVEL_MODES
from features.reach import AT_THE_DOOR, nearest_place, reach
from features.travel import great_circle_km, km_within, model_minutes

WEST, SOUTH, EAST, NORTH = CITY_BOX
POINTS = st.tuples(st.floats(119.9, 120.3), st.floats(30.1, 30.4))
MODES = st.sampled_from([*TRAVEL_MODES, None])

VILLAGE, NEIGHBOUR = "330113001001", "330113002001"


def _frame(points: list[tuple[float, float]]) -> pl.DataFrame:
    return pl.DataFrame(points, schema=["lon", "lat"], orient="row")


@given(
    homes=st.lists(POINTS, min_size=1, max_size=6),
    sites=st.lists(POINTS, min_size=1, max_size=6),
    cut=st.floats(5, 90),
    mode=MODES,
    elder=st.booleans(),
)
def test_what_is_within_reach_is_what_the_travel_model_says_pair_by_pair(
    homes: list[tuple[float, float]],
    sites: list[tuple[float, float]],
    cut: float,
    mode: str | None,
    elder: bool,
) -> None:
    found = reach(_frame(homes), _frame(sites), cut_min=cut, travel_mode=mode, elder=elder)
    lon, lat = (np.array(axis) for axis in zip(*sites, strict=True))
    for row, home in enumerate(homes):
        expected = model_minutes(great_circle_km(home, lon, lat), mode, elder=elder)
        stored = found[[row], :].toarray()[0]
        # what lies within a float32 of the cut may fall on either side of it
        clear = np.abs(expected - cut) > 1e-4
        near = expected < cut
        assert ((stored > 0) == near)[clear].all()
        assert stored[near & clear] == pytest.approx(
            np.maximum(expected, AT_THE_DOOR)[near & clear], rel=1e-5, abs=1e-4
        )


@given(minutes=st.floats(0, 300), mode=MODES, elder=st.booleans())
def test_kilometres_within_so_many_minutes_take_no_more_than_them(
    minutes: float, mode: str | None, elder: bool
) -> None:
    km = km_within(minutes, mode, elder=elder)
    there, beyond = model_minutes(np.array([km, km + 0.01]), mode, elder=elder)
    assert there <= minutes + 1e-9 < beyond + 1e-9


def test_a_site_at_the_door_is_kept() -> None:
    point = [(120.1, 30.2)]
    assert reach(_frame(point), _frame(point), cut_min=15)[0, 0] == np.float32(AT_THE_DOOR)


def test_a_site_without_a_point_is_out_of_reach() -> None:
    sites = pl.DataFrame({"lon": [None, 120.1], "lat": [30.2, 30.2]})
    found = reach(_frame([(120.1, 30.2)]), sites, cut_min=30)
    assert found.shape == (1, 2)
    assert found.indices.tolist() == [1]
    assert nearest_place(_frame([(120.1, 30.2)]), sites).tolist() == [-1, 0]


@pytest.mark.parametrize("empty", ["places", "sites"])
def test_nobody_and_nothing_reach_each_other(empty: str) -> None:
    none, one = _frame([]).cast(pl.Float64), _frame([(120.1, 30.2)])
    pair = (none, one) if empty == "places" else (one, none)
    assert reach(*pair, cut_min=30).nnz == 0
    assert nearest_place(*pair).tolist() == [-1] * pair[1].height


def _measured(*rows: tuple[str, str, str, float]) -> pl.DataFrame:
    columns = ["from_division_code", "venue_id", "mode", "minutes"]
    return pl.DataFrame(rows, schema=columns, orient="row")


PLACES = pl.DataFrame(
    {"division_code": [VILLAGE, NEIGHBOUR], "lon": [120.1, 120.1], "lat": [30.2, 30.2]}
)
HALL = pl.DataFrame({"venue_id": ["hall"], "lon": [120.11], "lat": [30.2]})


def test_a_measured_time_replaces_the_model_and_a_village_takes_its_towns() -> None:
    measured = _measured(
        ("330113000000", "hall", "transit", 29.0), ("330113001000", "hall", "transit", 21.0),
        (VILLAGE, "elsewhere", "transit", 1.0), (VILLAGE, "hall", "walk", 2.0),
    )  # fmt: skip
    found = reach(PLACES, HALL, cut_min=30, measured=measured)
    assert found.toarray().ravel().tolist() == [21.0, 29.0], "town, then district"


def test_a_measured_time_beyond_the_cut_puts_a_near_site_out_of_reach() -> None:
    found = reach(PLACES, HALL, cut_min=30, measured=_measured((VILLAGE, "hall", "transit", 30.0)))
    assert found[0, 0] == 0
    assert found[1, 0] > 0


def test_a_measured_time_brings_a_far_site_within_reach() -> None:
    far = HALL.with_columns(lat=pl.lit(30.5))
    found = reach(PLACES, far, cut_min=30, measured=_measured((VILLAGE, "hall", "transit", 25.0)))
    assert found.toarray().ravel().tolist() == [25.0, 0.0]


def test_the_place_next_to_a_site_is_the_nearest() -> None:
    homes = _frame([(120.1, 30.2), (120.3, 30.2)])
    assert nearest_place(homes, _frame([(120.15, 30.2), (120.27, 30.25)])).tolist() == [0, 1]
