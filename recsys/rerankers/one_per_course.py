"""One section per course: a list offers choices, not the same course at six times."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from recsys.offer import Candidates
from recsys.stages import Reranker, StageConfig
from recsys.types import LearnerQuery


class OnePerCourseConfig(StageConfig):
    """What becomes of a course's further sections."""

    further: Literal["follow", "drop"] = Field(default="follow")
    """``follow`` puts them after the best section of every course, so that they appear only
    where there are fewer courses than places; ``drop`` leaves them out."""


class OnePerCourse(Reranker):
    """The best section of each course keeps its place among the best; others follow or go."""

    name: ClassVar[str] = "one_per_course"
    config_type: ClassVar[type[StageConfig]] = OnePerCourseConfig
    config: OnePerCourseConfig

    def rerank(self, query: LearnerQuery, ranked: Candidates) -> Candidates:
        """Best sections first, each course once; both groups keep the order they came in."""
        courses = ranked.pick(ranked.offer.courses.of_section).tolist()
        # from the last to the first, so that a course's first place is the one that stays
        first = dict(zip(reversed(courses), reversed(range(len(courses))), strict=True)).values()
        if len(first) == len(courses):
            return ranked
        stays = np.zeros(len(courses), dtype=np.bool_)
        stays[list(first)] = True
        if self.config.further == "drop":
            return ranked.take(stays)
        return ranked.take(np.concatenate([stays.nonzero()[0], (~stays).nonzero()[0]]))
