"""``POST /v1/why-not``: one section that isn't in the list, and what would bring more in."""

from typing import Literal

from pydantic import Field

from serving.schemas.fields import Id, ListLength, Locale, Programme, Wire
from serving.schemas.recommend import Context


class ListAsked(Wire):
    """The list that a question is about."""

    learner_id: Id | None = Field(default=None, examples=["learner-000017"])
    """The learner's pseudonym; one we don't know is answered like an anonymous visit."""
    session: Id | None = None
    """An anonymous visit; the same as no ``learner_id``."""
    programme: Programme | None = None
    """The programme whose policy answers, as in the list asked about."""
    n: ListLength | None = None
    """The length of the list asked about; left out, as many as the policy says."""
    context: Context = Context()
    """What is known of this visit."""
    elder: bool = False
    """Whether the list asked about is in elder mode."""
    locale: Locale = "zh"
    """Language of ``text``."""


class WhyNotRequest(ListAsked):
    """Who asks about which section."""

    section_id: Id = Field(examples=["section-0001"])
    """The section asked about."""


class RelaxationOut(Wire):
    """The least change that lifts one refusal."""

    rule: str
    """The refusing rule."""
    value: float | str
    """The new limit in minutes, the slots to add, or the instant to wait for."""
    text: str
    """What to do, in the language asked for."""
    text_zh: str
    text_en: str


class GainOut(Wire):
    """What relaxing one limit would bring to the list."""

    rule: str
    """The rule that refuses these sections now, and no other does."""
    value: float | str
    """The new limit in minutes, the one slot to add, or the instant to wait for."""
    sections: int
    """How many more sections it would bring."""
    steps: dict[int, int]
    """By minutes more of travel, how many more sections; empty for other limits."""
    text: str
    """What to do, in the language asked for."""
    text_zh: str
    text_en: str


class AnswerBase(Wire):
    """What every answer about a list says of itself."""

    gains: list[GainOut]
    """The smallest change of each limit that brings more; never access, age or consent."""
    policy: str
    """Name and version of the policy that answered."""
    model_version: str
    as_of: str
    """The moment of the decision (ISO 8601)."""
    clock: Literal["now", "data"]
    degraded: bool
    """Whether the learner's recent events couldn't be read."""
    warnings: list[str]


class RelaxationsAnswer(AnswerBase):
    """What a list leaves out, and what would bring more in."""

    excluded: dict[str, int]
    """Number of sections left out, by the first rule that refused them."""


class WhyNotAnswer(AnswerBase):
    """What became of the section, and what would change it."""

    section_id: str
    course_id: str
    title: str
    listed: bool
    """Whether the section is in the list after all."""
    rule: str | None
    """The first rule that refused it, or how the request left it out; null when none did."""
    also: list[str]
    """Further rules that refuse it."""
    rank: int | None
    """Its place in the list, or by score among all eligible sections; null when refused."""
    rank_by_score: int | None
    """Its place by score alone among all eligible sections; null when refused."""
    moved_by: str | None
    """The reranker that took it out of the list or brought it in; null when none did."""
    behind: str | None
    """The section of its course that is listed instead of it; null when none is."""
    text: str
    """The answer in the language asked for."""
    text_zh: str
    text_en: str
    relaxations: list[RelaxationOut]
    """Changes that together would make it eligible; empty when none of the learner's would."""
