"""The way of a request: query -> candidates -> rules -> scorers -> ranker -> rerankers -> list."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Final, Unpack

import polars as pl

from data.city import City
from recsys.explainers.factors import FactorExplainer
from recsys.explainers.facts import Facts, facts_of
from recsys.pipeline import eligibility, why_not
from recsys.pipeline.candidates import Pool
from recsys.pipeline.limits import Limits, check_programme
from recsys.pipeline.policy import Policy, policy_for
from recsys.pipeline.profiles import Profiles
from recsys.pipeline.queries import as_permitted, build_query, fallback_of
from recsys.pipeline.scoring import in_use, ranked, reranked, with_terms
from recsys.pipeline.why_not import WhyNot
from recsys.stages import CourseScorer, Scorer
from recsys.types import (
    Candidates,
    LearnerQuery,
    Notice,
    Reason,
    Recommendation,
    RecommendationList,
)

CERTAIN: Final = 1.0
"""Propensity of what a deterministic policy shows: the same query gives the same list."""


class Recommender:
    """Answers queries about one city at one instant; reads nothing and writes nothing.

    Attributes:
        as_of: the instant at which everything is known.
        scorers: fitted scorers by name.
        policies: policies by name.
    """

    def __init__(
        self,
        city: City,
        as_of: datetime,
        scorers: Mapping[str, Scorer],
        policies: Mapping[str, Policy],
    ) -> None:
        """Prepare the sections and the register of learners.

        Args:
            city: the snapshot.
            as_of: the cut-off, with an offset from UTC.
            scorers: fitted or loaded.
            policies: at least one; the one without a programme answers across programmes.
        """
        self.as_of = as_of
        self.scorers = scorers
        self.policies = policies
        self._city = city
        self._profiles = Profiles(city, as_of)
        self._pool = Pool.of(city, as_of)

    def query(
        self,
        learner_id: str | None,
        *,
        programme: str | None = None,
        n: int | None = None,
        new_events: pl.DataFrame | None = None,
        **limits: Unpack[Limits],
    ) -> LearnerQuery:
        """Everything a decision may know about a learner, or about nobody in particular.

        Args:
            learner_id: None, or an id that need not be known.
            programme: the programme asked for; None asks across programmes.
            n: items wanted; the policy's default when None.
            new_events: rows of the ``events`` contract that the snapshot doesn't hold yet.
            **limits: what the caller states, see ``Limits``.

        Raises:
            QueryError: a limit, the programme or n is outside what is allowed.
        """
        check_programme(programme)
        size = policy_for(self.policies, programme).n_default if n is None else n
        return build_query(
            self._profiles,
            learner_id,
            programme=programme,
            n=size,
            new_events=new_events,
            limits=limits,
        )

    def eligible(self, query: LearnerQuery) -> tuple[Candidates, pl.DataFrame]:
        """The sections every rule keeps, and the refused ones: section_id, rule."""
        allowed = as_permitted(query)
        rules = policy_for(self.policies, query.programme).chosen_rules()
        return eligibility.eligible(allowed, self._pool.candidates(allowed), rules)

    def recommend(self, query: LearnerQuery, *, explain: bool = True) -> RecommendationList:
        """The list for a query, best first, with reasons unless they aren't wanted.

        The policy is deterministic, so that the propensity of every item shown is 1.
        """
        policy = policy_for(self.policies, query.programme)
        allowed = as_permitted(query)
        kept, dropped = self.eligible(allowed)
        best = Candidates(self._in_order(allowed, kept, policy).frame.head(_size(query, policy)))
        reasons = self._reasons(allowed, best, kept, policy) if explain else None
        excluded = _counts(dropped, policy)
        return RecommendationList(
            items=_items(best.frame, reasons),
            excluded=excluded,
            fallback=fallback_of(query, self._profiles),
            policy=policy.label,
            warnings=self._warnings(query, policy, len(best), excluded),
        )

    def why_not(self, query: LearnerQuery, section_id: str) -> WhyNot:
        """Why a section is not in the learner's list, or where in it it is.

        Raises:
            QueryError: no section of this id is known.
        """
        policy = policy_for(self.policies, query.programme)
        allowed = as_permitted(query)
        section = self._pool.single(allowed, section_id)
        verdict = why_not.refusal(allowed, section, policy.chosen_rules())
        if verdict is not None:
            return verdict
        kept, _ = self.eligible(allowed)
        ordered = self._in_order(allowed, kept, policy).frame["section_id"]
        return why_not.place(section, ordered, _size(query, policy))

    def _in_order(self, query: LearnerQuery, kept: Candidates, policy: Policy) -> Candidates:
        scorers = in_use(query, self.scorers, policy.weights)
        best_first = ranked(query, kept, scorers, policy.weights)
        return reranked(query, best_first, policy.chosen_rerankers())

    def _reasons(
        self, query: LearnerQuery, chosen: Candidates, kept: Candidates, policy: Policy
    ) -> Sequence[tuple[Reason, ...]]:
        scorers = in_use(query, self.scorers, policy.weights)
        told = self._explainer.explain(query, with_terms(query, chosen, kept, scorers))
        most = policy.elder.reasons_max if query.elder else policy.reasons_max
        return [reasons[:most] for reasons in told]

    @cached_property
    def _explainer(self) -> FactorExplainer:
        tastes = {n: s for n, s in self.scorers.items() if isinstance(s, CourseScorer)}
        return FactorExplainer(self._facts, tastes)

    @cached_property
    def _facts(self) -> Facts:
        return facts_of(self._city, self.as_of)

    def _warnings(
        self, query: LearnerQuery, policy: Policy, found: int, excluded: Mapping[str, int]
    ) -> tuple[Notice, ...]:
        absent = sorted(set(policy.weights) - set(self.scorers))
        warnings = [_scorer_absent(name, policy.label) for name in absent]
        asked = _size(query, policy)
        if found < asked:
            warnings.append(_fewer_than_asked(found, asked, excluded))
        return tuple(warnings)


def _scorer_absent(name: str, policy: str) -> Notice:
    return Notice(
        "scorer_absent",
        f"策略 {policy} 的打分器 {name} 不在模型中",
        f"scorer {name} of policy {policy} is not in the model",
    )


def _fewer_than_asked(found: int, asked: int, excluded: Mapping[str, int]) -> Notice:
    """Says that a list is short by the rules, so that nobody takes it for an error."""
    refused = sum(excluded.values())
    return Notice(
        "fewer_than_asked",
        f"符合条件的只有 {found} 个班次（要 {asked} 个），另有 {refused} 个被规则排除",
        f"{found} of {asked} found; rules left out {refused}",
    )


def _size(query: LearnerQuery, policy: Policy) -> int:
    return min(query.n, policy.elder.n_max) if query.elder else query.n


def _counts(dropped: pl.DataFrame, policy: Policy) -> dict[str, int]:
    """Refused sections by rule, in the policy's order, rules that refused none left out."""
    counts = dict(dropped["rule"].value_counts().iter_rows())
    return {rule: counts[rule] for rule in policy.rules if rule in counts}


def _items(
    best: pl.DataFrame, reasons: Sequence[tuple[Reason, ...]] | None
) -> tuple[Recommendation, ...]:
    rows = best.select("section_id", "course_id", "score", "source").iter_rows()
    return tuple(
        Recommendation(
            section_id=section_id,
            course_id=course_id,
            rank=place + 1,
            score=score,
            source=source,
            propensity=CERTAIN,
            reasons=() if reasons is None else reasons[place],
        )
        for place, (section_id, course_id, score, source) in enumerate(rows)
    )
