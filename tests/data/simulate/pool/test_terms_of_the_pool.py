from dataclasses import fields

import numpy as np
import pytest

from data.simulate.pool.courses import Courses
from data.simulate.pool.sections import Sections
from tests.data.simulate.pool.conftest import Schedule, Scheduled

TABLES = ("courses", "course_skills")


def test_a_longer_city_begins_with_the_same_courses(scheduled: Schedule) -> None:
    short, long = scheduled(history_terms=2).courses, scheduled(history_terms=4).courses
    n = len(short.programme)
    assert n < len(long.programme)
    assert short.famous == long.famous
    for field in fields(Courses):
        one, other = getattr(short, field.name), getattr(long, field.name)
        if field.name in TABLES:
            assert one.equals(other.head(one.height))
        elif field.name != "famous":
            assert np.array_equal(one, other[:n])


def test_a_longer_city_begins_with_the_same_sections(scheduled: Schedule) -> None:
    short = scheduled(history_terms=2, open_term="2024秋", open_last=False)
    long = scheduled(history_terms=4, open_term="2025秋", open_last=False)
    for one, other in zip(short.schedule, long.schedule, strict=False):
        for field in fields(Sections):
            assert np.array_equal(getattr(one, field.name), getattr(other, field.name))


def test_being_open_moves_nothing_but_the_late_windows(scheduled: Schedule) -> None:
    openly, done = scheduled().schedule[-1], scheduled(open_last=False).schedule[-1]
    late = openly.opens != done.opens
    assert 0 < late.sum() < 0.15 * len(openly)
    assert not openly.listed[late].any()
    moved = {"opens", "closes", "listed"}
    for field in fields(Sections):
        one, other = getattr(openly, field.name), getattr(done, field.name)
        if field.name in moved:
            assert np.array_equal(one[~late], other[~late])
        else:
            assert np.array_equal(one, other)


def test_a_quarter_of_each_term_is_new_and_every_term_is_full(pilot: Scheduled) -> None:
    for number, planned in enumerate(pilot.schedule):
        assert len(planned) == 1500
        if number:
            new = pilot.courses.first_term[planned.course] == number
            assert new.mean() == pytest.approx(0.25)


def test_no_section_runs_before_its_course_exists(pilot: Scheduled) -> None:
    for number, planned in enumerate(pilot.schedule):
        assert (pilot.courses.first_term[planned.course] <= number).all()


def test_prerequisites_are_older_or_as_old_intro_courses_of_the_same_kind(
    pilot: Scheduled,
) -> None:
    courses = pilot.courses
    asking = np.flatnonzero((courses.prerequisite >= 0) & (courses.duplicate_of < 0))
    needed = courses.prerequisite[asking]
    assert len(asking) > 100
    assert (courses.first_term[needed] <= courses.first_term[asking]).all()
    assert (courses.first_term[needed] < courses.first_term[asking]).any()
    assert np.array_equal(courses.programme[needed], courses.programme[asking])
    assert np.array_equal(courses.skills[needed, 0], courses.skills[asking, 0])
    assert (courses.courses["layer"].gather(needed) == "intro").all()


def test_even_a_pool_of_new_courses_only_fills_its_terms(scheduled: Schedule) -> None:
    made = scheduled(new_share=1.0)
    assert {len(planned) for planned in made.schedule} == {120}
