"""Labour demand: courses that teach what the learner's area is short of."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from features.divisions import ancestors
from recsys.scorers.matrices import text_array
from recsys.scorers.shortages import shortages, spread
from recsys.stages import Arrays, CourseScorer, StageConfig
from recsys.types import LearnerQuery, TrainingSet

Reals = NDArray[np.float32]


class DemandConfig(StageConfig):
    """Nothing to set: the table says it all."""


class Demand(CourseScorer):
    """Scores a course by how short the learner's area is of a skill it teaches.

    Direction: higher is better. Range: 0 to 1. Unit: share of the area's largest shortage, by
    its lower bound, of the course's scarcest skill. Null: no table, an area that neither the
    table nor what lies around it covers, or a course of none of whose skills, of their groups
    or of their trades it says anything, see ``recsys.scorers.shortages``.
    """

    name: ClassVar[str] = "demand"
    config_type: ClassVar[type[StageConfig]] = DemandConfig
    uses_history: ClassVar[bool] = False
    _areas: NDArray[np.str_]
    _shortages: Reals
    _teaches: NDArray[np.int32]
    _taught_at: NDArray[np.int64]

    def fit(self, training: TrainingSet) -> Self:
        """Note the shortages of each area and the skills of each course."""
        taught_skills = training.courses["skill_ids"].explode().drop_nulls().unique()
        table = spread(
            shortages(training.demand, training.as_of),
            [str(skill) for skill in taught_skills],
            training.skill_parents,
        )
        skills = table["skill_id"].unique().sort()
        areas = table["division_code"].unique().sort()
        grid = np.full((len(areas), len(skills)), np.nan, dtype=np.float32)
        at = _numbered(table["division_code"], areas), _numbered(table["skill_id"], skills)
        grid[at] = table["shortage"].to_numpy()
        courses = training.courses.sort("course_id")
        taught = courses.select(
            pl.col("skill_ids").fill_null([]).list.set_intersection(skills.to_list())
        )["skill_ids"]
        held = taught.list.len().to_numpy().astype(np.int64)
        flat = taught.explode(empty_as_null=False).cast(pl.String)
        return self._restore(
            text_array(courses["course_id"]),
            text_array(areas),
            grid,
            _numbered(flat, skills).astype(np.int32),
            np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(held)]),
        )

    def course_scores(self, queries: Sequence[LearnerQuery]) -> Reals:
        """The shortage of each course's scarcest skill in each query's area."""
        scores = np.full((len(queries), len(self.fitted_courses())), np.nan, dtype=np.float32)
        rows = {str(area): row for row, area in enumerate(self._areas)}
        found: dict[int, Reals] = {}
        for place, query in enumerate(queries):
            row = _row_of(query, rows)
            if row is not None:
                if row not in found:
                    found[row] = self._of_courses(self._shortages[row])
                scores[place] = found[row]
        return scores

    def _of_courses(self, area: Reals) -> Reals:
        """The largest shortage among the skills of each course; NaN where none is known."""
        values = np.append(area[self._teaches], np.float32(np.nan))
        starts, stops = self._taught_at[:-1], self._taught_at[1:]
        if not len(starts):
            return np.zeros(0, dtype=np.float32)
        largest: Reals = np.fmax.reduceat(values, starts)
        largest[starts == stops] = np.nan
        return largest

    def arrays(self) -> Arrays:
        """Courses, areas, areas x skills shortages, and the skills of each course."""
        return {
            "course_ids": self.fitted_courses(),
            "areas": self._areas,
            "shortages": self._shortages,
            "teaches": self._teaches,
            "taught_at": self._taught_at,
        }

    def load(self, arrays: Arrays) -> Self:
        """Restore from ``arrays``."""
        names = ("course_ids", "areas", "shortages", "teaches", "taught_at")
        return self._restore(*(arrays[name] for name in names))

    def _restore(
        self,
        course_ids: NDArray[np.str_],
        areas: NDArray[np.str_],
        grid: Reals,
        teaches: NDArray[np.int32],
        taught_at: NDArray[np.int64],
    ) -> Self:
        self.take_courses(course_ids)
        self._areas, self._shortages = areas, grid
        self._teaches, self._taught_at = teaches, taught_at
        return self


def _row_of(query: LearnerQuery, rows: Mapping[str, int]) -> int | None:
    """The row of the deepest area around the home that the table covers."""
    home = query.home_division_code or query.district_code
    around = ancestors(home) if home else ()
    return next((rows[area] for area in around if area in rows), None)


def _numbered(values: pl.Series, known: pl.Series) -> NDArray[np.int64]:
    """The place of each value among the known ones, which hold them all."""
    places = pl.Series(range(len(known)), dtype=pl.Int64)
    numbers = values.replace_strict(known, places, return_dtype=pl.Int64)
    return numbers.to_numpy().astype(np.int64)
