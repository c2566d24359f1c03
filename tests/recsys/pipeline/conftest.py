"""A town of two institutions, a handful of learners, and scorers whose scores are known.

``town`` is read by all tests of this folder and changed by none.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from data.city import City
from recsys.pipeline.policy import Policy
from recsys.pipeline.recommender import Recommender
from recsys.scorers.context import Context
from recsys.stages import Arrays, CourseScorer, Scorer, StageConfig
from recsys.types import LearnerQuery, TrainingSet

RULES = (
    "window",
    "sharing",
    "access",
    "age",
    "consent",
    "prerequisites",
    "already_completed",
    "timetable_clash",
    "free_slots",
    "within_circle",
    "seats",
)


class NoOptions(StageConfig):
    """Nothing to set."""


class Fixed(CourseScorer):
    """Courses have the scores they were given."""

    name: ClassVar[str] = "popularity"
    config_type: ClassVar[type[StageConfig]] = NoOptions
    uses_history: ClassVar[bool] = False

    def __init__(self, scores: Mapping[str, float]) -> None:
        super().__init__()
        self.take_courses(np.array(list(scores), dtype=np.str_))
        self.values = np.array(list(scores.values()), dtype=np.float32)

    def fit(self, training: TrainingSet) -> Self:
        return self

    def course_scores(self, queries: Sequence[LearnerQuery]) -> NDArray[np.float32]:
        return np.tile(self.values, (len(queries), 1))

    def arrays(self) -> Arrays:
        return {}

    def load(self, arrays: Arrays) -> Self:
        return self


class Nosy(Fixed):
    """Scores a course by how often the learner's id and past mention its letters."""

    name: ClassVar[str] = "ease"
    uses_history: ClassVar[bool] = True

    def course_scores(self, queries: Sequence[LearnerQuery]) -> NDArray[np.float32]:
        texts = [f"{query.learner_id}{query.history}{query.goal_skills}" for query in queries]
        courses = [str(course) for course in self.fitted_courses()]
        counts = [[text.count(course) for course in courses] for text in texts]
        return np.array(counts, dtype=np.float32)


class NosyProfile(Nosy):
    """The same, without admitting that it reads the past."""

    name: ClassVar[str] = "hybrid"
    uses_history: ClassVar[bool] = False


DAY = datetime(2025, 8, 1, tzinfo=UTC)
TOWN: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "institutions": [{}, {"institution_id": "hall", "sharing": "district"}],
    "venues": [
        {"venue_id": "near", "lon": 120.121, "lat": 30.271},
        {"venue_id": "far", "lon": 120.4, "lat": 30.4, "step_free": None},
        {"venue_id": "steps", "lon": 120.122, "lat": 30.272, "step_free": False},
    ],
    "courses": [
        {"course_id": "tea", "title": "茶艺"},
        {"course_id": "ink", "title": "书法", "prerequisites": ["tea"]},
        {"course_id": "code", "title": "编程", "programme": "vocational"},
        {"course_id": "yoga", "title": "瑜伽", "age_max": 59},
        {"course_id": "hall", "title": "戏曲", "institution_id": "hall"},
    ],
    "course_skills": [{"course_id": "code", "skill_id": "python"}],
    "skills": [{"skill_id": "python", "name": "Python"}],
    "sections": [
        {"section_id": "tea-near", "course_id": "tea", "venue_id": "near"},
        {"section_id": "tea-far", "course_id": "tea", "venue_id": "far", "slots": ["6M"]},
        {"section_id": "tea-steps", "course_id": "tea", "venue_id": "steps", "slots": ["2E"]},
        {
            "section_id": "tea-online",
            "course_id": "tea",
            "venue_id": None,
            "mode": "online_recorded",
            "slots": [],
            "price_fen": 0,
        },
        {"section_id": "ink-near", "course_id": "ink", "venue_id": "near", "slots": ["4E"]},
        {"section_id": "code-far", "course_id": "code", "venue_id": "far", "slots": ["5E"]},
        {"section_id": "yoga-near", "course_id": "yoga", "venue_id": "near", "slots": ["1E"]},
        {
            "section_id": "yoga-full",
            "course_id": "yoga",
            "venue_id": "near",
            "slots": ["7M"],
            "enrolled": 20,
        },
        {"section_id": "hall-near", "course_id": "hall", "venue_id": "near", "slots": ["1A"]},
        {
            "section_id": "tea-soon",
            "course_id": "tea",
            "venue_id": "near",
            "state": "published",
            "slots": ["2A"],
            "apply_opens_at": datetime(2025, 9, 5, 1, tzinfo=UTC),
        },
        {"section_id": "tea-over", "course_id": "tea", "venue_id": "near", "state": "finished"},
        {"section_id": "tea-draft", "course_id": "tea", "venue_id": "near", "state": "draft"},
    ],
    "learners": [
        {
            "learner_id": "lin",
            "home_lon": 120.12,
            "home_lat": 30.27,
            "home_division_code": "330106001000",
            "goal_skills": ["python"],
        },
        {"learner_id": "off", "consent_personalisation": False, "goal_skills": ["python"]},
        {"learner_id": "wheels", "needs": ["step_free"]},
        {"learner_id": "child", "age_band": "<14", "goal_skills": ["python"]},
        {"learner_id": "minor", "age_band": "<14", "consent_guardian": True},
        {
            "learner_id": "limits",
            "free_slots": ["3E"],
            "max_travel_min": 25.0,
            "home_lon": 120.12,
            "home_lat": 30.27,
        },
    ],
    "events": [
        {
            "event_id": f"{learner}-{kind}",
            "learner_id": learner,
            "course_id": "yoga",
            "section_id": "yoga-near",
            "type": kind,
            "occurred_at": DAY,
        }
        for learner in ("lin", "off", "child")
        for kind in ("apply", "enrol")
    ],
}


@pytest.fixture(scope="session")
def town(make_city: Callable[..., City]) -> City:
    return make_city(**TOWN)


@pytest.fixture(scope="session")
def scorers() -> dict[str, Scorer]:
    """Taste for ink, code and tea by known amounts, and two scorers that pry."""
    known = {"tea": 1.0, "ink": 2.0, "code": 3.0, "yoga": 0.0}
    return {
        "context": Context(),
        "popularity": Fixed(known),
        "ease": Nosy(known),
        "hybrid": NosyProfile(known),
    }


@pytest.fixture(scope="session")
def make_policy() -> Callable[..., Policy]:
    """A policy of all rules that weighs context and popularity alike."""

    def build(**fields: Any) -> Policy:
        weights = {"context": 0.5, "popularity": 1.0, "ease": 0.5, "hybrid": 0.5}
        plain: dict[str, Any] = {
            "name": "plain",
            "version": "1",
            "rules": RULES,
            "scorers": {name: {"weight": weight} for name, weight in weights.items()},
            "rerankers": {"one_per_course": {}},
        }
        return Policy.model_validate(plain | fields)

    return build


@pytest.fixture(scope="session")
def recommender(
    town: City,
    as_of: datetime,
    scorers: dict[str, Scorer],
    make_policy: Callable[..., Policy],
) -> Recommender:
    return Recommender(town, as_of, scorers, {"plain": make_policy()})


@pytest.fixture(scope="session")
def new_event(town: City) -> Callable[..., pl.DataFrame]:
    """One event row that the snapshot doesn't hold, as the ledger gives it."""

    def build(**fields: Any) -> pl.DataFrame:
        schema = town.scan("events").collect_schema()
        row = {"event_id": "new", "learner_id": "lin", **fields}
        return pl.DataFrame([{name: row.get(name) for name in schema}], schema=schema)

    return build
