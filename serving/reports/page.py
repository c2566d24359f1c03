"""A report as one HTML page that needs nothing but itself."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Final

from serving.reports.markup import Markup, el, void
from serving.reports.report import Card, Exhibit, Report, Section
from serving.reports.tables import html_table
from serving.reports.words import Label, Lang

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
"""What a browser may load for the page: nothing; its styles stand in it."""

CODES: Final = {"zh": "zh-CN", "en": "en"}
CONTENTS: Final = Label("目录", "Contents")
FIGURES: Final = Label("本期要点", "At a glance")


def page_of(report: Report, links: Mapping[str, str] | None = None) -> str:
    """The report's page, a whole document.

    Args:
        report: what it tells.
        links: names of pages beside it, by their relative paths.
    """
    lang = report.lang
    style = (files("serving.reports") / "page.css").read_text(encoding="utf-8")
    head = el(
        "head",
        void("meta", charset="utf-8"),
        void("meta", http_equiv="Content-Security-Policy", content=POLICY),
        void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("title", report.title.of(lang)),
        el("style", Markup(style)),
    )
    body = el(
        "body",
        _header(report),
        _links(links or {}),
        el("main", _cards(report.cards, lang), *(_section(each, lang) for each in report.sections)),
        _footer(report),
    )
    return f"<!DOCTYPE html>\n{el('html', head, body, lang=CODES[lang])}\n"


def _header(report: Report) -> Markup:
    lang = report.lang
    facts = [
        Markup.joined([el("dt", name.of(lang)), el("dd", value)]) for name, value in report.facts
    ]
    items = [
        el("li", el("a", each.title.of(lang), href=f"#{each.key}")) for each in report.sections
    ]
    return el(
        "header",
        el("h1", report.title.of(lang)),
        el("dl", Markup.joined(facts), class_="facts"),
        el("nav", el("ol", Markup.joined(items)), aria_label=CONTENTS.of(lang)),
    )


def _links(links: Mapping[str, str]) -> Markup | None:
    if not links:
        return None
    items = [el("li", el("a", name, href=path)) for path, name in links.items()]
    return el("ul", Markup.joined(items), class_="links")


def _cards(cards: tuple[Card, ...], lang: Lang) -> Markup | None:
    if not cards:
        return None
    items = [
        el(
            "li",
            el("span", card.name.of(lang)),
            el("b", card.figure),
            el("span", card.beside) if card.beside else None,
        )
        for card in cards
    ]
    return el("ul", Markup.joined(items), class_="cards", aria_label=FIGURES.of(lang))


def _section(section: Section, lang: Lang) -> Markup:
    said = [
        el("p", words.of(lang), class_="absent" if section.absent else None)
        for words in section.said
    ]
    shown = [_exhibit(exhibit, lang) for exhibit in section.exhibits]
    heading = el("h2", section.title.of(lang), id=section.key)
    return el("section", heading, *said, *shown, aria_labelledby=section.key)


def _exhibit(exhibit: Exhibit, lang: Lang) -> Markup:
    table = exhibit.table
    notes = [el("p", note.of(lang), class_="note") for note in table.notes]
    charts = [
        el("figure", el("figcaption", caption.of(lang)), chart) for caption, chart in exhibit.charts
    ]
    return Markup.joined([*charts, html_table(table, lang), *notes])


def _footer(report: Report) -> Markup:
    return el("footer", *(el("p", note.of(report.lang)) for note in report.notes))
