"""Fixtures of the feature tests: one autumn city, small enough to know by heart.

Policy: worlds about one fact are built in their test with ``make_city``; the city here is for
properties that must hold over every table at once.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from data.city import City

NOON = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def autumn_city(make_city: Callable[..., City]) -> City:
    """Every timed table on both sides of noon of 1 September 2025, so that much can leak."""
    return make_city(
        divisions=[
            {"division_code": "330106000000", "lon": 120.084, "lat": 30.201},
            {"division_code": "330106109000", "level": "town", "lon": 120.1, "lat": 30.25},
        ],
        institutions=[{}],
        venues=[{}, {"venue_id": "venue-2", "crs": "gcj02", "step_free": None}],
        courses=[{"course_id": f"course-{i}"} for i in range(1, 5)],
        skills=[{"skill_id": "skill-1", "name": "八段锦"}],
        course_skills=[{"course_id": "course-1", "skill_id": "skill-1"}],
        sections=[
            _section("running", "course-1", opens=-60, closes=-40, starts=-20, ends=20),
            _section("applying", "course-2", opens=-7, closes=9, starts=14, ends=100),
            _section("announced", "course-3", opens=5, closes=9, starts=14, ends=100),
            _section("drawn", "course-4", opens=-30, closes=-5, starts=14, ends=100),
            _section("cancelled", "course-4", opens=-7, closes=9, starts=14, ends=100),
        ],
        learners=[
            {"learner_id": "an", "home_division_code": "330106109001", "free_slots": ["3E"]},
            {"learner_id": "bo", "consent_personalisation": False},
            {"learner_id": "late", "registered_at": NOON + timedelta(days=3)},
        ],
        events=[
            _event(1, "an", "course-1", "enrol", -50, "running"),
            _event(2, "an", "course-1", "attend", -3, "running", value=0.5),
            _event(3, "an", "course-2", "view", -2, "applying"),
            _event(4, "bo", "course-2", "enrol", -1, "applying"),
            _event(5, "an", "course-4", "complete", -200, None),
            _event(6, "an", "course-2", "enrol", 30, "applying"),
        ],
        applications=[
            {"learner_id": "an", "section_id": "drawn", "submitted_at": NOON - timedelta(days=9)}
        ],
        postings=[
            {"posting_id": "post-1", "posted_on": date(2025, 7, 1), "closed_on": date(2025, 9, 20)}
        ],
        credits=[
            {
                "learner_id": "bo",
                "section_id": "running",
                "hours": 16.0,
                "credits": 1.0,
                "awarded_at": NOON - timedelta(days=1),
                "rule_version": "1",
            }
        ],
    )


def _section(
    name: str, course_id: str, *, opens: int, closes: int, starts: int, ends: int
) -> dict[str, object]:
    """A section whose times are days from noon; its state is what the file would say much later."""
    return {
        "section_id": name,
        "course_id": course_id,
        "rule": "lottery" if name == "drawn" else "first_come",
        "state": "cancelled" if name == "cancelled" else "finished",
        "apply_opens_at": NOON + timedelta(days=opens),
        "apply_closes_at": NOON + timedelta(days=closes),
        "starts_on": (NOON + timedelta(days=starts)).date(),
        "ends_on": (NOON + timedelta(days=ends)).date(),
        "enrolled": 19,
    }


def _event(
    number: int,
    learner_id: str,
    course_id: str,
    event_type: str,
    days: int,
    section_id: str | None,
    *,
    value: float | None = None,
) -> dict[str, object]:
    """An event some days from noon."""
    return {
        "event_id": f"event-{number}",
        "learner_id": learner_id,
        "course_id": course_id,
        "section_id": section_id,
        "type": event_type,
        "occurred_at": NOON + timedelta(days=days),
        "value": value,
    }
