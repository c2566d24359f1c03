import numpy as np

from data.simulate.people.people import SLOTS, slot_mask
from data.simulate.place.venues import Venues
from data.simulate.pool.sections import Sections
from tests.data.simulate.pool.conftest import Scheduled


def too_many(planned: Sections, venues: Venues) -> int:
    """Meetings beyond the venue's rooms in a slot."""
    load = np.zeros((len(venues.lon), len(SLOTS)), dtype=np.int64)
    room = planned.venue >= 0
    for bit in range(len(SLOTS)):
        meets = room & (planned.slots >> bit & 1 == 1)
        load[:, bit] = np.bincount(planned.venue[meets], minlength=len(load))
    return int(np.maximum(load - venues.venues["rooms"].to_numpy()[:, None], 0).sum())


def test_hardly_a_room_is_booked_twice(pilot: Scheduled) -> None:
    for planned in pilot.schedule:
        assert too_many(planned, pilot.layout.world.venues) < 0.005 * len(planned)


def test_sections_meet_when_their_venue_is_open(pilot: Scheduled) -> None:
    opened = [slot_mask(names) for names in pilot.layout.world.venues.venues["open_slots"]]
    for planned in pilot.schedule:
        room = planned.venue >= 0
        shut = planned.slots[room] & ~np.array(opened)[planned.venue[room]]
        assert (shut != 0).mean() < 0.005


def test_rooms_belong_to_the_course_s_institution(pilot: Scheduled) -> None:
    venues = pilot.layout.world.venues
    for planned in pilot.schedule:
        room = planned.venue >= 0
        owner = venues.of_institution[planned.venue[room]]
        assert np.array_equal(owner, pilot.courses.institution[planned.course[room]])
