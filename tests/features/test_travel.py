import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.vocab import CITY_BOX, TRAVEL_MODES
from features.travel import PACES, great_circle_km, model_minutes

WEST, SOUTH, EAST, NORTH = CITY_BOX
POINTS = st.tuples(st.floats(WEST, EAST), st.floats(SOUTH, NORTH))
MODES = st.sampled_from([*TRAVEL_MODES, None])


def _km(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(great_circle_km(a, np.array([b[0]]), np.array([b[1]]))[0])


def _minutes(km: float, mode: str | None, *, elder: bool = False) -> float:
    return float(model_minutes(np.array([km]), mode, elder=elder)[0])


@given(a=POINTS, b=POINTS)
def test_the_way_there_is_as_long_as_the_way_back(
    a: tuple[float, float], b: tuple[float, float]
) -> None:
    assert _km(a, b) == pytest.approx(_km(b, a), rel=1e-9, abs=1e-9)
    assert _km(a, b) >= 0


@given(km=st.floats(0, 250), more=st.floats(0, 100), mode=MODES, elder=st.booleans())
def test_further_away_never_takes_less_time(
    km: float, more: float, mode: str | None, elder: bool
) -> None:
    assert 0 <= _minutes(km, mode, elder=elder) <= _minutes(km + more, mode, elder=elder)


@given(km=st.floats(0, 250), mode=MODES)
def test_nobody_rides_where_walking_is_quicker(km: float, mode: str | None) -> None:
    assert _minutes(km, mode) <= _minutes(km, "walk")


@given(km=st.floats(0, 250), mode=MODES)
def test_elders_are_never_quicker(km: float, mode: str | None) -> None:
    assert _minutes(km, mode, elder=True) >= _minutes(km, mode)


def test_an_unknown_mode_is_taken_as_transit() -> None:
    assert _minutes(8.0, None) == _minutes(8.0, "transit")


def test_every_mode_of_the_vocabulary_has_a_pace() -> None:
    assert set(PACES) == set(TRAVEL_MODES)


def test_the_model_agrees_with_the_formula_of_its_docstring() -> None:
    assert _minutes(1.5, "walk") == pytest.approx(60 * 1.5 * 1.3 / 4.5)
    assert _minutes(9.0, "transit") == pytest.approx(12 + 60 * 9 * 1.3 / 18)
    assert _minutes(1.5, "walk", elder=True) == pytest.approx(60 * 1.5 * 1.3 / 3.75)


def test_over_town_a_car_beats_a_bus_beats_a_bike_beats_walking() -> None:
    by_mode = [_minutes(15.0, mode) for mode in ("drive", "transit", "bike", "walk")]
    assert by_mode == sorted(by_mode)


def test_a_degree_of_latitude_is_111_kilometres() -> None:
    assert _km((120.0, 30.0), (120.0, 31.0)) == pytest.approx(111.195, abs=0.01)
