import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.city import City
from recsys.explainers.words import PLAIN_LENGTH
from recsys.pipeline.policy import Policy
from recsys.pipeline.recommender import Recommender
from recsys.stages import Scorer
from recsys.types import RecommendationList

MakePolicy = Callable[..., Policy]


def ids(answer: RecommendationList) -> list[str]:
    return [item.section_id for item in answer.items]


def as_bytes(answer: RecommendationList) -> bytes:
    return json.dumps(asdict(answer), ensure_ascii=False).encode()


def test_the_list_shows_the_best_section_of_each_course_first(recommender: Recommender) -> None:
    answer = recommender.recommend(recommender.query("lin"))
    courses = [item.course_id for item in answer.items]
    assert set(courses[:3]) == {"code", "tea", "hall"}
    assert courses[0] == "code", "what everybody takes and what was asked for"
    assert [item.rank for item in answer.items] == list(range(1, len(courses) + 1))
    assert {item.propensity for item in answer.items} == {1.0}


def test_refused_sections_are_counted_by_rule(recommender: Recommender) -> None:
    answer = recommender.recommend(recommender.query("lin"))
    assert answer.excluded == {
        "window": 1,
        "prerequisites": 1,
        "timetable_clash": 1,
        "seats": 1,
    }
    assert list(answer.excluded) == ["window", "prerequisites", "timetable_clash", "seats"]


def test_a_programme_answers_with_its_sections_only(recommender: Recommender) -> None:
    answer = recommender.recommend(recommender.query("lin", programme="vocational"))
    assert ids(answer) == ["code-far"]


def test_the_caller_can_include_and_exclude_sections(recommender: Recommender) -> None:
    query = recommender.query("lin", include_ids=["tea-near", "tea-far"], exclude_ids=["tea-far"])
    assert ids(recommender.recommend(query)) == ["tea-near"]


def test_ties_are_broken_by_section_id(
    town: City, as_of: datetime, make_policy: MakePolicy
) -> None:
    blind = Recommender(town, as_of, {}, {"plain": make_policy(rerankers={})})
    shown = ids(blind.recommend(blind.query(None)))
    assert shown == sorted(shown)


def test_asking_twice_gives_the_same_bytes(recommender: Recommender) -> None:
    first, second = (recommender.recommend(recommender.query("lin")) for _ in range(2))
    assert as_bytes(first) == as_bytes(second)


def test_an_emptied_list_says_why_and_is_never_widened(recommender: Recommender) -> None:
    answer = recommender.recommend(recommender.query("lin", free_slots=[], n=4))
    assert ids(answer) == ["tea-online"]
    few, *relaxed = answer.warnings
    assert few.text_en.startswith("1 of 4 found; rules left out")
    assert few.text_zh.startswith("符合条件的只有 1 个班次（要 4 个）")
    assert [(one.kind, one.text_zh) for one in relaxed] == [
        ("relaxation", "如果周一下午也有空，可多选 1 个班次。")
    ]
    nothing = recommender.recommend(recommender.query("lin", include_ids=[]))
    assert nothing.items == ()
    assert nothing.warnings[-1].text_en == "0 of 10 found; rules left out 0"


def test_a_scorer_absent_from_the_model_is_skipped_with_a_warning(
    town: City, as_of: datetime, scorers: dict[str, Scorer], make_policy: MakePolicy
) -> None:
    some = {name: scorer for name, scorer in scorers.items() if name != "hybrid"}
    without = Recommender(town, as_of, some, {"plain": make_policy()})
    answer = without.recommend(without.query("lin", n=2))
    assert [each.text_en for each in answer.warnings] == [
        "scorer hybrid of policy plain@1 is not in the model"
    ]
    assert len(answer.items) == 2


@pytest.mark.parametrize(
    ("learner", "fallback"),
    [
        (None, "anonymous"),
        ("stranger", "unknown_learner"),
        ("off", "personalisation_off"),
        ("child", "personalisation_off"),
        ("minor", "no_history"),
        ("lin", None),
    ],
)
def test_a_list_that_is_not_personal_says_why(
    recommender: Recommender, learner: str | None, fallback: str | None
) -> None:
    answer = recommender.recommend(recommender.query(learner))
    assert answer.fallback == fallback
    assert answer.items


def test_a_learner_with_a_wheelchair_sees_confirmed_step_free_or_online_only(
    recommender: Recommender,
) -> None:
    answer = recommender.recommend(recommender.query("wheels", n=100))
    assert set(ids(answer)) == {"tea-near", "tea-online", "yoga-near"}
    assert answer.excluded["access"] == 3, "and how many were left out for that reason"


def test_a_child_without_a_guardians_consent_gets_the_list_of_a_stranger_of_that_age(
    recommender: Recommender,
) -> None:
    child = recommender.recommend(recommender.query("child"))
    stranger = recommender.recommend(recommender.query(None, age_low=0, age_high=13))
    assert child.items == stranger.items


@settings(deadline=None, max_examples=25)
@given(
    courses=st.lists(st.sampled_from(["tea", "ink", "code", "yoga"]), max_size=4, unique=True),
    learner=st.sampled_from(["tea", "code", "someone"]),
    seats=st.frozensets(st.sampled_from(["tea-near", "yoga-near"])),
)
def test_with_personalisation_off_the_past_changes_no_byte(
    recommender: Recommender, courses: list[str], learner: str, seats: frozenset[str]
) -> None:
    plain = recommender.query("off")
    loaded = replace(
        plain,
        history=tuple(courses),
        completed=frozenset(courses),
        enrolled_sections=seats,
        goal_skills=frozenset(courses),
        education="doctor",
    )
    same = recommender.recommend(loaded)
    assert as_bytes(same) == as_bytes(recommender.recommend(plain))
    stranger = replace(loaded, learner_id=learner)
    assert recommender.recommend(stranger).items == same.items


def test_the_same_past_does_change_a_personal_list(recommender: Recommender) -> None:
    query = recommender.query("lin")
    other = replace(query, history=("tea", "tea", "tea"))
    assert recommender.recommend(query).items != recommender.recommend(other).items


def test_two_learners_who_switched_off_get_identical_lists(
    make_city: Callable[..., City],
    as_of: datetime,
    scorers: dict[str, Scorer],
    make_policy: MakePolicy,
    town: City,
) -> None:
    twin = {"consent_personalisation": False, "home_lon": 120.12, "home_lat": 30.27}
    people = make_city(
        learners=[
            {"learner_id": "tea", **twin, "goal_skills": ["python"]},
            {"learner_id": "code", **twin},
        ],
        events=[
            {"event_id": "1", "learner_id": "tea", "course_id": "tea", "type": "complete"},
            {"event_id": "2", "learner_id": "code", "course_id": "code", "section_id": "code-far"},
        ],
    )
    city = town.with_tables(learners=people.scan("learners"), events=people.scan("events"))
    both = Recommender(city, as_of, scorers, {"plain": make_policy()})
    first, second = (both.recommend(both.query(learner)) for learner in ("tea", "code"))
    assert as_bytes(first) == as_bytes(second)


def test_elder_mode_shows_at_most_five_with_plain_short_reasons(
    recommender: Recommender,
) -> None:
    answer = recommender.recommend(recommender.query("lin", n=50, elder=True))
    assert len(answer.items) == 5
    reasons = [reason for item in answer.items for reason in item.reasons]
    assert reasons
    assert max(len(reason.text_zh) for reason in reasons) <= PLAIN_LENGTH
    assert max(len(item.reasons) for item in answer.items) <= 2


def test_reasons_are_left_out_when_they_are_not_wanted(recommender: Recommender) -> None:
    query = recommender.query("lin")
    bare = recommender.recommend(query, explain=False)
    told = recommender.recommend(query)
    assert ids(bare) == ids(told)
    assert not any(item.reasons for item in bare.items)
    assert any(item.reasons for item in told.items)


def test_the_window_is_judged_at_the_instant_of_the_query(
    recommender: Recommender, as_of: datetime
) -> None:
    later = as_of.replace(day=6)
    kept, _ = recommender.eligible(recommender.query("lin", as_of=later))
    assert "tea-soon" in kept.frame["section_id"]


def test_measured_travel_times_count(
    town: City, make_city: Callable[..., City], as_of: datetime, make_policy: MakePolicy
) -> None:
    measured = make_city(
        travel_times=[{"from_division_code": "330106001000", "venue_id": "far", "minutes": 3.0}]
    )
    city = town.with_tables(travel_times=measured.scan("travel_times"))
    here = Recommender(city, as_of, {}, {"plain": make_policy()})
    kept, _ = here.eligible(here.query("lin", circle_min=5.0))
    assert "code-far" in kept.frame["section_id"]
