"""Bars to the right or left of zero, each with its number and, where known, its interval."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from serving.reports.charts.canvas import (
    WIDTH,
    Named,
    canvas,
    shortened,
    ticks,
    width_of,
    write,
)
from serving.reports.markup import Markup, el, void

ROW: Final = 28.0
THICK: Final = 14.0
TOP: Final = 10.0
FOOT: Final = 26.0
MOST_LABEL: Final = 290.0


class Bar(NamedTuple):
    """One bar.

    Attributes:
        label: whose it is.
        value: null where nothing may be told or is known.
        text: the value in words.
        low: lower end of its interval.
        high: upper end.
        strong: whether it is the one the report is about.
    """

    label: str
    value: float | None
    text: str
    low: float | None = None
    high: float | None = None
    strong: bool = False


class _Scale(NamedTuple):
    left: float
    right: float
    low: float
    high: float

    def at(self, value: float) -> float:
        """The place of a value, kept inside the chart."""
        share = (value - self.low) / (self.high - self.low)
        return self.left + (self.right - self.left) * min(max(share, 0.0), 1.0)


def bars(named: Named, rows: Sequence[Bar], tick_text: "TickText") -> Markup:
    """A chart of horizontal bars, in the order given.

    Args:
        named: what it is called.
        rows: the bars.
        tick_text: how a number on the scale is written.
    """
    scale, marks = _scale(rows)
    bottom = TOP + ROW * len(rows)
    grid = [_tick(scale.at(mark), bottom, tick_text(mark), zero=mark == 0) for mark in marks]
    drawn = [_bar(row, TOP + ROW * (number + 0.5), scale) for number, row in enumerate(rows)]
    return canvas(named, bottom + FOOT, [*grid, *drawn])


def _scale(rows: Sequence[Bar]) -> tuple[_Scale, list[float]]:
    ends = [end for row in rows for end in (row.value, row.low, row.high) if end is not None]
    marks = ticks(min([0.0, *ends]), max([0.0, *ends]))
    labels = max((width_of(row.label) for row in rows), default=0.0)
    numbers = max((width_of(row.text) for row in rows), default=0.0)
    left = min(labels, MOST_LABEL) + 16
    return _Scale(left, WIDTH - numbers - 22, marks[0], marks[-1]), marks


def _tick(x: float, bottom: float, text: str, *, zero: bool) -> Markup:
    line = void("line", x1=x, x2=x, y1=TOP, y2=bottom, class_="zero" if zero else "grid")
    return Markup.joined([line, write(x, bottom + 14, text, "tick", "middle")])


def _bar(row: Bar, y: float, scale: _Scale) -> Markup:
    label = shortened(row.label, MOST_LABEL)
    named = write(scale.left - 10, y, label, "label strong" if row.strong else "label", "end")
    number = write(WIDTH - 6, y, row.text, "value", "end")
    if row.value is None:
        return Markup.joined([named, number])
    start, end = sorted((scale.at(0.0), scale.at(row.value)))
    shape = void(
        "rect",
        x=start,
        y=y - THICK / 2,
        width=max(end - start, 1.0),
        height=THICK,
        class_="bar strong" if row.strong else "bar",
    )
    return Markup.joined([named, shape, _whisker(row, y, scale), number])


def _whisker(row: Bar, y: float, scale: _Scale) -> Markup:
    if row.low is None or row.high is None:
        return Markup()
    low, high = scale.at(row.low), scale.at(row.high)
    path = (
        f"M{low:.1f} {y - 5:g}V{y + 5:g}M{low:.1f} {y:g}H{high:.1f}M{high:.1f} {y - 5:g}V{y + 5:g}"
    )
    return el("g", void("path", d=path, class_="halo"), void("path", d=path, class_="whisker"))


class TickText:
    """How numbers on a scale are written: shares in per cent, others short.

    >>> TickText(share=True)(0.25), TickText()(1500.0), TickText()(-0.5)
    ('25%', '1,500', '-0.5')
    """

    def __init__(self, *, share: bool = False) -> None:
        self._share = share

    def __call__(self, value: float) -> str:
        """The number in words."""
        if self._share:
            return f"{value * 100:g}%"
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"
