import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.vocab import CITY_BOX, COORDINATE_SYSTEMS
from features.coordinates import from_wgs84, to_wgs84
from features.errors import CoordinateError
from features.travel import great_circle_km

WEST, SOUTH, EAST, NORTH = CITY_BOX
POINTS = st.tuples(st.floats(WEST, EAST), st.floats(SOUTH, NORTH))


def _metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(great_circle_km(a, np.array([b[0]]), np.array([b[1]]))[0]) * 1000


def _convert(point: tuple[float, float], crs: str, *, back: bool) -> tuple[float, float]:
    change = to_wgs84 if back else from_wgs84
    lon, lat = change(np.array([point[0]]), np.array([point[1]]), crs)
    return float(lon[0]), float(lat[0])


@pytest.mark.parametrize("crs", COORDINATE_SYSTEMS)
@given(point=POINTS)
def test_there_and_back_ends_within_a_metre(crs: str, point: tuple[float, float]) -> None:
    there = _convert(point, crs, back=False)
    assert _metres(_convert(there, crs, back=True), point) < 1e-3


@given(point=POINTS)
def test_web_maps_are_off_by_hundreds_of_metres(point: tuple[float, float]) -> None:
    assert 300 < _metres(_convert(point, "gcj02", back=False), point) < 800
    assert 400 < _metres(_convert(point, "bd09", back=False), point) < 2000


@pytest.mark.parametrize("crs", ["wgs84", "cgcs2000"])
def test_the_satellites_and_chinas_own_datum_are_taken_as_one(crs: str) -> None:
    assert _convert((120.12, 30.27), crs, back=True) == (120.12, 30.27)


def test_the_published_example_of_the_public_formulas_holds() -> None:
    # The example of coordtransform's README: Beijing, WGS84 and BD-09 to GCJ-02.
    beijing = (116.404, 39.915)
    gcj = _convert(beijing, "gcj02", back=False)
    assert gcj == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-9)
    from_baidu = _convert(_convert(beijing, "bd09", back=True), "gcj02", back=False)
    assert from_baidu == pytest.approx((116.39762729119315, 39.90865673957631), abs=1e-5)


def test_gcj02_leaves_the_rest_of_the_world_alone() -> None:
    assert _convert((2.35, 48.86), "gcj02", back=True) == (2.35, 48.86)


def test_an_unknown_place_stays_unknown() -> None:
    lon, lat = to_wgs84(np.array([np.nan]), np.array([np.nan]), "bd09")
    assert np.isnan(lon).all()
    assert np.isnan(lat).all()


@pytest.mark.parametrize("change", [to_wgs84, from_wgs84])
def test_an_unknown_system_is_refused_by_name(change: object) -> None:
    assert callable(change)
    with pytest.raises(CoordinateError, match=r"'xian80'.*wgs84"):
        change(np.array([120.0]), np.array([30.0]), "xian80")
