"""Division codes: padding, the re-divisions of the city, and what can't be told.

Facts (GB/T 2260 and the State Council's approvals): 富阳 became a district in 2015
(330183 to 330111) and 临安 in 2017 (330185 to 330112), both whole. In April 2021 下城 (330103) was
merged whole into 拱墅 (330105), 江干 (330104) was split between 上城 and the new 钱塘 (330114),
five streets of 萧山 went to 钱塘 as well, and the old 余杭 (330110) was split into 余杭 and
临平 (330113).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from data.sources.raw import NUMBER_MARK

CITY: Final = "330100"
DISTRICTS: Final = (
    "330102",
    "330105",
    "330106",
    "330108",
    "330109",
    "330110",
    "330111",
    "330112",
    "330113",
    "330114",
    "330122",
    "330127",
    "330182",
)
"""The thirteen districts and counties since April 2021."""

RENAMED: Final[Mapping[str, str]] = MappingProxyType({"330183": "330111", "330185": "330112"})
"""Districts that only got a new code: their towns kept the last six digits."""

MERGED: Final[Mapping[str, str]] = MappingProxyType({"330103": "330105"})
"""Districts that went whole into another whose towns were numbered anew.

Only the district of a town's code can be told: 330103001 is not 330105001.
"""

MOVED_TOWNS: Final[Mapping[str, str]] = MappingProxyType(
    dict.fromkeys(("330109007", "330109008", "330109009", "330109010", "330109011"), "330114")
)
"""Streets of 萧山 that went to 钱塘; the five numbers are vacant since."""

SPLIT: Final = ("330104",)
"""Abolished districts whose land is in more than one district now."""

SPLIT_KEEPING_CODE: Final = ("330110",)
"""Districts that were split while one part kept the code: ambiguous only in an old file."""

Change = Literal["none", "mapped", "coarsened", "ambiguous", "unknown", "number", "format"]


class CodeReading(NamedTuple):
    """What one code was read as.

    Attributes:
        code: the 12-digit code in force; null where it can't be told.
        change: what happened: ``none``; ``mapped`` to the code in force; ``coarsened`` to the
            district because its town was numbered anew; ``ambiguous``; ``unknown`` district;
            ``number`` (it passed through a number); ``format`` (not 6, 9 or 12 digits).
        padded: zeros were added to 6 or 9 digits.
    """

    code: str | None
    change: Change
    padded: bool = False


def read_code(text: str, *, before_2021: bool = False) -> CodeReading:
    """Read a division code as the 12-digit code in force.

    Args:
        text: the code as written; a reader's mark says that it was stored as a number.
        before_2021: the file is known to use the codes before April 2021.

    Example:
        >>> read_code("330183001")
        CodeReading(code='330111001000', change='mapped', padded=True)
    """
    if text.startswith(NUMBER_MARK) or _went_through_a_number(text):
        return CodeReading(None, "number")
    if not (text.isascii() and text.isdigit() and len(text) in {6, 9, 12}):
        return CodeReading(None, "format")
    return _in_force(text.ljust(12, "0"), before_2021=before_2021)._replace(padded=len(text) < 12)


def _went_through_a_number(text: str) -> bool:
    """``3.30106E+11`` and ``330106000000.0`` are what a number leaves of a code."""
    try:
        float(text)
    except ValueError:
        return False
    return any(sign in text for sign in ".eE")


def _in_force(code: str, *, before_2021: bool) -> CodeReading:
    """The code in force for a 12-digit code, old or new."""
    district, town = code[:6], code[:9]
    if district in SPLIT or (before_2021 and district in SPLIT_KEEPING_CODE):
        return CodeReading(None, "ambiguous")
    if district in RENAMED:
        return CodeReading(RENAMED[district] + code[6:], "mapped")
    successor = MERGED.get(district) or MOVED_TOWNS.get(town)
    if successor is not None:
        change: Change = "mapped" if code[6:] == "000000" else "coarsened"
        return CodeReading(successor + "000000", change)
    if district in DISTRICTS or code == CITY + "000000":
        return CodeReading(code, "none")
    return CodeReading(None, "unknown")
