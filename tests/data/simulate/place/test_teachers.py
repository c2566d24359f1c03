import itertools
from collections import defaultdict

import numpy as np
import polars as pl

from data.simulate.place.staff import Faculty, weekly_hours
from tests.data.simulate.place.conftest import Settle, Staffed


def test_no_district_has_more_teachers_than_the_plan_allows(three: Staffed) -> None:
    rows = three.faculty.rows().group_by(pl.col("division_code").str.head(6)).len()
    hired = dict(rows.iter_rows())
    for district in three.layout.city.districts:
        assert hired[district.code] <= 2 * district.population / 10_000


def test_the_cap_leaves_some_sections_without_a_teacher_and_only_there(settled: Settle) -> None:
    tight = settled(sections_per_term=300, educators_per_10000=0.3)
    assert tight.faculty.rows().height == int(0.3 * 1_175_841 / 10_000)
    missing = [teacher is None for term in tight.teachers for teacher in term]
    assert 0.2 < np.mean(missing) < 1
    free = settled(sections_per_term=300)
    assert all(teacher is not None for term in free.teachers for teacher in term)


def test_nobody_teaches_two_sections_at_once_or_over_their_hours(three: Staffed) -> None:
    most = dict(three.faculty.rows().select("teacher_id", "max_hours_week").iter_rows())
    for planned, names in zip(three.schedule, three.teachers, strict=True):
        busy: dict[str, int] = defaultdict(int)
        hours: dict[str, int] = defaultdict(int)
        for name, slots in zip(names, planned.slots.tolist(), strict=True):
            if name is not None:
                assert busy[name] & slots == 0
                busy[name] |= slots
                hours[name] += weekly_hours(slots)
        assert all(hours[name] <= most[name] for name in hours)


def test_drawing_teachers_at_random_would_double_book_them(three: Staffed) -> None:
    owners = defaultdict(list)
    for row in three.faculty.teachers:
        owners[row.institution].append(row.teacher_id)
    planned = three.schedule[0]
    institution = three.layout.world.courses.institution[planned.course]
    rng = np.random.default_rng(0)
    busy: dict[str, int] = defaultdict(int)
    clashes = 0
    for owner, slots in zip(institution.tolist(), planned.slots.tolist(), strict=True):
        if owners[owner]:
            name = owners[owner][int(rng.integers(len(owners[owner])))]
            clashes += busy[name] & slots != 0
            busy[name] |= slots
    assert clashes > 50


def test_teachers_teach_at_their_own_institution_what_they_know(three: Staffed) -> None:
    by_id = {row.teacher_id: row for row in three.faculty.teachers}
    courses = three.layout.world.courses
    for planned, names in zip(three.schedule, three.teachers, strict=True):
        for name, course in zip(names, planned.course.tolist(), strict=True):
            if name is not None:
                assert by_id[name].institution == courses.institution[course]
                assert courses.skills[course, 0] in by_id[name].skills


def test_earlier_teachers_never_depend_on_later_terms(three: Staffed) -> None:
    layout = three.layout
    again = Faculty(layout.world.params, layout.world.courses, layout.world.venues, layout.city)
    first = again.staff(three.schedule[0], layout.streams, 0)
    assert first == three.teachers[0]
    hired = three.faculty.rows().head(again.rows().height)
    stable = ["teacher_id", "institution_id", "max_hours_week", "role"]
    assert again.rows().select(stable).equals(hired.select(stable))


def test_teacher_ids_are_unique(three: Staffed) -> None:
    names = three.faculty.rows()["teacher_id"].to_list()
    assert all(one < other for one, other in itertools.pairwise(names))
