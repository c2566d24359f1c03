"""What every set of parameters is made of."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
NonNegative = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=1)]
SixBands = tuple[float, float, float, float, float, float]

ADULT_BANDS: Final = ("18-24", "25-34", "35-44", "45-59", "60-69", "70-79")
"""The age bands of six-number parameters; younger learners use the first, 80+ the last."""


class Knobs(BaseModel):
    """Named, typed and documented numbers; each field carries its own sentence."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
