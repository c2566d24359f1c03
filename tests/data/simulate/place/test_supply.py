import numpy as np
from numpy.typing import NDArray

from tests.data.simulate.place.conftest import Staffed


def per_head(staffed: Staffed, counts: NDArray[np.float64]) -> NDArray[np.float64]:
    return counts / np.array([row.population for row in staffed.layout.city.districts])


def seats_by_district(staffed: Staffed) -> NDArray[np.float64]:
    world = staffed.layout.world
    planned = staffed.schedule[-1]
    district = world.venues.institution_district[world.courses.institution[planned.course]]
    room = planned.venue >= 0
    return np.bincount(district[room], weights=planned.capacity[room].astype(np.float64))


def test_seats_per_head_fall_as_planted_from_centre_to_county(three: Staffed) -> None:
    supplied = per_head(three, seats_by_district(three))
    planted = np.array([row.supply for row in three.layout.city.districts])
    ratio = (supplied / supplied[1]) / (planted / planted[1])
    assert (np.diff(supplied) < 0).all()
    assert ((ratio > 0.75) & (ratio < 1.3)).all()


def test_venues_per_head_make_the_outer_county_look_best_served(three: Staffed) -> None:
    venues = three.layout.world.venues
    counted = np.bincount(venues.institution_district[venues.of_institution]).astype(np.float64)
    assert np.argmax(per_head(three, counted)) == 2


def test_sections_per_town_overstate_the_difference(three: Staffed) -> None:
    seats = seats_by_district(three)
    by_town = seats / np.array([row.towns for row in three.layout.city.districts])
    by_head = per_head(three, seats)
    assert by_town[0] / by_town[2] > 3 * by_head[0] / by_head[2]
