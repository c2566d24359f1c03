"""A report before it is written: facts, sections, charts and tables, in one language."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from serving.reports.markup import Markup
from serving.reports.tables import Table
from serving.reports.words import Label, Lang


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A table and, above it, the charts that show it, each with its caption."""

    table: Table
    charts: tuple[tuple[Label, Markup], ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report.

    Attributes:
        key: in letters and hyphens, unique in the report.
        title: its heading.
        said: paragraphs.
        exhibits: what is shown.
        absent: whether there was nothing to show; ``said`` tells why.
    """

    key: str
    title: Label
    said: tuple[Label, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A figure that stands out, what it is, and what it is to be read against."""

    figure: str
    name: Label
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the page and the files tell.

    Attributes:
        kind: ``term-report`` or ``pilot-report``.
        title: the page's heading.
        lang: the page's language.
        facts: what the report rests on, name and value.
        cards: figures that stand out.
        sections: its parts, in order.
        notes: what holds for all of it.
    """

    kind: str
    title: Label
    lang: Lang
    facts: tuple[tuple[Label, str], ...]
    cards: tuple[Card, ...] = ()
    sections: tuple[Section, ...] = ()
    notes: tuple[Label, ...] = field(default=())

    @property
    def tables(self) -> Iterator[Table]:
        """All tables, in the order of the page."""
        for section in self.sections:
            for exhibit in section.exhibits:
                yield exhibit.table


SUPPRESSION: Label = Label(
    "“—”：不足10人，或公布后可推算出不足10人的数字，不予公布。",
    "“—”: held back, as fewer than ten people are behind it, or it would give such a figure away.",
)
UNKNOWN_NOTE: Label = Label("“无数据”：没有来源，不是零。", "“n/a”: nobody tells; it isn't zero.")
