from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.city import City
from data.vocab import EVENT_TYPES
from features.interactions import STRENGTHS, course_interactions

MakeCity = Callable[..., City]
Story = list[tuple[str, float, float | None, str | None]]
"""Event type, days before the cut-off, value, section; of one learner and one course."""


def _city(make_city: MakeCity, as_of: datetime, story: Story) -> City:
    events = [
        {
            "event_id": f"e{i}",
            "type": event_type,
            "occurred_at": as_of - timedelta(days=days),
            "value": value,
            "section_id": section_id,
        }
        for i, (event_type, days, value, section_id) in enumerate(story)
    ]
    return make_city(learners=[{"learner_id": "learner-1"}], events=events)


def _weight(make_city: MakeCity, as_of: datetime, *story: tuple[str, float]) -> float:
    full: Story = [(what, days, None, "s") for what, days in story]
    return _weight_of(_city(make_city, as_of, full), as_of)


def _weight_of(city: City, as_of: datetime) -> float:
    pairs = course_interactions(city, as_of)
    return float(pairs["weight"].sum())


@pytest.mark.parametrize("event_type", sorted(set(EVENT_TYPES) - {"attend", "rate"}))
def test_one_event_is_worth_its_strength(
    make_city: MakeCity, as_of: datetime, event_type: str
) -> None:
    assert _weight(make_city, as_of, (event_type, 5)) == STRENGTHS.get(event_type, 0.0)


def test_stronger_deeds_weigh_more(make_city: MakeCity, as_of: datetime) -> None:
    steps = ["view", "favourite", "apply", "enrol", "complete"]
    weights = [
        _weight(make_city, as_of, *[(step, 9 - i) for i, step in enumerate(steps[:n])])
        for n in range(1, len(steps) + 1)
    ]
    assert weights == sorted(set(weights))


def test_looking_twice_weighs_no_more_than_once(make_city: MakeCity, as_of: datetime) -> None:
    twice = _weight(make_city, as_of, ("view", 5), ("view", 4))
    assert twice == _weight(make_city, as_of, ("view", 4))


def test_impressions_are_the_platforms_deed_not_the_learners(
    make_city: MakeCity, as_of: datetime
) -> None:
    city = _city(make_city, as_of, [("impression", 5, None, "s")])
    assert course_interactions(city, as_of).height == 0


def test_a_drop_takes_back_the_enrolment_but_not_the_look(
    make_city: MakeCity, as_of: datetime
) -> None:
    story = [("view", 9), ("apply", 8), ("enrol", 7), ("drop", 6)]
    assert _weight(make_city, as_of, *story) == STRENGTHS["view"]
    assert _weight(make_city, as_of, ("enrol", 7), ("drop", 6)) == 0


def test_who_enrols_again_after_a_drop_is_enrolled(make_city: MakeCity, as_of: datetime) -> None:
    story = [("enrol", 9), ("drop", 8), ("enrol", 7)]
    assert _weight(make_city, as_of, *story) == STRENGTHS["enrol"]


def test_dropping_one_section_leaves_another_of_the_course(
    make_city: MakeCity, as_of: datetime
) -> None:
    story: Story = [
        ("enrol", 9, None, "tuesday"),
        ("enrol", 8, None, "sunday"),
        ("drop", 7, None, "tuesday"),
    ]
    assert _weight_of(_city(make_city, as_of, story), as_of) == STRENGTHS["enrol"]


def test_a_dislike_takes_back_all_before_it_and_nothing_after(
    make_city: MakeCity, as_of: datetime
) -> None:
    assert _weight(make_city, as_of, ("enrol", 9), ("complete", 8), ("dislike", 7)) == 0
    assert _weight(make_city, as_of, ("dislike", 9), ("enrol", 8)) == STRENGTHS["enrol"]


@pytest.mark.parametrize(("stars", "extra"), [(3.0, 0.0), (4.0, 0.5), (5.0, 1.0)])
def test_good_ratings_add_above_three(
    make_city: MakeCity, as_of: datetime, stars: float, extra: float
) -> None:
    story: Story = [("enrol", 9, None, "s"), ("rate", 8, stars, "s")]
    assert _weight_of(_city(make_city, as_of, story), as_of) == STRENGTHS["enrol"] + extra


def test_a_low_rating_works_as_a_dislike_until_it_is_revised(
    make_city: MakeCity, as_of: datetime
) -> None:
    story: Story = [("enrol", 9, None, "s"), ("rate", 8, 2.0, "s")]
    assert _weight_of(_city(make_city, as_of, story), as_of) == 0
    revised: Story = [*story, ("rate", 7, 5.0, "s")]
    assert _weight_of(_city(make_city, as_of, revised), as_of) == STRENGTHS["enrol"] + 1.0


def test_the_last_share_of_classes_attended_stands(make_city: MakeCity, as_of: datetime) -> None:
    story: Story = [("attend", 9, 1.0, "s"), ("attend", 5, 0.25, "s")]
    assert _weight_of(_city(make_city, as_of, story), as_of) == 0.25 * STRENGTHS["attend"]


def test_age_is_that_of_the_latest_evidence_that_counts(
    make_city: MakeCity, as_of: datetime
) -> None:
    story: Story = [("view", 9.5, None, "s"), ("enrol", 7, None, "s"), ("drop", 3, None, "s")]
    pairs = course_interactions(_city(make_city, as_of, story), as_of)
    assert pairs["age_days"].to_list() == [9.5]


def test_nobody_who_switched_personalisation_off_is_in_it(
    make_city: MakeCity, as_of: datetime
) -> None:
    learners: list[dict[str, object]] = [
        {"learner_id": "on"},
        {"learner_id": "off", "consent_personalisation": False},
        {"learner_id": "child", "age_band": "<14"},
        {"learner_id": "allowed child", "age_band": "<14", "consent_guardian": True},
    ]
    names = [str(learner["learner_id"]) for learner in learners]
    events = [{"event_id": name, "learner_id": name} for name in names]
    unregistered = {"event_id": "x", "learner_id": "nobody"}
    city = make_city(learners=learners, events=[*events, unregistered])
    pairs = course_interactions(city, as_of)
    assert pairs["learner_id"].to_list() == ["allowed child", "on"]


def test_a_log_without_a_register_of_learners_is_used_as_it_is(
    make_city: MakeCity, as_of: datetime
) -> None:
    assert course_interactions(make_city(events=[{"event_id": "e"}]), as_of).height == 1


@settings(max_examples=30, deadline=None)
@given(
    story=st.lists(
        st.tuples(
            st.sampled_from(EVENT_TYPES),
            st.integers(1, 4).map(float),
            st.just(1.0),
            st.sampled_from(["s", "t", None]),
        ),
        max_size=8,
    ),
    randomness=st.randoms(use_true_random=False),
)
def test_the_order_of_rows_in_the_log_changes_nothing(
    make_city: MakeCity, as_of: datetime, story: Story, randomness: Random
) -> None:
    city = _city(make_city, as_of, story)
    other = list(story)
    randomness.shuffle(other)
    pairs = course_interactions(city, as_of)
    again = course_interactions(_city(make_city, as_of, other), as_of)
    assert pairs.write_ndjson() == again.write_ndjson()
    assert pairs.filter((pl.col("weight") <= 0) | (pl.col("age_days") < 0)).height == 0
    assert pairs.select("learner_id", "course_id").is_duplicated().sum() == 0
