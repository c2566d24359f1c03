"""A city of a centre, a suburb and an outer county, with its courses and teachers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from data.simulate.build import Layout, lay_out
from data.simulate.calendar import terms
from data.simulate.params import SimulationParams
from data.simulate.place.staff import Faculty
from data.simulate.pool.sections import Sections, courses_by_term, make_sections

THREE = ("330102", "330113", "330127")
"""上城, 临平 and 淳安: planted supply per head 1.8, 1.0 and .5."""


@dataclass(frozen=True)
class Staffed:
    """A layout with every term's sections and the teacher of each."""

    layout: Layout
    schedule: list[Sections]
    teachers: list[list[str | None]]
    faculty: Faculty


Settle = Callable[..., Staffed]


def settle(seed: int = 7, **settings: Any) -> Staffed:
    """Lay out a city with few people and staff its terms."""
    params = SimulationParams(learners=50, **settings)
    layout = lay_out(params, seed, lambda _step: None)
    courses, venues = layout.world.courses, layout.world.venues
    faculty = Faculty(params, courses, venues, layout.city)
    schedule: list[Sections] = []
    teachers: list[list[str | None]] = []
    chosen = courses_by_term(params, courses, layout.streams, len(terms(params)))
    for number, (term, course) in enumerate(zip(terms(params), chosen, strict=True)):
        first = number * params.sections_per_term
        planned = make_sections(
            params, term, first, course, courses, venues, layout.streams, number, is_open=False
        )
        schedule.append(planned)
        teachers.append(faculty.staff(planned, layout.streams, number))
    return Staffed(layout, schedule, teachers, faculty)


@pytest.fixture(scope="session")
def settled() -> Settle:
    """Makes a staffed city from settings."""
    return settle


@pytest.fixture(scope="session")
def three() -> Staffed:
    """The three districts at a scale where the teacher cap can bind."""
    return settle(districts=THREE, sections_per_term=1500, history_terms=2)
