"""Charts: what is drawn stands where its number says, and is read out by those who can't see."""

import doctest
import re
import xml.etree.ElementTree as ET
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from data.simulate.place.districts import DISTRICTS
from serving.reports import markup, tables
from serving.reports.charts import bars, canvas, shapes, steps
from serving.reports.charts.bars import Bar, TickText
from serving.reports.charts.canvas import Named
from serving.reports.charts.lines import Line, Point, lines
from serving.reports.charts.shares import Share, shares
from serving.reports.charts.tiles import PLACES, Place, tiles
from serving.reports.markup import el

NAMED = Named("key", "满班率", "每行一条")


def drawn(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 -- our own markup is parsed


def texts(svg: str) -> list[str]:
    return [each.text or "" for each in drawn(svg).iter("text")]


def test_text_is_escaped_and_markup_is_not() -> None:
    assert el("p", "<b>", el("i", "&")) == "<p>&lt;b&gt;<i>&amp;</i></p>"
    assert el("p", id='"><script>') == '<p id="&quot;&gt;&lt;script&gt;"></p>'


@pytest.mark.parametrize("module", [markup, tables, bars, canvas, shapes, steps])
def test_the_examples_hold(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


def test_a_chart_has_a_title_and_a_description() -> None:
    svg = drawn(bars.bars(NAMED, [Bar("甲", 3.0, "3")], TickText()))
    assert svg.get("role") == "img"
    ids = {each.get("id"): each.text for each in svg if each.tag in ("title", "desc")}
    assert [ids[name] for name in (svg.get("aria-labelledby") or "").split()] == [
        "满班率",
        "每行一条",
    ]


def test_every_bar_carries_its_number_and_one_that_may_not_be_told_is_not_drawn() -> None:
    svg = bars.bars(NAMED, [Bar("甲", 3.0, "3"), Bar("乙", None, "—")], TickText())
    assert {"3", "—", "甲", "乙"} <= set(texts(svg))
    assert len(list(drawn(svg).iter("rect"))) == 1


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6))
def test_longer_bars_are_larger_numbers(values: list[float]) -> None:
    svg = drawn(bars.bars(NAMED, [Bar("甲", value, "") for value in values], TickText()))
    widths = [float(each.get("width") or 0) for each in svg.iter("rect")]
    pairs = zip(widths, values, strict=True)
    longest = max(pairs, key=lambda pair: abs(pair[1]))[0]
    assert longest == max(widths)
    assert all(width <= canvas.WIDTH for width in widths)


def test_an_interval_is_a_whisker_around_its_bar() -> None:
    svg = bars.bars(NAMED, [Bar("甲", 3.0, "3", low=-1.0, high=5.0)], TickText())
    assert 'class="whisker"' in svg
    assert "whisker" not in bars.bars(NAMED, [Bar("甲", 3.0, "3")], TickText())


def test_a_share_fills_its_track_as_far_as_it_says() -> None:
    svg = drawn(shares(NAMED, [Share("甲", 0.25, "25%"), Share("乙", 1.7, "170%")]))
    track, quarter, _, full = [float(each.get("width") or 0) for each in svg.iter("rect")]
    assert quarter == pytest.approx(track / 4, abs=0.02)
    assert full == pytest.approx(track, abs=0.02)


def test_lines_differ_by_mark_and_dash_and_are_named_at_their_ends() -> None:
    rows = [Line("试点", [Point(1.0), Point(2.0)]), Line("对照", [Point(1.0), Point(2.0)])]
    svg = lines(NAMED, ["春", "秋"], rows, TickText(), (1, "开始"))
    assert {"试点", "对照", "春", "秋", "开始"} <= set(texts(svg))
    marks = {each.get("d") for each in drawn(svg).iter("path") if "mark" in each.get("class", "")}
    assert len(marks) == 2
    heights = [
        float(each.get("y") or 0)
        for each in drawn(svg).iter("text")
        if each.text in ("试点", "对照")
    ]
    assert abs(heights[0] - heights[1]) >= 16


def test_a_line_does_not_cross_what_is_unknown() -> None:
    svg = lines(NAMED, list("abc"), [Line("x", [Point(1.0), Point(None), Point(2.0)])], TickText())
    way = next(each.get("d") for each in drawn(svg).iter("path") if "line" in each.get("class", ""))
    assert (way or "").count("M") == 2


def test_tiles_lie_about_where_the_districts_do() -> None:
    lon = [DISTRICTS[code[:6]].lon for code in PLACES]
    lat = [DISTRICTS[code[:6]].lat for code in PLACES]
    columns, rows = np.array(list(PLACES.values())).T
    assert spearmanr(columns, lon).statistic > 0.85
    assert spearmanr(rows, lat).statistic < -0.85
    assert len(set(PLACES.values())) == len(PLACES) == 13


def test_every_tile_carries_its_name_and_number_and_the_reports_own_is_marked() -> None:
    places = [
        Place("330113000000", "临平区", 0.5, "50%", strong=True),
        Place("330106000000", "西湖区", None, "—"),
        Place("120101000000", "和平区", 0.1, "10%"),
    ]
    svg = tiles(NAMED, places)
    assert texts(svg) == ["▶ 临平区", "50%", "西湖区", "—", "和平区", "10%"]
    corners = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)"', svg)
    assert len(set(corners)) == 3
