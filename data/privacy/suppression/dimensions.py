"""What a table of people is broken down by, and how its values add up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from data.errors import SuppressionError

Kind = Literal["adds", "partial", "overlaps", "apart"]

ALL: Final = "all"
"""What stands for everybody in a column, where nothing else is said."""

UNKNOWN: Final = "(unknown)"
"""How a null reads: people whose value isn't known, a value like any other."""

CODE_DIGITS: Final = 12
LEVELS: Final = (9, 6, 4)
"""Significant digits of the divisions around a village: town, district, city."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """One column of a table, and how the people under its values make up everybody."""

    column: str
    """The frame's column; its values are read as text, and null as a value of its own."""
    kind: Kind = "adds"
    """``adds``: each person is under exactly one value, so that values add up to their parent.
    ``partial``: each under one at most, since of some it isn't known or isn't told.
    ``overlaps``: a person may be under several (access needs); values only lie within the parent.
    ``apart``: values have nothing to do with one another (the stock of one month and the next)."""
    parents: Mapping[str, str] = field(default_factory=dict[str, str])
    """The value around each value; values without one lie directly under everybody."""
    total: str = ALL
    """The value that stands for everybody."""
    by_code: bool = False
    """Whether values are 12-digit division codes, whose parents are told by their digits."""
    name: str = ""
    """What it is called in other tables, where columns differ; the column's name when empty."""

    def __post_init__(self) -> None:
        """Give it a name."""
        object.__setattr__(self, "name", self.name or self.column)

    def parent(self, value: str) -> str | None:
        """The value around this one; None when that is everybody.

        Raises:
            SuppressionError: a division code that isn't twelve digits.
        """
        up = division_around(value) if self.by_code else self.parents.get(value)
        return None if up == self.total else up

    def chain(self, value: str) -> list[str]:
        """The value and those around it, deepest first, everybody left out.

        Raises:
            SuppressionError: values that contain one another in a circle.
        """
        found: list[str] = []
        at: str | None = None if value == self.total else value
        while at is not None:
            if at in found:
                message = f"{self.name}: {at!r} contains itself, by way of {found}"
                raise SuppressionError(message)
            found.append(at)
            at = self.parent(at)
        return found


def divisions(
    column: str = "division_code", *, kind: Kind = "adds", name: str = "division"
) -> Dimension:
    """Divisions by their statistical codes: village in town in district in city.

    Args:
        column: the frame's column of 12-digit codes.
        kind: ``partial`` where some people's town or village isn't known.
        name: what it is called in other tables.
    """
    return Dimension(column, kind, by_code=True, name=name)


def bands(column: str, groups: Mapping[str, Iterable[str]] | None = None) -> Dimension:
    """A column whose values add up, some of them under a common name.

    Args:
        column: the frame's column.
        groups: values by the name of their group, such as ``{"60+": ["60-69", "70-79", "80+"]}``.
    """
    parents = {value: group for group, values in (groups or {}).items() for value in values}
    return Dimension(column, parents=parents)


def division_around(code: str) -> str | None:
    """The division around one; None for a city, a province, and people of no known division.

    >>> division_around("330106109007"), division_around("330100000000")
    ('330106109000', None)

    Raises:
        SuppressionError: not twelve digits.
    """
    if code == UNKNOWN:
        return None
    if len(code) != CODE_DIGITS or not code.isdecimal():
        message = f"division {code!r} is not a {CODE_DIGITS}-digit code"
        raise SuppressionError(message)
    wider = (code[:digits].ljust(CODE_DIGITS, "0") for digits in LEVELS)
    return next((up for up in wider if up != code), None) if code[4:].strip("0") else None
