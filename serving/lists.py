"""From a request for a list to the answer: the learner's newest events, limits, list, words."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from data.errors import LedgerError
from data.tables import TABLES
from data.vocab import AGE_BAND_YEARS
from recsys.pipeline.limits import Limits
from recsys.types import LearnerQuery, Notice, Reason, Recommendation, RecommendationList
from serving.catalogue import iso
from serving.logs import log
from serving.notices import notice
from serving.schemas.fields import Locale
from serving.schemas.recommend import (
    Context,
    Item,
    Meta,
    ReasonOut,
    RecommendAnswer,
    RecommendRequest,
)
from serving.state import State


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, understood.

    Attributes:
        query: what the pipeline is asked.
        left_out: sections that the caller's own wishes took out, by wish.
        warnings: what the caller should know, in the language asked for.
        degraded: whether the event log couldn't be read.
    """

    query: LearnerQuery
    left_out: dict[str, int]
    warnings: list[str]
    degraded: bool = False


def recommend(state: State, request: RecommendRequest, list_id: str) -> RecommendAnswer:
    """The list for one request, as it goes over the wire."""
    started = time.perf_counter()
    asked = understand(state, request)
    found = state.recommender.recommend(asked.query, explain=request.explain != "none")
    answer = RecommendAnswer(
        list_id=list_id,
        items=_items(state, request, asked.query, found.items),
        meta=_meta(state, asked, found, started),
        excluded={**asked.left_out, **found.excluded},
        warnings=[*asked.warnings, *_told(found.warnings, request.locale)],
    )
    if state.unmet is not None:
        state.unmet.note(request, asked.query, answer)
    return answer


def _told(notices: Sequence[Notice], locale: Locale) -> list[str]:
    return [each.text_zh if locale == "zh" else each.text_en for each in notices]


def understand(state: State, request: RecommendRequest) -> Asked:
    """The query that a request means, with the learner's newest events in it."""
    moment = state.clock.now()
    events, degraded = newest_events(state, request.learner_id, moment)
    query = state.recommender.query(
        request.learner_id,
        programme=request.programme,
        n=request.n,
        new_events=events,
        **limits_of(request.context, moment, elder=request.elder),
    )
    warnings = _clock_warning(state, request)
    if degraded:
        warnings.append(notice("ledger_unread", request.locale))
    return _narrow(state, request, Asked(query, {}, warnings, degraded), events)


def newest_events(
    state: State, learner_id: str | None, moment: datetime
) -> tuple[pl.DataFrame, bool]:
    """The learner's events since the snapshot; none, and true, when the log can't be read.

    A list without the last few events is better than no list; the answer says so.
    """
    if learner_id is None:
        return TABLES["events"].create_empty(), False
    try:
        return state.new_events(learner_id, moment), False
    except LedgerError as error:
        log.error("ledger_unread", error=str(error))
        return TABLES["events"].create_empty(), True


def limits_of(context: Context, moment: datetime, *, elder: bool) -> Limits:
    """What a call states; what it leaves out stays as the learner told us."""
    limits = Limits(as_of=moment, elder=elder)
    if context.circle_min is not None:
        limits["circle_min"] = context.circle_min
    if context.free_slots is not None:
        limits["free_slots"] = context.free_slots
    if context.home is not None:
        limits["home"] = (context.home.lon, context.home.lat)
        # Measured times go by the division of the registered home, which this may not be.
        limits["home_division_code"] = None
    if context.travel_mode is not None:
        limits["travel_mode"] = context.travel_mode
    if context.age_band is not None:
        limits["age_low"], limits["age_high"] = AGE_BAND_YEARS[context.age_band]
    if context.needs is not None:
        limits["needs"] = context.needs
    if context.scope_institution_id is not None:
        limits["scope_institution_id"] = context.scope_institution_id
    return limits


def _narrow(state: State, request: RecommendRequest, asked: Asked, events: pl.DataFrame) -> Asked:
    """Apply the caller's own wishes about sections, counting what they take out."""
    allowed, left_out, warnings = None, {}, list(asked.warnings)
    if request.include_ids is not None:
        allowed = frozenset(request.include_ids)
        if unknown := sum(section not in state.catalogue for section in allowed):
            warnings.append(notice("unknown_include_ids", request.locale, count=unknown))
    if (matching := state.catalogue.matching(request.filter)) is not None:
        left_out["filter"] = state.catalogue.count(request.programme, allowed, without=matching)
        allowed = matching if allowed is None else allowed & matching
        if not allowed:
            warnings.append(notice("filter_leaves_nothing", request.locale))
    hidden = frozenset(request.exclude_ids)
    if request.exclude_seen and asked.query.personalised and asked.query.learner_id:
        past = state.past.of(asked.query.learner_id)
        seen = state.catalogue.seen(pl.concat([past, events.select(past.columns)])) - hidden
        left_out["seen"] = state.catalogue.count(request.programme, allowed, within=seen)
        hidden |= seen
    elif request.exclude_seen:
        warnings.append(notice("seen_not_used", request.locale))
    query = replace(asked.query, include_ids=allowed, exclude_ids=hidden)
    return replace(asked, query=query, left_out=left_out, warnings=warnings)


def _items(
    state: State,
    request: RecommendRequest,
    query: LearnerQuery,
    found: Sequence[Recommendation],
) -> list[Item]:
    sections = [item.section_id for item in found]
    shown = state.catalogue.properties(sections, query, request.locale)
    return [
        Item(
            section_id=item.section_id,
            course_id=item.course_id,
            rank=item.rank,
            score=item.score,
            source=item.source,
            propensity=item.propensity,
            reasons=[_reason(reason, request) for reason in item.reasons],
            properties=properties,
        )
        for item, properties in zip(found, shown, strict=True)
    ]


def _reason(reason: Reason, request: RecommendRequest) -> ReasonOut:
    full = request.explain == "full"
    return ReasonOut(
        kind=reason.kind,
        text=reason.text_zh if request.locale == "zh" else reason.text_en,
        text_zh=reason.text_zh,
        text_en=reason.text_en,
        weight=reason.weight if full else None,
        evidence=dict(reason.evidence) if full else None,
    )


def _meta(state: State, asked: Asked, found: RecommendationList, started: float) -> Meta:
    return Meta(
        policy=found.policy,
        model_version=state.bundle.manifest.model_version,
        snapshot_id=state.snapshot_id,
        as_of=iso(asked.query.as_of),
        data_as_of=iso(state.data_as_of),
        clock=state.clock.kind,
        fallback=found.fallback,
        degraded=asked.degraded,
        took_ms=round((time.perf_counter() - started) * 1000, 3),
    )


def _clock_warning(state: State, request: RecommendRequest) -> list[str]:
    if state.clock.kind == "now" or not state.clock.announced:
        return []
    return [notice("clock_stands", request.locale, moment=iso(state.clock.now()))]
