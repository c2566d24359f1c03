"""The journey, the hours, the price and the age group, as better and worse sections."""

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from recsys.offer import Candidates
from recsys.scorers.context import Context
from recsys.types import LearnerQuery

AS_OF = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)
SECTION = {
    "programme": "community",
    "mode": "offline",
    "age_min": None,
    "age_max": None,
    "price_net_fen": 20000,
    "travel_min": 20.0,
    "slot_fit": 0.5,
    "slots": ["3M"],
}
TYPES = {
    "programme": pl.String,
    "mode": pl.String,
    "age_min": pl.Int64,
    "age_max": pl.Int64,
    "price_net_fen": pl.Int64,
    "travel_min": pl.Float64,
    "slot_fit": pl.Float64,
    "slots": pl.List(pl.String),
}
ADULT = LearnerQuery(as_of=AS_OF, age_low=35, age_high=44)
ELDER = LearnerQuery(as_of=AS_OF, age_low=70, age_high=79)


def scores(query: LearnerQuery, *sections: dict[str, Any]) -> list[float | None]:
    frame = pl.DataFrame([{**SECTION, **section} for section in sections], schema=TYPES)
    found = Context().score(query, Candidates.of(frame))
    return pl.Series(found, nan_to_null=True).to_list()


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"travel_min": 10.0}, {"travel_min": 30.0}),
        ({"slot_fit": 1.0}, {"slot_fit": 0.0}),
        ({"price_net_fen": 0}, {"price_net_fen": 50000}),
        ({"mode": "offline"}, {"mode": "online_live", "travel_min": 0.0}),
        ({"programme": "night_school"}, {"programme": "senior"}),
        ({"age_min": 18, "age_max": 60}, {"age_min": 60}),
        ({"age_max": 45}, {"age_max": 30}),
    ],
)
def test_the_better_section_for_an_adult_scores_higher(
    better: dict[str, Any], worse: dict[str, Any]
) -> None:
    high, low = scores(ADULT, better, worse)
    assert high is not None
    assert low is not None
    assert high > low


def test_the_same_minutes_cost_an_elder_more() -> None:
    near, far = {"travel_min": 5.0}, {"travel_min": 25.0}
    adult, elder = (scores(query, near, far) for query in (ADULT, ELDER))
    assert elder[0] - elder[1] > adult[0] - adult[1]  # type: ignore[operator]  # both are known


def test_an_elder_is_offered_the_daytime_first_and_an_adult_either() -> None:
    day, evening = {"slots": ["3M"]}, {"slots": ["3E"]}
    adult, elder = (scores(query, day, evening) for query in (ADULT, ELDER))
    assert adult[0] == adult[1]
    assert elder[0] > elder[1]  # type: ignore[operator]  # both are known


def test_a_screen_costs_an_elder_more() -> None:
    room, screen = {"travel_min": 20.0}, {"mode": "online_recorded", "travel_min": 0.0}
    adult, elder = (scores(query, room, screen) for query in (ADULT, ELDER))
    assert elder[0] - elder[1] > adult[0] - adult[1]  # type: ignore[operator]  # both are known


def test_a_class_for_elders_suits_an_elder() -> None:
    senior, vocational = scores(ELDER, {"programme": "senior"}, {"programme": "vocational"})
    assert senior > vocational  # type: ignore[operator]  # both are known


def test_an_unknown_journey_counts_as_an_average_one() -> None:
    near, unknown, far = scores(
        ADULT, {"travel_min": 5.0}, {"travel_min": None}, {"travel_min": 45.0}
    )
    assert near > unknown > far  # type: ignore[operator]  # all are known


def test_two_journeys_beyond_any_reach_are_alike() -> None:
    hours, a_day = scores(ADULT, {"travel_min": 240.0}, {"travel_min": 1440.0})
    assert hours == a_day


def test_where_nothing_is_known_nothing_is_scored() -> None:
    blank = dict.fromkeys(SECTION)
    stranger = LearnerQuery(as_of=AS_OF)
    assert scores(stranger, blank, {}) == [None, pytest.approx(scores(stranger, {})[0])]
