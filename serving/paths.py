"""The path of a learner to an occupation or a skill, as it goes over the wire."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl

from recsys.paths.distance import Gap
from recsys.paths.levels import LOWEST, Held, Wanted
from recsys.paths.options import Budget
from recsys.paths.planner import Path, Planner, Stage, Wish
from recsys.pipeline.recommender import Recommender
from recsys.types import LearnerQuery
from serving.catalogue import Catalogue, iso
from serving.errors import UnknownWishError
from serving.lists import limits_of, newest_events
from serving.notices import notice
from serving.schemas.fields import Locale
from serving.schemas.path import ClosesOut, GapOut, PathAnswer, PathRequest, SkillLevel, StepOut
from serving.schemas.section import SectionProperties
from serving.state import State

ONLINE_SECONDS: Final = 2.0
"""Seconds of search while a caller waits."""

FULL: Final = 1.0
"""Importance of a skill that is asked for by name."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a path is planned on.

    Attributes:
        recommender: knows sections, rules and learners.
        planner: knows courses, skills and occupations.
        catalogue: the sections as they are shown.
        moment: of the decision.
        seconds: of search.
    """

    recommender: Recommender
    planner: Planner
    catalogue: Catalogue
    moment: datetime
    seconds: float


def path(state: State, request: PathRequest) -> PathAnswer:
    """The path for one request to the service.

    Raises:
        UnknownWishError: no such learner, occupation or skill.
    """
    moment = state.clock.now()
    events, degraded = newest_events(state, request.learner_id, moment)
    grounds = Grounds(state.recommender, state.planner, state.catalogue, moment, ONLINE_SECONDS)
    warnings = [notice("ledger_unread", request.locale)] if degraded else []
    return path_on(grounds, request, events, warnings)


def path_on(
    grounds: Grounds,
    request: PathRequest,
    events: pl.DataFrame | None = None,
    warnings: Sequence[str] = (),
) -> PathAnswer:
    """The path for one request.

    Args:
        grounds: what it is planned on.
        request: who wants what.
        events: the learner's events since the snapshot.
        warnings: what the caller should know besides.

    Raises:
        UnknownWishError: no such learner, occupation or skill.
    """
    _check(grounds, request)
    query = grounds.recommender.query(
        request.learner_id,
        new_events=events,
        **limits_of(request.context, grounds.moment, elder=False),
    )
    wish = _wish(request, query, grounds.seconds)
    found = grounds.planner.plan(grounds.recommender, query, wish)
    told = [*warnings, *_warnings(grounds.planner, query, wish, request.locale)]
    return _answer(grounds, request, query, wish, found, told)


def _check(grounds: Grounds, request: PathRequest) -> None:
    """Refuse what isn't known, without repeating it.

    Raises:
        UnknownWishError: no such learner, occupation or skill.
    """
    learner, code, planner = request.learner_id, request.occupation_code, grounds.planner
    if learner is not None and learner not in grounds.recommender.profiles:
        message = "learner_id is not a learner of this snapshot"
        raise UnknownWishError(message)
    if code is not None and code not in planner.occupations:
        near = [f"{it} {planner.occupations[it]}" for it in planner.near(code)]
        hint = f"; near by name or code: {', '.join(near)}" if near else ""
        message = f"occupation_code is not an occupation of this snapshot{hint}"
        raise UnknownWishError(message)
    if any(each.skill_id not in planner.skills for each in (*request.skills, *request.holds)):
        message = "a skill_id is not a skill of this snapshot"
        raise UnknownWishError(message)


def _wish(request: PathRequest, query: LearnerQuery, seconds: float) -> Wish:
    """What the request wants, or where it names nothing, the goal on record."""
    code, skills = request.occupation_code, [_wanted(each) for each in request.skills]
    if code is None and not skills and query.personalised:
        code = query.goal_occupation_code
        skills = [Wanted(it, FULL, LOWEST, level_known=False) for it in sorted(query.goal_skills)]
    return Wish(
        occupation_code=code,
        skills=tuple(skills),
        holds=tuple(_stated(each) for each in request.holds),
        budget=Budget(request.max_hours, request.max_terms, request.budget_fen),
        time_limit_s=seconds,
    )


def _wanted(asked: SkillLevel) -> Wanted:
    return Wanted(asked.skill_id, FULL, asked.level or LOWEST, asked.level is not None)


def _stated(held: SkillLevel) -> Held:
    return Held(held.skill_id, held.level or LOWEST, held.level is not None, "stated")


def _warnings(planner: Planner, query: LearnerQuery, wish: Wish, locale: Locale) -> list[str]:
    asked = planner.asked(wish)
    occasions = {
        "record_unread": not query.personalised,
        "no_goal": not asked and wish.occupation_code is None,
        "no_skills_of_occupation": not asked and wish.occupation_code is not None,
    }
    return [notice(name, locale) for name, holds in occasions.items() if holds]


def _answer(
    grounds: Grounds,
    request: PathRequest,
    query: LearnerQuery,
    wish: Wish,
    found: Path,
    warnings: list[str],
) -> PathAnswer:
    code = wish.occupation_code
    return PathAnswer(
        occupation_code=code,
        occupation_name=None if code is None else grounds.planner.occupations.get(code),
        degree_now=found.now.degree,
        gaps=[_gap(gap, found, grounds.planner.skills) for gap in found.now.gaps],
        unknown=list(found.now.unknown),
        steps=_steps(grounds, query, found.stages, request.locale),
        degree_after=found.after,
        bound=found.bound,
        gap=round(found.gap, 9),
        proven=found.proven,
        hours=found.hours,
        credits=None if found.credits is None else round(found.credits, 2),
        price_fen=found.price_fen,
        excluded=dict(found.refused),
        running=list(found.running),
        record_read=query.personalised,
        occupation_read=found.work_read,
        as_of=iso(query.as_of),
        warnings=warnings,
    )


def _gap(gap: Gap, found: Path, names: Mapping[str, str]) -> GapOut:
    wanted, held = gap.wanted, gap.held
    return GapOut(
        skill_id=wanted.skill_id,
        name=names.get(wanted.skill_id, wanted.skill_id),
        importance=wanted.importance,
        level_wanted=wanted.level,
        level_wanted_known=wanted.level_known,
        level_held=None if held is None else held.level,
        level_held_known=None if held is None else held.level_known,
        origin=None if held is None else held.origin,
        source=None if held is None else held.source,
        missing=gap.missing,
        left=found.left.get(wanted.skill_id, 0),
    )


def _steps(
    grounds: Grounds, query: LearnerQuery, stages: Sequence[Stage], locale: Locale
) -> list[StepOut]:
    ids = [it.option.section_id for it in stages if it.option.section_id is not None]
    properties = grounds.catalogue.properties(ids, query, locale) if ids else []
    shown = dict(zip(ids, properties, strict=True))
    names = grounds.planner.skills
    return [_step(stage, shown.get(stage.option.section_id or ""), names) for stage in stages]


def _step(stage: Stage, properties: SectionProperties | None, names: Mapping[str, str]) -> StepOut:
    option = stage.option
    return StepOut(
        course_id=option.step.course_id,
        title=stage.title,
        institution_name=stage.institution_name,
        section_id=option.section_id,
        on_offer=option.section_id is not None,
        term=option.term,
        properties=properties,
        hours=option.step.hours,
        credits=option.step.credits,
        closes=[
            ClosesOut(
                skill_id=skill, name=names.get(skill, skill), level_before=was, level_after=now
            )
            for skill, (was, now) in sorted(stage.closes.items())
        ],
        needed_for=list(stage.needed_for),
    )
