"""Shares of a whole as filled tracks, each with its number, and a target where there is one."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from serving.reports.charts.bars import MOST_LABEL, ROW, THICK
from serving.reports.charts.canvas import WIDTH, Named, canvas, shortened, width_of, write
from serving.reports.markup import Markup, void

TOP: Final = 6.0


class Share(NamedTuple):
    """One track.

    Attributes:
        label: whose it is.
        value: 0 to 1, more is drawn as full; null where nothing may be told or is known.
        text: the value in words.
        target: where it should be, 0 to 1.
        strong: whether it is the one the report is about.
    """

    label: str
    value: float | None
    text: str
    target: float | None = None
    strong: bool = False


def shares(named: Named, rows: Sequence[Share]) -> Markup:
    """A chart of filled tracks, in the order given."""
    left = min(max((width_of(row.label) for row in rows), default=0.0), MOST_LABEL) + 16
    right = WIDTH - max((width_of(row.text) for row in rows), default=0.0) - 22
    drawn = [
        _track(row, TOP + ROW * (number + 0.5), left, right) for number, row in enumerate(rows)
    ]
    return canvas(named, TOP + ROW * len(rows) + 6, drawn)


def _track(row: Share, y: float, left: float, right: float) -> Markup:
    mark = "label strong" if row.strong else "label"
    parts = [
        write(left - 10, y, shortened(row.label, MOST_LABEL), mark, "end"),
        _box(left, y, right - left, "track"),
        write(WIDTH - 6, y, row.text, "value", "end"),
    ]
    if row.value is not None:
        filled = (right - left) * min(max(row.value, 0.0), 1.0)
        parts.append(_box(left, y, filled, "bar strong" if row.strong else "bar"))
    if row.target is not None:
        x = left + (right - left) * min(max(row.target, 0.0), 1.0)
        parts.append(void("path", d=f"M{x:.1f} {y - 11:g}V{y + 11:g}", class_="aim"))
    return Markup.joined(parts)


def _box(x: float, y: float, width: float, class_: str) -> Markup:
    return void("rect", x=x, y=y - THICK / 2, width=width, height=THICK, class_=class_)
