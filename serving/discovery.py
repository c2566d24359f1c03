"""Similar courses, what is popular, and whom to invite, as they go over the wire."""

from collections.abc import Sequence
from typing import Protocol

from recsys.pipeline.audience import audience, reach
from recsys.pipeline.benefit import Done
from recsys.pipeline.popular import Area, popular, resident
from recsys.pipeline.queries import fallback_of
from recsys.pipeline.similar import Finder
from recsys.types import LearnerQuery, Reason
from serving.catalogue import iso
from serving.schemas.discovery import (
    AudienceAnswer,
    CellItem,
    CourseItem,
    LearnerItem,
    Origin,
    PopularAnswer,
    ReachAnswer,
    SimilarAnswer,
)
from serving.schemas.fields import Locale
from serving.schemas.recommend import ReasonOut
from serving.state import State


class Told(Protocol):
    """A course that an answer tells of, with one of its sections."""

    @property
    def course_id(self) -> str:
        """The course."""
        ...

    @property
    def section_id(self) -> str:
        """Its section."""
        ...

    @property
    def rank(self) -> int:
        """1 is first."""
        ...

    @property
    def score(self) -> float:
        """Higher is better."""
        ...

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Strongest first."""
        ...


def similar(
    state: State,
    wanted: str,
    *,
    learner_id: str | None = None,
    programme: str | None = None,
    n: int = 10,
    locale: Locale = "zh",
) -> SimilarAnswer:
    """Courses like a course, or like that of a section.

    Raises:
        QueryError: neither a section nor a course of this id is known.
    """
    query = state.recommender.query(learner_id, programme=programme, n=n, as_of=state.clock.now())
    found = Finder(state.recommender).similar(wanted, query)
    return SimilarAnswer(
        course_id=found.course_id,
        title=found.title,
        items=_items(state, query, found.items, locale),
        excluded=dict(found.excluded),
        fallback=_fallback(state, query),
        meta=_origin(state),
    )


def popular_in(
    state: State,
    area: Area,
    *,
    programme: str | None = None,
    n: int = 10,
    elder: bool = False,
    locale: Locale = "zh",
) -> PopularAnswer:
    """What an area takes up most.

    Raises:
        QueryError: the area isn't one of the city's, or the model knows no popularity.
    """
    found = popular(state.recommender, area, programme=programme, n=n, elder=elder)
    query = resident(state.recommender, area, programme=programme, elder=elder)
    return PopularAnswer(
        area=area.division_code,
        district_code=area.district_code,
        age_band=area.age_band,
        items=_items(state, query, found.items, locale),
        excluded=dict(found.excluded),
        meta=_origin(state),
    )


def learners_for(
    state: State, section_id: str, *, n: int = 50, done: Done | None = None
) -> AudienceAnswer:
    """Whom to invite to a section.

    Raises:
        QueryError: no such section, or nobody is known to have consented.
    """
    found = audience(state.recommender, section_id, n=n, done=done)
    return AudienceAnswer(
        section_id=found.section_id,
        course_id=found.course_id,
        title=found.title,
        learners=[
            LearnerItem(learner_id=each.learner_id, rank=each.rank, benefit=each.benefit)
            for each in found.learners
        ],
        measure=found.measure,
        asked=found.asked,
        eligible=found.eligible,
        excluded=dict(found.excluded),
        meta=_origin(state),
    )


def reach_of(state: State, section_id: str, *, done: Done | None = None) -> ReachAnswer:
    """How many learners a section could reach, by age band and town.

    Raises:
        QueryError: no such section, or nobody is known to have consented.
    """
    found = reach(state.recommender, section_id, done=done)
    return ReachAnswer(
        section_id=found.section_id,
        course_id=found.course_id,
        title=found.title,
        cells=[
            CellItem(
                age_band=cell.age_band,
                town_code=cell.town_code,
                town=cell.town,
                learners=cell.learners,
                benefit=cell.benefit,
            )
            for cell in found.cells
        ],
        others=found.others,
        measure=found.measure,
        meta=_origin(state),
    )


def _fallback(state: State, query: LearnerQuery) -> str | None:
    """Why a learner's own rules didn't hold; without history they hold as well as ever."""
    fallback = fallback_of(query, state.recommender.profiles)
    return None if fallback == "no_history" else fallback


def _items(
    state: State, query: LearnerQuery, found: Sequence[Told], locale: Locale
) -> list[CourseItem]:
    sections = [item.section_id for item in found]
    shown = state.catalogue.properties(sections, query, locale)
    return [
        CourseItem(
            course_id=item.course_id,
            section_id=item.section_id,
            rank=item.rank,
            score=item.score,
            reasons=[_reason(reason, locale) for reason in item.reasons],
            properties=properties,
        )
        for item, properties in zip(found, shown, strict=True)
    ]


def _reason(reason: Reason, locale: Locale) -> ReasonOut:
    return ReasonOut(
        kind=reason.kind,
        text=reason.text_zh if locale == "zh" else reason.text_en,
        text_zh=reason.text_zh,
        text_en=reason.text_en,
        weight=reason.weight,
        evidence=dict(reason.evidence),
    )


def _origin(state: State) -> Origin:
    return Origin(
        model_version=state.bundle.manifest.model_version,
        snapshot_id=state.snapshot_id,
        as_of=iso(state.clock.now()),
    )
