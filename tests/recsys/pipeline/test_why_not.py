from collections.abc import Callable
from datetime import datetime

import pytest

from data.city import City
from recsys.errors import QueryError
from recsys.pipeline.policy import Policy
from recsys.pipeline.recommender import Recommender


def test_a_refused_section_names_the_first_rule_and_the_others(recommender: Recommender) -> None:
    answer = recommender.why_not(recommender.query("lin", circle_min=1), "ink-near")
    assert (answer.rule, answer.also) == ("prerequisites", ("within_circle",))
    assert answer.text_zh == "您还没有学完这个班要求的先修课程。"
    assert answer.text_en.startswith("It requires earlier courses")
    assert answer.relaxations == (), "a longer way would not be enough"
    assert (answer.rank, answer.listed, answer.title) == (None, False, "书法")


def test_a_section_too_far_says_how_many_minutes_more_would_do(recommender: Recommender) -> None:
    query = recommender.query("lin", circle_min=10)
    (nearer,) = recommender.why_not(query, "code-far").relaxations
    assert nearer.rule == "within_circle"
    assert isinstance(nearer.value, float)
    assert f"再多 {nearer.value - 10:.0f} 分钟" in nearer.text_zh
    wide = recommender.query("lin", circle_min=nearer.value)
    narrow = recommender.query("lin", circle_min=nearer.value - 1)
    assert recommender.why_not(wide, "code-far").rule is None
    assert recommender.why_not(narrow, "code-far").rule == "within_circle"


def test_a_section_at_an_unknown_distance_promises_nothing(recommender: Recommender) -> None:
    answer = recommender.why_not(recommender.query("wheels", circle_min=10), "yoga-near")
    assert (answer.rule, answer.relaxations) == ("within_circle", ())


def test_a_section_at_a_busy_time_says_which_slot_would_do(recommender: Recommender) -> None:
    query = recommender.query("lin", free_slots=["1M"])
    (free,) = recommender.why_not(query, "code-far").relaxations
    assert (free.rule, free.value) == ("free_slots", "5E")
    assert "周五晚上" in free.text_zh
    assert "Fri evening" in free.text_en


def test_two_limits_are_relaxed_together_or_not_at_all(recommender: Recommender) -> None:
    query = recommender.query("lin", free_slots=["1M"], circle_min=10)
    answer = recommender.why_not(query, "code-far")
    assert [change.rule for change in answer.relaxations] == ["free_slots", "within_circle"]


def test_a_section_not_yet_open_says_when_it_opens(recommender: Recommender) -> None:
    answer = recommender.why_not(recommender.query("lin"), "tea-soon")
    assert answer.rule == "window"
    assert answer.relaxations[0].text_zh == "2025年09月05日 09:00 开始报名。"


def test_a_window_that_has_closed_cannot_be_relaxed(
    recommender: Recommender, as_of: datetime
) -> None:
    later = recommender.query("lin", as_of=as_of.replace(day=20))
    answer = recommender.why_not(later, "tea-near")
    assert (answer.rule, answer.relaxations) == ("window", ())


def test_an_eligible_section_says_its_place(recommender: Recommender) -> None:
    query = recommender.query("lin", n=1)
    first = recommender.recommend(query).items[0].section_id
    assert recommender.why_not(query, first).listed
    second = recommender.why_not(query, "hall-near")
    assert (second.rule, second.listed) == (None, False)
    assert second.rank is not None
    assert second.rank > 1
    assert f"第 {second.rank} 位" in second.text_zh


@pytest.mark.parametrize(
    ("limits", "section", "reason"),
    [
        ({"programme": "vocational"}, "tea-near", "programme"),
        ({"include_ids": ["tea-near"]}, "code-far", "not_included"),
        ({"exclude_ids": ["code-far"]}, "code-far", "excluded"),
    ],
)
def test_what_the_request_left_out_is_no_rules_doing(
    recommender: Recommender, limits: dict[str, str], section: str, reason: str
) -> None:
    query = recommender.query("lin", **limits)  # type: ignore[arg-type]  # one dict, three kinds
    assert recommender.why_not(query, section).rule == reason


def test_a_section_behind_another_of_its_course_says_so(
    town: City, as_of: datetime, make_policy: Callable[..., Policy]
) -> None:
    strict = make_policy(rerankers={"one_per_course": {"further": "drop"}})
    recommender = Recommender(town, as_of, {}, {"strict": strict})
    answer = recommender.why_not(recommender.query(None), "tea-steps")
    assert (answer.rule, answer.rank, answer.listed) == (None, None, False)
    assert "另一个班" in answer.text_zh


def test_a_finished_section_is_no_longer_open(recommender: Recommender) -> None:
    assert recommender.why_not(recommender.query("lin"), "tea-over").rule == "window"


@pytest.mark.parametrize("section", ["nowhere", "tea-draft"])
def test_a_section_nobody_may_know_of_is_unknown(recommender: Recommender, section: str) -> None:
    with pytest.raises(QueryError, match="no section of this id is known"):
        recommender.why_not(recommender.query("lin"), section)
