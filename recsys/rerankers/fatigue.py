"""Fatigue: what was shown and passed over makes room for what hasn't been seen."""

from typing import ClassVar

import numpy as np
from pydantic import Field

from features.shown import PASSED
from recsys.columns import Reals
from recsys.offer import Candidates
from recsys.stages import Reranker, StageConfig
from recsys.types import LearnerQuery


class FatigueConfig(StageConfig):
    """How much an earlier showing counts."""

    weight: float = Field(default=0.0, ge=0)
    """Score lost by a section that the learner was shown and passed over; 0 forgets it."""


class Fatigue(Reranker):
    """Sections that were passed over stand back, so that the next list brings others.

    Reads the learner's own log: with personalisation off there is none, and nothing changes.
    """

    name: ClassVar[str] = "fatigue"
    config_type: ClassVar[type[StageConfig]] = FatigueConfig
    config: FatigueConfig

    def adjust(self, query: LearnerQuery, kept: Candidates) -> Reals | None:
        """Minus the weight where the section was passed over; None where nothing was."""
        if not self.config.weight:
            return None
        seen = zip(query.shown, query.outcomes, strict=True)
        passed = [section for section, outcome in seen if outcome == PASSED]
        if not passed:
            return None
        return np.where(kept.named("section_id", passed), -self.config.weight, 0.0)
