from collections.abc import Callable
from datetime import datetime

import polars as pl

from data.city import City
from data.vocab import CATEGORIES
from data.vocabulary import builtin
from features.course import COLUMNS, course_features

MakeCity = Callable[..., City]


def test_the_document_says_all_that_is_known_of_a_course(
    make_city: MakeCity, as_of: datetime
) -> None:
    city = make_city(
        courses=[{"course_id": "c", "title": "短视频剪辑", "description": "手机拍摄"}],
        skills=[{"skill_id": "s2", "name": "剪辑"}, {"skill_id": "s1", "name": "拍摄"}],
        course_skills=[
            {"course_id": "c", "skill_id": "s2", "weight": 0.25},
            {"course_id": "c", "skill_id": "s1", "weight": 0.75},
        ],
    )
    course = course_features(city, as_of).row(0, named=True)
    assert course["document"].split("\n")[:3] == ["短视频剪辑", "手机拍摄", "拍摄 剪辑"]
    assert (course["skill_ids"], course["skill_weights"]) == (["s1", "s2"], [0.75, 0.25])


def test_category_and_programme_are_said_in_chinese(make_city: MakeCity, as_of: datetime) -> None:
    course = {"course_id": "c", "title": "合唱", "category": "music_dance", "programme": "senior"}
    document = course_features(make_city(courses=[course]), as_of)["document"].item()
    assert document.isascii() is False
    assert "music" not in document
    assert "老年" in document


def test_a_course_without_description_or_skills_is_still_described(
    make_city: MakeCity, as_of: datetime
) -> None:
    course = course_features(make_city(courses=[{"course_id": "c"}]), as_of).row(0, named=True)
    assert course["document"].startswith("八段锦入门\n")
    assert "\n\n" not in course["document"]
    assert (course["skill_ids"], course["skill_weights"]) == ([], [])


def test_skills_are_named_by_the_built_in_vocabulary_where_the_snapshot_has_none(
    make_city: MakeCity, as_of: datetime
) -> None:
    skill = builtin("skills").row(3, named=True)
    tie = {"course_id": "c", "skill_id": skill["skill_id"]}
    city = make_city(courses=[{"course_id": "c"}], course_skills=[tie])
    assert skill["name"] in course_features(city, as_of)["document"].item()


def test_a_snapshots_own_skills_replace_the_built_in_ones(
    make_city: MakeCity, as_of: datetime
) -> None:
    skill = builtin("skills").row(3, named=True)
    city = make_city(
        courses=[{"course_id": "c"}],
        course_skills=[{"course_id": "c", "skill_id": skill["skill_id"]}],
        skills=[{"skill_id": "other", "name": "其他"}],
    )
    course = course_features(city, as_of).row(0, named=True)
    assert skill["name"] not in course["document"]
    assert course["skill_ids"] == [skill["skill_id"]], "a skill without a name is still a skill"


def test_courses_come_by_id_and_vocabularies_stay_closed(
    make_city: MakeCity, as_of: datetime
) -> None:
    courses = course_features(make_city(courses=[{"course_id": c} for c in "bca"]), as_of)
    assert courses["course_id"].to_list() == ["a", "b", "c"]
    assert tuple(courses.columns) == COLUMNS
    assert courses.schema["category"] == pl.Enum(CATEGORIES)


def test_a_city_without_courses_has_no_features_but_their_columns(
    make_city: MakeCity, as_of: datetime
) -> None:
    assert course_features(make_city(), as_of).shape == (0, len(COLUMNS))
