"""One city with room for all that is planted among courses, and its sections."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from data.simulate.build import Layout, lay_out
from data.simulate.calendar import terms
from data.simulate.params import SimulationParams
from data.simulate.pool.courses import Courses
from data.simulate.pool.sections import Sections, courses_by_term, make_sections


@dataclass(frozen=True)
class Scheduled:
    """A layout with every term's sections."""

    layout: Layout
    schedule: list[Sections]

    @property
    def courses(self) -> Courses:
        """The pool."""
        return self.layout.world.courses


Schedule = Callable[..., Scheduled]


def schedule(*, seed: int = 7, open_last: bool = True, **settings: Any) -> Scheduled:
    """Lay out a city with few people and schedule its terms."""
    params = SimulationParams(learners=50, **settings)
    layout = lay_out(params, seed, lambda _step: None)
    courses, venues, calendar = layout.world.courses, layout.world.venues, terms(params)
    chosen = courses_by_term(params, courses, layout.streams, len(calendar))
    made = [
        make_sections(
            params,
            term,
            number * params.sections_per_term,
            course,
            courses,
            venues,
            layout.streams,
            number,
            is_open=open_last and number == len(calendar) - 1,
        )
        for number, (term, course) in enumerate(zip(calendar, chosen, strict=True))
    ]
    return Scheduled(layout, made)


@pytest.fixture(scope="session")
def scheduled() -> Schedule:
    """Makes a scheduled city from settings."""
    return schedule


@pytest.fixture(scope="session")
def pilot() -> Scheduled:
    """The three pilot districts with 1,500 sections a term: every planted cell has its room."""
    return schedule(
        districts=("330113", "330114", "330111"), sections_per_term=1500, history_terms=3
    )
