"""Where the work is: from the text of an advertisement to a division code.

    text ─▶ parts (between dashes, slashes, spaces) ─▶ names at the start of each ─▶ districts
            that every name allows ─▶ a code, if one is left

A name counts only where a part begins or another name ends: 西湖 in 西湖大道 is no district.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Final, NamedTuple

import polars as pl

from features.divisions import CODE_DIGITS
from features.postings.places import Districts, Place, elsewhere, places

CITY: Final = "330100000000"
"""The whole city, 杭州市."""

LONGEST_TEXT: Final = 200
"""Characters of a text that are looked at; places stand in front."""

_PREFIX: Final = CITY[:4]

_MOSTLY: Final = (frozenset({"330109", "330114"}), "330109")
"""萧山 of old with nothing beside it is read as 萧山: most of it stayed."""


class Area(NamedTuple):
    """Where a text puts the work.

    Attributes:
        division_code: the deepest division known; the city's where no district can be told.
        elsewhere: true in another city, false in this one, null unknown.
    """

    division_code: str | None
    elsewhere: bool | None


UNKNOWN: Final = Area(None, None)


class _Found(NamedTuple):
    """What the parts of a text named."""

    city: bool
    other: bool
    other_first: bool
    names: tuple[str, ...]


class AreaReader:
    """Reads areas with the shipped names, and with the towns of a ``divisions`` table.

    Args:
        divisions: rows of the contract; its towns give codes deeper than the district.
    """

    def __init__(self, divisions: pl.DataFrame | None = None) -> None:
        self._towns = _towns(divisions)
        self._places = {**_town_places(self._towns), **places()}
        known = [*self._places, *elsewhere()]
        self._longest = max(len(name) for name in known)

    def read(self, text: str, *, before_2021: bool = False) -> Area:
        """Where a text puts the work.

        District names need no city beside them, since the feed is the city's own; most other
        names do. A text that names another city is elsewhere; one that names both, or two
        districts, is left at what both share.

        Args:
            text: as the board has it.
            before_2021: the text is from before the re-division of April 2021.

        Example:
            >>> AreaReader().read("杭州-滨江区")
            Area(division_code='330108000000', elsewhere=False)
            >>> AreaReader().read("杭州·余杭区", before_2021=True)
            Area(division_code='330100000000', elsewhere=False)
        """
        found = self._found(text)
        here = found.city or any(self._places[name].alone for name in found.names)
        if found.other:
            return UNKNOWN if found.city or not found.other_first else Area(None, elsewhere=True)
        if not here:
            return UNKNOWN
        district = self._district(found.names, before_2021=before_2021)
        if district is None:
            return Area(CITY, elsewhere=False)
        return Area(self._deepest(found.names, district), elsewhere=False)

    def _found(self, text: str) -> _Found:
        plain = unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).strip()
        parts = [part for part in _PARTS.split(plain) if part]
        named = [name for at, part in enumerate(parts) for name in self._names(part, first=at == 0)]
        telling = [name for name in named if name not in _SILENT]
        others = [name for name in telling if name not in self._places and name not in _CITY_NAMES]
        return _Found(
            city=any(name in _CITY_NAMES for name in telling),
            other=bool(others),
            other_first=bool(others) and telling[0] in others,
            names=tuple(name for name in telling if name in self._places),
        )

    def _names(self, part: str, *, first: bool) -> Iterator[str]:
        """Names that follow one another from the start of a part.

        Other cities count only before one of ours: 萧山区杭州湾信息港 is a house in 萧山.
        """
        rest = part
        while rest:
            name = self._longest_name(rest, first=first)
            if name is None:
                return
            yield name
            first = first and (name in elsewhere() or name in _SILENT)
            rest = rest[len(name) :]

    def _longest_name(self, text: str, *, first: bool) -> str | None:
        for length in range(min(self._longest, len(text)), 1, -1):
            name, rest = text[:length], text[length:]
            if self._stands(name, rest, first=first):
                return name
        return None

    def _stands(self, name: str, rest: str, *, first: bool) -> bool:
        """Whether a text that begins so means the place of that name."""
        place = self._places.get(name)
        if place is not None:
            return place.firm or self._ends(rest)
        if name in elsewhere():
            # Behind the first name only a whole part: 上海银行大厦 is a house in any city.
            return not _STREET.match(rest) if first else not rest
        return name in _SILENT or (name in _CITY_NAMES and not _STREET.match(rest))

    def _ends(self, rest: str) -> bool:
        """Whether a name is complete before this."""
        lengths = range(2, min(self._longest, len(rest)) + 1)
        known = (rest[:length] in self._places for length in lengths)
        return not rest or bool(_TAIL.match(rest)) or any(known)

    def _district(self, names: Sequence[str], *, before_2021: bool) -> str | None:
        """The six digits of the one district that all names allow.

        Names that contradict one another today may be old ones: 余杭区 beside 临平. If they did
        so always, a district stated outweighs places in others, since boards' business areas
        overlap.
        """
        places = [self._places[name] for name in names]
        stated = [place for place in places if place.is_district]
        left = (
            _shared(places, before_2021=before_2021)
            or _shared(places, before_2021=True)
            or _shared(stated, before_2021=before_2021)
        )
        if left == _MOSTLY[0]:
            return _MOSTLY[1]
        return next(iter(left)) if len(left) == 1 else None

    def _deepest(self, names: Sequence[str], district: str) -> str:
        """The code of the one town named in the district, or the district's."""
        towns = {
            code for name in names for code in self._towns.get(name, ()) if code[:6] == district
        }
        return towns.pop() if len(towns) == 1 else district.ljust(CODE_DIGITS, "0")


def _shared(places: Sequence[Place], *, before_2021: bool) -> Districts:
    """The districts that all places allow."""
    allowed = [place.before_2021 if before_2021 else place.districts for place in places]
    return reduce(lambda left, right: left & right, allowed) if allowed else frozenset[str]()


def _towns(divisions: pl.DataFrame | None) -> dict[str, tuple[str, ...]]:
    """Codes of the city's towns in force, by name."""
    if divisions is None:
        return {}
    towns = divisions.filter(
        pl.col("level").cast(pl.String) == "town",
        pl.col("division_code").str.starts_with(_PREFIX),
        pl.col("valid_to").is_null(),
    )
    grouped = towns.group_by("name").agg(pl.col("division_code").unique().sort())
    return {name: tuple(codes) for name, codes in grouped.iter_rows()}


def _town_places(towns: dict[str, tuple[str, ...]]) -> dict[str, Place]:
    """Towns of the table as places of their districts."""
    return {
        name: Place(codes := frozenset(code[:6] for code in each), codes, firm=True)
        for name, each in towns.items()
    }


_CITY_NAMES: Final = frozenset({"杭州", "杭州市"})
_SILENT: Final = frozenset({"浙江", "浙江省", "中国"})
"""Names around the city that say nothing."""

_PARTS: Final = re.compile(r"[\s\-·•・/|,，;；、>→:：()（）\[\]【】_+&—–~]+")
_STREET: Final = re.compile(
    r"[东西南北中一二三四五六七八九十]{0,2}"
    r"(?:路|街|大道|大街|道|巷|弄|里|门|桥|公园|小区|花园|大厦|广场|公寓|新村|银行|饭店|酒店|大学|学院|菜)"
)
"""What follows a city's name in the name of a street, a house or a dish: 上海路, 重庆火锅."""

_TAIL: Final = re.compile(
    r"(?:商圈|商务区|附近|地区|片区|板块|一带|地铁|站|街道|新区|区域|市区|城区|校区|号|[0-9])"
)
"""What may follow a place's name."""
