"""Lines over terms: each with its own mark and dash, named at its end, intervals as whiskers."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from serving.reports.charts.bars import TickText
from serving.reports.charts.canvas import WIDTH, Named, canvas, ticks, width_of, write
from serving.reports.markup import Markup, el, void

HEIGHT: Final = 260.0
TOP: Final = 22.0
BOTTOM: Final = 222.0
APART: Final = 16.0
"""Least distance of two names at the lines' ends."""

MARKS: Final = (
    "M-4 0A4 4 0 1 0 4 0A4 4 0 1 0 -4 0Z",
    "M-4 -4H4V4H-4Z",
    "M0 -5L5 4H-5Z",
)
"""A dot, a square, a triangle."""


class Point(NamedTuple):
    """A value at one place of the scale, with its interval; null where there is none."""

    value: float | None
    low: float | None = None
    high: float | None = None


class Line(NamedTuple):
    """A named row of points, as many as there are places."""

    name: str
    points: Sequence[Point]


class _Frame(NamedTuple):
    left: float
    right: float
    low: float
    high: float
    places: int

    def x(self, number: int) -> float:
        """The place of a point, the ends a little in."""
        first, last = self.left + 36, self.right - 12
        return first + (last - first) * number / max(self.places - 1, 1)

    def y(self, value: float) -> float:
        """The height of a value."""
        share = (value - self.low) / (self.high - self.low)
        return BOTTOM - (BOTTOM - TOP) * min(max(share, 0.0), 1.0)


def lines(
    named: Named,
    places: Sequence[str],
    rows: Sequence[Line],
    tick_text: TickText,
    start: tuple[int, str] | None = None,
) -> Markup:
    """A chart of lines.

    Args:
        named: what it is called.
        places: what stands under the points.
        rows: up to three lines.
        tick_text: how a number on the scale is written.
        start: the first point after something began, and what that is called.
    """
    values = [end for row in rows for point in row.points for end in point if end is not None]
    marks = ticks(min(values, default=0.0), max(values, default=1.0))
    right = WIDTH - max((width_of(row.name) for row in rows), default=0.0) - 18
    frame = _Frame(52.0, right, marks[0], marks[-1], len(places))
    drawn = [_line(row, number, frame) for number, row in enumerate(rows)]
    below = [
        write(frame.x(number), BOTTOM + 18, place, "tick", "middle")
        for number, place in enumerate(places)
    ]
    parts = [*(_grid(mark, frame, tick_text) for mark in marks), *below, *drawn]
    return canvas(named, HEIGHT, [*parts, *_names(rows, frame), *_start(start, frame)])


def _grid(mark: float, frame: _Frame, tick_text: TickText) -> Markup:
    y = frame.y(mark)
    style = "zero" if mark == 0 else "grid"
    line = void("line", x1=frame.left, x2=frame.right, y1=y, y2=y, class_=style)
    return Markup.joined([line, write(frame.left - 6, y, tick_text(mark), "tick", "end")])


def _line(row: Line, number: int, frame: _Frame) -> Markup:
    known = [
        (frame.x(place), frame.y(point.value), point)
        for place, point in enumerate(row.points)
        if point.value is not None
    ]
    style = f"line line-{number}"
    way = "".join(
        f"{'M' if new else 'L'}{frame.x(place):.1f} {frame.y(value):.1f}"
        for place, value, new in _pieces(row.points)
    )
    whiskers = [_whisker(x, point, frame) for x, _, point in known]
    dots = [_dot(number, x, y) for x, y, _ in known]
    return el("g", Markup.joined([*whiskers, void("path", d=way or "M0 0", class_=style), *dots]))


def _dot(number: int, x: float, y: float) -> Markup:
    place = f"translate({x:.1f} {y:.1f})"
    return void("path", d=MARKS[number], class_=f"mark mark-{number}", transform=place)


def _pieces(points: Sequence[Point]) -> list[tuple[int, float, bool]]:
    """Known points, each with whether a new piece begins: a line doesn't cross what is unknown."""
    found: list[tuple[int, float, bool]] = []
    for place, point in enumerate(points):
        if point.value is not None:
            new = place == 0 or points[place - 1].value is None
            found.append((place, point.value, new))
    return found


def _whisker(x: float, point: Point, frame: _Frame) -> Markup:
    if point.low is None or point.high is None:
        return Markup()
    top, bottom = frame.y(point.high), frame.y(point.low)
    cap = f"{x - 4:.1f} {{}}H{x + 4:.1f}"
    path = (
        f"M{cap.format(f'{top:.1f}')}M{x:.1f} {top:.1f}V{bottom:.1f}M{cap.format(f'{bottom:.1f}')}"
    )
    return void("path", d=path, class_="whisker")


def _names(rows: Sequence[Line], frame: _Frame) -> list[Markup]:
    """Names at the ends of their lines, moved apart where they would lie on one another."""
    ends = [
        (frame.y(value), frame.x(place), row.name)
        for row in rows
        for place, value, _ in _pieces(row.points)[-1:]
    ]
    placed: list[Markup] = []
    lowest = TOP - APART
    for y, x, name in sorted(ends):
        lowest = max(y, lowest + APART)
        placed.append(write(x + 12, lowest, name, "label"))
    return placed


def _start(start: tuple[int, str] | None, frame: _Frame) -> list[Markup]:
    if start is None:
        return []
    place, name = start
    x = (frame.x(place) + frame.x(place - 1)) / 2 if place else frame.left
    line = void("line", x1=x, x2=x, y1=TOP - 6, y2=BOTTOM, class_="start")
    return [line, write(x + 5, TOP - 8, name, "tick")]
