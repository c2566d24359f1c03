import numpy as np

from data.simulate.gather import pick
from data.simulate.place.venues import KINDS
from data.simulate.pool.programmes import PROGRAMME_INDEX
from data.simulate.pool.sections import LOTTERY, OFFLINE
from data.vocab import ACCESS_NEEDS
from tests.data.simulate.pool.conftest import Schedule, Scheduled


def test_the_famous_class_runs_once_in_every_term(pilot: Scheduled) -> None:
    for planned in pilot.schedule:
        assert (planned.course == pilot.courses.famous).sum() == 1


def test_the_famous_class_is_open_to_everyone(pilot: Scheduled) -> None:
    courses, venues = pilot.courses, pilot.layout.world.venues
    famous = courses.famous
    assert courses.programme[famous] == PROGRAMME_INDEX["community"]
    assert courses.viral[famous]
    assert courses.prerequisite[famous] == -1
    assert courses.ages[famous].tolist() == [0, 120]
    owner = int(courses.institution[famous])
    assert venues.institutions["sharing"][owner] == "city"
    assert pick(KINDS, venues.kind)[owner].kind == "culture_hall"


def test_the_famous_class_is_free_drawn_by_lot_and_met_in_the_seat(pilot: Scheduled) -> None:
    venues, city = pilot.layout.world.venues, pilot.layout.city
    step_free = 1 << ACCESS_NEEDS.index("step_free")
    for planned in pilot.schedule:
        at = int(np.flatnonzero(planned.course == pilot.courses.famous)[0])
        assert planned.rule[at] == LOTTERY
        assert planned.mode[at] == OFFLINE
        assert planned.net_yuan[at] == 0
        assert planned.listed[at]
        assert planned.meets[at] & step_free
        assert planned.venue[at] == venues.hall
    assert venues.venues["scene"][venues.hall] == "culture_hall"
    assert city.towns.codes[venues.town[venues.hall]] == f"{city.districts[0].code}001000"


def test_every_seed_has_a_famous_class(scheduled: Schedule) -> None:
    for seed in range(5):
        made = scheduled(seed=seed, sections_per_term=20)
        famous = made.courses.famous
        assert all((planned.course == famous).sum() == 1 for planned in made.schedule)
