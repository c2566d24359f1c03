"""Where and when sections meet: in opened venues, and never more at once than there are rooms."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.simulate.people.people import SLOTS, slot_mask
from data.simulate.place.venues import Venues
from data.simulate.pool.programmes import PROGRAMME_FACTS

TRIES: Final = 20
"""How often venue and slots are drawn again for sections that found no free room."""

Masks = NDArray[np.int64]
Flags = NDArray[np.bool_]


def timetable(
    programme: NDArray[np.int64],
    institution: NDArray[np.int64],
    in_room: Flags,
    in_hall: Flags,
    venues: Venues,
    rng: np.random.Generator,
) -> tuple[NDArray[np.int64], Masks]:
    """Venue and weekly slots of a term's sections.

    Where an institution has no free room left in the programme's slots the last draw stands.

    Args:
        programme: of each section.
        institution: of each section.
        in_room: whether it meets in a room; else its venue is -1.
        in_hall: whether it meets in ``venues.hall``, before all others.
        venues: where.
        rng: draws.
    """
    venue = np.where(in_room, _venues(institution, venues, rng), -1)
    venue[in_hall] = venues.hall
    slots = _slots(programme, rng)
    rooms = venues.venues["rooms"].to_numpy()
    opened = np.array([slot_mask(names) for names in venues.venues["open_slots"].to_list()])
    for _ in range(TRIES):
        shut = (slots & ~opened[venue]) != 0
        wrong = in_room & ~in_hall & (shut | _crowded(venue, slots, in_hall, rooms))
        again = np.flatnonzero(wrong)
        venue[again] = _venues(institution[again], venues, rng)
        slots[again] = _slots(programme[again], rng)
    return venue, slots


def _venues(
    institution: NDArray[np.int64], venues: Venues, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Any venue of the institution."""
    count = np.bincount(venues.of_institution)
    start = np.r_[0, np.cumsum(count)[:-1]]
    drawn = np.floor(rng.random(len(institution)) * count[institution]).astype(np.int64)
    venue: NDArray[np.int64] = start[institution] + drawn
    return venue


def _slots(programme: NDArray[np.int64], rng: np.random.Generator) -> Masks:
    """One weekly slot by programme, for some sections a second."""
    draws = rng.random((3, len(programme)))
    masks = np.zeros(len(programme), dtype=np.int64)
    for index, row in enumerate(PROGRAMME_FACTS):
        bits = np.array([slot_mask((slot,)) for slot in row.slots])
        here = programme == index
        one = bits[(draws[0] * len(bits)).astype(np.int64)]
        two = np.where(draws[2] < row.second_slot, bits[(draws[1] * len(bits)).astype(np.int64)], 0)
        masks[here] = (one | two)[here]
    return masks


def _crowded(
    venue: NDArray[np.int64], slots: Masks, first: Flags, rooms: NDArray[np.int64]
) -> Flags:
    """Sections that come too late to a venue whose rooms are all taken in one of their slots."""
    meets = ((slots[:, None] >> np.arange(len(SLOTS))) & 1).astype(np.bool_)
    section, slot = np.nonzero(meets & (venue >= 0)[:, None])
    cell = venue[section] * len(SLOTS) + slot
    order = np.lexsort((section, ~first[section], cell))
    number = np.arange(len(order))
    begins = np.diff(cell[order], prepend=-1) != 0
    rank = number - np.maximum.accumulate(np.where(begins, number, 0))
    late = np.zeros(len(venue), dtype=np.bool_)
    late[section[order[rank >= rooms[venue[section[order]]]]]] = True
    return late
