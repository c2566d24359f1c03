"""The operator's own map: shapes from a GeoJSON, projected and thinned to what a page can show."""

from collections.abc import Iterator, Mapping, Sequence
from math import cos, hypot, radians
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from data.errors import XuepeiError
from serving.reports.charts.canvas import WIDTH, Named, canvas, write
from serving.reports.charts.steps import shade_of
from serving.reports.charts.tiles import Place
from serving.reports.markup import Markup, el, void

KEYS: Final = ("division_code", "adcode", "code", "id")
"""Properties that may hold a feature's code, of 6 or more digits; else its name tells."""

MARGIN: Final = 8.0
TALLEST: Final = 720.0
TOLERANCE: Final = 0.6
"""How far a thinned border may lie off the given one, in the chart's units."""

Point = tuple[float, float]
Ring = list[Point]


def read_shapes(path: Path, places: Sequence[Place]) -> dict[str, list[Ring]]:
    """Outer and inner rings of each place, in degrees.

    Args:
        path: a GeoJSON FeatureCollection of polygons, WGS84.
        places: what is to be drawn, found by code, else by name.

    Raises:
        XuepeiError: the file can't be read as such, or lacks one of the places.
    """
    names = {place.name: place.code for place in places}
    found: dict[str, list[Ring]] = {}
    for number, feature in enumerate(_features(path)):
        code = _code(feature, names)
        if code is not None:
            rings = _rings(feature, f"{path}: feature {number}")
            found.setdefault(code, []).extend(rings)
    missing = [place for place in places if place.code not in found]
    if missing:
        message = (
            f"{path} has no shape for {missing[0].code} {missing[0].name}; a feature needs one of "
            f"the properties {', '.join(KEYS)} with its code, or a property name"
        )
        raise XuepeiError(message)
    return {place.code: found[place.code] for place in places}


class _Feature(BaseModel):
    """One feature of a collection; its geometry is looked at once it is known to be wanted."""

    id: str | int | None = None
    properties: dict[str, object] | None = None
    geometry: object = None


class _Collection(BaseModel):
    type: Literal["FeatureCollection"]
    features: list[_Feature]


_Ring = Annotated[list[Annotated[list[float], Field(min_length=2)]], Field(min_length=4)]


class _Polygon(BaseModel):
    type: Literal["Polygon"]
    coordinates: list[_Ring]

    def rings(self) -> list[_Ring]:
        """Its outer ring, then its holes."""
        return self.coordinates


class _MultiPolygon(BaseModel):
    type: Literal["MultiPolygon"]
    coordinates: list[list[_Ring]]

    def rings(self) -> list[_Ring]:
        """Those of all its polygons."""
        return [ring for polygon in self.coordinates for ring in polygon]


_GEOMETRY: Final = TypeAdapter[_Polygon | _MultiPolygon](
    Annotated[_Polygon | _MultiPolygon, Field(discriminator="type")]
)


def _features(path: Path) -> list[_Feature]:
    try:
        return _Collection.model_validate_json(path.read_bytes()).features
    except OSError as error:
        message = f"{path} can't be read: {error}"
        raise XuepeiError(message) from error
    except ValidationError as error:
        message = f"{path} is no GeoJSON FeatureCollection: {_first(error)}"
        raise XuepeiError(message) from error


def _first(error: ValidationError) -> str:
    """The first thing that is wrong, and where."""
    fault = error.errors()[0]
    place = ".".join(str(part) for part in fault["loc"])
    return f"{place}: {fault['msg']}" if place else fault["msg"]


def _code(feature: _Feature, names: Mapping[str, str]) -> str | None:
    properties = feature.properties or {}
    told = [properties.get(key) for key in KEYS] + [feature.id]
    codes = [str(each).ljust(12, "0") for each in told if each is not None]
    known = [code for code in codes if code in names.values()]
    return known[0] if known else names.get(str(properties.get("name")))


def _rings(feature: _Feature, where: str) -> list[Ring]:
    try:
        given = _GEOMETRY.validate_python(feature.geometry).rings()
    except ValidationError as error:
        message = f"{where} is no Polygon or MultiPolygon: {_first(error)}"
        raise XuepeiError(message) from error
    rings = [[(at[0], at[1]) for at in ring] for ring in given]
    off = [at for ring in rings for at in ring if not (abs(at[0]) <= 180 and abs(at[1]) <= 90)]
    if off:
        message = f"{where} has a point {off[0]}, which is no longitude and latitude in degrees"
        raise XuepeiError(message)
    return rings


def shapes(named: Named, places: Sequence[Place], rings: Mapping[str, Sequence[Ring]]) -> Markup:
    """The places drawn by their shapes, shaded, the number written on each.

    The projection is equirectangular, true to scale along the middle parallel.
    """
    project, height = _projection([at for each in rings.values() for ring in each for at in ring])
    values = [place.value for place in places]
    drawn, written = list[Markup](), list[Markup]()
    for place in places:
        own = [[project(at) for at in ring] for ring in rings[place.code]]
        shade = shade_of(place.value, values)
        drawn.append(_outline(own, shade, strong=place.strong))
        written.append(_words(place, max(own, key=_area), shade))
    return canvas(named, height, [*drawn, *written])


class _Projection:
    """Degrees to the chart's units."""

    def __init__(self, west: float, north: float, squeeze: float, scale: float) -> None:
        self._west, self._north, self._squeeze, self._scale = west, north, squeeze, scale

    def __call__(self, at: Point) -> Point:
        x = MARGIN + (at[0] - self._west) * self._squeeze * self._scale
        return x, MARGIN + (self._north - at[1]) * self._scale


def _projection(points: Sequence[Point]) -> tuple[_Projection, float]:
    lons, lats = [at[0] for at in points], [at[1] for at in points]
    squeeze = cos(radians((min(lats) + max(lats)) / 2))
    wide = max((max(lons) - min(lons)) * squeeze, 1e-9)
    high = max(max(lats) - min(lats), 1e-9)
    scale = min((WIDTH - 2 * MARGIN) / wide, (TALLEST - 2 * MARGIN) / high)
    return _Projection(min(lons), max(lats), squeeze, scale), high * scale + 2 * MARGIN


def _outline(rings: Sequence[Ring], shade: str, *, strong: bool) -> Markup:
    way = "".join(_way(thinned(ring, TOLERANCE)) for ring in rings)
    mark = " strong" if strong else ""
    return void("path", d=way, fill_rule="evenodd", class_=f"place {shade}{mark}")


def _way(ring: Ring) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring) + "Z"


def _words(place: Place, ring: Ring, shade: str) -> Markup:
    """The name and number on a place, with an edge so that borders don't cross them."""
    x, y = _middle(ring)
    name = f"▶ {place.name}" if place.strong else place.name
    return el(
        "g",
        write(x, y - 9, name, f"on-{shade} edged label", "middle"),
        write(x, y + 9, place.text, f"on-{shade} edged value", "middle"),
    )


def _area(ring: Ring) -> float:
    return abs(sum(cross for _, _, cross in _edges(ring))) / 2


def _middle(ring: Ring) -> Point:
    """The centre of gravity; that of a ring without area is the middle of its points."""
    edges = list(_edges(ring))
    area = sum(cross for _, _, cross in edges) / 2
    if abs(area) < 1e-9:
        return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)
    x = sum((a[0] + b[0]) * cross for a, b, cross in edges) / (6 * area)
    return x, sum((a[1] + b[1]) * cross for a, b, cross in edges) / (6 * area)


def _edges(ring: Ring) -> Iterator[tuple[Point, Point, float]]:
    for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
        yield a, b, a[0] * b[1] - b[0] * a[1]


def thinned(ring: Ring, tolerance: float) -> Ring:
    """The ring without points that lie within the tolerance of the line past them.

    Douglas and Peucker's method (douglas1973algorithms), with a list of pieces in place of
    recursion; a ring is first cut at the point farthest from its beginning.

    >>> thinned([(0, 0), (5, 0.1), (10, 0), (10, 10), (0, 10), (0, 0)], 0.5)
    [(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)]
    """
    far = max(
        range(len(ring)), key=lambda n: hypot(ring[n][0] - ring[0][0], ring[n][1] - ring[0][1])
    )
    kept, pieces = {0, far, len(ring) - 1}, [(0, far), (far, len(ring) - 1)]
    while pieces:
        first, last = pieces.pop()
        inner = range(first + 1, last)
        worst = max(inner, key=lambda n: _off(ring[n], ring[first], ring[last]), default=None)
        if worst is not None and _off(ring[worst], ring[first], ring[last]) > tolerance:
            kept.add(worst)
            pieces += [(first, worst), (worst, last)]
    return [ring[number] for number in sorted(kept)]


def _off(at: Point, one: Point, other: Point) -> float:
    """Distance from the line through two points, or from the point where they are one."""
    long = hypot(other[0] - one[0], other[1] - one[1])
    if long < 1e-12:
        return hypot(at[0] - one[0], at[1] - one[1])
    cross = (other[0] - one[0]) * (one[1] - at[1]) - (one[0] - at[0]) * (other[1] - one[1])
    return abs(cross) / long
