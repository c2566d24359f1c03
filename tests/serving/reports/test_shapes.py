"""The operator's own map: read, projected, thinned, or refused with a reason."""

import json
from math import cos, hypot, radians, sin
from pathlib import Path
from typing import Any

import pytest

from data.errors import XuepeiError
from serving.reports.charts.canvas import Named
from serving.reports.charts.shapes import read_shapes, shapes, thinned
from serving.reports.charts.tiles import Place

PLACES = [Place("330113000000", "临平区", 1.0, "1"), Place("330106000000", "西湖区", 2.0, "2")]


def square(lon: float, lat: float, side: float = 0.1) -> list[list[float]]:
    corners = [(0, 0), (side, 0), (side, side), (0, side), (0, 0)]
    return [[lon + x, lat + y] for x, y in corners]


def feature(properties: dict[str, Any], *rings: list[list[float]]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": list(rings)},
    }


def written(folder: Path, *features: dict[str, Any]) -> Path:
    path = folder / "map.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def test_a_place_is_found_by_code_of_any_length_or_by_name(tmp_path: Path) -> None:
    river = {
        "type": "Feature",
        "properties": {"name": "钱塘江"},
        "geometry": {"type": "LineString", "coordinates": []},
    }
    path = written(
        tmp_path,
        feature({"adcode": 330113}, square(120, 30)),
        feature({"name": "西湖区"}, square(119, 30)),
        river,
    )
    found = read_shapes(path, PLACES)
    assert set(found) == {"330113000000", "330106000000"}


def test_the_drawing_is_true_to_scale_on_the_middle_parallel(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        feature({"adcode": "330113"}, square(120, 30)),
        feature({"adcode": "330106"}, square(119.8, 30)),
    )
    svg = shapes(Named("m", "t", "d"), PLACES, read_shapes(path, PLACES))
    way = svg.split(' d="M')[1].split('"')[0].rstrip("Z")
    points = [tuple(float(each) for each in at.split()) for at in way.split("L")]
    wide = max(x for x, _ in points) - min(x for x, _ in points)
    high = max(y for _, y in points) - min(y for _, y in points)
    assert wide / high == pytest.approx(cos(radians(30.05)), abs=0.01)
    assert "临平区" in svg


def test_a_smooth_border_is_thinned_within_its_tolerance() -> None:
    ring = [(100 * cos(t / 500 * 6.283), 100 * sin(t / 500 * 6.283)) for t in range(501)]
    few = thinned(ring, 0.6)
    assert len(few) < 60
    assert few[0] == ring[0]
    assert few[-1] == ring[-1]
    assert all(min(hypot(x - a, y - b) for a, b in few) < 15 for x, y in ring)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is no GeoJSON FeatureCollection"),
        ('{"type": "Feature"}', "is no GeoJSON FeatureCollection"),
        ('{"type": "FeatureCollection", "features": []}', "no shape for 330113000000 临平区"),
    ],
)
def test_what_is_no_map_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "map.geojson"
    path.write_text(text, "utf-8")
    with pytest.raises(XuepeiError, match=message):
        read_shapes(path, PLACES)


@pytest.mark.parametrize(
    ("geometry", "message"),
    [
        ({"type": "Point", "coordinates": [120, 30]}, "no Polygon or MultiPolygon"),
        ({"type": "Polygon", "coordinates": [[[120, 30], [121, 30], [120, 30]]]}, "no Polygon"),
        ({"type": "Polygon", "coordinates": [[["x", 30]] * 4]}, "no Polygon"),
        (
            {"type": "Polygon", "coordinates": [square(500000, 3300000)]},
            "no longitude and latitude",
        ),
        (None, "no Polygon"),
    ],
)
def test_a_shape_that_is_none_is_refused(tmp_path: Path, geometry: object, message: str) -> None:
    path = written(
        tmp_path, {"type": "Feature", "properties": {"adcode": "330113"}, "geometry": geometry}
    )
    with pytest.raises(XuepeiError, match=message):
        read_shapes(path, PLACES)
