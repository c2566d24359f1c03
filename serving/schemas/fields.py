"""The kinds of value that requests are made of."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from data.vocab import (
    ACCESS_NEEDS,
    AGE_BANDS,
    CATEGORIES,
    CITY_BOX,
    DIVISION_CODE_PATTERN,
    DIVISION_LEVELS,
    ENROLMENT_RULES,
    EVENT_TYPES,
    LAYERS,
    MODES,
    PROGRAMMES,
    SCENES,
    SLOT_PATTERN,
    SURFACES,
    TRAVEL_MODES,
)

WEST, SOUTH, EAST, NORTH = CITY_BOX
ID_BYTES: Final = 128
_INSTANT: Final = re.compile(r"^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}")


class Wire(BaseModel):
    """Base of all wire models: unknown fields are refused, values are never converted."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True
    )


@dataclass(frozen=True, slots=True)
class OneOf:
    """Marks a text as one of a closed vocabulary; the schema lists its values."""

    values: tuple[str, ...]

    def __get_pydantic_core_schema__(
        self, source: type, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Exactly the vocabulary's values."""
        return core_schema.literal_schema(list(self.values))


def _tidy_id(value: str) -> str:
    """Hold an id to the rule of the table contracts."""
    control = any(unicodedata.category(character).startswith("C") for character in value)
    if control or value != value.strip() or len(value.encode()) > ID_BYTES:
        raise PydanticCustomError(
            "identifier",
            "an id has at most 128 bytes, no control characters and no space around it",
        )
    return value


def read_whole(value: object) -> object:
    """Read 5.0 as 5: to JSON they are one number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _written_instant(value: object) -> object:
    """Refuse numbers: a bare number says neither unit nor epoch."""
    if not isinstance(value, str) or not _INSTANT.match(value):
        raise PydanticCustomError(
            "instant", "expected an ISO 8601 time with offset, such as 2025-09-01T12:00:00+08:00"
        )
    return value


Id = Annotated[
    str,
    StringConstraints(min_length=1),
    AfterValidator(_tidy_id),
    WithJsonSchema(
        {
            "type": "string",
            "minLength": 1,
            "maxLength": ID_BYTES,
            "pattern": r"^[^\s\x00-\x1f\x7f-\x9f]([^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f])?$",
        }
    ),
]
"""A text id: at most 128 bytes in UTF-8, no control characters, no surrounding space."""

Slot = Annotated[str, StringConstraints(pattern=SLOT_PATTERN)]
"""A weekday 1 (Monday) to 7 and M morning, A afternoon or E evening, such as ``3E``."""

Instant = Annotated[
    AwareDatetime,
    Field(strict=False),
    BeforeValidator(_written_instant, json_schema_input_type=AwareDatetime),
]
"""ISO 8601 with offset."""

DivisionCode = Annotated[str, StringConstraints(pattern=DIVISION_CODE_PATTERN)]
"""A 12-digit statistical division code, as text."""

# The bounds stand before the reader, or the schema would lose them.
ListLength = Annotated[int, Field(ge=1, le=100), BeforeValidator(read_whole)]
"""How many sections a list may have."""

Position = Annotated[int, Field(ge=1, le=10**6), BeforeValidator(read_whole)]
"""A rank in a list; 1 is first."""

Fen = Annotated[int, Field(ge=0, le=10**12), BeforeValidator(read_whole)]
"""An amount of money; 100 fen are a yuan."""

Locale = Literal["zh", "en"]
Programme = Annotated[str, OneOf(PROGRAMMES)]
Category = Annotated[str, OneOf(CATEGORIES)]
Layer = Annotated[str, OneOf(LAYERS)]
Mode = Annotated[str, OneOf(MODES)]
Scene = Annotated[str, OneOf(SCENES)]
Tier = Annotated[str, OneOf(DIVISION_LEVELS)]
EnrolmentRule = Annotated[str, OneOf(ENROLMENT_RULES)]
TravelMode = Annotated[str, OneOf(TRAVEL_MODES)]
AgeBand = Annotated[str, OneOf(AGE_BANDS)]
Need = Annotated[str, OneOf(ACCESS_NEEDS)]
EventType = Annotated[str, OneOf(EVENT_TYPES)]
Surface = Annotated[str, OneOf(SURFACES)]


class Point(Wire):
    """A place in the city, WGS84; a cell of 500 m or more is exact enough."""

    lon: float = Field(ge=WEST, le=EAST, allow_inf_nan=False)
    """Longitude, degrees."""
    lat: float = Field(ge=SOUTH, le=NORTH, allow_inf_nan=False)
    """Latitude, degrees."""
