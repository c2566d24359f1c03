"""``POST /v1/recommend``: who asks for what, and the list."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from serving.schemas.fields import (
    AgeBand,
    Category,
    DivisionCode,
    EnrolmentRule,
    Fen,
    Id,
    Layer,
    ListLength,
    Locale,
    Mode,
    Need,
    Point,
    Programme,
    Scene,
    Slot,
    Tier,
    TravelMode,
    Wire,
)
from serving.schemas.section import SectionProperties

MAX_IDS = 1000

IsoDate = Annotated[date, Field(strict=False)]


class Context(Wire):
    """What the caller knows of this visit; it goes before what the learner once told us."""

    circle_min: float | None = Field(
        default=None, ge=0, le=1440, allow_inf_nan=False, examples=[30]
    )
    """Longest journey accepted, minutes one way: a limit, not a wish."""
    free_slots: list[Slot] | None = Field(default=None, max_length=21, examples=[["3E", "6A"]])
    """The only weekly slots accepted: a limit, not a wish."""
    home: Point | None = None
    """Where the learner sets out."""
    travel_mode: TravelMode | None = None
    """How the learner travels; unknown is taken as transit."""
    age_band: AgeBand | None = None
    """The learner's age band."""
    needs: list[Need] | None = Field(default=None, max_length=6, examples=[["step_free"]])
    """Access needs; only sections confirmed to meet every one of them are shown."""
    scope_institution_id: Id | None = None
    """The institution this call speaks for: opens its sections that are shared as ``own``."""


class Filter(Wire):
    """Which sections the caller wants to see at all; a field left out filters nothing."""

    institution_ids: list[Id] | None = Field(default=None, min_length=1, max_length=MAX_IDS)
    """Only these institutions."""
    categories: list[Category] | None = Field(default=None, min_length=1)
    """Only these categories."""
    modes: list[Mode] | None = Field(default=None, min_length=1)
    """Only these modes."""
    layers: list[Layer] | None = Field(default=None, min_length=1)
    """Only these layers; a course without a layer is left out."""
    scenes: list[Scene] | None = Field(default=None, min_length=1)
    """Only venues of these scenes."""
    tiers: list[Tier] | None = Field(default=None, min_length=1)
    """Only institutions of these tiers."""
    rules: list[EnrolmentRule] | None = Field(default=None, min_length=1)
    """Only these ways of enrolment."""
    languages: list[str] | None = Field(
        default=None, min_length=1, max_length=20, examples=[["zh"]]
    )
    """Only courses taught in these languages."""
    district_codes: list[DivisionCode] | None = Field(default=None, min_length=1, max_length=100)
    """Only sections held in these districts (12-digit codes)."""
    price_max_fen: Fen | None = Field(default=None, examples=[30000])
    """At most this price after subsidy, fen."""
    starts_from: IsoDate | None = None
    """Only sections that start on this day or later."""
    starts_until: IsoDate | None = None
    """Only sections that start on this day or earlier."""


class RecommendRequest(Wire):
    """Who asks, where, and what may be shown."""

    learner_id: Id | None = Field(default=None, examples=["learner-000017"])
    """The learner's pseudonym. One we don't know gets a list that isn't personal."""
    session: Id | None = Field(default=None, examples=["visit-8c1f"])
    """An anonymous visit; the same as no ``learner_id``."""
    programme: Programme | None = None
    """The programme whose policy answers; left out, all programmes are on offer."""
    n: ListLength | None = None
    """How many sections; left out, as many as the policy says."""
    context: Context = Context()
    """What is known of this visit."""
    include_ids: list[Id] | None = Field(default=None, max_length=MAX_IDS)
    """Only these sections may be shown."""
    exclude_ids: list[Id] = Field(default=[], max_length=MAX_IDS)
    """These sections are never shown."""
    filter: Filter = Filter()
    """Which sections may be shown."""
    exclude_seen: bool = False
    """Leave out sections that this learner was shown or acted on."""
    explain: Literal["none", "summary", "full"] = "summary"
    """No reasons; sentences; or sentences with their weight and the figures behind them."""
    elder: bool = False
    """Elder mode: at most five sections, plain reasons."""
    locale: Locale = "zh"
    """Language of each reason's ``text`` and of the section's words."""


class ReasonOut(Wire):
    """Why a section is shown."""

    kind: str
    """The factor's name, stable for programs."""
    text: str
    """The sentence in the language asked for."""
    text_zh: str
    """The sentence in Chinese."""
    text_en: str
    """The sentence in English."""
    weight: float | None = None
    """The factor's share of the score, 0 to 1; with ``explain: full``."""
    evidence: dict[str, str | float | int] | None = None
    """The figures the sentence rests on; with ``explain: full``."""


class Item(Wire):
    """One section of the list."""

    section_id: str
    course_id: str
    rank: int
    """1 is first."""
    score: float
    """Comparable within this list only; higher is better."""
    source: str
    """The scorer that contributed most."""
    propensity: float
    """Probability that this policy shows this section in this list; send it back in events."""
    reasons: list[ReasonOut]
    """Strongest first."""
    properties: SectionProperties
    """What a page needs to show the section."""


class Meta(Wire):
    """How the list came about."""

    policy: str
    """Name and version of the policy that answered."""
    model_version: str
    """Content hash of the model bundle."""
    snapshot_id: str
    """The tables the answer rests on."""
    as_of: str
    """The moment of the decision (ISO 8601): windows and ages are judged at it."""
    data_as_of: str
    """The latest fact in the tables (ISO 8601); this learner's own newer events count too."""
    clock: Literal["now", "data"]
    """``now``: decided at the present moment; ``data``: the city's own time stands still."""
    fallback: str | None
    """Null for a personal list, or why it isn't one: ``anonymous``, ``unknown_learner``,
    ``personalisation_off`` or ``no_history``."""
    degraded: bool
    """Whether something that usually counts was not to be had; ``warnings`` say what."""
    took_ms: float
    """Time spent on the answer, milliseconds."""


class RecommendAnswer(Wire):
    """The list, how it came about, and what was left out."""

    list_id: str
    """Identifies this list in later events."""
    items: list[Item]
    """Best first; fewer than asked when the rules and filters leave fewer."""
    meta: Meta
    excluded: dict[str, int]
    """Sections left out, by rule; ``filter`` and ``seen`` count what the caller left out."""
    warnings: list[str]
    """What the caller should know, in words."""
