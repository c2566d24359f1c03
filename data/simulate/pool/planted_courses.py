"""Courses that are planted: the famous class, and skills that a district teaches amply."""

import numpy as np
from numpy.typing import NDArray

from data.simulate.place.coordinates import distance_km
from data.simulate.place.venues import KINDS, Venues
from data.simulate.pool.cohort import Offer
from data.simulate.pool.programmes import PROGRAMME_INDEX

VOCATIONAL = PROGRAMME_INDEX["vocational"]


def famous_place(programme: NDArray[np.int64]) -> int:
    """Place of the famous class in the first cohort: the first community course's."""
    return int(np.argmax(programme == PROGRAMME_INDEX["community"]))


def favour(
    offer: Offer,
    cells: list[tuple[int, int, int]],
    programme: NDArray[np.int64],
    institution: NDArray[np.int64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Give vocational courses of the first cohort to the amply taught skills.

    Every cell gets the same number of courses, which run every term: ``favoured_sections``,
    or fewer where all cells together would take over ``favoured_share`` of the programme.

    Args:
        offer: who may teach what.
        cells: district, skill and nearby town (-1 for anywhere).
        programme: of each course.
        institution: of each course; changed in place to one that can teach the cell.
        rng: draws the institutions.

    Returns:
        The main skill of each course, -1 where it is free.
    """
    main_skill = np.full(len(programme), -1, dtype=np.int64)
    places = np.flatnonzero(programme == VOCATIONAL)
    room = int(offer.params.favoured_share * len(places))
    each = min(offer.params.favoured_sections, max(1, room // max(1, len(cells))))
    for number, (district, skill, near) in enumerate(cells):
        at = places[: min(len(places), room)][number * each : (number + 1) * each]
        chance = _hosts(offer, district, near)
        institution[at] = rng.choice(len(chance), len(at), p=chance)
        main_skill[at] = skill
    return main_skill


def _hosts(offer: Offer, district: int, near: int) -> NDArray[np.float64]:
    """Chance of each vocational institution of the district, or of the school at a town."""
    venues = offer.venues
    chance = offer.institutions[VOCATIONAL] * (venues.institution_district == district)
    chance[venues.own] = 0.0
    if near >= 0:
        chance = np.zeros(len(chance))
        chance[_school_near(venues, district, near)] = 1.0
    total: NDArray[np.float64] = chance / chance.sum()
    return total


def _school_near(venues: Venues, district: int, near: int) -> int:
    """The town's vocational school; where it takes its own district only, the next nearest."""
    runs = [row.tier == "town" and "vocational" in row.programmes for row in KINDS]
    schools = np.flatnonzero(
        np.array(runs)[venues.kind] & (venues.institution_district == district)
    )
    local = int(schools[venues.institution_town[schools] == near][0])
    takes_all = schools[~venues.home_only[schools]]
    if len(takes_all) == 0:
        return local
    at = np.searchsorted(venues.of_institution, takes_all)
    home = int(np.argmax(venues.of_institution == local))
    km = distance_km(venues.lon[at], venues.lat[at], venues.lon[home], venues.lat[home])
    return int(takes_all[np.argmin(km)])
