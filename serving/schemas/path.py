"""``POST /v1/path``: the courses that lead a learner to an occupation or a skill."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from serving.schemas.fields import Fen, Id, Locale, Wire, read_whole
from serving.schemas.recommend import Context
from serving.schemas.section import SectionProperties

MOST_SKILLS = 50

Level = Annotated[int, Field(ge=1, le=5), BeforeValidator(read_whole)]
"""A skill level, 1 entry to 5 master."""

Terms = Annotated[int, Field(ge=1, le=20), BeforeValidator(read_whole)]
"""A number of terms."""


class SkillLevel(Wire):
    """A skill at a level."""

    skill_id: Id = Field(examples=["python"])
    """The skill."""
    level: Level | None = None
    """1 entry to 5 master; left out, it counts as 1, and the answer says that it isn't known."""


class PathRequest(Wire):
    """Who is on the way to what, and how much it may take."""

    learner_id: Id | None = Field(default=None, examples=["learner-000017"])
    """The learner's pseudonym; left out, only what this request states is known."""
    occupation_code: Id | None = Field(default=None, examples=["6-18-02-04"])
    """The occupation wanted, by code. Without it and ``skills``, the goal that the learner
    told us, where it may be read."""
    skills: list[SkillLevel] = Field(default=[], max_length=MOST_SKILLS)
    """Skills wanted, beside the occupation's; each weighs as the occupation's heaviest may."""
    holds: list[SkillLevel] = Field(default=[], max_length=MOST_SKILLS)
    """Skills the learner holds, beside those on record."""
    context: Context = Context()
    """Limits on the sections, as for a list."""
    max_hours: float | None = Field(default=None, ge=0, le=10_000, allow_inf_nan=False)
    """At most so many class hours of 45 minutes in all."""
    max_terms: Terms | None = None
    """In at most so many terms."""
    budget_fen: Fen | None = None
    """Fees of at most so much; a course that isn't on offer has no price, and is left out."""
    locale: Locale = "zh"
    """Language of the words."""


class GapOut(Wire):
    """One skill that is asked for."""

    skill_id: str
    name: str
    importance: float
    """Its weight, 0 to 1."""
    level_wanted: int
    """1 to 5."""
    level_wanted_known: bool
    """Whether anybody gave the level; else it is the lowest."""
    level_held: int | None
    """1 to 5; null where no record says anything: unknown, which counts as not held."""
    level_held_known: bool | None
    """Whether anybody gave that level; null where nothing is known."""
    origin: Literal["stated", "course", "occupation"] | None
    """How it is known: stated now, a completed course, presumed of the present occupation."""
    source: str | None
    """The course or the occupation."""
    missing: int
    """Levels lacking at the outset."""
    left: int
    """Levels lacking after the path."""


class ClosesOut(Wire):
    """What one course does for one skill."""

    skill_id: str
    name: str
    level_before: int
    """0 where nothing is known to be held."""
    level_after: int


class StepOut(Wire):
    """One course of the path."""

    course_id: str
    title: str
    institution_name: str | None
    section_id: str | None
    """The section to apply for; null while none is on offer."""
    on_offer: bool
    """Whether a section takes applications now or will; else the course awaits a later term."""
    term: str
    """The section's term, or ``later-1``, ``later-2`` for the terms after those on offer."""
    properties: SectionProperties | None
    """What a page needs to show the section."""
    hours: float
    credits: float | None
    """Null: unknown."""
    closes: list[ClosesOut]
    """What it lifts, from where to where."""
    needed_for: list[str]
    """Courses of the path that build on it."""


class PathAnswer(Wire):
    """The distance, the path, and the distance after it."""

    occupation_code: str | None
    occupation_name: str | None
    degree_now: float | None
    """Matching degree, 0 to 1, a lower bound where skills are unknown; null where no record says
    anything of any skill asked for."""
    gaps: list[GapOut]
    """Every skill asked for, the heaviest first."""
    unknown: list[str]
    """Skills asked for of which no record says anything; they count as not held."""
    steps: list[StepOut]
    """The courses in the order of time."""
    degree_after: float | None
    """Matching degree once the path is completed; null where nothing is asked for."""
    bound: float | None
    """No path leads higher under the same limits."""
    gap: float
    """How much higher the bound is than ``degree_after``."""
    proven: bool
    """Whether no path is better: by gap closed, courses not on offer, hours, fees, ids."""
    hours: float
    """Class hours in all."""
    credits: float | None
    """In all; null where a course doesn't say."""
    price_fen: int
    """Fees of what is on offer."""
    excluded: dict[str, int]
    """Sections ahead of useful courses that a hard rule refuses, by rule."""
    running: list[str]
    """Courses the learner is in now; they are neither counted nor taken again."""
    record_read: bool
    """Whether the learner's record of courses was read."""
    occupation_read: bool
    """Whether the learner's present occupation was read and known."""
    as_of: str
    """The moment of the decision (ISO 8601)."""
    warnings: list[str]
