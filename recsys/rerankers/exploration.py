"""Exploration: a known share of places goes to chance, so that the log can be learned from."""

from typing import ClassVar, Final

import numpy as np
from pydantic import Field

from recsys.draws import draw
from recsys.offer import Candidates
from recsys.stages import Reranker, StageConfig
from recsys.types import LearnerQuery

PROPENSITY: Final = "propensity"
"""The column of the probability that a section is in the list under this policy."""


class ExplorationConfig(StageConfig):
    """How often, and how many places."""

    epsilon: float = Field(default=0.0, ge=0, le=1)
    """Share of lists whose last places are drawn."""

    places: int = Field(default=2, ge=1)
    """Places at the end of a list that may be drawn."""

    seed: int = 0
    """Of the draws; the same seed, learner and day give the same list."""


class Exploration(Reranker):
    """Gives the last places of some lists to sections drawn evenly from the shortlist.

    With m places, r further sections and share e of lists, each of the m last has the
    probability ``1 - e + e * m / (m + r)`` of being listed, each of the r further ones
    ``e * m / (m + r)``, all others 1. Runs last, so that nothing moves what was drawn.
    """

    name: ClassVar[str] = "exploration"
    config_type: ClassVar[type[StageConfig]] = ExplorationConfig
    config: ExplorationConfig

    def rerank(self, query: LearnerQuery, ranked: Candidates) -> Candidates:
        """The list with its propensities, its last places drawn where chance says so."""
        n = min(query.n, len(ranked))
        places, further = min(self.config.places, n), len(ranked) - n
        if not self.config.epsilon or not places:
            return ranked
        drawn = self.config.epsilon * places / (places + further)
        chances = np.full(len(ranked), drawn)
        chances[:n] = 1.0
        chances[n - places : n] = 1 - self.config.epsilon + drawn
        known = ranked.with_columns({PROPENSITY: chances})
        chance = draw(self.name, self.config.seed, query)
        if chance.random() >= self.config.epsilon:
            return known
        tail = np.sort(chance.choice(np.arange(n - places, len(ranked)), places, replace=False))
        rest = np.setdiff1d(np.arange(n - places, len(ranked)), tail)
        return known.take(np.concatenate([np.arange(n - places), tail, rest]))
