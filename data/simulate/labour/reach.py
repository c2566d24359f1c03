"""Who reaches a place: completer seats spread over the towns within thirty minutes.

Source: METHODS section 4, the enhanced two-step floating catchment with a Gaussian decay that
is 1 at the door and 0 at the cut.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.simulate.place.coordinates import distance_km
from data.simulate.place.journeys import transit_minutes
from data.simulate.place.places import Map
from data.simulate.topics import skills

CIRCLE_MINUTES: Final = 30.0
"""The city's circle of vocational training."""

_EDGE: Final = float(np.exp(-0.5))

Floats = NDArray[np.float64]


def decay(minutes: Floats) -> Floats:
    """Gaussian decay of the will to travel, 1 at no distance, 0 from ``CIRCLE_MINUTES`` on."""
    bell = np.exp(-0.5 * (minutes / CIRCLE_MINUTES) ** 2)
    return np.where(minutes < CIRCLE_MINUTES, (bell - _EDGE) / (1 - _EDGE), 0.0)


def town_minutes(city: Map, lon: Floats, lat: Floats) -> Floats:
    """(points, towns) minutes from each point to each town's centre."""
    towns = city.towns
    return transit_minutes(distance_km(lon[:, None], lat[:, None], towns.lon, towns.lat))


def district_shares(city: Map, lon: Floats, lat: Floats) -> Floats:
    """How the seats at each point fall to the districts; each row adds up to 1.

    A town's share is its population times the decay of its minutes. Where no town lies within
    the circle, the nearest takes all.

    Args:
        city: the towns.
        lon: WGS84 degrees of the points.
        lat: WGS84 degrees of the points.

    Returns:
        (points, districts) shares.
    """
    minutes = town_minutes(city, lon, lat)
    weight = decay(minutes) * city.towns.population
    alone = weight.sum(axis=1) == 0
    weight[alone, np.argmin(minutes[alone], axis=1)] = 1.0
    return _by_district(city, weight / weight.sum(axis=1, keepdims=True))


def population_shares(city: Map) -> Floats:
    """Each district's share of the simulated population; adds up to 1."""
    people = city.towns.population.astype(np.float64)
    shares: Floats = _by_district(city, people[None, :] / people.sum())[0]
    return shares


def reachable_seats(
    city: Map, lon: Floats, lat: Floats, seats: Floats, skills_of_section: NDArray[np.int64]
) -> Floats:
    """Completer seats that each district reaches, by skill.

    Seats in a room go to the towns around it (``district_shares``), seats online to everyone by
    population. A section counts in full for each skill it teaches. Nothing is lost: the result
    adds up to the seats times their skills.

    Args:
        city: the towns.
        lon: WGS84 degrees of the sections' venues, NaN online.
        lat: WGS84 degrees of the sections' venues, NaN online.
        seats: learners expected to complete, one entry per section.
        skills_of_section: (sections, columns) indices into ``skills()``, -1 where none.

    Returns:
        (districts, skills) seats, in the unit of ``seats``.
    """
    share = _section_shares(city, lon, lat) * seats[:, None]
    reached = np.zeros((len(skills()), len(city.districts)))
    for column in range(skills_of_section.shape[1]):
        taught = np.flatnonzero(skills_of_section[:, column] >= 0)
        np.add.at(reached, skills_of_section[taught, column], share[taught])
    by_district: Floats = reached.T.copy()
    return by_district


def _section_shares(city: Map, lon: Floats, lat: Floats) -> Floats:
    """(sections, districts) shares; each venue is measured once."""
    share = np.tile(population_shares(city), (len(lon), 1))
    room = np.flatnonzero(~np.isnan(lon))
    points = np.column_stack([lon[room], lat[room]])
    places, which = np.unique(points, axis=0, return_inverse=True)
    if len(places):
        share[room] = district_shares(city, places[:, 0], places[:, 1])[which.ravel()]
    return share


def _by_district(city: Map, towns: Floats) -> Floats:
    """Columns of towns added up to columns of districts."""
    parts = [towns[:, city.towns.district == index] for index in range(len(city.districts))]
    return np.column_stack([part.sum(axis=1) for part in parts])
