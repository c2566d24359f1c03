"""What sections cost and persons are worth: declared figures, each a named parameter."""

import tomllib
from importlib import resources
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from recsys.planning.opening.errors import PlanningError


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rate(_Part):
    """Yuan per class hour by the teacher's role."""

    full_time: float = Field(ge=0)
    part_time: float = Field(ge=0)
    volunteer: float = Field(ge=0)
    elder_mentor: float = Field(ge=0)
    hire: float = Field(ge=0)


class Section(_Part):
    """Yuan of a section beside its teacher."""

    room_hour: float = Field(ge=0)
    """Per class hour."""
    materials: float = Field(ge=0)
    """Per learner."""
    opening: float = Field(ge=0)
    """Per section."""


class Teaching(_Part):
    """How sections are taught."""

    weeks: int = Field(ge=1, le=52)
    """Weeks of a term."""
    meeting_hours: float = Field(gt=0)
    """Class hours of one meeting, at most."""
    hire_hours: float = Field(gt=0)
    """Class hours a week of one hired."""
    educators_per_10000: float = Field(ge=0)
    """Teachers for 10,000 residents of a district, at most."""
    new_course_hours: float = Field(gt=0)
    """Class hours of a course made for a skill that no course teaches."""


class Value(_Part):
    """What one person is worth."""

    job: float = Field(ge=0)
    """A gap of jobs closed."""
    want: float = Field(ge=0)
    """A seat that somebody wanted and couldn't get."""


class Costs(_Part):
    """All declared figures of a plan; ``costs.toml`` tells where each comes from."""

    rate: Rate
    section: Section
    teaching: Teaching
    value: Value


def shipped_costs() -> Costs:
    """The figures shipped with the product."""
    return read_costs(
        resources.files("recsys.planning.opening").joinpath("costs.toml").read_text("utf-8")
    )


def read_costs(text: str) -> Costs:
    """Costs from the text of a TOML file.

    Raises:
        PlanningError: not TOML, or a figure is missing, unknown or out of range.
    """
    try:
        found: dict[str, Any] = tomllib.loads(text)
        return Costs.model_validate(found)
    except tomllib.TOMLDecodeError as error:
        message = f"the costs are no TOML: {error}"
        raise PlanningError(message) from error
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        message = f"costs: {name}: {first['msg']}"
        raise PlanningError(message) from error
