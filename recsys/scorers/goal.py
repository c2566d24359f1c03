"""Goal: courses that teach the skills the learner wants."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field

from recsys.scorers.matrices import (
    Matrix,
    matrix_arrays,
    matrix_from,
    places,
    row_sizes,
    sparse,
    text_array,
)
from recsys.stages import Arrays, CourseScorer, StageConfig
from recsys.types import LearnerQuery, TrainingSet

PAIRS = pl.Schema({"key": pl.String, "skill_id": pl.String, "value": pl.Float64})


class GoalConfig(StageConfig):
    """What a wanted occupation's skills count beside the skills named outright."""

    occupation_weight: float = Field(default=0.5, ge=0)
    """Weight of an occupation's skill of importance 1; a skill the learner named weighs 1."""

    learned: float = Field(default=0.5, ge=0, le=1)
    """What is left of the wish for a skill once a completed course has taught it: some go on."""


class Goal(CourseScorer):
    """Scores a course by the share of the learner's goal that it teaches.

    Direction: higher is better. Range: 0 to 1. Unit: share of the goal's weight. Null: a
    learner without goals or with personalisation off, or a course whose skills are unknown.

    ``sum_k w_k * t_k / sum_k w_k`` with goal weights w and t the weight with which the course
    teaches skill k. A skill that a completed course taught weighs ``learned`` times as much.
    """

    name: ClassVar[str] = "goal"
    config_type: ClassVar[type[StageConfig]] = GoalConfig
    config: GoalConfig
    uses_history: ClassVar[bool] = False
    _skills: NDArray[np.str_]
    _occupations: NDArray[np.str_]
    _teaches: Matrix
    _asks: Matrix
    _skill_columns: Mapping[str, int]
    _occupation_rows: Mapping[str, int]

    def fit(self, training: TrainingSet) -> Self:
        """Note what every course teaches and what every occupation asks for."""
        teaches, asks = _taught(training.courses), _asked(training.occupation_skills)
        courses = text_array(training.courses["course_id"].sort())
        occupations = text_array(asks["key"].unique().sort())
        skills = text_array(pl.concat([teaches["skill_id"], asks["skill_id"]]).unique().sort())
        columns = places(skills)
        return self._restore(
            courses,
            skills,
            occupations,
            _matrix(teaches, places(courses), columns),
            _matrix(asks, places(occupations), columns),
        )

    def course_scores(self, queries: Sequence[LearnerQuery]) -> NDArray[np.float32]:
        """Share of each query's goal that each course teaches."""
        goals = np.array([self._goal(query) for query in queries], dtype=np.float32)
        totals = goals.sum(axis=1, keepdims=True) + self._untaught(queries)
        shares = (self._teaches @ goals.T).T
        scores: NDArray[np.float32] = np.divide(
            shares, totals, out=np.full_like(shares, np.nan), where=totals > 0
        )
        scores[:, row_sizes(self._teaches) == 0] = np.nan
        return scores

    def _goal(self, query: LearnerQuery) -> NDArray[np.float32]:
        """The goal's weight on each skill; a skill wanted twice keeps its larger weight."""
        weights = np.zeros(len(self._skills), dtype=np.float32)
        if not query.personalised:
            return weights
        index = self.course_index()
        row = self._occupation_rows.get(query.goal_occupation_code or "")
        if row is not None:
            weights += self.config.occupation_weight * self._asks[[row]].toarray()[0]
        wanted = [
            self._skill_columns[skill]
            for skill in query.goal_skills
            if skill in self._skill_columns
        ]
        weights[wanted] = np.maximum(weights[wanted], 1.0)
        rows = [index[course] for course in sorted(query.completed) if course in index]
        if rows:
            weights[np.unique(self._teaches[rows].indices)] *= self.config.learned
        return weights

    def _untaught(self, queries: Sequence[LearnerQuery]) -> NDArray[np.float32]:
        """Goal skills that neither a course nor an occupation knows: part of the whole goal."""
        untaught = [
            sum(skill not in self._skill_columns for skill in query.goal_skills)
            * query.personalised
            for query in queries
        ]
        return np.array(untaught, dtype=np.float32)[:, None]

    def arrays(self) -> Arrays:
        """Courses, skills, occupations; courses x skills and occupations x skills weights."""
        return {
            "course_ids": self.fitted_courses(),
            "skills": self._skills,
            "occupations": self._occupations,
            **matrix_arrays("teaches", self._teaches),
            **matrix_arrays("asks", self._asks),
        }

    def load(self, arrays: Arrays) -> Self:
        """Restore from ``arrays``."""
        return self._restore(
            arrays["course_ids"],
            arrays["skills"],
            arrays["occupations"],
            matrix_from("teaches", arrays),
            matrix_from("asks", arrays),
        )

    def _restore(
        self,
        course_ids: NDArray[np.str_],
        skills: NDArray[np.str_],
        occupations: NDArray[np.str_],
        teaches: Matrix,
        asks: Matrix,
    ) -> Self:
        self.take_courses(course_ids)
        self._skills, self._occupations = skills, occupations
        self._teaches, self._asks = teaches, asks
        self._skill_columns, self._occupation_rows = places(skills), places(occupations)
        return self


def _taught(courses: pl.DataFrame) -> pl.DataFrame:
    """PAIRS of course, skill and teaching weight."""
    pairs = courses.select(key="course_id", skill_id="skill_ids", value="skill_weights")
    return pairs.explode("skill_id", "value").drop_nulls().cast(PAIRS)


def _asked(occupation_skills: pl.DataFrame | None) -> pl.DataFrame:
    """PAIRS of occupation, skill and importance."""
    if occupation_skills is None:
        return pl.DataFrame(schema=PAIRS)
    return occupation_skills.select(
        key="occupation_code", skill_id="skill_id", value="importance"
    ).cast(PAIRS)


def _matrix(pairs: pl.DataFrame, rows: Mapping[str, int], columns: Mapping[str, int]) -> Matrix:
    return sparse(
        np.array([rows[key] for key in pairs["key"]], dtype=np.int64),
        np.array([columns[skill] for skill in pairs["skill_id"]], dtype=np.int64),
        pairs["value"].to_numpy().astype(np.float32),
        (len(rows), len(columns)),
    )
