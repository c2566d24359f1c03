"""From a learner's id and the caller's limits to everything a decision may know."""

from dataclasses import replace
from typing import Any, Final

import polars as pl

from recsys.pipeline.limits import Limits, check_limits, check_programme, check_size
from recsys.pipeline.policy import Policy
from recsys.pipeline.profiles import Profiles
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
    check_limits(limits)
    check_programme(programme)
    check_size(n)
    known = learner_id is not None and learner_id in profiles
    facts = profiles.facts(learner_id, new_events) if learner_id is not None and known else {}
    stated = _stated(limits)
    needs = facts.get("needs", frozenset()) | stated.pop("needs", frozenset())
    fields: dict[str, Any] = {"as_of": profiles.as_of, **facts, **stated, "needs": needs}
    return LearnerQuery(programme=programme, n=n, learner_id=learner_id, **fields)


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
