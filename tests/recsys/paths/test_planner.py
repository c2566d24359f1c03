"""A learner of a small town on the way to an occupation: what may be read, taken, promised."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from data.city import City
from recsys.paths.levels import Held, Wanted
from recsys.paths.options import Budget
from recsys.paths.planner import Path, Planner, Wish
from recsys.pipeline.policy import shipped_policies
from recsys.pipeline.recommender import Recommender

AUTUMN = {"starts_on": date(2025, 9, 15), "ends_on": date(2025, 10, 10)}
WINTER = {
    "starts_on": date(2025, 11, 1),
    "ends_on": date(2025, 12, 20),
    "state": "published",
    "apply_opens_at": datetime(2025, 10, 10, tzinfo=UTC),
    "apply_closes_at": datetime(2025, 10, 30, tzinfo=UTC),
}


def ties(**courses: tuple[str, int | None]) -> list[dict[str, Any]]:
    return [
        {"course_id": course, "skill_id": skill, "level_to": level}
        for course, (skill, level) in courses.items()
    ]


TOWN: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "institutions": [{}, {"institution_id": "far-hall", "sharing": "own"}],
    "venues": [{}],
    "skills": [{"skill_id": s, "name": f"技能{s}"} for s in ("weld", "read", "sing")],
    "occupations": [
        {"occupation_code": "6-18", "name": "焊工", "aliases": ["电焊工"]},
        {"occupation_code": "6-19", "name": "钳工"},
        {"occupation_code": "9-99", "name": "无资料的职业"},
    ],
    "occupation_skills": [
        {"occupation_code": "6-18", "skill_id": "weld", "importance": 0.9, "level": 3},
        {"occupation_code": "6-18", "skill_id": "read", "importance": 0.3, "level": 2},
        {"occupation_code": "6-19", "skill_id": "read", "importance": 1.0, "level": 2},
    ],
    "courses": [
        {"course_id": "w1", "title": "焊接入门", "hours": 8.0, "credits": 0.5},
        {"course_id": "w2", "title": "焊接提高", "hours": 16.0, "prerequisites": ["w1"]},
        {"course_id": "w3", "title": "焊接精品", "hours": 24.0},
        {"course_id": "r1", "title": "识图", "hours": 8.0},
        {"course_id": "r2", "title": "识图提高", "hours": 9.0},
        {"course_id": "own", "title": "内部识图", "institution_id": "far-hall"},
        {"course_id": "old", "title": "老年识图", "age_min": 60},
        {"course_id": "sing", "title": "合唱"},
    ],
    "course_skills": ties(
        w1=("weld", 1),
        w2=("weld", 2),
        w3=("weld", 3),
        r1=("read", None),
        r2=("read", 2),
        own=("read", 1),
        old=("read", 1),
        sing=("sing", 1),
    ),
    "sections": [
        {"section_id": "w1-a", "course_id": "w1", "slots": ["1E"], **AUTUMN},
        {"section_id": "w2-a", "course_id": "w2", "slots": ["2E"], **AUTUMN},
        {"section_id": "w2-w", "course_id": "w2", "slots": ["2E"], **WINTER},
        {"section_id": "r1-a", "course_id": "r1", "slots": ["1E"], **AUTUMN},
        {"section_id": "r1-b", "course_id": "r1", "slots": ["3E"], **AUTUMN},
        {"section_id": "r1-c", "course_id": "r1", "slots": ["4E"], "enrolled": 20, **AUTUMN},
        {"section_id": "sing-a", "course_id": "sing", **AUTUMN},
    ],
    "learners": [
        {"learner_id": "lin", "occupation_code": "6-19"},
        {"learner_id": "shy", "occupation_code": "6-19", "consent_labour_profile": False},
        {"learner_id": "off", "occupation_code": "6-19", "consent_personalisation": False},
        {"learner_id": "off-bare", "consent_personalisation": False},
        {"learner_id": "busy"},
        {"learner_id": "new"},
    ],
    "events": [
        {"event_id": f"e-{who}", "learner_id": who, "course_id": "w1", "type": "complete"}
        for who in ("lin", "shy", "off")
    ]
    + [{"event_id": "b", "learner_id": "busy", "course_id": "w1", "section_id": "w1-a"}],
}


@pytest.fixture(scope="module")
def plan(make_city: Callable[..., City], as_of: datetime) -> Callable[..., Path]:
    """The path of a learner to a wish, the welder unless another is named."""
    city = make_city(**TOWN)
    recommender = Recommender(city, as_of, {}, shipped_policies())
    planner = Planner(city, as_of, lambda: 0.0)

    def plan(learner: str | None, limits: dict[str, Any] | None = None, **wish: Any) -> Path:
        query = recommender.query(learner, **(limits or {}))
        return planner.plan(recommender, query, Wish(**{"occupation_code": "6-18", **wish}))

    return plan


@pytest.fixture(scope="module")
def planner(make_city: Callable[..., City], as_of: datetime) -> Planner:
    """The town's planner."""
    return Planner(make_city(**TOWN), as_of, lambda: 0.0)


def sections(path: Path) -> list[str]:
    return [it.option.section_id or f"{it.option.step.course_id}?" for it in path.stages]


def test_the_record_and_the_work_are_read_and_the_rest_is_learned(
    plan: Callable[..., Path],
) -> None:
    path = plan("lin")
    assert path.work_read
    held = {gap.wanted.skill_id: gap.held for gap in path.now.gaps}
    assert held["weld"] == Held("weld", 1, True, "course", "w1")
    assert held["read"] == Held("read", 2, True, "occupation", "6-19")
    assert path.now.degree == pytest.approx((0.9 / 3 + 0.3) / 1.2)
    # w1 is completed, so w2 may begin at once; w3 has no section and comes after it
    assert sections(path) == ["w2-a", "w3?"]
    assert path.stages[1].closes == {"weld": (2, 3)}
    assert path.stages[0].needed_for == ("w3",)
    assert (path.after, path.bound, path.gap, path.proven) == (1.0, 1.0, 0.0, True)
    assert path.hours == 40.0
    assert path.credits is None  # one course doesn't say
    assert path.left == {}


def test_without_consent_to_it_the_work_is_not_read(plan: Callable[..., Path]) -> None:
    path = plan("shy")
    assert not path.work_read
    assert path.now.unknown == ("read",)
    assert sections(path) == ["r1-a", "w2-a", "r2?", "w3?"]
    assert path.after == 1.0


def test_off_means_off_what_was_done_changes_nothing(plan: Callable[..., Path]) -> None:
    assert plan("off") == plan("off-bare")
    assert plan("off").now.degree is None
    # w2 demands w1, and no record may be read to check it
    assert sections(plan("off")) == ["r1-b", "w1-a", "r2?"]
    assert plan("off").refused == {"consent": 2, "seats": 1}
    stated = plan("off", holds=(Held("weld", 2, True, "stated"),))
    assert stated.now.degree == pytest.approx(0.9 * 2 / 3 / 1.2)
    assert "w3?" in sections(stated)


def test_a_beginner_waits_for_the_class_after_the_first_one(plan: Callable[..., Path]) -> None:
    path = plan("new")
    assert path.now.degree is None
    # w2-a runs beside w1-a, which it builds on; r1-a meets in the same evening
    assert sections(path) == ["r1-b", "w1-a", "w2-w", "r2?", "w3?"]
    assert path.after == 1.0


def test_a_class_that_runs_is_neither_counted_nor_taken_again(plan: Callable[..., Path]) -> None:
    path = plan("busy")
    assert path.running == ("w1",)
    assert path.now.degree is None
    assert sections(path) == ["r1-b", "r2?"]  # r1-a meets in the evening of w1-a


def test_what_is_stated_now_limits_the_sections(plan: Callable[..., Path]) -> None:
    path = plan("lin", limits={"free_slots": ["5E"]})
    assert sections(path) == []
    assert path.refused == {"free_slots": 2}


def test_full_closed_and_foreign_courses_are_not_promised(plan: Callable[..., Path]) -> None:
    path = plan("shy", occupation_code="6-19")
    assert sections(path) == ["r1-a", "r2?"]  # neither the full class, nor that of another hall
    assert path.refused == {"seats": 1}


def test_a_budget_is_kept_and_what_remains_is_told(plan: Callable[..., Path]) -> None:
    path = plan("lin", budget=Budget(max_hours=20))
    assert sections(path) == ["w2-a"]
    assert path.left == {"weld": 1}
    assert path.proven


def test_a_skill_alone_can_be_wished_for(plan: Callable[..., Path]) -> None:
    path = plan("lin", occupation_code=None, skills=(Wanted("sing", 1.0, 1),))
    assert sections(path) == ["sing-a"]
    assert path.now.degree is None
    assert path.after == 1.0


def test_an_occupation_without_skills_on_record_has_no_distance(plan: Callable[..., Path]) -> None:
    path = plan("lin", occupation_code="9-99")
    assert (path.now.degree, path.after, path.stages) == (None, None, ())


def test_occupations_are_found_by_code_name_and_alias_and_near_ones_named(
    planner: Planner,
) -> None:
    assert [planner.occupation(it) for it in ("6-18", "焊工", "电焊工", "厨师")] == [
        *["6-18"] * 3,
        None,
    ]
    assert planner.near("高级焊工")[0] == "6-18"
    assert set(planner.near("6-17")) == {"6-18", "6-19"}
    assert planner.near("") == []
