"""Why a section isn't in a list."""

from recsys.errors import QueryError
from recsys.pipeline.policy import policy_for
from recsys.pipeline.relaxations import Relaxation
from serving.catalogue import iso
from serving.errors import UnknownSectionError
from serving.lists import understand
from serving.schemas.fields import Locale
from serving.schemas.recommend import RecommendRequest
from serving.schemas.why_not import RelaxationOut, WhyNotAnswer, WhyNotRequest
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
        text=found.text_zh if request.locale == "zh" else found.text_en,
        text_zh=found.text_zh,
        text_en=found.text_en,
        relaxations=[_relaxation(one, request.locale) for one in found.relaxations],
        policy=policy_for(state.bundle.policies, request.programme).label,
        model_version=state.bundle.manifest.model_version,
        as_of=iso(asked.query.as_of),
        clock=state.clock.kind,
        degraded=asked.degraded,
        warnings=asked.warnings,
    )


def _as_list(request: WhyNotRequest) -> RecommendRequest:
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
        text=found.text_zh if locale == "zh" else found.text_en,
        text_zh=found.text_zh,
        text_en=found.text_en,
    )
