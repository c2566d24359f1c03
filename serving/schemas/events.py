"""``POST /v1/events``: what was shown and what was done."""

from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from serving.schemas.fields import EventType, Id, Instant, Position, Surface, Wire

MAX_EVENTS = 1000


class EventIn(Wire):
    """One event, under the contract of the ``events`` table."""

    event_id: Id = Field(examples=["4f9d1c6e-6f0b-4c67-9e43-7a4be1d3c8a1"])
    """Chosen by the sender; the same event sent again under the same id counts once."""
    learner_id: Id
    """The learner's pseudonym; one we don't know yet is fine."""
    course_id: Id
    """A course of the pool."""
    section_id: Id | None = None
    """A section of that course."""
    type: EventType
    """What happened."""
    occurred_at: Instant
    """When; not in the future."""
    value: float | None = Field(default=None, allow_inf_nan=False)
    """The stars of ``rate`` (1 to 5) or the share attended of ``attend`` (0 to 1)."""
    surface: Surface | None = None
    """Where on the platform."""
    list_id: Id | None = None
    """The list in which the section was shown."""
    position: Position | None = None
    """Its rank in that list."""
    propensity: float | None = Field(default=None, gt=0, le=1, allow_inf_nan=False)
    """Its propensity in that list."""
    policy: str | None = Field(default=None, max_length=200)
    """The policy that made that list."""

    @model_validator(mode="after")
    def value_suits_type(self) -> Self:
        """Hold ``value`` to its type's range, as the contract does."""
        low_high = {"rate": (1.0, 5.0), "attend": (0.0, 1.0)}.get(self.type)
        if low_high and not (self.value is not None and low_high[0] <= self.value <= low_high[1]):
            raise PydanticCustomError(
                "value_range",
                "value goes from {low} to {high} for this type of event",
                {"low": low_high[0], "high": low_high[1]},
            )
        return self


EventRow = Annotated[EventIn | JsonValue, Field(union_mode="left_to_right")]
"""A row is judged by itself: one that isn't an event is answered as rejected."""


class EventsRequest(Wire):
    """Up to 1,000 events; each is answered for itself."""

    events: list[EventRow] = Field(min_length=1, max_length=MAX_EVENTS)


class EventResult(Wire):
    """What became of one row."""

    row: int
    """Its place in the call, from 0."""
    status: Literal["accepted", "duplicate", "conflict", "rejected"]
    """Written; there already; there with other content, which stands; or not an event we take."""
    reason: str | None = None
    """Why it was rejected, or what it contradicts."""


class EventsAnswer(Wire):
    """One result per row, in order; accepted rows are on disk."""

    accepted: int
    duplicate: int
    conflict: int
    rejected: int
    results: list[EventResult]
