"""Why a section isn't in a list, and what would bring more into it."""

from collections.abc import Sequence
from typing import Any

from recsys.errors import QueryError
from recsys.pipeline.policy import policy_for
from recsys.pipeline.relaxations import Gain, Relaxation
from recsys.pipeline.why_not import WhyNot
from serving.catalogue import iso
from serving.errors import UnknownSectionError
from serving.lists import Asked, understand
from serving.schemas.fields import Locale
from serving.schemas.recommend import RecommendRequest
from serving.schemas.why_not import (
    GainOut,
    ListAsked,
    RelaxationOut,
    RelaxationsAnswer,
    WhyNotAnswer,
    WhyNotRequest,
)
from serving.state import State


def why_not(state: State, request: WhyNotRequest) -> WhyNotAnswer:
    """What became of one section, as it goes over the wire.

    Raises:
        UnknownSectionError: no such section, or one that isn't published.
    """
    asked = understand(state, _as_list(request))
    try:
        found = state.recommender.why_not(asked.query, request.section_id)
    except QueryError:
        message = "section_id is not a section of this snapshot"
        raise UnknownSectionError(message) from None
    return WhyNotAnswer(
        section_id=found.section_id,
        course_id=found.course_id,
        title=found.title,
        listed=found.listed,
        rule=found.rule,
        also=list(found.also),
        rank=found.rank,
        rank_by_score=found.rank_by_score,
        moved_by=found.moved_by,
        behind=found.behind,
        text=_text(found, request.locale),
        text_zh=found.text_zh,
        text_en=found.text_en,
        relaxations=[_relaxation(one, request.locale) for one in found.relaxations],
        **_about(state, request, asked, found.gains),
    )


def relaxations(state: State, request: ListAsked) -> RelaxationsAnswer:
    """What a list leaves out and what would bring more in, as it goes over the wire."""
    asked = understand(state, _as_list(request))
    _, refusals = state.recommender.eligible(asked.query)
    found = state.recommender.relaxations(asked.query)
    return RelaxationsAnswer(
        excluded={**asked.left_out, **refusals.counts()},
        **_about(state, request, asked, found),
    )


def _about(state: State, request: ListAsked, asked: Asked, found: Sequence[Gain]) -> dict[str, Any]:
    """The fields of ``AnswerBase``."""
    return {
        "gains": [_gain(one, request.locale) for one in found],
        "policy": policy_for(state.bundle.policies, request.programme).label,
        "model_version": state.bundle.manifest.model_version,
        "as_of": iso(asked.query.as_of),
        "clock": state.clock.kind,
        "degraded": asked.degraded,
        "warnings": asked.warnings,
    }


def _as_list(request: ListAsked) -> RecommendRequest:
    """The list that the question is about."""
    return RecommendRequest(
        learner_id=request.learner_id,
        session=request.session,
        programme=request.programme,
        n=request.n,
        context=request.context,
        elder=request.elder,
        locale=request.locale,
    )


def _relaxation(found: Relaxation, locale: Locale) -> RelaxationOut:
    return RelaxationOut(
        rule=found.rule,
        value=found.value,
        text=_text(found, locale),
        text_zh=found.text_zh,
        text_en=found.text_en,
    )


def _gain(found: Gain, locale: Locale) -> GainOut:
    return GainOut(
        rule=found.rule,
        value=found.value,
        sections=found.sections,
        steps=dict(found.steps),
        text=_text(found, locale),
        text_zh=found.text_zh,
        text_en=found.text_en,
    )


def _text(found: WhyNot | Relaxation | Gain, locale: Locale) -> str:
    return found.text_zh if locale == "zh" else found.text_en
