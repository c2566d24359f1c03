"""Slot clashes: a list doesn't offer two classes for the same evening where it can do better."""

from typing import ClassVar

import numpy as np
from pydantic import Field

from recsys.offer import Candidates
from recsys.stages import Reranker, StageConfig
from recsys.types import LearnerQuery

RECORDED = "online_recorded"
"""Watched at any time: clashes with nothing."""


class SlotClashesConfig(StageConfig):
    """How far the list may be searched for something else."""

    most: int = Field(default=0, ge=0)
    """Sections of a list that may be set back for clashing with a better one; 0 sets none
    back."""


class SlotClashes(Reranker):
    """A section that shares a weekly slot and dates with a better one of the list stands back."""

    name: ClassVar[str] = "slot_clashes"
    config_type: ClassVar[type[StageConfig]] = SlotClashesConfig
    config: SlotClashesConfig

    def rerank(self, query: LearnerQuery, ranked: Candidates) -> Candidates:
        """The list without clashes first, then those set back, then the rest."""
        if not self.config.most:
            return ranked
        listed, back = _apart(ranked, query.n, self.config.most)
        rest = np.setdiff1d(np.arange(len(ranked)), [*listed, *back])
        return ranked.take(np.array([*listed, *back, *rest.tolist()], dtype=np.intp))


def _apart(ranked: Candidates, n: int, most: int) -> tuple[list[int], list[int]]:
    """The places of the first n sections that don't clash, and of those set back."""
    slots = np.where(ranked.among("mode", [RECORDED]), 0, ranked.pick(ranked.offer.slots)).tolist()
    starts, ends = ranked["starts_on"].tolist(), ranked["ends_on"].tolist()
    listed: list[int] = []
    back: list[int] = []
    for place, bits in enumerate(slots):
        if len(listed) == n:
            break
        clash = any(
            bits & slots[held] and starts[place] <= ends[held] and ends[place] >= starts[held]
            for held in listed
        )
        (back if clash and len(back) < most else listed).append(place)
    return listed, back
