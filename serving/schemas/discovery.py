"""Answers that are about a course, an area or a section rather than about who asks."""

from typing import Literal

from serving.schemas.fields import Wire
from serving.schemas.recommend import ReasonOut
from serving.schemas.section import SectionProperties


class CourseItem(Wire):
    """One course with one of its open sections."""

    course_id: str
    section_id: str
    rank: int
    """1 is first."""
    score: float
    """Comparable within this answer only; higher is better."""
    reasons: list[ReasonOut]
    """Strongest first."""
    properties: SectionProperties
    """What a page needs to show the section."""


class Origin(Wire):
    """What an answer rests on."""

    model_version: str
    """Content hash of the model bundle."""
    snapshot_id: str
    """The tables the answer rests on."""
    as_of: str
    """The moment of the answer (ISO 8601)."""


class SimilarAnswer(Wire):
    """Courses like one course."""

    course_id: str
    """The course asked about."""
    title: str
    items: list[CourseItem]
    """Most alike first; only courses about which a true reason can be said."""
    excluded: dict[str, int]
    """Sections left out, by rule."""
    fallback: str | None
    """Null where a learner's own rules held, or why only those of anybody did."""
    meta: Origin


class PopularAnswer(Wire):
    """What is popular in an area: the same for everybody who lives there."""

    area: str
    """The division asked about."""
    district_code: str | None
    """The district that counts; null for the whole city."""
    age_band: str | None
    items: list[CourseItem]
    """Most popular first; counts of people are told from ten."""
    excluded: dict[str, int]
    """Sections left out, by rule."""
    meta: Origin


Measure = Literal["probability", "standardised"]


class LearnerItem(Wire):
    """One learner to invite."""

    learner_id: str
    rank: int
    """1 is first."""
    benefit: float
    """See ``measure`` of the answer; higher is better."""


class AudienceAnswer(Wire):
    """Whom an institution may invite to its section."""

    section_id: str
    course_id: str
    title: str
    learners: list[LearnerItem]
    """Most benefit first."""
    measure: Measure
    """``probability`` of applying once it is shown; ``standardised``: 0 is the mean learner."""
    asked: int
    """Learners who allow personalisation."""
    eligible: int
    """Those of them whom no hard rule keeps out."""
    excluded: dict[str, int]
    """Learners kept out, by rule; fewer than ten aren't told."""
    meta: Origin


class CellItem(Wire):
    """Ten or more eligible learners of one age band and town."""

    age_band: str
    town_code: str | None
    """Null where the town isn't known."""
    town: str | None
    learners: int
    benefit: float
    """Their mean."""


class ReachAnswer(Wire):
    """How many learners a section could reach: no cell of fewer than ten people."""

    section_id: str
    course_id: str
    title: str
    cells: list[CellItem]
    """The largest first."""
    others: int | None
    """Learners of all other cells together; null for none, or fewer than ten."""
    measure: Measure
    meta: Origin
