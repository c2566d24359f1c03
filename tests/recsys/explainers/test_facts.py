from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from data.city import City
from recsys.explainers.facts import K_ANONYMOUS, Facts, facts_of

DISTRICT = "330106000000"


@pytest.fixture
def facts_with(make_city: Callable[..., City], as_of: datetime) -> Callable[..., Facts]:
    """The facts of a city in which some people applied for tea."""

    def build(people: int, *, consent: bool = True, at: datetime | None = None) -> Facts:
        ids = [f"p{k}" for k in range(people)]
        city = make_city(
            courses=[{"course_id": "tea", "title": "茶艺"}],
            learners=[
                {
                    "learner_id": p,
                    "home_division_code": DISTRICT,
                    "consent_personalisation": consent,
                }
                for p in ids
            ],
            events=[
                {
                    "event_id": f"{p}-{kind}",
                    "learner_id": p,
                    "course_id": "tea",
                    "type": kind,
                    "occurred_at": at or datetime(2025, 8, 1, tzinfo=UTC),
                }
                for p in ids
                for kind in ("view", "apply", "enrol")
            ],
        )
        return facts_of(city, as_of)

    return build


def test_people_are_counted_once_each(facts_with: Callable[..., Facts]) -> None:
    facts = facts_with(K_ANONYMOUS + 2)
    assert facts.by_age == {("tea", 25): K_ANONYMOUS + 2}
    assert facts.by_district == {("tea", DISTRICT): K_ANONYMOUS + 2}


def test_fewer_than_ten_people_are_never_counted_out_loud(
    facts_with: Callable[..., Facts],
) -> None:
    few = facts_with(K_ANONYMOUS - 1)
    assert (few.by_age, few.by_district) == ({}, {})
    assert facts_with(K_ANONYMOUS).by_age


def test_people_who_switched_off_are_not_counted(facts_with: Callable[..., Facts]) -> None:
    assert facts_with(K_ANONYMOUS, consent=False).by_age == {}


def test_what_happens_later_is_not_counted(
    facts_with: Callable[..., Facts], as_of: datetime
) -> None:
    assert facts_with(K_ANONYMOUS, at=as_of + timedelta(days=1)).by_age == {}


def test_names_come_from_the_snapshot_where_it_brings_them(
    make_city: Callable[..., City], as_of: datetime
) -> None:
    own = facts_of(make_city(skills=[{"skill_id": "x", "name": "射箭"}]), as_of)
    assert own.skills == {"x": "射箭"}
    builtin = facts_of(make_city(), as_of)
    assert len(builtin.skills) > 1
    assert len(builtin.occupation_skills) > 1
