"""From a learner's id and the caller's limits to everything a decision may know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import compress
from typing import Any, Final

import polars as pl

from recsys.pipeline.limits import Limits, check_limits, check_programme, check_size
from recsys.pipeline.policy import Policy
from recsys.pipeline.profiles import Facts, Profiles
from recsys.types import LearnerQuery

SETS: Final = ("free_slots", "needs", "include_ids", "exclude_ids", "on_other_shelves")
"""Limits kept as frozen sets."""

CLOSE: Final = ("cell", "village")
"""How closely a home has to be known for a journey from it to be held against a limit."""


def build_query(
    profiles: Profiles,
    learner_id: str | None,
    *,
    programme: str | None,
    n: int,
    new_events: pl.DataFrame | None,
    limits: Limits,
) -> LearnerQuery:
    """The query of a learner, or of nobody in particular.

    An unknown learner is answered like an anonymous one; the id stays in the query so that
    the answer can say so.

    Raises:
        QueryError: a limit, the programme or n is outside what is allowed.
    """
    call = Call.of(profiles, programme=programme, n=n, limits=limits)
    known = learner_id is not None and learner_id in profiles
    facts = profiles.facts(learner_id, new_events) if learner_id is not None and known else {}
    return call.by(learner_id, facts)


def build_queries(
    profiles: Profiles,
    learner_ids: Sequence[str],
    *,
    programme: str | None,
    n: int,
    limits: Limits,
) -> list[LearnerQuery]:
    """``build_query`` of many learners who ask for the same; quicker than one after another."""
    call = Call.of(profiles, programme=programme, n=n, limits=limits)
    known = [learner in profiles for learner in learner_ids]
    facts = profiles.facts_of_all(list(compress(learner_ids, known)))
    return [
        call.by(learner, next(facts) if is_known else {})
        for learner, is_known in zip(learner_ids, known, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Call:
    """What a caller states, whoever it is stated for.

    Attributes:
        needs: those that the caller adds to the learner's own.
        fields: of the query, in place of the learner's own.
        as_of: the moment, where the caller doesn't state another.
    """

    needs: frozenset[str]
    fields: Mapping[str, Any]
    as_of: datetime

    @classmethod
    def of(cls, profiles: Profiles, *, programme: str | None, n: int, limits: Limits) -> "Call":
        """Check what a caller states.

        Raises:
            QueryError: a limit, the programme or n is outside what is allowed.
        """
        check_limits(limits)
        check_programme(programme)
        check_size(n)
        stated = _stated(limits)
        needs = stated.pop("needs", frozenset())
        return cls(needs, {**stated, "programme": programme, "n": n}, profiles.as_of)

    def by(self, learner_id: str | None, facts: Facts) -> LearnerQuery:
        """The query of somebody of whom some facts are known."""
        needs = facts.get("needs", frozenset()) | self.needs
        fields: dict[str, Any] = {"as_of": self.as_of, **facts, **self.fields, "needs": needs}
        return LearnerQuery(learner_id=learner_id, **fields)


def fallback_of(query: LearnerQuery, profiles: Profiles) -> str | None:
    """Why the answer to a query isn't personal; None when it is."""
    if query.learner_id is None:
        return "anonymous"
    if query.learner_id not in profiles:
        return "unknown_learner"
    if not query.personalised:
        return "personalisation_off"
    return None if query.history else "no_history"


def _stated(limits: Limits) -> dict[str, Any]:
    """The limits as fields of a query."""
    stated: dict[str, Any] = {**limits}
    sets = {name: frozenset(stated[name]) for name in SETS if stated.get(name) is not None}
    # a home that the caller states is where the learner is, whatever the register knows
    known = {"home_known": "cell"} if stated.get("home") is not None else {}
    circle = {"usual_circle_min": stated["circle_min"]} if "circle_min" in stated else {}
    return stated | sets | known | circle


def with_usual_circle(query: LearnerQuery, policy: Policy) -> LearnerQuery:
    """The query with the learner's usual circle as a limit, where the policy makes it one.

    A caller's own circle stays. A home known no closer than its town is farther from its centre
    than most limits are long, so that a journey from there can't be held against one.
    """
    if policy.usual_circle == "context" or query.circle_min is not None:
        return query
    return replace(query, circle_min=query.usual_circle_min) if query.home_known in CLOSE else query


def as_permitted(query: LearnerQuery) -> LearnerQuery:
    """The query as the stages may see it: with personalisation off, nothing of the person.

    What remains (age, home, needs, limits) decides eligibility and place; two learners who
    share it get the same list, byte for byte.
    """
    if query.personalised:
        return query
    return replace(
        query,
        learner_id=None,
        history=(),
        history_weights=(),
        completed=frozenset(),
        shown=(),
        outcomes=(),
        commitments=(),
        enrolled_sections=frozenset(),
        goal_skills=frozenset(),
        goal_occupation_code=None,
        education=None,
        work_status=None,
    )
