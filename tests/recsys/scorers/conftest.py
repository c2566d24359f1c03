"""A checkerboard: two groups of people who differ in everything, and take only their own courses.

Whatever a scorer goes by (history, text, age and district, goals, the journey), it has to put
the courses of the asker's own group first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from recsys.offer import Candidates
from recsys.types import LearnerQuery, TrainingSet

AS_OF = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)
COURSES_EACH = 8
LEARNERS_EACH = 30
COLD = {"elder": "elder-cold", "young": "young-cold"}
GROUPS: Mapping[str, Mapping[str, Any]] = {
    "elder": {
        "age_band": "60-69",
        "ages": (60, 69),
        "district": "330106000000",
        "education": "primary",
        "work": "retired",
        "programme": "senior",
        "category": "health",
        "words": "太极拳 养生 八段锦 健身气功",
        "skill": "skill-qigong",
        "occupation": "4-13-04-01",
    },
    "young": {
        "age_band": "25-34",
        "ages": (25, 34),
        "district": "330108000000",
        "education": "bachelor",
        "work": "employed",
        "programme": "vocational",
        "category": "digital_skills",
        "words": "编程 数据分析 人工智能 软件开发",
        "skill": "skill-python",
        "occupation": "4-04-05-01",
    },
}


@dataclass(frozen=True)
class Toy:
    """The checkerboard world."""

    training: TrainingSet
    seen: LearnerQuery
    own: Mapping[str, tuple[str, ...]]

    def query(self, group: str = "elder", **changes: Any) -> LearnerQuery:
        """Someone of the group who has taken its first two courses."""
        facts = GROUPS[group]
        query = replace(
            self.seen,
            age_low=facts["ages"][0],
            age_high=facts["ages"][1],
            district_code=facts["district"],
            education=facts["education"],
            work_status=facts["work"],
            history=self.own[group][:2],
            history_weights=(1.0, 1.0),
            goal_skills=frozenset({facts["skill"]}),
            goal_occupation_code=facts["occupation"],
        )
        return replace(query, **changes)

    def candidates(self, near: str = "elder") -> Candidates:
        """A section of every course, those of one group near and at free hours."""
        rows = [
            self.section(course, group, near=group == near)
            for group, courses in self.own.items()
            for course in courses
        ]
        schema = {"age_min": pl.Int64, "age_max": pl.Int64, "slots": pl.List(pl.String)}
        return Candidates.of(pl.DataFrame(rows, schema_overrides=schema))

    def section(self, course: str, group: str, *, near: bool) -> dict[str, Any]:
        return {
            "section_id": f"section-{course}",
            "course_id": course,
            "programme": GROUPS[group]["programme"],
            "mode": "offline",
            "age_min": None,
            "age_max": None,
            "price_net_fen": 20000,
            "travel_min": 8.0 if near else 55.0,
            "slot_fit": 1.0 if near else 0.0,
            "slots": ["3M"],
        }


@pytest.fixture(scope="session")
def toy() -> Toy:
    """The world every scorer is tested in."""
    own = {group: courses_of(group) for group in GROUPS}
    training = TrainingSet(
        interactions=interactions(own),
        learners=learners(),
        courses=courses(own),
        as_of=AS_OF,
        seed=3,
        occupation_skills=pl.DataFrame(
            [
                {"occupation_code": g["occupation"], "skill_id": g["skill"], "importance": 0.8}
                for g in GROUPS.values()
            ]
        ),
        demand=pl.DataFrame(
            [
                {"division_code": here["district"], "skill_id": of["skill"], "low": places}
                for here in GROUPS.values()
                for of, places in (
                    (each, 40.0 if each is here else 3.0) for each in GROUPS.values()
                )
            ]
        ),
    )
    return Toy(training, LearnerQuery(as_of=AS_OF, personalised=True), own)


def courses_of(group: str) -> tuple[str, ...]:
    return (*(f"{group}-{n}" for n in range(COURSES_EACH)), COLD[group])


def interactions(own: Mapping[str, tuple[str, ...]]) -> pl.DataFrame:
    """Each learner took five of the eight warm courses of the own group; nobody the cold one."""
    rng = np.random.default_rng(11)
    rows = [
        {
            "learner_id": f"{group}-learner-{n:02d}",
            "course_id": str(course),
            "weight": 1.0,
            "age_days": float(rng.integers(1, 200)),
        }
        for group, taught in own.items()
        for n in range(LEARNERS_EACH)
        for course in rng.choice(taught[:COURSES_EACH], 5, replace=False)
    ]
    return pl.DataFrame(rows)


def learners() -> pl.DataFrame:
    rows = [
        {
            "learner_id": f"{group}-learner-{n:02d}",
            "age_band": facts["age_band"],
            "district_code": facts["district"],
            "education": facts["education"],
            "work_status": facts["work"],
            "goal_skills": [facts["skill"]],
            "goal_occupation_code": facts["occupation"],
        }
        for group, facts in GROUPS.items()
        for n in range(LEARNERS_EACH)
    ]
    return pl.DataFrame(rows)


def courses(own: Mapping[str, tuple[str, ...]]) -> pl.DataFrame:
    rows = [
        {
            "course_id": course,
            "document": f"{GROUPS[group]['words']} 第{n}期",
            "programme": GROUPS[group]["programme"],
            "category": GROUPS[group]["category"],
            "institution_id": f"institution-{group}",
            "layer": "intro",
            "skill_ids": [GROUPS[group]["skill"]],
            "skill_weights": [0.9],
        }
        for group, taught in own.items()
        for n, course in enumerate(taught)
    ]
    return pl.DataFrame(rows)
