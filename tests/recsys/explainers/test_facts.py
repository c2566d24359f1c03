from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from data.city import City
from recsys.explainers.counts import K_ANONYMOUS
from recsys.explainers.facts import Facts, Rating, Share, facts_of

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
    assert facts.takers == {"tea": K_ANONYMOUS + 2}


def test_fewer_than_ten_people_are_never_counted_out_loud(
    facts_with: Callable[..., Facts],
) -> None:
    few = facts_with(K_ANONYMOUS - 1)
    assert (few.by_age, few.by_district, few.takers) == ({}, {}, {})
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


PAST: dict[str, Any] = {
    "starts_on": date(2025, 3, 1),
    "ends_on": date(2025, 6, 1),
    "apply_opens_at": datetime(2025, 2, 1, tzinfo=UTC),
    "apply_closes_at": datetime(2025, 2, 20, tzinfo=UTC),
    "state": "finished",
}


@pytest.fixture
def school(make_city: Callable[..., City]) -> Callable[..., City]:
    """A city in which some people joined a tea course of spring, and some finished it."""

    def build(joined: int, finished: int, *, rating: float = 4.0) -> City:
        def event(kind: str, person: int, **more: Any) -> dict[str, Any]:
            about = {"learner_id": f"p{person}", "course_id": "tea", "section_id": "spring"}
            at = datetime(2025, 2, 10, tzinfo=UTC)
            return {**about, "event_id": f"{kind}{person}", "type": kind, "occurred_at": at, **more}

        return make_city(
            institutions=[{}],
            courses=[{"course_id": "tea"}, {"course_id": "ink"}],
            sections=[
                {"section_id": "spring", "course_id": "tea", **PAST},
                {"section_id": "autumn", "course_id": "tea"},
                {"section_id": "off", "course_id": "ink", **PAST, "state": "cancelled"},
            ],
            learners=[{"learner_id": f"p{person}"} for person in range(joined)],
            events=[event("enrol", person) for person in range(joined)]
            + [event("drop", person) for person in range(finished, joined)]
            + [event("complete", person) for person in range(finished)]
            + [event("rate", person, value=rating) for person in range(finished)],
        )

    return build


def test_who_joined_and_left_counts_among_those_who_did_not_finish(
    school: Callable[..., City], as_of: datetime
) -> None:
    facts = facts_of(school(16, 11, rating=4.5), as_of)
    assert facts.finished == {"tea": Share(16, 68)}
    assert facts.finished_at == {"inst-1": Share(16, 68)}
    assert facts.rated == {"tea": Rating(11, 4.5)}


def test_what_fewer_than_ten_did_is_told_neither_as_a_share_nor_as_a_mean(
    school: Callable[..., City], as_of: datetime
) -> None:
    few = facts_of(school(9, 9), as_of)
    assert (few.finished, few.finished_at, few.rated) == ({}, {}, {})


def test_a_section_that_is_not_over_says_nothing_of_how_many_finish(
    school: Callable[..., City], as_of: datetime
) -> None:
    spring = as_of.replace(month=5)
    assert facts_of(school(16, 11), spring).finished == {}


def test_a_course_was_held_once_a_section_of_it_has_begun(
    school: Callable[..., City], as_of: datetime
) -> None:
    assert facts_of(school(1, 0), as_of).held == {"tea"}
    assert facts_of(school(1, 0), as_of.replace(month=2)).held == frozenset()


def test_advertisements_count_once_by_their_tags_and_not_for_ever(
    make_city: Callable[..., City], as_of: datetime
) -> None:
    city = make_city(
        skills=[{"skill_id": "py", "name": "Python", "aliases": ["蟒蛇"]}],
        postings=[
            {"posting_id": "both", "tags": ["python", "蟒蛇"]},
            {"posting_id": "none", "tags": ["双休"]},
            {"posting_id": "old", "tags": ["Python"], "posted_on": date(2024, 1, 1)},
            {"posting_id": "future", "tags": ["Python"], "posted_on": date(2025, 9, 2)},
        ],
    )
    assert facts_of(city, as_of).advertised == {"py": 1}


def test_a_group_favours_what_a_larger_share_of_it_takes(
    make_city: Callable[..., City], as_of: datetime
) -> None:
    young = [("young", person, "ink") for person in range(12)]
    old = [("old", person, course) for person in range(12) for course in ("ink", "tea")]
    bands = {"young": "25-34", "old": "60-69"}
    city = make_city(
        courses=[{"course_id": "tea"}, {"course_id": "ink", "category": "arts"}],
        learners=[
            {"learner_id": f"{age}{person}", "age_band": band}
            for age, band in bands.items()
            for person in range(12)
        ],
        events=[
            {"event_id": f"{age}{n}{course}", "learner_id": f"{age}{n}", "course_id": course}
            for age, n, course in young + old
        ],
    )
    assert facts_of(city, as_of).favoured == {
        ("course", "tea", 60): 12,
        ("category", "health", 60): 12,
    }
