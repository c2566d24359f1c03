"""A schematic of the districts: one tile each, about where it lies; no borders are drawn."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from serving.reports.charts.canvas import WIDTH, Named, canvas, write
from serving.reports.charts.steps import shade_of
from serving.reports.markup import Markup, el, void

PLACES: Final[Mapping[str, tuple[int, int]]] = {
    "330110000000": (2, 0),  # 余杭
    "330105000000": (3, 0),  # 拱墅
    "330113000000": (4, 0),  # 临平
    "330112000000": (1, 1),  # 临安
    "330106000000": (2, 1),  # 西湖
    "330102000000": (3, 1),  # 上城
    "330114000000": (4, 1),  # 钱塘
    "330111000000": (2, 2),  # 富阳
    "330108000000": (3, 2),  # 滨江
    "330109000000": (4, 2),  # 萧山
    "330122000000": (1, 3),  # 桐庐
    "330127000000": (0, 4),  # 淳安
    "330182000000": (1, 4),  # 建德
}
"""Column and row of each district's tile, west to east and north to south."""

COLUMNS: Final = 5
WIDE: Final = 150.0
HIGH: Final = 62.0
GAP: Final = 6.0


class Place(NamedTuple):
    """A district on a map.

    Attributes:
        code: 12 digits.
        name: written on it.
        value: what shades it; null where nothing may be told or is known.
        text: the value in words.
        strong: whether it is the one the report is about.
    """

    code: str
    name: str
    value: float | None
    text: str
    strong: bool = False


def tiles(named: Named, places: Sequence[Place]) -> Markup:
    """The districts as tiles; one without a place of its own stands in a row below."""
    others = [place.code for place in places if place.code not in PLACES]
    rows = max((row for _, row in PLACES.values()), default=-1) + 1
    at = {code: (n % COLUMNS, rows + n // COLUMNS) for n, code in enumerate(others)}
    grid = {**PLACES, **at}
    values = [place.value for place in places]
    drawn = [_tile(place, grid[place.code], shade_of(place.value, values)) for place in places]
    last = max((grid[place.code][1] for place in places), default=0)
    return canvas(named, (last + 1) * (HIGH + GAP) + GAP, drawn)


def _tile(place: Place, at: tuple[int, int], shade: str) -> Markup:
    left = (WIDTH - COLUMNS * (WIDE + GAP)) / 2
    x, y = left + at[0] * (WIDE + GAP), GAP + at[1] * (HIGH + GAP)
    mark = " strong" if place.strong else ""
    name = f"▶ {place.name}" if place.strong else place.name
    return el(
        "g",
        void("rect", x=x, y=y, width=WIDE, height=HIGH, rx=4.0, class_=f"place {shade}{mark}"),
        write(x + WIDE / 2, y + 21, name, f"on-{shade} label", "middle"),
        write(x + WIDE / 2, y + 43, place.text, f"on-{shade} value", "middle"),
    )
