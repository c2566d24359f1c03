"""Tables of a report: what they are called, and how a cell is written for people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, cast

import polars as pl
import polars.selectors as cs

from recsys.planning.pilots.outcomes import outcome_named
from serving.reports.markup import Markup, el
from serving.reports.words import Kind, Label, Lang, value_named, word

HELD_BACK: Final = "—"
"""Stands for a figure that may not be told."""

DIGITS: Final = 6
"""Significant digits of a figure."""

UNKNOWN: Final = Label("无数据", "n/a")

MEASURES: Final = (
    "value", "before", "after", "change", "pilots", "comparison", "difference", "pilots_before",
    "pilots_after", "comparison_before", "comparison_after", "effect", "low", "high",
)  # fmt: skip
"""Columns in the unit of the row's outcome."""

NEVER_UNKNOWN: Final = ("seekers",)
"""Columns in which a null always means that the figure may not be told."""

WORDY: Final = ("note", "note_en", "missing", "missing_en", "definition")
"""Columns of sentences, which need room."""

SPOKEN: Final = (
    "programme", "category", "age_band", "role", "outcome", "cause", "band", "area", "status",
    "circle",
)  # fmt: skip
"""Columns of closed values, shown by their names."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a report.

    Attributes:
        key: file name and key, in letters and hyphens.
        title: what it is called.
        frame: its rows; a null where ``suppressed`` is true is held back, else unknown.
        shown: columns of the page, in order; the files hold all of them.
        notes: what a reader must know of it.
    """

    key: str
    title: Label
    frame: pl.DataFrame
    shown: tuple[str, ...] = ()
    notes: tuple[Label, ...] = field(default=())

    def __post_init__(self) -> None:
        """Six significant digits, in every file alike: a workbook holds no more than sixteen."""
        rounded = self.frame.with_columns(cs.float().round_sig_figs(DIGITS))
        object.__setattr__(self, "frame", rounded)

    def columns(self, lang: Lang) -> tuple[str, ...]:
        """The columns that the page shows: of words in both languages, those in its own."""
        held = self.frame.columns
        own = {name: f"{name}_en" for name in held if lang == "en" and f"{name}_en" in held}
        named = [own.get(name, name) for name in self.shown if name in held]
        return tuple(named or held)


def html_table(table: Table, lang: Lang) -> Markup:
    """The table as HTML, with a caption, and headers that say what they head."""
    columns = table.columns(lang)
    heads = [
        el("th", word(name).of(lang), scope="col", class_=_side(word(name).kind))
        for name in columns
    ]
    rows = [_row(row, columns, lang) for row in table.frame.iter_rows(named=True)]
    body = Markup.joined(rows) if rows else _empty(len(columns), lang)
    parts = [
        el("caption", table.title.of(lang)),
        el("thead", el("tr", Markup.joined(heads))),
        el("tbody", body),
    ]
    return el("div", el("table", Markup.joined(parts)), class_="scroll")


def _row(row: dict[str, Any], columns: Sequence[str], lang: Lang) -> Markup:
    cells = [
        el(
            "th" if number == 0 else "td",
            told(row, name, lang),
            scope="row" if number == 0 else None,
            class_="words" if name in WORDY else _side(word(name).kind),
        )
        for number, name in enumerate(columns)
    ]
    return el("tr", Markup.joined(cells))


def _empty(width: int, lang: Lang) -> Markup:
    return el("tr", el("td", UNKNOWN.of(lang), colspan=float(width)))


def _side(kind: Kind) -> str | None:
    return None if kind in ("text", "flag") else "number"


PER_CENT: Final[Mapping[Kind, str]] = {"share": "{:.1f}%", "points": "{:+.1f}%"}
FIXED: Final[Mapping[Kind, str]] = {"count": "{:,.0f}", "p": "{:.3f}"}
"""How numbers of these kinds are written."""


def told(row: Mapping[str, Any], name: str, lang: Lang) -> str:
    """One cell for people.

    >>> told({"fill_rate": 0.345, "suppressed": False}, "fill_rate", "zh")
    '34.5%'
    >>> told({"enrolled": None, "suppressed": True}, "enrolled", "zh")
    '—'
    """
    value = row[name]
    if value is None:
        return _nothing(row, name, lang)
    if isinstance(value, bool):
        return (Label("是", "yes") if value else Label("否", "no")).of(lang)
    if isinstance(value, int | float):
        return number(value, _kind(row, name))
    return _text(value, name, lang)


def _nothing(row: Mapping[str, Any], name: str, lang: Lang) -> str:
    """What stands for no value: of a figure that is held back, that is unknown, or of no words."""
    if word(name).kind == "text":
        return ""
    hidden = bool(row.get("suppressed")) or name in NEVER_UNKNOWN
    return HELD_BACK if hidden else UNKNOWN.of(lang)


def _kind(row: Mapping[str, Any], name: str) -> Kind:
    """How a number is read: that of an outcome which is a share in per cent, with its sign."""
    kind = word(name).kind
    if name not in MEASURES or not outcome_named(str(row.get("outcome"))).share:
        return kind
    return "points" if kind == "signed" else "share"


def _text(value: object, name: str, lang: Lang) -> str:
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m}" if name == "month" else f"{value:%Y-%m-%d}"
    if isinstance(value, list):
        return "、".join(str(each) for each in cast("list[object]", value))
    return value_named(str(value), lang, name) if name in SPOKEN else str(value)


def number(value: float, kind: Kind) -> str:
    """A number as its column is read.

    >>> number(1234.0, "count"), number(0.0312, "number"), number(-2.5, "signed")
    ('1,234', '0.031', '-2.50')
    """
    if kind in PER_CENT:
        return PER_CENT[kind].format(value * 100)
    if kind in FIXED:
        return FIXED[kind].format(value)
    sign = "+" if kind == "signed" else ""
    size = abs(value)
    places = 0 if size >= 1000 else 1 if size >= 100 else 2 if size >= 0.1 or size == 0 else 3
    whole = isinstance(value, int) or size == 0.0 or (size >= 10 and float(value).is_integer())
    return f"{value:{sign},.{0 if whole else places}f}"
