"""Who and what the truth is about: learners and open sections as they really are."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.build import Built
from data.simulate.gather import pick
from data.simulate.people.learners import learner_ids
from data.simulate.place.venues import KINDS
from data.simulate.pool.course_tables import course_id
from data.simulate.pool.sections import RULES, section_id
from data.simulate.truth.probabilities import open_sections
from data.vocab import ACCESS_NEEDS, AGE_BANDS

NO_NEED = "none"


def learner_truth(built: Built) -> pl.DataFrame:
    """All learners: age band, district, first access need, history, true home (WGS84).

    ``history`` is ``warm`` for those who enrolled in a finished term, else ``cold``.
    """
    world = built.world
    people, city = world.people, built.city
    warm = np.zeros(len(people), dtype=bool)
    for result in built.results[:-1]:
        warm[result.seats.learner] = True
    codes = pl.Series([row.division_code for row in city.districts])
    return pl.DataFrame(
        {
            "learner_id": learner_ids(len(people)),
            "age_band": pl.Series(AGE_BANDS).gather(people.band),
            "district_code": codes.gather(people.district),
            "access_need": _first_need(people.needs),
            "history": np.where(warm, "warm", "cold"),
            "lon": people.lon,
            "lat": people.lat,
        }
    )


def section_truth(built: Built, until: int) -> pl.DataFrame:
    """Every open section: its course, owner, place, seats, and whether its course is new."""
    world, planned = built.world, built.terms[-1]
    opened = open_sections(built, until)
    course = planned.course[opened]
    institution = world.courses.institution[course]
    venue = planned.venue[opened]
    tables = world.courses.courses.select("programme", "category")[course]
    online = venue < 0
    district = world.venues.institution_district[institution]
    codes = pl.Series([row.division_code for row in built.city.districts])
    place = world.venues.venues["division_code"].gather(np.maximum(venue, 0))
    return pl.DataFrame(
        {
            "section_id": [section_id(planned.first + index) for index in opened.tolist()],
            "course_id": [course_id(number) for number in course.tolist()],
            "institution_id": world.venues.institutions["institution_id"].gather(institution),
            "tier": [kind.tier for kind in pick(KINDS, world.venues.kind[institution])],
            "district_code": codes.gather(district),
            "division_code": place.set(pl.Series(online), None),
            "programme": tables["programme"],
            "category": tables["category"],
            "is_new": world.courses.first_term[course] == planned.number,
            "rule": pick(RULES, planned.rule[opened]),
            "capacity": planned.capacity[opened],
            "seats_left": _seats_left(built)[opened],
            "past_enrolments": _past(built)[course],
            "lon": pl.Series(np.where(online, np.nan, world.venues.lon[venue])).fill_nan(None),
            "lat": pl.Series(np.where(online, np.nan, world.venues.lat[venue])).fill_nan(None),
        }
    )


def application_truth(built: Built) -> pl.DataFrame:
    """The open term's applications: what an allocation of its seats is judged against."""
    planned, made = built.terms[-1], built.results[-1].applications
    return pl.DataFrame(
        {
            "learner_id": pl.Series(learner_ids(len(built.world.people))).gather(made.learner),
            "section_id": [section_id(planned.first + index) for index in made.section.tolist()],
            "choice_rank": made.rank,
            "priority": pl.repeat(None, len(made.rank), dtype=pl.Int64, eager=True),
        }
    ).sort("learner_id", "choice_rank")


def _seats_left(built: Built) -> NDArray[np.int64]:
    """A lottery that takes applications has all its seats."""
    planned, result = built.terms[-1], built.results[-1]
    drawing = (planned.rule == RULES.index("lottery")) & (result.state == "applying")
    return np.where(drawing, planned.capacity, planned.capacity - result.enrolled)


def _past(built: Built) -> NDArray[np.int64]:
    """Enrolments of each course in finished terms."""
    past = np.zeros(len(built.world.courses.programme), dtype=np.int64)
    for planned, result in zip(built.terms[:-1], built.results[:-1], strict=True):
        np.add.at(past, planned.course[result.seats.section], 1)
    return past


def _first_need(needs: NDArray[np.int64]) -> pl.Series:
    """The name of the lowest bit set."""
    lowest = np.full(len(needs), len(ACCESS_NEEDS), dtype=np.int64)
    for bit in reversed(range(len(ACCESS_NEEDS))):
        lowest[(needs >> bit & 1) == 1] = bit
    return pl.Series([*ACCESS_NEEDS, NO_NEED]).gather(lowest)
