"""A plan of a town small enough to know by heart: needs, rooms, teachers, what is expected."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from data.city import City
from recsys.planning.opening.city.build import Ask, Setting, setting_of
from recsys.planning.opening.city.needs import cells_of
from recsys.planning.opening.city.room import NEW_ROOM, room_at
from recsys.planning.opening.costs import read_costs, shipped_costs
from recsys.planning.opening.errors import PlanningError
from recsys.planning.opening.greedy import greedy
from recsys.planning.opening.report import plan_table, rivals_of
from recsys.planning.siting.advice import site_advice
from recsys.planning.siting.micro import micro_spaces

MOMENT = datetime(2025, 8, 31, 16, 0, tzinfo=UTC)
DISTRICT, TOWN, FAR = "330106000000", "330106001000", "330106002000"

GAPS = pl.DataFrame(
    {"division_code": [DISTRICT, DISTRICT], "skill_id": ["weld", "carve"], "gap": [3.0, 2.0]}
)
WANTS = pl.DataFrame(
    {
        "division_code": [TOWN, TOWN],
        "category": ["health", "health"],
        "slot": ["3E", None],
        "age_band": ["70-79", None],
        "wanted": [12.0, 5.0],
    }
)


@pytest.fixture(scope="module")
def town(make_city: Callable[..., City]) -> City:
    """One town with a venue, another without; a welding and a health course, held last spring."""
    past: dict[str, Any] = {
        "term": "2025春",
        "starts_on": date(2025, 3, 10),
        "ends_on": date(2025, 6, 20),
        "apply_opens_at": datetime(2025, 2, 1, tzinfo=UTC),
        "apply_closes_at": datetime(2025, 3, 1, tzinfo=UTC),
        "state": "finished",
        "capacity": 20,
        "enrolled": 20,
        "min_to_open": 5,
        "venue_id": "hall",
        "mode": "offline",
    }
    return make_city(
        divisions=[
            {"division_code": "330100000000", "level": "city"},
            {"division_code": DISTRICT, "population": 60_000, "lon": 120.12, "lat": 30.27},
            {"division_code": TOWN, "level": "town", "population": 40_000, "lon": 120.12,
             "lat": 30.27, "urban": True},
            {"division_code": FAR, "level": "town", "population": 20_000, "lon": 119.6,
             "lat": 30.27, "urban": False},
        ],
        institutions=[{}],
        venues=[
            {"venue_id": "hall", "division_code": TOWN, "rooms": 2, "seats": 40,
             "open_slots": ["1M", "3E", "6M"]},
            {"venue_id": "full", "division_code": TOWN, "rooms": 1, "seats": 20,
             "open_slots": ["3E"]},
        ],
        skills=[{"skill_id": "weld", "name": "焊接"}, {"skill_id": "carve", "name": "雕刻"}],
        courses=[
            {"course_id": "w", "programme": "vocational", "category": "vocational_skills",
             "hours": 32.0},
            {"course_id": "h", "age_min": 60},
        ],
        course_skills=[{"course_id": "w", "skill_id": "weld", "level_to": 2}],
        teachers=[
            {"teacher_id": "t", "institution_id": "inst-1", "skills": ["weld"],
             "division_code": DISTRICT, "max_hours_week": 6.0, "role": "full_time"},
        ],
        sections=[
            {**past, "section_id": "s1", "course_id": "w", "slots": ["3E"], "teacher_id": "t"},
            {**past, "section_id": "s2", "course_id": "h", "slots": ["3E"], "venue_id": "full"},
        ],
    )  # fmt: skip


@pytest.fixture(scope="module")
def setting(town: City) -> Setting:
    return setting_of(town, MOMENT, Ask(50_000.0, town_floor=1), GAPS, WANTS)


def test_rooms_that_what_runs_already_takes_are_not_free(setting: Setting) -> None:
    free = dict(zip(setting.problem.sites.site_id, setting.problem.sites.free, strict=True))
    evening = 2 * 3 + 2
    assert free["hall"][evening] == 1
    assert free["full"].sum() == 0


def test_a_teacher_has_the_hours_that_last_terms_sections_leave(setting: Setting) -> None:
    staff = setting.problem.staff
    assert staff.pool_id == ("t",)
    assert staff.hours[0] == pytest.approx(6.0 - 32.0 / setting.costs.teaching.weeks)
    assert staff.hires_left.tolist() == [12 - 1]


def test_a_skill_that_nobody_teaches_gets_a_course_to_be_made(setting: Setting) -> None:
    assert "new:carve" in setting.problem.templates.course_id
    assert "new:weld" not in setting.problem.templates.course_id


def test_the_plan_closes_what_is_short_and_says_by_what(setting: Setting) -> None:
    lines = plan_table(setting, greedy(setting.problem))
    closes = " ".join(lines["closes"])
    assert f"weld@{DISTRICT}" in closes
    assert f"carve@{DISTRICT}" in closes
    assert f"@{TOWN}" in closes
    assert (lines["applicants_low"] <= lines["applicants"]).all()
    assert (lines["applicants"] <= lines["applicants_high"]).all()
    assert lines["cost"].sum() <= 50_000
    assert lines["residents_in_circle"].unique().to_list() == [40_000]


def test_a_town_beyond_reach_of_every_room_has_no_floor_and_is_named(setting: Setting) -> None:
    assert setting.out_of_reach == (FAR,)
    floor = dict(zip(setting.problem.limits.town, setting.problem.limits.floor, strict=True))
    assert floor == {TOWN: 1, FAR: 0}


def test_a_section_of_the_like_next_door_is_a_rival(setting: Setting) -> None:
    course = setting.problem.templates.course_id.index("h")
    sites = setting.problem.sites.site_id
    assert rivals_of(setting, [(course, sites.index("hall"))]) == [1]
    assert rivals_of(setting, [(course, sites.index("full"))]) == [0]


def test_nobody_needing_anything_is_an_error_and_not_an_empty_plan(town: City) -> None:
    with pytest.raises(PlanningError, match="nothing can be planned"):
        setting_of(town, MOMENT, Ask(1.0), GAPS.filter(pl.col("gap") > 9))


def test_a_table_without_its_columns_is_refused_by_name() -> None:
    with pytest.raises(PlanningError, match=r"gaps lacks \['skill_id'\]"):
        cells_of(GAPS.drop("skill_id"), None, shipped_costs().value)


def test_a_surer_gap_is_worth_more_from_its_first_person_on() -> None:
    sure = GAPS.with_columns(gap_low=pl.col("gap") - 0.5, gap_high=pl.col("gap") + 0.5)
    doubtful = GAPS.with_columns(gap_low=pl.col("gap") - 6, gap_high=pl.col("gap") + 6)
    value = shipped_costs().value
    one, other = (cells_of(table, None, value)["value"].to_numpy() for table in (sure, doubtful))
    assert (one[:, 0] > other[:, 0]).all()
    assert (np.diff(other, axis=1) <= 0).all()


def test_a_room_gets_advice_for_its_slots_alone(town: City) -> None:
    room = room_at(town, MOMENT, 120.121, 30.271, 15, slots=["3E"])
    setting = setting_of(town, MOMENT, Ask(0.0), GAPS, WANTS, room, alone=True)
    rows = site_advice(setting, NEW_ROOM, ["3E"], 10)
    assert rows["slots"].unique().to_list() == ["3E"]
    assert rows["gap_closed"].to_list() == sorted(rows["gap_closed"], reverse=True)
    assert rows["seats"].max() <= 15
    assert rows["course_id"].n_unique() == rows.height


def test_a_room_outside_the_city_or_in_no_slot_is_refused(town: City) -> None:
    with pytest.raises(PlanningError, match="isn't in the city"):
        room_at(town, MOMENT, 100.0, 30.0, 20)
    with pytest.raises(PlanningError, match="'8E' is no slot"):
        room_at(town, MOMENT, 120.1, 30.2, 20, slots=["8E"])


def test_the_next_micro_space_goes_where_nobody_has_one(town: City) -> None:
    rows = micro_spaces(town, MOMENT, 3)
    assert rows["division_code"].to_list() == [FAR]
    assert rows["residents"].to_list() == [20_000]
    assert rows["covered_after"].to_list() == [1.0]


def test_costs_are_refused_with_the_name_of_the_figure() -> None:
    with pytest.raises(PlanningError, match=r"costs: rate: Field required"):
        read_costs("[section]\nroom_hour = 1.0\nmaterials = 1.0\nopening = 1.0\n")
    with pytest.raises(PlanningError, match="no TOML"):
        read_costs("[rate")
