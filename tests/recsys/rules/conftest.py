"""One section as the rules see it: a test states only the columns its rule is about."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from data.vocab import ENROLMENT_RULES, MODES, SECTION_STATES, SHARING_SCOPES
from recsys.offer import Candidates
from recsys.rules import all_rules
from recsys.types import LearnerQuery

INSTANT = pl.Datetime("us", "UTC")
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "section_id": pl.String,
    "course_id": pl.String,
    "institution_id": pl.String,
    "institution_district_code": pl.String,
    "mode": pl.Enum(MODES),
    "slots": pl.List(pl.String),
    "starts_on": pl.Date,
    "ends_on": pl.Date,
    "prerequisites": pl.List(pl.String),
    "age_min": pl.Int64,
    "age_max": pl.Int64,
    "capacity": pl.Int64,
    "enrolled": pl.Int64,
    "rule": pl.Enum(ENROLMENT_RULES),
    "state": pl.Enum(SECTION_STATES),
    "apply_opens_at": INSTANT,
    "apply_closes_at": INSTANT,
    "sharing": pl.Enum(SHARING_SCOPES),
    "travel_min": pl.Float64,
    "step_free": pl.Boolean,
    "accessible_toilet": pl.Boolean,
    "hearing_loop": pl.Boolean,
    "captions": pl.Boolean,
    "sign_language": pl.Boolean,
    "screen_reader": pl.Boolean,
}
OPEN: dict[str, Any] = {
    "section_id": "section-1",
    "course_id": "course-1",
    "institution_id": "inst-1",
    "institution_district_code": "330106000000",
    "mode": "offline",
    "slots": ["3E"],
    "starts_on": date(2025, 9, 15),
    "ends_on": date(2025, 12, 15),
    "prerequisites": [],
    "capacity": 20,
    "enrolled": 0,
    "rule": "first_come",
    "state": "applying",
    "apply_opens_at": datetime(2025, 8, 25, tzinfo=UTC),
    "apply_closes_at": datetime(2025, 9, 10, tzinfo=UTC),
    "sharing": "city",
    "travel_min": 20.0,
}

Keeps = Callable[..., bool]


@pytest.fixture(scope="session")
def ask(as_of: datetime) -> Callable[..., LearnerQuery]:
    """A personalised query at the tests' instant."""

    def build(**fields: Any) -> LearnerQuery:
        asked: dict[str, Any] = {"as_of": as_of, "personalised": True, **fields}
        return LearnerQuery(**asked)

    return build


@pytest.fixture(scope="session")
def keeps() -> Keeps:
    """Whether a rule keeps one section: ``keeps("seats", query, enrolled=20)``."""

    def verdict(name: str, query: LearnerQuery, /, **columns: Any) -> bool:
        row = {column: {**OPEN, **columns}.get(column) for column in SCHEMA}
        frame = pl.DataFrame([row], schema=SCHEMA)
        answer = all_rules()[name].keeps(query, Candidates.of(frame))
        if answer is None:
            return True
        assert answer.dtype == np.bool_, "a rule's verdict is never unknown"
        return bool(answer.item())

    return verdict
