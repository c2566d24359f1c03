from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest

from data.city import City
from recsys.errors import QueryError
from recsys.pipeline.limits import Limits
from recsys.pipeline.policy import Policy, shipped_policies
from recsys.pipeline.queries import as_permitted, with_usual_circle
from recsys.pipeline.recommender import Recommender
from recsys.types import LearnerQuery


def test_a_query_holds_what_the_learner_told(recommender: Recommender) -> None:
    query = recommender.query("lin")
    assert query.personalised
    assert (query.age_low, query.age_high) == (25, 34)
    assert query.home == (120.12, 30.27)
    assert query.district_code == "330106000000"
    assert query.goal_skills == {"python"}
    assert query.history == ("yoga",)
    assert query.enrolled_sections == {"yoga-near"}
    assert [held.section_id for held in query.commitments] == ["yoga-near"]


def test_an_unknown_learner_is_asked_for_like_nobody(
    recommender: Recommender, as_of: datetime
) -> None:
    assert recommender.query("stranger") == LearnerQuery(as_of=as_of, learner_id="stranger")
    assert recommender.query(None) == LearnerQuery(as_of=as_of)


@pytest.mark.parametrize(
    "limits", [Limits(), Limits(needs=["step_free"], circle_min=20.0, elder=True)]
)
def test_many_are_asked_for_as_each_alone(recommender: Recommender, limits: Limits) -> None:
    learners = ["lin", "stranger", "off", "limits", "lin", "child", "minor"]
    alone = [recommender.query(each, programme="senior", n=3, **limits) for each in learners]
    assert recommender.queries(learners, programme="senior", n=3, **limits) == alone
    assert recommender.queries([]) == []


def test_many_are_asked_for_as_each_alone_where_nobody_registers(
    town: City, as_of: datetime
) -> None:
    traces = City({name: town.scan(name) for name in town.tables if name != "learners"})
    recommender = Recommender(traces, as_of, {}, shipped_policies())
    learners = ["lin", "stranger", "off"]
    assert recommender.queries(learners) == [recommender.query(each) for each in learners]
    assert recommender.query("lin").history


@pytest.mark.parametrize("limits", [Limits(age_low=-1), Limits(home=(200.0, 0.0))])
def test_what_cannot_be_meant_is_refused_for_many_too(
    recommender: Recommender, limits: Limits
) -> None:
    with pytest.raises(QueryError):
        recommender.queries(["lin"], **limits)


@pytest.mark.parametrize("learner", ["off", "child"])
def test_without_consent_nothing_of_the_past_is_read(
    recommender: Recommender, learner: str
) -> None:
    query = recommender.query(learner)
    assert not query.personalised
    assert query == replace(as_permitted(query), learner_id=learner)
    assert query.age_low is not None, "age and needs still decide eligibility"


def test_a_child_with_a_guardians_consent_is_personalised(recommender: Recommender) -> None:
    assert recommender.query("minor").personalised


def test_what_a_learner_told_once_is_weighed_and_no_limit(recommender: Recommender) -> None:
    query = recommender.query("limits")
    assert (query.free_slots, query.circle_min) == (None, None)
    assert (query.usual_slots, query.usual_circle_min) == ({"3E"}, 25.0)


def near_means_near(recommender: Recommender) -> Recommender:
    """The same, by a policy that keeps learners' own circles."""
    policies = {
        name: policy.model_copy(update={"usual_circle": "limit"})
        for name, policy in recommender.policies.items()
    }
    city, as_of = recommender.profiles.city, recommender.as_of
    return Recommender(city, as_of, recommender.scorers, policies)


@pytest.mark.parametrize(("known", "limit"), [("cell", 25.0), ("village", 25.0), ("town", None)])
def test_a_policy_may_keep_the_usual_circle_where_the_home_is_known_closely(
    recommender: Recommender, known: str, limit: float | None
) -> None:
    (policy,) = near_means_near(recommender).policies.values()
    query = replace(recommender.query("limits"), home_known=known)
    assert with_usual_circle(query, policy).circle_min == limit


def test_a_callers_circle_stands_under_any_policy(recommender: Recommender) -> None:
    strict = near_means_near(recommender)
    assert strict.query("limits", circle_min=60, home=(120.1, 30.2)).circle_min == 60.0
    assert strict.query("limits", circle_min=None, home=(120.1, 30.2)).circle_min is None


def test_senior_and_community_lists_stay_within_the_journey_a_learner_set() -> None:
    kept = {name for name, policy in shipped_policies().items() if policy.usual_circle == "limit"}
    assert kept == {"senior", "community"}


def test_the_callers_limits_replace_the_learners(recommender: Recommender) -> None:
    query = recommender.query("limits", circle_min=60, free_slots=["6M"])
    assert (query.free_slots, query.circle_min) == (frozenset({"6M"}), 60.0)
    assert query.usual_circle_min == 60.0
    lifted = recommender.query("limits", circle_min=None, free_slots=None)
    assert (lifted.free_slots, lifted.circle_min, lifted.usual_circle_min) == (None, None, None)


def test_the_callers_needs_add_to_the_learners(recommender: Recommender) -> None:
    assert recommender.query("wheels", needs=[]).needs == {"step_free"}
    assert recommender.query("wheels", needs=["captions"]).needs == {"step_free", "captions"}
    assert recommender.query(None, needs=["captions"]).needs == {"captions"}


def test_the_policy_says_how_many_when_the_caller_does_not(
    recommender: Recommender, town: City, as_of: datetime, make_policy: Callable[..., Policy]
) -> None:
    short = Recommender(town, as_of, {}, {"short": make_policy(n_default=3)})
    assert short.query("lin").n == 3
    assert short.query("lin", n=7).n == 7


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"circle_min": -1}, "circle_min is not a number of minutes"),
        ({"circle_min": float("nan")}, "circle_min is not a number of minutes"),
        ({"free_slots": ["8E"]}, "free_slots is not a list of slots"),
        ({"free_slots": ["3E\n"]}, "free_slots is not a list of slots"),
        ({"free_slots": "3E"}, "free_slots is not a list of slots"),
        ({"needs": ["wings"]}, r"needs is not a list of \['step_free'"),
        ({"needs": "captions"}, "needs is not a list"),
        ({"travel_mode": "fly"}, "travel_mode is not one of"),
        ({"home": (200.0, 0.0)}, "home is not a longitude and a latitude"),
        ({"home": 3}, "home is not a longitude and a latitude"),
        ({"district_code": "330106"}, "district_code is not a 12-digit"),
        ({"age_low": -1}, "age_low is not an age"),
        ({"include_ids": [1]}, "include_ids is not a list of section ids"),
        ({"n": 0}, "n is not a whole number from 1 to"),
        ({"programme": "day_school"}, "programme is not one of"),
        ({"colour": "red"}, r"unknown limits \['colour'\]; there are"),
    ],
)
def test_limits_that_nobody_could_mean_are_refused(
    recommender: Recommender, limits: Mapping[str, Any], said: str
) -> None:
    with pytest.raises(QueryError, match=said):
        recommender.query("lin", **limits)


def test_a_naive_instant_is_refused(recommender: Recommender, as_of: datetime) -> None:
    with pytest.raises(QueryError, match="as_of is not an instant with an offset"):
        recommender.query("lin", as_of=as_of.replace(tzinfo=None))


def test_an_event_of_this_minute_changes_the_next_query(
    recommender: Recommender, new_event: Callable[..., pl.DataFrame], as_of: datetime
) -> None:
    applied = new_event(
        course_id="tea",
        section_id="tea-near",
        type="apply",
        occurred_at=as_of + timedelta(minutes=5),
    )
    query = recommender.query("lin", new_events=applied)
    assert query.history == ("yoga", "tea")
    assert query.enrolled_sections == {"yoga-near", "tea-near"}
    assert recommender.query("lin", new_events=applied) == query, "telling it twice is harmless"


def test_a_new_drop_takes_the_seat_back(
    recommender: Recommender, new_event: Callable[..., pl.DataFrame], as_of: datetime
) -> None:
    dropped = new_event(course_id="yoga", section_id="yoga-near", type="drop", occurred_at=as_of)
    query = recommender.query("lin", new_events=dropped)
    assert (query.commitments, query.enrolled_sections) == ((), frozenset())


def test_an_event_already_in_the_snapshot_counts_once(recommender: Recommender, town: City) -> None:
    again = town.read("events").filter(pl.col("learner_id") == "lin")
    assert recommender.query("lin", new_events=again) == recommender.query("lin")


def test_events_of_others_change_nothing(
    recommender: Recommender, new_event: Callable[..., pl.DataFrame], as_of: datetime
) -> None:
    theirs = new_event(
        learner_id="off", course_id="tea", section_id=None, type="view", occurred_at=as_of
    )
    assert recommender.query("lin", new_events=theirs) == recommender.query("lin")
    assert recommender.query("off", new_events=theirs) == recommender.query("off")


def test_a_city_without_a_register_knows_learners_by_their_traces(
    make_city: Callable[..., City], as_of: datetime, make_policy: Callable[..., Policy]
) -> None:
    catalogue = make_city(
        courses=[{"course_id": "tea"}],
        events=[{"event_id": "e", "learner_id": "lin", "course_id": "tea"}],
    )
    anonymous = Recommender(catalogue, as_of, {}, {"plain": make_policy()})
    assert anonymous.query("lin").history == ("tea",)
    assert anonymous.query("stranger").history == ()
    assert not anonymous.query("stranger").personalised
