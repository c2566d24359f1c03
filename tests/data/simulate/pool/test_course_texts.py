import numpy as np
import polars as pl

from data.simulate.topics import skills
from tests.data.simulate.pool.conftest import Scheduled


def test_descriptions_name_every_skill_they_teach(pilot: Scheduled) -> None:
    courses = pilot.courses
    for text, taught in zip(courses.courses["description"], courses.skills.tolist(), strict=True):
        for index in taught:
            assert index < 0 or any(word in text for word in skills()[index].words)


def test_hardly_two_courses_read_the_same(pilot: Scheduled) -> None:
    frame = pilot.courses.courses
    assert frame["description"].n_unique() > 0.999 * frame.height
    assert frame["title"].n_unique() > 0.4 * frame.height


def test_many_skills_are_called_by_an_alias(pilot: Scheduled) -> None:
    courses = pilot.courses
    main = [skills()[index] for index in courses.skills[:, 0].tolist()]
    texts = courses.courses["description"].to_list()
    unnamed = [skill.words[0] not in text for skill, text in zip(main, texts, strict=True)]
    assert 0.15 < np.mean(unnamed) < 0.5


def test_some_texts_name_skills_only_to_deny_or_to_advertise_them(pilot: Scheduled) -> None:
    courses = pilot.courses
    texts = courses.courses["description"]
    denied = texts.str.extract(
        r"(?:本课不含|无需|不要求会|不涉及|本期暂不讲)([^，。]+?)(?:内容|基础)?[。，]"
    )
    assert 0.1 < denied.is_not_null().mean() < 0.25
    names = {skill.words[0]: number for number, skill in enumerate(skills())}
    for number, word in enumerate(denied.to_list()):
        if word in names:
            assert names[word] not in courses.skills[number]
    assert 0.05 < texts.str.contains("另开有|见长|长期从事|同一教学点|特色教学点").mean() < 0.2


def test_descriptions_state_the_hours_of_the_course(pilot: Scheduled) -> None:
    frame = pilot.courses.courses.select("description", pl.col("hours").cast(pl.Int64))
    for text, hours in frame.iter_rows():
        assert f"{hours}课时" in text or f"{hours}个课时" in text


def test_titles_never_nest_book_marks(pilot: Scheduled) -> None:
    titles = pilot.courses.courses["title"]
    assert titles.str.starts_with("《").any()
    assert (titles.str.count_matches("《") <= 1).all()
