"""``POST /v1/why-not``: one section that isn't in the list."""

from typing import Literal

from pydantic import Field

from serving.schemas.fields import Id, ListLength, Locale, Programme, Wire
from serving.schemas.recommend import Context


class WhyNotRequest(Wire):
    """Who asks about which section."""

    section_id: Id = Field(examples=["section-0001"])
    """The section asked about."""
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


class WhyNotAnswer(Wire):
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
    """Its place among all eligible sections; null when it was refused."""
    text: str
    """The answer in the language asked for."""
    text_zh: str
    text_en: str
    relaxations: list[RelaxationOut]
    """Changes that together would make it eligible; empty when none of the learner's would."""
    policy: str
    """Name and version of the policy that answered."""
    model_version: str
    as_of: str
    """The moment of the decision (ISO 8601)."""
    clock: Literal["now", "data"]
    degraded: bool
    """Whether the learner's recent events couldn't be read."""
    warnings: list[str]
