"""Measured travel times of some towns and venues."""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.place.coordinates import distance_km
from data.simulate.place.places import Map
from data.simulate.place.venues import Venues

MEASURED_SHARE: Final = 0.1
"""Share of near town-venue pairs whose transit minutes were measured; a guess."""

NEAR_KM: Final = 20.0
"""Journeys were measured within this straight distance."""

DOOR_MINUTES: Final = 12.0
"""Minutes of a journey by transit that don't depend on its length."""

MINUTES_PER_KM: Final = 60 * 1.35 / 20
"""By transit at 20 km/h over ways 1.35 times as long as the straight line; a guess."""


def travel_time_rows(city: Map, venues: Venues, rng: np.random.Generator) -> pl.DataFrame:
    """The contract table ``travel_times``: door-to-door transit minutes of some near pairs."""
    town = np.tile(np.arange(len(city.towns.codes)), len(venues.lon))
    venue = np.repeat(np.arange(len(venues.lon)), len(city.towns.codes))
    km = distance_km(
        city.towns.lon[town], city.towns.lat[town], venues.lon[venue], venues.lat[venue]
    )
    kept = (km < NEAR_KM) & (rng.random(len(km)) < MEASURED_SHARE)
    minutes = transit_minutes(km[kept]) + rng.gamma(2.0, 2.0, int(kept.sum()))
    return pl.DataFrame(
        {
            "from_division_code": pl.Series(city.towns.codes).gather(town[kept]),
            "venue_id": venues.venues["venue_id"].gather(venue[kept]),
            "minutes": np.round(minutes, 1),
        }
    ).with_columns(pl.lit("transit").alias("mode"))


def transit_minutes(km: NDArray[np.float64]) -> NDArray[np.float64]:
    """Usual minutes from door to door by transit over straight kilometres."""
    return DOOR_MINUTES + MINUTES_PER_KM * km
