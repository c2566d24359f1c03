"""Minutes from door to door, one way: a speed model by mode, overridden by measured times.

    minutes = fixed + 60 * km * DETOUR / km_h          and never more than the same way on foot

| mode | km/h | fixed min | why |
|---|---|---|---|
| walk | 4.5 | 0 | 1.25 m/s; the 1.2 m/s of FHWA-RD-98-107 for crossings, without waiting |
| bike | 12 | 2 | assumption: shared or own bike at city pace; unlock and park |
| transit | 18 | 12 | assumption: bus and metro between stops; 7 min to and from stops, 5 waiting |
| drive | 25 | 8 | assumption: daytime city streets; park and walk to the door |

DETOUR 1.3: way over straight line. Newell (1980) found 1.2 for random points of a city,
O'Sullivan and Morrall (1996) 1.21 to 1.23 around stops; a little more is assumed here for the
rivers and hills of Hangzhou. From 60 years of age walking and cycling are slower by the ratio
1.0 / 1.2 of the same FHWA report. Rows of ``travel_times`` replace all of this where they exist.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

Kilometres = NDArray[np.float64]
Minutes = NDArray[np.float64]

EARTH_RADIUS_KM: Final = 6371.0088
"""Mean radius of the Earth (IUGG)."""
DETOUR: Final = 1.3
"""Length of the way over the straight line."""
ELDER_FROM: Final = 60
"""Age in full years from which walking and cycling are taken as slower."""
ELDER_PACE: Final = 1.0 / 1.2
"""Share of the usual pace on foot and by bike from that age."""
DEFAULT_MODE: Final = "transit"
"""Taken where the learner's mode is unknown."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast one mode is.

    Attributes:
        km_h: speed along the way.
        fixed_min: minutes that every journey takes, however short.
        muscle: whether the traveller's own strength sets the speed.
    """

    km_h: float
    fixed_min: float
    muscle: bool = False


PACES: Final[Mapping[str, Pace]] = MappingProxyType(
    {
        "walk": Pace(km_h=4.5, fixed_min=0.0, muscle=True),
        "bike": Pace(km_h=12.0, fixed_min=2.0, muscle=True),
        "transit": Pace(km_h=18.0, fixed_min=12.0),
        "drive": Pace(km_h=25.0, fixed_min=8.0),
    }
)
"""One pace per value of ``data.vocab.TRAVEL_MODES``."""


def great_circle_km(home: tuple[float, float], lon: Kilometres, lat: Kilometres) -> Kilometres:
    """Straight-line kilometres over the Earth from one point to many (haversine).

    Args:
        home: longitude and latitude, WGS84 degrees.
        lon: longitudes of the places, shape (n,); NaN gives NaN.
        lat: latitudes of the places, shape (n,).
    """
    return km_apart(unit_vectors(*np.array(home)[:, None]), unit_vectors(lon, lat))


def unit_vectors(lon: Kilometres, lat: Kilometres) -> NDArray[np.float64]:
    """Points of the unit sphere, so that many homes can be measured without trigonometry.

    Args:
        lon: longitudes, WGS84 degrees, shape (n,).
        lat: latitudes, shape (n,).

    Returns:
        Shape (3, n); NaN where a coordinate is.
    """
    east, north = np.radians(lon), np.radians(lat)
    flat = np.cos(north)
    return np.stack([flat * np.cos(east), flat * np.sin(east), np.sin(north)])


def unit_vector(lon: float, lat: float) -> NDArray[np.float64]:
    """``unit_vectors`` of one point, shape (3,); many times as quick as an array of one."""
    east, north = math.radians(lon), math.radians(lat)
    flat = math.cos(north)
    return np.array([flat * math.cos(east), flat * math.sin(east), math.sin(north)])


def km_apart(homes: NDArray[np.float64], places: NDArray[np.float64]) -> Kilometres:
    """Kilometres from each home to its place; half the chord is the haversine's square root.

    Args:
        homes: ``unit_vectors``, shape (3, n), or (3, 1) where all places have the same home.
        places: ``unit_vectors``, shape (3, n); NaN gives NaN.
    """
    chords = places - homes
    half: Kilometres = np.sqrt(np.einsum("ij,ij->j", chords, chords))
    half /= 2
    np.arcsin(np.minimum(half, 1.0, out=half), out=half)
    half *= 2 * EARTH_RADIUS_KM
    return half


def model_minutes(km: Kilometres, travel_mode: str | None, *, elder: bool = False) -> Minutes:
    """Minutes by the speed model: non-negative, never falling with distance.

    Args:
        km: straight-line kilometres, shape (n,); NaN gives NaN.
        travel_mode: one of ``data.vocab.TRAVEL_MODES``; unknown is taken as transit.
        elder: whether the traveller is 60 or older.
    """
    chosen, walk = PACES[travel_mode or DEFAULT_MODE], PACES["walk"]
    minutes = _minutes(km, chosen, elder=elder)
    return minutes if chosen is walk else np.minimum(minutes, _minutes(km, walk, elder=elder))


def km_within(minutes: float, travel_mode: str | None, *, elder: bool = False) -> float:
    """Straight kilometres of a journey of so many minutes: the inverse of ``model_minutes``.

    Args:
        minutes: of the journey, one way.
        travel_mode: one of ``data.vocab.TRAVEL_MODES``; unknown is taken as transit.
        elder: whether the traveller is 60 or older.
    """
    ways = (PACES[travel_mode or DEFAULT_MODE], PACES["walk"])
    return max(
        max(minutes - pace.fixed_min, 0.0) / _minutes_per_km(pace, elder=elder) for pace in ways
    )


def _minutes(km: Kilometres, pace: Pace, *, elder: bool) -> Minutes:
    minutes: Minutes = km * _minutes_per_km(pace, elder=elder)
    if pace.fixed_min:
        minutes += pace.fixed_min
    return minutes


def _minutes_per_km(pace: Pace, *, elder: bool) -> float:
    km_h = pace.km_h * (ELDER_PACE if elder and pace.muscle else 1.0)
    return 60.0 * DETOUR / km_h
