"""What all charts share: the frame with its title and description, text, and round numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Final, Literal

from serving.reports.markup import Markup, el

WIDTH: Final = 900.0
"""Units of every chart's width; the page scales it."""

CHAR: Final = 13.0
"""Width of a Chinese character at the charts' text size; others take about half."""

NOTHING: Final = 1e-300
"""Smaller figures are nothing: a tenth of them can't be told from zero."""
LEAST_SPAN: Final = 1e-9
"""Numbers that differ by less, relative to their size, differ by rounding alone."""

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Named:
    """What a chart is called, for the eye and for a screen reader.

    Attributes:
        key: unique on the page.
        title: a short name.
        description: what the chart shows, in a sentence.
    """

    key: str
    title: str
    description: str


def canvas(named: Named, height: float, parts: Sequence[Markup]) -> Markup:
    """The chart's frame; its title and description are read out in place of the drawing."""
    title, text = f"{named.key}-title", f"{named.key}-text"
    return el(
        "svg",
        el("title", named.title, id=title),
        el("desc", named.description, id=text),
        *parts,
        viewBox=f"0 0 {WIDTH:g} {height:g}",
        role="img",
        aria_labelledby=f"{title} {text}",
        class_="chart",
    )


def write(
    x: float, y: float, words: str, class_: str = "label", anchor: Anchor = "start"
) -> Markup:
    """Text at a point: its middle line at y."""
    return el("text", words, x=x, y=y, class_=class_, text_anchor=anchor, dy="0.35em")


def shortened(words: str, room: float) -> str:
    """Words cut to what fits into so much width.

    >>> shortened("每万居民职业培训入学人次", 80), shortened("fill rate", 80)
    ('每万居民职…', 'fill rate')
    """
    if width_of(words) <= room:
        return words
    kept = ""
    for letter in words:
        if width_of(kept + letter) > room - CHAR:
            break
        kept += letter
    return f"{kept}…"


def width_of(words: str) -> float:
    """About how wide the words are, in the chart's units."""
    return sum(CHAR if ord(letter) > 0x2E80 else CHAR * 0.58 for letter in words)


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers from one end of a scale to the other.

    >>> ticks(0.0, 0.83)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    >>> ticks(-1.4, 2.2)
    [-2.0, -1.0, 0.0, 1.0, 2.0, 3.0]
    """
    size = max(abs(low), abs(high))
    if size < NOTHING:
        low = high = size = 0.0
    span = high - low if high - low > LEAST_SPAN * size else size or 1.0
    unit = 10.0 ** floor(log10(span / most))
    step = next(unit * factor for factor in (1, 2, 5, 10) if span / (unit * factor) <= most)
    first, last = floor(low / step), max(ceil(high / step), floor(low / step) + 1)
    return [float(f"{number * step:.12g}") for number in range(first, last + 1)]
