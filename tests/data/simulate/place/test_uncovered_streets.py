from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from data.simulate.params import SimulationParams
from data.simulate.place.coordinates import distance_km
from data.simulate.place.journeys import transit_minutes
from data.simulate.place.places import Map, make_map
from data.simulate.place.venues import Venues, make_venues
from data.simulate.streams import Streams

TINY = ("330113",)
PILOT = ("330113", "330114", "330111")
WALK_MINUTES_PER_KM = 60 * 1.3 / 4.5


def places(districts: Sequence[str], seed: int) -> tuple[Map, Venues]:
    params = SimulationParams(districts=tuple(districts))
    city = make_map(params, Streams(seed).of("places"))
    return city, make_venues(params, city, Streams(seed).of("venues"))


def nearest_km(city: Map, venues: Venues) -> NDArray[np.float64]:
    towns = city.towns
    km = distance_km(towns.lon[:, None], towns.lat[:, None], venues.lon, venues.lat)
    nearest: NDArray[np.float64] = km.min(axis=1)
    return nearest


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("districts", "count"), [(TINY, 1), (PILOT, 3)])
def test_planted_streets_have_no_venue_within_thirty_minutes(
    districts: tuple[str, ...], count: int, seed: int
) -> None:
    city, venues = places(districts, seed)
    assert len(city.uncovered) == count
    km = nearest_km(city, venues)[city.uncovered]
    assert (np.minimum(transit_minutes(km), WALK_MINUTES_PER_KM * km) > 30).all()
    assert (city.towns.population[city.uncovered] > 0).all()
    seats = [np.flatnonzero(city.towns.district == index)[0] for index in range(len(districts))]
    assert not np.isin(seats, city.uncovered).any()


@pytest.mark.parametrize("seed", range(5))
def test_every_other_street_has_a_venue_near(seed: int) -> None:
    city, venues = places(PILOT, seed)
    others = np.setdiff1d(np.arange(len(city.towns.codes)), city.uncovered)
    assert (transit_minutes(nearest_km(city, venues)[others]) < 30).all()


def test_counting_schools_by_street_or_venues_by_district_finds_nothing_missing() -> None:
    city, venues = places(PILOT, 7)
    registered = set(venues.institutions["division_code"])
    assert set(city.towns.codes) <= registered
    districts = venues.institution_district[venues.of_institution]
    assert (np.bincount(districts) > 20).all()


def test_no_venue_carries_the_code_of_an_uncovered_street() -> None:
    city, venues = places(PILOT, 7)
    assert not set(city.towns.codes[city.uncovered]) & set(venues.venues["division_code"])


def test_a_city_of_seven_towns_has_no_uncovered_one() -> None:
    assert len(places(("330114",), 7)[0].uncovered) == 0
