"""From events to logged entries and their rewards."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from data.city import City
from training.offpolicy.errors import OffPolicyError
from training.offpolicy.logged import LOGGED, Window, checked, first_shown, logged_lists

NOON = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)
EVERYTHING = Window()
MakeCity = Callable[..., City]


def event(kind: str, section: str, hour: int, **more: Any) -> dict[str, Any]:
    """One event of learner-1 an hour count after noon."""
    at = NOON + timedelta(hours=hour)
    name = f"{kind}-{section}-{hour}-{more.get('list_id')}"
    return {"event_id": name, "type": kind, "section_id": section, "occurred_at": at, **more}


def shown(section: str, hour: int, list_id: str, **more: Any) -> dict[str, Any]:
    """An impression of random traffic."""
    known = {"propensity": 0.5, "policy": "uniform-1", "position": 1}
    return event("impression", section, hour, list_id=list_id, **(known | more))


def rewards(city: City, window: Window = EVERYTHING) -> dict[tuple[str, str], float]:
    """Reward by list and section."""
    logged = logged_lists(city, window)
    assert logged.schema == LOGGED
    return {
        (row[0], row[1]): row[2] for row in logged.select("list_id", "section_id", "reward").rows()
    }


def test_a_reward_counts_for_the_list_it_names_and_for_no_other(make_city: MakeCity) -> None:
    city = make_city(
        events=[
            shown("s1", 0, "a"),
            shown("s1", 2, "b"),
            shown("s2", 2, "b"),
            event("apply", "s1", 3, list_id="b"),
        ]
    )
    assert rewards(city) == {("a", "s1"): 0.0, ("b", "s1"): 1.0, ("b", "s2"): 0.0}


def test_a_reward_before_the_impression_does_not_count(make_city: MakeCity) -> None:
    city = make_city(events=[shown("s1", 2, "a"), event("apply", "s1", 1, list_id="a")])
    assert rewards(city) == {("a", "s1"): 0.0}


def test_only_the_reward_asked_for_counts(make_city: MakeCity) -> None:
    city = make_city(events=[shown("s1", 0, "a"), event("view", "s1", 1, list_id="a")])
    assert rewards(city) == {("a", "s1"): 0.0}
    assert rewards(city, Window(reward="view")) == {("a", "s1"): 1.0}


def test_a_seat_given_by_the_office_counts_for_the_latest_list_before_it(
    make_city: MakeCity,
) -> None:
    city = make_city(
        events=[
            shown("s1", 0, "a"),
            shown("s1", 2, "b"),
            shown("s1", 9, "c"),
            event("enrol", "s1", 5),
        ]
    )
    told = rewards(city, Window(reward="enrol"))
    assert told == {("a", "s1"): 0.0, ("b", "s1"): 1.0, ("c", "s1"): 0.0}


def test_a_seat_after_a_later_look_at_the_old_page_is_the_old_pages(make_city: MakeCity) -> None:
    old = shown("s1", 3, "old", propensity=None, policy="old-page-1")
    city = make_city(events=[shown("s1", 0, "a"), old, event("enrol", "s1", 5)])
    assert rewards(city, Window(reward="enrol")) == {("a", "s1"): 0.0}


def test_lists_without_a_propensity_are_not_read(make_city: MakeCity) -> None:
    old = shown("s1", 0, "old", propensity=None, policy="old-page-1")
    assert rewards(make_city(events=[old, shown("s2", 0, "a")])) == {("a", "s2"): 0.0}
    with pytest.raises(OffPolicyError, match="no impression with a known propensity"):
        logged_lists(make_city(events=[old]), Window())


def test_a_page_loaded_twice_counts_once(make_city: MakeCity) -> None:
    city = make_city(
        events=[shown("s1", 0, "a"), shown("s1", 1, "a"), event("apply", "s1", 2, list_id="a")]
    )
    assert rewards(city) == {("a", "s1"): 1.0}


def test_another_learners_reward_is_not_mine(make_city: MakeCity) -> None:
    theirs = event("apply", "s1", 1, list_id="a", learner_id="learner-2")
    assert rewards(make_city(events=[shown("s1", 0, "a"), theirs])) == {("a", "s1"): 0.0}


def test_the_period_holds_the_impression_and_a_reward_may_come_later(
    make_city: MakeCity,
) -> None:
    city = make_city(
        events=[shown("s1", 0, "a"), shown("s1", 5, "b"), event("apply", "s1", 9, list_id="a")]
    )
    until = NOON + timedelta(hours=5)
    assert rewards(city, Window(until=until)) == {("a", "s1"): 1.0}
    assert rewards(city, Window(since=until)) == {("b", "s1"): 0.0}
    assert first_shown(city, Window(since=until)) == until
    with pytest.raises(OffPolicyError, match="widen the period"):
        first_shown(city, Window(since=until + timedelta(hours=1)))


def test_one_logging_policy_can_be_read_alone(make_city: MakeCity) -> None:
    served = shown("s2", 0, "b", propensity=1.0, policy="served-3")
    city = make_city(events=[shown("s1", 0, "a"), served])
    assert len(rewards(city)) == 2
    assert rewards(city, Window(logged_by="uniform-1")) == {("a", "s1"): 0.0}


def test_an_unknown_reward_is_refused(make_city: MakeCity) -> None:
    with pytest.raises(OffPolicyError, match="apply, view, enrol"):
        logged_lists(make_city(events=[shown("s1", 0, "a")]), Window(reward="smile"))


@pytest.mark.parametrize("propensity", [-0.1, 0.0, 1.5, float("nan")])
def test_a_propensity_that_is_no_probability_is_refused(
    make_city: MakeCity, propensity: float
) -> None:
    logged = logged_lists(make_city(events=[shown("s1", 0, "a")]), Window())
    with pytest.raises(OffPolicyError, match="above 0 and at most at 1"):
        checked(logged.with_columns(pl.lit(propensity).alias("propensity")))
