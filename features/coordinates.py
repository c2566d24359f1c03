"""Coordinates on one datum: everything becomes WGS84 before a distance is taken.

China's web maps don't show WGS84: GCJ-02 (Amap, Tencent) is shifted by some 500 m, BD-09
(Baidu) by about 1 km more. CGCS2000 agrees with WGS84 within centimetres and is taken as equal.

Source: the forward formulas are public since 2013 in "eviltransform" (googollee) and
"coordtransform" (wandergis), on the Krasovsky 1940 ellipsoid. They have no closed inverse, so
the inverse is a fixed-point iteration of the forward formula, exact to below a millimetre.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.vocab import COORDINATE_SYSTEMS
from features.errors import CoordinateError

Degrees = NDArray[np.float64]
Points = tuple[Degrees, Degrees]
"""Longitudes and latitudes of the same length, degrees."""

SEMI_MAJOR_M: Final = 6_378_245.0
"""Semi-major axis of the Krasovsky 1940 ellipsoid, metres."""
ECCENTRICITY_SQUARED: Final = 0.00669342162296594323
SHIFTED_BOX: Final = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north of the box inside which GCJ-02 is shifted at all."""
ROUNDS: Final = 6
"""Of the inverse; each round shrinks the error about a thousandfold."""


def to_wgs84(lon: Degrees, lat: Degrees, crs: str) -> Points:
    """Points of a coordinate system in WGS84.

    Args:
        lon: longitudes in degrees, shape (n,); NaN stays NaN.
        lat: latitudes in degrees, shape (n,).
        crs: one of ``data.vocab.COORDINATE_SYSTEMS``.

    Raises:
        CoordinateError: another coordinate system.
    """
    forward = _forward(crs)
    east, north = lon.copy(), lat.copy()
    for _ in range(ROUNDS):
        there_lon, there_lat = forward(east, north)
        east, north = east + lon - there_lon, north + lat - there_lat
    return east, north


def from_wgs84(lon: Degrees, lat: Degrees, crs: str) -> Points:
    """Points of WGS84 in another coordinate system; the inverse of ``to_wgs84``.

    Raises:
        CoordinateError: a coordinate system that isn't in the vocabulary.
    """
    return _forward(crs)(lon, lat)


def _forward(crs: str) -> Callable[[Degrees, Degrees], Points]:
    if crs not in _FORWARD:
        message = f"unknown coordinate system {crs!r}; expected one of {list(COORDINATE_SYSTEMS)}"
        raise CoordinateError(message)
    return _FORWARD[crs]


def _same(lon: Degrees, lat: Degrees) -> Points:
    return lon, lat


def _to_gcj02(lon: Degrees, lat: Degrees) -> Points:
    """Shifts points inside the box around China; elsewhere GCJ-02 is WGS84."""
    west, south, east, north = SHIFTED_BOX
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    d_lon, d_lat = _shift_metres(lon - 105.0, lat - 35.0)
    sine = np.sin(np.radians(lat))
    curvature = 1.0 - ECCENTRICITY_SQUARED * sine * sine
    meridian_m = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED) / curvature**1.5
    parallel_m = SEMI_MAJOR_M / np.sqrt(curvature) * np.cos(np.radians(lat))
    shifted_lon = lon + np.degrees(d_lon / parallel_m)
    shifted_lat = lat + np.degrees(d_lat / meridian_m)
    return np.where(inside, shifted_lon, lon), np.where(inside, shifted_lat, lat)


def _shift_metres(x: Degrees, y: Degrees) -> Points:
    """The published polynomial and waves of the shift, at degrees from 105 E, 35 N."""
    root, ripple = np.sqrt(np.abs(x)), _waves(x, (20.0, 6.0), (20.0, 2.0))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    east += _waves(x, (20.0, 1.0), (40.0, 1 / 3), (150.0, 1 / 12), (300.0, 1 / 30))
    north += _waves(y, (20.0, 1.0), (40.0, 1 / 3), (160.0, 1 / 12), (320.0, 1 / 30))
    return east, north


def _waves(angle: Degrees, *amplitudes: tuple[float, float]) -> Degrees:
    """Two thirds of a sum of sines, each of an amplitude and a multiple of 180 degrees."""
    total = np.zeros_like(angle)
    for amplitude, multiple in amplitudes:
        total += amplitude * np.sin(multiple * np.pi * angle)
    return total * (2.0 / 3.0)


def _to_bd09(lon: Degrees, lat: Degrees) -> Points:
    """Baidu's own turn and stretch on top of GCJ-02."""
    x, y = _to_gcj02(lon, lat)
    turns = np.pi * 3000.0 / 180.0
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * turns)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * turns)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


_FORWARD: Final[Mapping[str, Callable[[Degrees, Degrees], Points]]] = MappingProxyType(
    {"wgs84": _same, "cgcs2000": _same, "gcj02": _to_gcj02, "bd09": _to_bd09}
)
