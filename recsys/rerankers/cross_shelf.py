"""Cross-shelf: what stands on another shelf of the page isn't shown twice."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from recsys.offer import Candidates
from recsys.stages import Reranker, StageConfig
from recsys.types import LearnerQuery


class CrossShelfConfig(StageConfig):
    """What becomes of a section that is on another shelf."""

    further: Literal["follow", "drop"] = Field(default="follow")
    """``follow`` puts it, and others of its course, last; ``drop`` leaves them out."""


class CrossShelf(Reranker):
    """Courses of the sections that the caller says are on other shelves go last or away."""

    name: ClassVar[str] = "cross_shelf"
    config_type: ClassVar[type[StageConfig]] = CrossShelfConfig
    config: CrossShelfConfig

    def rerank(self, query: LearnerQuery, ranked: Candidates) -> Candidates:
        """The courses that aren't elsewhere first; both groups keep their order."""
        if not query.on_other_shelves:
            return ranked
        courses = ranked.offer.courses.of_section
        rows = ranked.offer.rows_of("section_id", query.on_other_shelves)
        elsewhere = np.isin(ranked.pick(courses), courses[rows])
        if self.config.further == "drop":
            return ranked.take(~elsewhere)
        return ranked.take(np.concatenate([np.flatnonzero(~elsewhere), np.flatnonzero(elsewhere)]))
