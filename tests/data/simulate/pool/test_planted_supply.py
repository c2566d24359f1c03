import numpy as np
import pytest

from data.simulate.place.coordinates import distance_km
from data.simulate.place.journeys import transit_minutes
from data.simulate.pool.programmes import PROGRAMME_INDEX
from data.simulate.pool.sections import LIVE, RECORDED
from tests.data.simulate.pool.conftest import Schedule, Scheduled


def test_no_institution_teaches_a_skill_barred_in_its_district(pilot: Scheduled) -> None:
    courses, venues = pilot.courses, pilot.layout.world.venues
    barred = pilot.layout.planted.barred(3)
    district = venues.institution_district[courses.institution]
    for column in range(courses.skills.shape[1]):
        taught = courses.skills[:, column] >= 0
        assert not barred[district[taught], courses.skills[taught, column]].any()
    assert barred.sum() > 20


def test_barred_skills_are_never_taught_online(pilot: Scheduled) -> None:
    courses = pilot.courses
    barred = pilot.layout.planted.barred(3).any(axis=0)
    planted = np.where(courses.skills >= 0, barred[courses.skills], False).any(axis=1)
    for planned in pilot.schedule:
        online = np.isin(planned.mode, (LIVE, RECORDED))
        assert online.any()
        assert not planted[planned.course[online]].any()


def test_a_skill_barred_in_one_district_may_be_taught_in_another(pilot: Scheduled) -> None:
    barred = pilot.layout.planted.barred(3)
    elsewhere = np.flatnonzero(barred.any(axis=0) & ~barred.all(axis=0))
    assert np.isin(elsewhere, pilot.courses.skills).any()


@pytest.mark.parametrize("term", range(4))
def test_favoured_skills_have_six_vocational_sections_a_term(pilot: Scheduled, term: int) -> None:
    courses, venues, planned = pilot.courses, pilot.layout.world.venues, pilot.schedule[term]
    main, course = courses.skills[planned.course, 0], planned.course
    district = venues.institution_district[courses.institution[course]]
    vocational = courses.programme[course] == PROGRAMME_INDEX["vocational"]
    cells = pilot.layout.planted.favoured()
    assert len(cells) > 5
    for home, skill, _ in cells:
        assert ((district == home) & (main == skill) & vocational).sum() >= 6


def test_seats_beside_a_border_stand_near_their_town_and_take_neighbours(
    scheduled: Schedule,
) -> None:
    twins = scheduled(districts=("330102", "330105"), sections_per_term=1500)
    courses, venues, city = twins.courses, twins.layout.world.venues, twins.layout.city
    near_border = [cell for cell in twins.layout.planted.favoured() if cell[2] >= 0]
    assert near_border
    for district, skill, town in near_border:
        staple = courses.staple & (courses.skills[:, 0] == skill)
        staple &= venues.institution_district[courses.institution] == district
        owners = np.unique(courses.institution[staple])
        assert len(owners) == 1
        assert not venues.home_only[owners].any()
        rooms = np.flatnonzero(np.isin(venues.of_institution, owners))
        km = distance_km(
            venues.lon[rooms], venues.lat[rooms], city.towns.lon[town], city.towns.lat[town]
        )
        assert (transit_minutes(km) < 30).all()


def test_planted_skills_leave_most_of_the_vocational_programme_alone(pilot: Scheduled) -> None:
    courses = pilot.courses
    planned = pilot.schedule[-1]
    vocational = courses.programme[planned.course] == PROGRAMME_INDEX["vocational"]
    assert courses.staple[planned.course[vocational]].mean() <= 0.6
    assert len(np.unique(courses.skills[planned.course[vocational], 0])) > 100
