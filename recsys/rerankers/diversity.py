"""Diversity: each further section of a category or institution counts a little less."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from recsys.columns import Reals
from recsys.offer import Candidates
from recsys.stages import ORDER, Reranker, StageConfig
from recsys.types import LearnerQuery

SPREAD_OVER = 3
"""The spread of scores is taken over so many lists' lengths."""


class DiversityConfig(StageConfig):
    """The dial, and what counts as the same."""

    dial: float = Field(default=0.0, ge=0, le=1)
    """0 leaves the order as it is; at 1 each further section of the same kind loses one
    standard deviation of the scores near the top."""

    over: tuple[Literal["category", "institution_id"], ...] = ("category", "institution_id")
    """Columns in which sections are of the same kind."""


class Diversity(Reranker):
    """Picks greedily by score less ``dial * spread * (sections of the same kind so far)``.

    Maximal marginal relevance [carbonell1998mmr] with sameness of category and institution as
    the likeness, averaged over the columns.
    """

    name: ClassVar[str] = "diversity"
    config_type: ClassVar[type[StageConfig]] = DiversityConfig
    config: DiversityConfig

    def rerank(self, query: LearnerQuery, ranked: Candidates) -> Candidates:
        """The list's places are picked one by one; the others follow in their order."""
        n = min(query.n, len(ranked))
        if not self.config.dial or n < 2 or not self.config.over:
            return ranked
        scores: Reals = ranked[ORDER]
        step = self.config.dial * float(scores[: SPREAD_OVER * n].std()) / len(self.config.over)
        kinds = [ranked.pick(ranked.offer.level(name).of_section) for name in self.config.over]
        left = scores.copy()
        chosen: list[int] = []
        for _ in range(n):
            best = int(left.argmax())
            chosen.append(best)
            for kind in kinds:
                left[kind == kind[best]] -= step
            left[best] = -np.inf
        others = np.setdiff1d(np.arange(len(ranked)), chosen)
        return ranked.take(np.concatenate([np.array(chosen), others]))
