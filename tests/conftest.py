"""Fixtures: the smallest world is built in the test itself, from partial rows.

Policy: a test states only the facts it is about; ``make_city`` fills in the rest. Worlds
shared by several tests are built once per session from the product's own simulation.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import settings

from data.city import City
from data.tables import TABLES

# a busy machine is no failure: speed is held by benchmarks
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

AS_OF = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)
"""Noon of 1 September 2025 in Hangzhou: applications for the autumn term are open."""

DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "divisions": {"name": "某区", "level": "district"},
    "institutions": {
        "institution_id": "inst-1",
        "name": "社区学院",
        "kind": "community_college",
        "tier": "district",
        "division_code": "330106000000",
        "sharing": "city",
    },
    "venues": {
        "venue_id": "venue-1",
        "institution_id": "inst-1",
        "name": "教学点",
        "division_code": "330106000000",
        "lon": 120.12,
        "lat": 30.27,
        "crs": "wgs84",
        "scene": "community",
        "rooms": 2,
        "seats": 40,
        "step_free": True,
        "open_slots": [],
    },
    "courses": {
        "title": "八段锦入门",
        "institution_id": "inst-1",
        "programme": "night_school",
        "category": "health",
        "hours": 16.0,
        "language": "zh",
        "prerequisites": [],
    },
    "course_skills": {"weight": 1.0, "provenance": "declared"},
    "sections": {
        "course_id": "course-1",
        "venue_id": "venue-1",
        "term": "2025秋",
        "mode": "offline",
        "slots": ["3E"],
        "starts_on": date(2025, 9, 15),
        "ends_on": date(2025, 12, 15),
        "capacity": 20,
        "apply_opens_at": datetime(2025, 8, 25, tzinfo=UTC),
        "apply_closes_at": datetime(2025, 9, 10, tzinfo=UTC),
        "rule": "first_come",
        "price_fen": 20000,
        "state": "applying",
        "enrolled": 0,
    },
    "learners": {
        "age_band": "25-34",
        "needs": [],
        "goal_skills": [],
        "consent_personalisation": True,
        "consent_labour_profile": True,
        "registered_at": datetime(2025, 1, 1, tzinfo=UTC),
    },
    "events": {
        "learner_id": "learner-1",
        "course_id": "course-1",
        "type": "enrol",
        "occurred_at": datetime(2025, 8, 1, tzinfo=UTC),
    },
    "applications": {"choice_rank": 1, "submitted_at": datetime(2025, 8, 26, tzinfo=UTC)},
    "skills": {"name": "某技能", "aliases": []},
    "occupations": {"name": "某职业", "aliases": []},
    "occupation_skills": {"importance": 1.0},
    "postings": {
        "source": "test",
        "title": "前端开发",
        "tags": [],
        "posted_on": date(2025, 7, 1),
    },
    "travel_times": {"mode": "transit", "minutes": 10.0},
}

Rows = Sequence[Mapping[str, Any]]


def frame_of(table: str, rows: Rows) -> pl.DataFrame:
    """Partial rows of one table, completed by its defaults and held to its contract."""
    schema = TABLES[table]
    complete = [
        {name: {**DEFAULTS.get(table, {}), **row}.get(name) for name in schema.column_names()}
        for row in rows
    ]
    types = {name: column.dtype for name, column in schema.columns().items()}
    return schema.validate(pl.DataFrame(complete, schema=types), cast=True)


@pytest.fixture(scope="session")
def make_city() -> Callable[..., City]:
    """Builds a city from partial rows: ``make_city(courses=[{"course_id": "c"}], ...)``."""

    def build(**tables: Rows) -> City:
        return City({name: frame_of(name, rows).lazy() for name, rows in tables.items()})

    return build


@pytest.fixture(scope="session")
def as_of() -> datetime:
    """The moment at which tests decide: noon of 1 September 2025 in Hangzhou."""
    return AS_OF
