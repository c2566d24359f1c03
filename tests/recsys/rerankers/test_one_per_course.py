from datetime import UTC, datetime
from typing import Literal

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from recsys.offer import Candidates
from recsys.rerankers import discover
from recsys.rerankers.one_per_course import OnePerCourse, OnePerCourseConfig
from recsys.types import LearnerQuery

QUERY = LearnerQuery(as_of=datetime(2025, 9, 1, 4, tzinfo=UTC))


def reranked(courses: list[str], further: Literal["follow", "drop"]) -> list[tuple[int, str]]:
    """Places and courses after reranking; place = position before."""
    frame = pl.DataFrame(
        {"place": range(len(courses)), "course_id": courses},
        schema={"place": pl.Int64, "course_id": pl.String},
    )
    reranker = OnePerCourse(OnePerCourseConfig(further=further))
    return list(reranker.rerank(QUERY, Candidates.of(frame)).frame.iter_rows())


def test_further_sections_follow_the_best_of_every_course() -> None:
    order = reranked(["a", "a", "b", "a", "c"], "follow")
    assert order == [(0, "a"), (2, "b"), (4, "c"), (1, "a"), (3, "a")]


def test_further_sections_can_be_dropped() -> None:
    assert reranked(["a", "a", "b", "a"], "drop") == [(0, "a"), (2, "b")]


@given(st.lists(st.sampled_from("abcd"), max_size=12))
def test_following_loses_no_section_and_shows_each_course_first_once(courses: list[str]) -> None:
    order = reranked(courses, "follow")
    distinct = len(set(courses))
    assert sorted(place for place, _ in order) == list(range(len(courses)))
    assert len({course for _, course in order[:distinct]}) == distinct


def test_the_folder_holds_it_by_name() -> None:
    assert discover()["one_per_course"] is OnePerCourse
