from collections.abc import Callable
from datetime import datetime

import pytest

from data.city import City
from recsys.errors import QueryError
from recsys.pipeline.policy import Policy
from recsys.pipeline.recommender import Recommender
from tests.recsys.pipeline.conftest import Fixed


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


TEA_FIRST = {"tea": 1.0, "ink": 0.0, "code": 0.0, "yoga": 0.0, "hall": 0.0}


@pytest.mark.parametrize("further", ["drop", "follow"])
def test_a_section_behind_another_of_its_course_says_which_and_its_place_by_score(
    town: City, as_of: datetime, make_policy: Callable[..., Policy], further: str
) -> None:
    strict = make_policy(rerankers={"one_per_course": {"further": further}})
    recommender = Recommender(town, as_of, {"popularity": Fixed(TEA_FIRST)}, {"strict": strict})
    query = recommender.query(None, n=3)
    listed = [item.section_id for item in recommender.recommend(query).items]
    answer = recommender.why_not(query, "tea-near")
    assert answer.behind == "tea-far"
    assert answer.behind in listed
    assert (answer.rule, answer.listed, answer.moved_by) == (None, False, "one_per_course")
    assert answer.rank == answer.rank_by_score == 2
    assert "按得分在 6 个班中排第 2 位" in answer.text_zh
    assert "同一门课程的另一个班 tea-far" in answer.text_zh
    assert "another section of its course, tea-far" in answer.text_en


def test_a_section_brought_in_by_a_reranker_says_so(
    town: City, as_of: datetime, make_policy: Callable[..., Policy]
) -> None:
    recommender = Recommender(
        town, as_of, {"popularity": Fixed(TEA_FIRST)}, {"plain": make_policy()}
    )
    query = recommender.query(None, n=2)
    second = recommender.recommend(query).items[1]
    answer = recommender.why_not(query, second.section_id)
    assert (answer.listed, answer.rank, answer.moved_by) == (True, 2, "one_per_course")
    assert answer.rank_by_score is not None
    assert answer.rank_by_score > 2
    assert f"按得分排第 {answer.rank_by_score} 位" in answer.text_zh


def test_a_section_that_nothing_moved_names_no_reranker(
    town: City, as_of: datetime, make_policy: Callable[..., Policy]
) -> None:
    plain = Recommender(
        town, as_of, {"popularity": Fixed({"code": 1.0})}, {"plain": make_policy(rerankers={})}
    )
    query = plain.query(None, n=1)
    ids = [item.section_id for item in plain.recommend(plain.query(None, n=20)).items]
    for place, section in enumerate(ids, start=1):
        answer = plain.why_not(query, section)
        assert (answer.rank, answer.rank_by_score, answer.moved_by) == (place, place, None)
        assert answer.listed == (place == 1)


def test_a_finished_section_is_no_longer_open(recommender: Recommender) -> None:
    assert recommender.why_not(recommender.query("lin"), "tea-over").rule == "window"


@pytest.mark.parametrize("section", ["nowhere", "tea-draft"])
def test_a_section_nobody_may_know_of_is_unknown(recommender: Recommender, section: str) -> None:
    with pytest.raises(QueryError, match="no section of this id is known"):
        recommender.why_not(recommender.query("lin"), section)
