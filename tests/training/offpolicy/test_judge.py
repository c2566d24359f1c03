"""A whole judgement on a small city: estimates, facts of pairs, and replay beside them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from data.city import City
from training.offpolicy.judge import Question, judge_lists
from training.offpolicy.logged import Window
from training.offpolicy.pair_facts import pair_facts
from training.offpolicy.replay import replay, taken_from_log
from training.offpolicy.target import target_of

NOON = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)
MakeCity = Callable[..., City]


@pytest.fixture(scope="module")
def city(make_city: MakeCity) -> City:
    """Eighty learners who each saw three of six sections at random, and like those of their parity.

    The old page showed everybody section s0 before, and everybody took it.
    """
    rng = np.random.default_rng(0)
    events = [event for n in range(80) for event in _visit(n, rng)]
    return make_city(
        institutions=[{}],
        venues=[{}],
        courses=[{"course_id": f"c{n}"} for n in range(6)],
        sections=[{"section_id": f"s{n}", "course_id": f"c{n}"} for n in range(6)],
        learners=[{"learner_id": f"l{n:02}"} for n in range(80)],
        events=events,
    )


def _visit(learner: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    """The old page's list, then a random one, and what was applied for in each."""
    who = f"l{learner:02}"
    old = {"learner_id": who, "list_id": f"old-{who}", "section_id": "s0", "course_id": "c0"}
    events = [
        {**old, "type": "impression", "occurred_at": NOON - timedelta(days=2)},
        {**old, "type": "apply", "occurred_at": NOON - timedelta(days=1)},
    ]
    for place, section in enumerate(rng.choice(6, 3, replace=False), start=1):
        here = {
            "learner_id": who,
            "list_id": f"new-{who}",
            "section_id": f"s{section}",
            "course_id": f"c{section}",
            "position": place,
        }
        drawn = {"propensity": 0.5, "policy": "uniform-1"}
        events.append({**here, **drawn, "type": "impression", "occurred_at": NOON})
        if section % 2 == learner % 2:
            events.append({**here, "type": "apply", "occurred_at": NOON + timedelta(hours=1)})
    return [{"event_id": f"e-{who}-{n}", **event} for n, event in enumerate(events)]


def same_parity(learner: int) -> list[int]:
    return [learner % 2, learner % 2 + 2]


def always_the_old(_: int) -> list[int]:
    return [0, 1]


def lists_of(chosen: Callable[[int], list[int]]) -> pl.DataFrame:
    rows = [
        (f"l{n:02}", rank, f"s{section}")
        for n in range(80)
        for rank, section in enumerate(chosen(n), start=1)
    ]
    return pl.DataFrame(rows, schema=["learner_id", "rank", "section_id"], orient="row")


def test_estimates_tell_the_good_lists_where_replay_praises_the_old_page(city: City) -> None:
    question = Question(k=2)
    good = judge_lists(city, lists_of(same_parity), question)
    old = judge_lists(city, lists_of(always_the_old), question)
    assert good.estimates[0].method == "snips"
    assert good.estimates[0].value == pytest.approx(1.0)
    assert old.estimates[0].value == pytest.approx(0.5, abs=0.15)
    assert old.estimates[0].high < good.estimates[0].low
    assert good.replay.recall == pytest.approx(0.5)
    assert old.replay.recall == pytest.approx(1.0)
    assert old.replay.learners == 80
    assert good.observed.low < 0.5 < good.observed.high
    assert good.model is None


def test_facts_of_pairs_bring_a_doubly_robust_estimate(city: City) -> None:
    judged = judge_lists(
        city, lists_of(same_parity), Question(k=2), lambda pairs: pair_facts(city, NOON, pairs)
    )
    assert [told.method for told in judged.estimates] == ["snips", "ips", "doubly_robust"]
    assert judged.model is not None
    assert judged.estimates[2].low <= 1.0 <= judged.estimates[2].high + 1e-9


def test_replay_leaves_random_traffic_and_other_periods_out(city: City) -> None:
    taken = taken_from_log(city, Window())
    assert taken["section_id"].unique().to_list() == ["s0"]
    assert taken.height == 80
    assert taken_from_log(city, Window(since=NOON)).is_empty()
    assert taken_from_log(city, Window(until=NOON - timedelta(days=1))).is_empty()
    nobody = replay(taken.clear(), target_of(lists_of(same_parity), 2), seed=0)
    assert nobody.learners == 0
    assert np.isnan(nobody.recall)


def test_pair_facts_tell_near_from_far_and_know_nothing_of_the_judged_days(
    make_city: MakeCity,
) -> None:
    west, east = {"lon": 120.10, "lat": 30.27}, {"lon": 120.30, "lat": 30.27}
    city = make_city(
        institutions=[{}],
        venues=[{"venue_id": "west", **west}, {"venue_id": "east", **east}],
        courses=[{"course_id": "c1"}, {"course_id": "c2", "programme": "senior"}],
        course_skills=[{"course_id": "c1", "skill_id": "weld"}],
        skills=[{"skill_id": "weld"}],
        sections=[
            {"section_id": "s1", "course_id": "c1", "venue_id": "west", "price_fen": 0},
            {"section_id": "s2", "course_id": "c2", "venue_id": "east"},
            {"section_id": "s3", "course_id": "c2", "venue_id": None, "mode": "online_live"},
        ],
        learners=[
            {
                "learner_id": "ann",
                "home_lon": 120.10,
                "home_lat": 30.27,
                "home_division_code": "330106000000",
                "goal_skills": ["weld"],
            },
            {"learner_id": "bob", "goal_skills": ["weld"], "consent_personalisation": False},
        ],
        events=[
            {"event_id": "e1", "learner_id": "ann", "course_id": "c1", "occurred_at": NOON},
        ],
    )
    pairs = pl.DataFrame(
        [(who, f"s{n}") for who in ("ann", "bob") for n in (1, 2, 3)],
        schema=["learner_id", "section_id"],
        orient="row",
    )
    facts = pair_facts(city, NOON, pairs)
    ann, bob = facts.filter(learner_id="ann"), facts.filter(learner_id="bob")
    near, far, online = ann["log_km"]
    assert near < 0.1 < far
    assert online == 0.0
    assert ann["same_district"].to_list() == [True, True, True]
    assert ann["goal"].to_list() == [True, False, False]
    assert bob["goal"].to_list() == [None] * 3
    assert bob["log_km"].to_list() == [None, None, 0.0]
    assert ann["log_yuan"][0] == 0.0 < ann["log_yuan"][1]
    assert facts["log_takers"].max() == 0.0
    later = pair_facts(city, NOON + timedelta(days=1), pairs)
    assert later["log_takers"].max() == pytest.approx(np.log(2))
    assert ann["night_school_1"].to_list() == [True, False, False]
    assert ann["senior_1"].to_list() == [False, True, True]
