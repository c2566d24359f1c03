"""Exposure floor: sections of town and village schools keep a share of places."""

from typing import ClassVar

import numpy as np
from pydantic import Field

from recsys.draws import draw
from recsys.offer import Candidates
from recsys.stages import ORDER, Reranker, StageConfig
from recsys.types import LearnerQuery


class ExposureFloorConfig(StageConfig):
    """Whose places are kept, how many, and how much worse a section may be."""

    tiers: tuple[str, ...] = ("town", "village")
    """Tiers of institutions whose sections the floor is for."""

    places: float = Field(default=0.0, ge=0)
    """Places of a list, on average over learners and days: of 1.3, every list keeps one and
    three in ten keep two."""

    tolerance: float = Field(default=0.5, ge=0)
    """A section takes a place only where its score is at most so far below the last one's."""


class ExposureFloor(Reranker):
    """Lifts the best protected sections into the list where fewer than the floor are in it.

    Places are given up from the end of the list, by sections that aren't protected.
    """

    name: ClassVar[str] = "exposure_floor"
    config_type: ClassVar[type[StageConfig]] = ExposureFloorConfig
    config: ExposureFloorConfig

    def rerank(self, query: LearnerQuery, ranked: Candidates) -> Candidates:
        """The list with its floor met as far as near enough sections go, best first."""
        n = min(query.n, len(ranked))
        wanted = self._places(query)
        if not wanted or n == len(ranked):
            return ranked
        protected, scores = ranked.among("tier", self.config.tiers), ranked[ORDER]
        missing = wanted - int(protected[:n].sum())
        near = scores >= scores[n - 1] - self.config.tolerance
        lifted = n + np.flatnonzero((protected & near)[n:])
        yielding = np.flatnonzero(~protected[:n])[::-1]
        swaps = max(0, min(missing, len(lifted), len(yielding)))
        if not swaps:
            return ranked
        listed = np.setdiff1d(np.arange(n), yielding[:swaps])
        listed = np.concatenate([listed, lifted[:swaps]])
        listed = listed[np.argsort(-scores[listed], kind="stable")]
        rest = np.setdiff1d(np.arange(len(ranked)), listed)
        return ranked.take(np.concatenate([listed, rest]))

    def _places(self, query: LearnerQuery) -> int:
        """Whole places of this list; the broken part is drawn for learner and day."""
        whole = int(self.config.places)
        broken = self.config.places - whole
        return whole + (broken > 0 and draw(self.name, 0, query).random() < broken)
