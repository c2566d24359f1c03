"""From what was decided to the answer: a block of lists is told together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from recsys.explainers.factors import Asked, FactorExplainer
from recsys.explainers.spread import spread
from recsys.offer import Candidates
from recsys.pipeline.policy import Policy
from recsys.pipeline.profiles import Profiles
from recsys.pipeline.queries import fallback_of
from recsys.pipeline.scoring import sources
from recsys.rerankers.exploration import PROPENSITY
from recsys.types import LearnerQuery, Notice, Reason, Recommendation, RecommendationList

CERTAIN: Final = 1.0
"""Propensity of what a deterministic policy shows: the same query gives the same list."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One list, before it is told.

    Attributes:
        query: who asks.
        allowed: the same as far as the stages may see it.
        policy: that answered.
        chosen: the sections, best first, with the factors of their scores.
        excluded: number of sections dropped, by rule.
        warnings: what the caller should know.
        costs: what each reranker gave up.
    """

    query: LearnerQuery
    allowed: LearnerQuery
    policy: Policy
    chosen: Candidates
    excluded: Mapping[str, int]
    warnings: tuple[Notice, ...]
    costs: Mapping[str, float]


def told(
    lists: Sequence[Listed], profiles: Profiles, explainer: FactorExplainer | None
) -> list[RecommendationList]:
    """What was decided, as answers.

    Args:
        lists: a block of them.
        profiles: the register of learners.
        explainer: gives the reasons; None where they aren't wanted.
    """
    blocks = spread([each.chosen for each in lists])
    causes = sources(blocks)
    reasons = (
        [None] * len(lists) if explainer is None else explainer.explain_all(_asked(lists), blocks)
    )
    return [
        RecommendationList(
            items=_items(each.chosen, causes[place], why),
            excluded=each.excluded,
            fallback=fallback_of(each.query, profiles),
            policy=each.policy.label,
            warnings=each.warnings,
            costs=each.costs,
        )
        for place, (each, why) in enumerate(zip(lists, reasons, strict=True))
    ]


def _asked(lists: Sequence[Listed]) -> list[Asked]:
    """The reasons that are wanted: an elder reads fewer."""
    return [Asked(each.allowed, each.chosen, _most(each)) for each in lists]


def _most(listed: Listed) -> int:
    policy = listed.policy
    return policy.elder.reasons_max if listed.allowed.elder else policy.reasons_max


def _items(
    chosen: Candidates, causes: Sequence[str], reasons: Sequence[tuple[Reason, ...]] | None
) -> tuple[Recommendation, ...]:
    columns = (
        chosen.texts("section_id"),
        chosen.texts("course_id"),
        range(1, len(chosen) + 1),
        chosen["score"].tolist(),
        causes,
        chosen[PROPENSITY].tolist() if PROPENSITY in chosen else [CERTAIN] * len(chosen),
        reasons or [()] * len(chosen),
    )
    return tuple(map(Recommendation, *columns))
