"""The way of a request: query -> candidates -> rules -> scorers -> ranker -> rerankers -> list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Final, Unpack

import numpy as np
import polars as pl

from data.city import City
from recsys.explainers.factors import FactorExplainer
from recsys.explainers.facts import Facts, facts_of
from recsys.offer import Candidates
from recsys.pipeline import eligibility, why_not
from recsys.pipeline.candidates import Pool
from recsys.pipeline.eligibility import Refusals
from recsys.pipeline.limits import Limits, check_programme
from recsys.pipeline.notices import fewer_than_asked, scorer_absent
from recsys.pipeline.policy import Policy, policy_for
from recsys.pipeline.profiles import Profiles
from recsys.pipeline.queries import (
    as_permitted,
    build_queries,
    build_query,
    with_usual_circle,
)
from recsys.pipeline.relaxations import Gain, gains
from recsys.pipeline.scoring import (
    SHORTLIST,
    Tastes,
    adjusted,
    in_use,
    reranked,
    scored,
    with_factors,
)
from recsys.pipeline.telling import Listed, told
from recsys.pipeline.why_not import Standing, WhyNot
from recsys.rankers.additive import Additive
from recsys.rankers.blend import Blend
from recsys.rankers.own_log import OwnLogs
from recsys.rankers.tables import AdditiveModel
from recsys.rankers.value import Value
from recsys.stages import ORDER, CourseScorer, Ranker, Reranker, Scorer
from recsys.topk import best
from recsys.types import LearnerQuery, Notice, RecommendationList

PLACE: Final = "place"
"""The column of a section's place among the eligible ones."""


@dataclass(frozen=True, slots=True)
class _Decided:
    """One query's sections, before they are told.

    Attributes:
        policy: that answered.
        kept: the eligible sections with their scores.
        refusals: of the rules.
        ordered: the best sections in their final order, with their ``PLACE`` among the kept.
        costs: what each reranker gave up.
        ranker: whose scores they are.
        scorers: those in use.
        size: sections of the list.
    """

    policy: Policy
    kept: Candidates
    refusals: Refusals
    ordered: Candidates
    costs: Mapping[str, float]
    ranker: Ranker
    scorers: Mapping[str, Scorer]
    size: int


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
        *,
        ranker: AdditiveModel | None = None,
        completion: AdditiveModel | None = None,
        prices: pl.DataFrame | None = None,
    ) -> None:
        """Prepare the sections and the register of learners.

        Args:
            city: the snapshot.
            as_of: the cut-off, with an offset from UTC.
            scorers: fitted or loaded.
            policies: at least one; the one without a programme answers across programmes.
            ranker: the learned ranker, for policies that name it; None leaves the blend.
            completion: tells who completes, for policies whose value counts it.
            prices: section_id and price of contested seats, in units of the score.
        """
        self.ranker = ranker
        self.completion = completion
        self.as_of = as_of
        self.scorers = scorers
        self.policies = policies
        self._policy_of: dict[str | None, Policy] = {}
        self._city = city
        self._rerankers = {each.name: each.chosen_rerankers() for each in policies.values()}
        self._absent = {
            each.name: sorted(set(each.weights) - set(scorers)) for each in policies.values()
        }
        self._profiles = Profiles(city, as_of, reads_lists=ranker is not None)
        self._pool = Pool.of(city, as_of, prices)

    @property
    def pool(self) -> Pool:
        """The sections on offer."""
        return self._pool

    @property
    def profiles(self) -> Profiles:
        """The register of learners."""
        return self._profiles

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
        policy = self.policy_of(programme)
        asked = build_query(
            self._profiles,
            learner_id,
            programme=programme,
            n=policy.n_default if n is None else n,
            new_events=new_events,
            limits=limits,
        )
        return with_usual_circle(asked, policy)

    def queries(
        self,
        learner_ids: Sequence[str],
        *,
        programme: str | None = None,
        n: int | None = None,
        **limits: Unpack[Limits],
    ) -> list[LearnerQuery]:
        """``query`` of many learners who ask for the same, in order: read from the tables at once.

        Raises:
            QueryError: as ``query``.
        """
        check_programme(programme)
        policy = self.policy_of(programme)
        asked = build_queries(
            self._profiles,
            learner_ids,
            programme=programme,
            n=policy.n_default if n is None else n,
            limits=limits,
        )
        return [with_usual_circle(each, policy) for each in asked]

    def policy_of(self, programme: str | None) -> Policy:
        """The policy that answers for a programme; None asks across programmes.

        Raises:
            PolicyError: there is none, and none across programmes.
        """
        if programme not in self._policy_of:
            self._policy_of[programme] = policy_for(self.policies, programme)
        return self._policy_of[programme]

    def eligible(self, query: LearnerQuery) -> tuple[Candidates, Refusals]:
        """The sections every rule keeps, and what was refused."""
        allowed = as_permitted(query)
        book = self.policy_of(query.programme).rulebook
        return eligibility.eligible(allowed, self._pool.candidates(allowed), book)

    def recommend(self, query: LearnerQuery, *, explain: bool = True) -> RecommendationList:
        """The list for a query, best first, with reasons unless they aren't wanted."""
        return self.recommend_all([query], explain=explain)[0]

    def recommend_all(
        self, queries: Sequence[LearnerQuery], *, explain: bool = True
    ) -> list[RecommendationList]:
        """A list for each of a block of queries, the same as each alone would get.

        Taste is scored for the whole block in one product. The propensity of an item is 1 unless
        the policy explores.
        """
        allowed = [as_permitted(query) for query in queries]
        tastes, logs = Tastes(allowed, self.scorers), self.logs(allowed)
        # chosen for all, then told for all: what is told is small and stays near the processor;
        # and one after another who share most, so that what they share stays there too
        alike = sorted(range(len(queries)), key=lambda place: _likeness(allowed[place]))
        chosen = {
            place: self._listed(
                queries[place], self._decide(allowed[place], tastes, place, logs), means=explain
            )
            for place in alike
        }
        listed = [chosen[place] for place in range(len(queries))]
        return told(listed, self._profiles, self._explainer if explain else None)

    def why_not(self, query: LearnerQuery, section_id: str) -> WhyNot:
        """Why a section is not in the learner's list, or where in it it is.

        Raises:
            QueryError: no section of this id is known.
        """
        policy = self.policy_of(query.programme)
        allowed = as_permitted(query)
        section = self._pool.single(allowed, section_id)
        gained = self.relaxations(query)
        verdict = why_not.refusal(allowed, section, policy.chosen_rules)
        if verdict is None:
            verdict = why_not.place(section, self._standing(allowed))
        return replace(verdict, gains=gained)

    def relaxations(self, query: LearnerQuery) -> tuple[Gain, ...]:
        """What relaxing one limit would bring to a learner's list, limit by limit.

        Counted are sections that no other rule refuses. Access, age and consent are never
        relaxed.
        """
        _, refusals = self.eligible(query)
        return gains(as_permitted(query), refusals)

    def _standing(self, query: LearnerQuery) -> Standing:
        """Every eligible section's place by score, and the list after each reranker."""
        decided = self._decide(query, Tastes([query], self.scorers), 0)
        kept, uses = decided.kept, self._rerankers[decided.policy.name]
        ids = kept.texts("section_id")
        asked = replace(query, n=decided.size)
        steps = [uses[: place + 1] for place in range(len(uses))]
        orders = (self._in_order(asked, kept, step, decided.size)[0] for step in steps)
        return Standing(
            courses=dict(zip(ids, kept.texts("course_id"), strict=True)),
            by_score=[ids[place] for place in best(kept["score"], len(kept)).tolist()],
            after={
                each.name: order.texts("section_id")
                for each, order in zip(uses, orders, strict=True)
            },
            size=decided.size,
        )

    def _decide(
        self, query: LearnerQuery, tastes: Tastes, place: int, logs: OwnLogs | None = None
    ) -> "_Decided":
        """The sections for one query of a block in their final order, the best at least."""
        policy = self.policy_of(query.programme)
        candidates, refusals = self.eligible(query)
        ranker = self.ranker_of(policy, logs)
        scorers = in_use(query, self.scorers, ranker.reads)
        known = tastes.of(place, candidates.offer, list(scorers))
        kept = scored(query, candidates, scorers, known)
        size = _size(query, policy)
        asked = query if query.n == size else replace(query, n=size)
        rerankers = self._rerankers[policy.name]
        kept = adjusted(asked, kept, ranker.rank(query, kept), rerankers)
        ordered, costs = self._in_order(asked, kept, rerankers, size)
        return _Decided(policy, kept, refusals, ordered, costs, ranker, scorers, size)

    def logs(self, queries: Sequence[LearnerQuery] = ()) -> OwnLogs | None:
        """What the logs of a block of queries say; None where no ranker reads them."""
        if self.ranker is None:
            return None
        return OwnLogs(self.ranker, self._pool.known, eligibility.open_to, queries)

    def ranker_of(self, policy: Policy, logs: OwnLogs | None = None) -> Ranker:
        """The ranker of one decision: the learned one where policy and bundle have it.

        Args:
            policy: that answers.
            logs: of the block that the query is one of; None reads each query's own.
        """
        if policy.ranker != Additive.name or self.ranker is None:
            return Blend(policy.weights)
        apply = Additive(self.ranker, logs or self.logs())
        if policy.value.only_apply:
            return apply
        complete = None if self.completion is None else Additive(self.completion, None)
        return Value(policy.value.model_dump(), apply, complete)

    def _in_order(
        self, query: LearnerQuery, kept: Candidates, rerankers: tuple[Reranker, ...], n: int
    ) -> tuple[Candidates, Mapping[str, float]]:
        """The best n sections at least, after every reranker.

        Rerankers choose from a shortlist, which grows until it holds twice as many courses as
        the list has places, so that none is missed for being far down.
        """
        length = max(SHORTLIST, 4 * n)
        while True:
            first = best(kept[ORDER], length)
            shortlist = kept.take(first, {PLACE: first})
            courses = len(set(shortlist.pick(shortlist.offer.courses.of_section).tolist()))
            if length >= len(kept) or courses >= 2 * n:
                scores, order = kept["score"], kept[ORDER]
                top = scores[first[:n] if scores is order else best(scores, n)]
                return reranked(query, shortlist, top, rerankers, n)
            length *= 4

    def _listed(self, query: LearnerQuery, decided: "_Decided", *, means: bool) -> Listed:
        """The sections of the list with the factors of their scores; all else is let go."""
        allowed, policy = as_permitted(query), decided.policy
        shown = decided.ordered.take(np.arange(min(decided.size, len(decided.ordered))))
        chosen = with_factors(
            allowed, decided.kept, shown[PLACE], decided.ranker, decided.scorers, means=means
        )
        excluded = decided.refusals.counts()
        warnings = self._warnings(allowed, policy, len(shown), decided.refusals)
        return Listed(query, allowed, policy, chosen, excluded, warnings, decided.costs)

    @cached_property
    def _explainer(self) -> FactorExplainer:
        tastes = {n: s for n, s in self.scorers.items() if isinstance(s, CourseScorer)}
        return FactorExplainer(self.facts, tastes)

    @cached_property
    def facts(self) -> Facts:
        """Names and counts that sentences may tell."""
        return facts_of(self._city, self.as_of)

    def _warnings(
        self, query: LearnerQuery, policy: Policy, found: int, refusals: Refusals
    ) -> tuple[Notice, ...]:
        warnings = [scorer_absent(name, policy.label) for name in self._absent[policy.name]]
        asked = _size(query, policy)
        if found < asked:
            warnings.append(fewer_than_asked(found, asked, refusals.counts()))
            relaxed = gains(query, refusals)
            warnings += [Notice("relaxation", gain.text_zh, gain.text_en) for gain in relaxed]
        return tuple(warnings)


def _size(query: LearnerQuery, policy: Policy) -> int:
    return min(query.n, policy.elder.n_max) if query.elder else query.n


def _likeness(query: LearnerQuery) -> tuple[str, int, str]:
    """What queries have in common of which most is shared: the same sections, scored alike."""
    return (query.programme or "", query.age_low or 0, query.district_code or "")
