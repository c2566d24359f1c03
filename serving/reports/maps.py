"""The districts side by side on a map: tiles, or the operator's own shapes."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from serving.reports.charts.canvas import Named
from serving.reports.charts.shapes import Ring, read_shapes, shapes
from serving.reports.charts.tiles import Place, tiles
from serving.reports.markup import Markup
from serving.reports.tables import told
from serving.reports.words import Label, Lang

SCHEMATIC = Label(
    "示意图：每格代表一个区县，位置大致相当，不表示边界与面积。颜色由浅到深表示由低到高，数字写在格内。",
    "A schematic: a tile stands for a district, about where it lies; borders and areas aren't "
    "shown. Darker is more; the number stands in the tile.",
)
GIVEN = Label(
    "底图由使用单位提供。颜色由浅到深表示由低到高，数字写在图上。",
    "The map is the operator's own. Darker is more; the number stands on it.",
)


def places_of(
    frame: pl.DataFrame, column: str, names: Mapping[str, str], strong: Sequence[str], lang: Lang
) -> list[Place]:
    """Districts with a figure, from a table of one row each.

    Args:
        frame: division_code, the column, perhaps ``suppressed``.
        column: the figure.
        names: of all districts of the map, by code; those without a row have no figure.
        strong: codes of those the report is about.
        lang: of the numbers.
    """
    rows = {row["division_code"]: row for row in frame.iter_rows(named=True)}
    nothing = {column: None}
    return [
        Place(
            code,
            name,
            rows.get(code, nothing)[column],
            told(rows.get(code, nothing), column, lang),
            code in strong,
        )
        for code, name in names.items()
    ]


class CityMap:
    """Draws districts, on tiles or on the shapes of a file.

    Args:
        names: of the districts by code.
        geojson: the operator's shapes, if any.

    Raises:
        XuepeiError: the file can't be read, or lacks a district.
    """

    def __init__(self, names: Mapping[str, str], geojson: Path | None = None) -> None:
        bare = [Place(code, name, None, "") for code, name in names.items()]
        self._rings: dict[str, list[Ring]] | None = None
        if geojson is not None:
            self._rings = read_shapes(geojson, bare)

    @property
    def note(self) -> Label:
        """What the map is, and how it is read."""
        return SCHEMATIC if self._rings is None else GIVEN

    def drawn(self, named: Named, places: Sequence[Place]) -> Markup:
        """The map of these figures."""
        if self._rings is None:
            return tiles(named, places)
        return shapes(named, places, self._rings)
