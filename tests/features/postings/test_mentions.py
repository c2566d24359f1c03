"""Skills named in postings, counted plainly."""

from collections.abc import Callable, Mapping, Sequence

import polars as pl
import pytest

from data.city import City
from features.postings.mentions import skill_mentions

SKILLS: Sequence[Mapping[str, object]] = [
    {"skill_id": "go", "name": "Go语言", "aliases": ["Go", "Golang"]},
    {"skill_id": "c", "name": "C", "aliases": []},
    {"skill_id": "js", "name": "JavaScript", "aliases": ["JS"]},
    {"skill_id": "care", "name": "老年护理", "aliases": ["养老护理"]},
    {"skill_id": "group", "name": "护理", "aliases": [], "kind": "group"},
]


def mentioned(make_city: Callable[..., City], **posting: object) -> set[str]:
    city = make_city(postings=[{"posting_id": "p", **posting}], skills=SKILLS)
    return set(skill_mentions(city.scan("postings"), city.read("skills"))["skill_id"])


@pytest.mark.parametrize(
    ("posting", "expected"),
    [
        ({"description": "熟悉Go、JavaScript。"}, {"go", "js"}),
        ({"description": "有Google经验，会JSON"}, set()),
        ({"description": "GOLANG优先"}, {"go"}),
        ({"title": "养老护理员"}, {"care"}),
        ({"description": "C端产品"}, set()),
        ({"tags": ["C"]}, {"c"}),
        ({"description": None}, set()),
    ],
)
def test_a_posting_names_a_skill_by_whole_word_alias_or_tag(
    make_city: Callable[..., City], posting: Mapping[str, object], expected: set[str]
) -> None:
    assert mentioned(make_city, **posting) == expected


def test_a_posting_counts_once_a_skill_and_groups_are_no_skills(
    make_city: Callable[..., City],
) -> None:
    city = make_city(
        postings=[
            {"posting_id": "1", "description": "老年护理，养老护理", "tags": ["养老护理"]},
            {"posting_id": "2", "title": "老年护理师"},
        ],
        skills=SKILLS,
    )
    counts = skill_mentions(city.scan("postings"), city.read("skills"))
    assert counts.rows() == [("care", "老年护理", 2)]


def test_without_postings_nothing_is_wanted(make_city: Callable[..., City]) -> None:
    city = make_city(skills=SKILLS)
    assert skill_mentions(city.scan("postings"), city.read("skills")).is_empty()
    assert skill_mentions(
        city.scan("postings"), pl.DataFrame(city.read("skills").clear())
    ).is_empty()
