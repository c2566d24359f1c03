"""Popularity among those who come back: what is taken once the first days are over."""

from dataclasses import replace
from typing import ClassVar, Self, cast

import polars as pl
from pydantic import Field

from recsys.scorers.popularity import Popularity, PopularityConfig
from recsys.stages import StageConfig
from recsys.types import TrainingSet


class ReturningConfig(PopularityConfig):
    """As popularity's, and from when on somebody counts as having come back."""

    settled_days: float = Field(default=7.0, ge=0)
    """An interaction counts once the learner's first one is more than this many days older."""


class Returning(Popularity):
    """Scores a course by its share of what learners take after their first days.

    Newcomers begin with what everybody knows; who has been here for a while chooses differently.

    Direction: higher is better. Range: below 0; 0 to 1 with a ``power``. Unit: natural logarithm
    of a share; with a ``power``, a share to that power. Null: a course that nobody took after
    the first days, or times that tell nobody's first days.
    """

    name: ClassVar[str] = "returning"
    config_type: ClassVar[type[StageConfig]] = ReturningConfig

    def fit(self, training: TrainingSet) -> Self:
        """Leave everybody's first days out, then count as ``Popularity`` does."""
        known_for = pl.col("age_days").max().over("learner_id") - pl.col("age_days")
        settled = cast("ReturningConfig", self.config).settled_days
        later = training.interactions.filter(known_for > settled)
        super().fit(replace(training, interactions=later))
        return self
