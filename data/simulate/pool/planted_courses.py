"""Courses that are planted: the famous class, and skills that a district teaches amply."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from data.simulate.place.coordinates import distance_km
from data.simulate.place.venues import KINDS, Venues
from data.simulate.pool.cohort import Offer
from data.simulate.pool.params import PoolParams
from data.simulate.pool.programmes import PROGRAMME_INDEX

MONTHS = 6
"""Months for which the completers of one term stand."""

COMPLETERS = 12.0
"""Learners that a vocational section completes, about; a guess."""

VOCATIONAL = PROGRAMME_INDEX["vocational"]


def famous_place(programme: NDArray[np.int64]) -> int:
    """Place of the famous class in the first cohort: the first community course's."""
    return int(np.argmax(programme == PROGRAMME_INDEX["community"]))


def favour(
    offer: Offer,
    cells: list[tuple[int, int, int]],
    seats: Sequence[float],
    programme: NDArray[np.int64],
    institution: NDArray[np.int64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Give vocational courses of the first cohort to the amply taught skills.

    Their courses run every term. A cell gets as many as complete the learners it needs, at least
    ``favoured_sections``; all cells get fewer in proportion where together they would take over
    ``favoured_share`` of the programme.

    Args:
        offer: who may teach what.
        cells: district, skill and nearby town (-1 for anywhere).
        seats: completers a month that each cell needs.
        programme: of each course.
        institution: of each course; changed in place to one that can teach the cell.
        rng: draws the institutions.

    Returns:
        The main skill of each course, -1 where it is free.
    """
    main_skill = np.full(len(programme), -1, dtype=np.int64)
    places = np.flatnonzero(programme == VOCATIONAL)
    sizes = _courses_of(seats, offer.params, int(offer.params.favoured_share * len(places)))
    ends = np.cumsum(sizes)
    for number, (district, skill, near) in enumerate(cells):
        at = places[ends[number] - sizes[number] : ends[number]]
        chance = _hosts(offer, district, near)
        institution[at] = rng.choice(len(chance), len(at), p=chance)
        main_skill[at] = skill
    return main_skill


def _courses_of(seats: Sequence[float], params: PoolParams, room: int) -> NDArray[np.int64]:
    """Courses of each cell, in the room there is; at least one while there is any."""
    wanted = np.maximum(
        np.ceil(np.array(seats) * MONTHS / COMPLETERS).astype(np.int64), params.favoured_sections
    )
    if wanted.sum() <= room:
        return wanted
    fewer = np.maximum((wanted * room / wanted.sum()).astype(np.int64), 1)
    return np.where(np.cumsum(fewer) <= room, fewer, 0)


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
