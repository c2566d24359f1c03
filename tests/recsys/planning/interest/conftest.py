"""Two towns of one district, known by heart; and a simulated town whose draws are known.

The first town asks much and gets little: one class of two seats, drawn by lot. Tests state the
sections and who asked; ``place`` brings the map, ``ask`` an event.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest

from data.city import City
from data.simulate.build import Built, build
from data.simulate.calendar import cut_off
from data.simulate.files.forms import conformed
from data.simulate.params import SimulationParams

CITY, DISTRICT, OTHER = "330100000000", "330106000000", "330108000000"
TOWN, SMALL = "330106109000", "330106110000"
NOW = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)

DIVISIONS = [
    {"division_code": CITY, "level": "city"},
    {"division_code": DISTRICT, "level": "district", "parent_code": CITY},
    {"division_code": OTHER, "level": "district", "parent_code": CITY},
    {"division_code": TOWN, "level": "town", "parent_code": DISTRICT},
    {"division_code": SMALL, "level": "town", "parent_code": DISTRICT},
]
PAST = {
    "term": "2025春",
    "starts_on": date(2025, 3, 3),
    "ends_on": date(2025, 6, 30),
    "apply_opens_at": datetime(2025, 2, 10, tzinfo=UTC),
    "apply_closes_at": datetime(2025, 2, 20, tzinfo=UTC),
    "state": "finished",
}
"""A term that is over."""

Rows = Sequence[Mapping[str, Any]]
Place = Callable[..., City]


@pytest.fixture(scope="session")
def place(make_city: Callable[..., City]) -> Place:
    """Makes a city of sections, learners (by home) and events, under the map above."""

    def make(
        sections: Rows, learners: Mapping[str, str | None], events: Rows, **more: Rows
    ) -> City:
        courses = sorted({row.get("course_id", "course-1") for row in sections})
        tables: dict[str, Rows] = {
            "divisions": DIVISIONS,
            "institutions": [{}],
            "venues": [{"division_code": TOWN}],
            "courses": [{"course_id": course} for course in courses],
            "sections": [{**PAST, **row} for row in sections],
            "learners": [
                {"learner_id": name, "home_division_code": home} for name, home in learners.items()
            ],
            "events": events,
        }
        return make_city(**tables | more)

    return make


@pytest.fixture(scope="session")
def ask() -> Callable[..., dict[str, Any]]:
    """Makes an event of a learner at a section; each later than the one before."""
    numbers = count()

    def make(learner: str, section: str, kind: str = "apply", **more: object) -> dict[str, Any]:
        number = next(numbers)
        return {
            "event_id": f"e-{number:05d}",
            "learner_id": learner,
            "section_id": section,
            "type": kind,
            "occurred_at": datetime(2025, 2, 11, 0, number // 60 % 60, number % 60, tzinfo=UTC),
            **more,
        }

    return make


@pytest.fixture(scope="session")
def built() -> Built:
    """A simulated district of few learners with all that no table tells."""
    params = SimulationParams(learners=900, history_terms=2, labour_months=2, postings=100)
    return build(params, 11, lambda _: None)


@pytest.fixture(scope="session")
def simulated(built: Built) -> City:
    """What a platform knows of it."""
    return City({name: conformed(name, rows).lazy() for name, rows in built.tables.items()})


@pytest.fixture(scope="session")
def moment(built: Built) -> datetime:
    """The instant at which its tables end."""
    return cut_off(built.world.params)
