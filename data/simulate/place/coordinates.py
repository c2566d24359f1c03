"""Kilometres between points, and the offset of GCJ-02 maps."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

KM_PER_DEGREE: Final = 111.32
"""Kilometres of one degree of latitude."""

_AXIS: Final = 6378245.0
_ECCENTRICITY: Final = 0.00669342162296594323

Floats = NDArray[np.float64]


def km_east(degrees: Floats, lat: Floats) -> Floats:
    """Kilometres of a difference in longitude at a latitude."""
    return degrees * KM_PER_DEGREE * np.cos(np.radians(lat))


def distance_km(lon_a: Floats, lat_a: Floats, lon_b: Floats, lat_b: Floats) -> Floats:
    """Straight kilometres between points (WGS84 degrees), on a locally flat earth."""
    east = km_east(lon_b - lon_a, (lat_a + lat_b) / 2)
    return np.hypot(east, (lat_b - lat_a) * KM_PER_DEGREE)


def offset(lon: Floats, lat: Floats, east_km: Floats, north_km: Floats) -> tuple[Floats, Floats]:
    """The points moved by kilometres east and north."""
    return (
        lon + east_km / (KM_PER_DEGREE * np.cos(np.radians(lat))),
        lat + north_km / KM_PER_DEGREE,
    )


def gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """WGS84 degrees as GCJ-02 degrees, by the public approximation of the national offset."""
    x, y = lon - 105.0, lat - 35.0
    rad = np.radians(lat)
    magic = 1 - _ECCENTRICITY * np.sin(rad) ** 2
    north = _north(x, y) * 180.0 / (_AXIS * (1 - _ECCENTRICITY) / (magic * np.sqrt(magic)) * np.pi)
    east = _east(x, y) * 180.0 / (_AXIS / np.sqrt(magic) * np.cos(rad) * np.pi)
    return lon + east, lat + north


def _wave(value: Floats, *terms: tuple[float, float]) -> Floats:
    """Two thirds of a sum of sines, amplitude and period each."""
    total = np.zeros_like(value)
    for amplitude, period in terms:
        total += amplitude * np.sin(value * np.pi / period)
    return total * 2.0 / 3.0


def _north(x: Floats, y: Floats) -> Floats:
    """Metres north of the offset."""
    smooth = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    return (
        smooth
        + _wave(x, (20.0, 1 / 6), (20.0, 1 / 2))
        + _wave(y, (20.0, 1.0), (40.0, 3.0))
        + _wave(y, (160.0, 12.0), (320.0, 30.0))
    )


def _east(x: Floats, y: Floats) -> Floats:
    """Metres east of the offset."""
    smooth = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    return (
        smooth
        + _wave(x, (20.0, 1 / 6), (20.0, 1 / 2))
        + _wave(x, (20.0, 1.0), (40.0, 3.0))
        + _wave(x, (150.0, 12.0), (300.0, 30.0))
    )
