"""What a circle is: programmes that should be taught within some minutes of every home."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from data.vocab import ACCESS_NEEDS, PROGRAMMES
from recsys.errors import CoverageError

CITIZEN_MIN: Final = 15.0
VOCATIONAL_MIN: Final = 30.0
LONGEST_MIN: Final = 45.0
"""No circle is wider: journeys are measured in full up to here."""
VOCATIONAL_PROGRAMME: Final = "vocational"


@dataclass(frozen=True, slots=True)
class Circle:
    """Programmes and the longest journey to them, the limit itself included.

    Attributes:
        name: as it stands in tables.
        programmes: any one of them covers a place.
        minutes: the longest journey, one way.
    """

    name: str
    programmes: tuple[str, ...]
    minutes: float

    def __post_init__(self) -> None:
        """Refuse a limit that no circle has."""
        if not 0 < self.minutes < LONGEST_MIN:
            message = f"a circle of {self.minutes:g} minutes; expected 0 to {LONGEST_MIN:g}"
            raise CoverageError(message)


CITIZEN: Final = Circle(
    "citizen", ("night_school", "senior", "community", "family"), minutes=CITIZEN_MIN
)
"""The 15-minute circle of citizens (15分钟市民学习圈)."""

VOCATIONAL: Final = Circle(VOCATIONAL_PROGRAMME, (VOCATIONAL_PROGRAMME,), minutes=VOCATIONAL_MIN)
"""The 30-minute circle of vocational training (30分钟职业技能培训圈)."""

ANYTHING: Final = Circle("any", PROGRAMMES, minutes=VOCATIONAL_MIN)
"""Whether anything at all is taught within half an hour."""

CIRCLES: Final = (CITIZEN, VOCATIONAL)


@dataclass(frozen=True, slots=True)
class Band:
    """People of an age, as far as divisions tell it.

    Attributes:
        name: as it stands in tables.
        youngest: full years.
        oldest: full years, included.
        elder: whether they walk and cycle at an elder's pace.
    """

    name: str
    youngest: int
    oldest: int
    elder: bool = False


BANDS: Final = (
    Band("under_60", 0, 59),
    Band("60plus", 60, 120, elder=True),
    Band("age_unknown", 0, 120),
)
"""They share everybody among them; the last holds places that don't tell who is 60 or older."""

ALL: Final = "all"
"""All bands, all areas, or residents whatever they need."""

NO_NEED: Final = "none"
"""Residents without an access need."""

NEEDS: Final = (ALL, NO_NEED, *ACCESS_NEEDS)
AREAS: Final = (ALL, "urban", "rural", "unknown")


def circles_of(programmes: Sequence[str]) -> tuple[Circle, ...]:
    """The shipped circles, or one of each programme named, with the minutes of its circle.

    Raises:
        CoverageError: there is no such programme; lists those there are.
    """
    unknown = [name for name in programmes if name not in PROGRAMMES]
    if unknown:
        message = f"there is no programme {unknown[0]!r}; there are {', '.join(PROGRAMMES)}"
        raise CoverageError(message)
    limits = {name: circle.minutes for circle in CIRCLES for name in circle.programmes}
    named = tuple(Circle(name, (name,), limits[name]) for name in dict.fromkeys(programmes))
    return named or CIRCLES
