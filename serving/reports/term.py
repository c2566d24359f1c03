"""The report of one district and one term: supply, use, and what other verbs found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from data.vocab import AGE_BANDS, CATEGORIES, PROGRAMMES
from recsys.planning.terms.tables import TermTables
from serving.reports.charts.bars import Bar, TickText, bars
from serving.reports.charts.canvas import Named
from serving.reports.charts.lines import Line, Point, lines
from serving.reports.charts.shares import Share, shares
from serving.reports.maps import CityMap, places_of
from serving.reports.markup import Markup
from serving.reports.parts import part_sections
from serving.reports.report import SUPPRESSION, UNKNOWN_NOTE, Card, Exhibit, Report, Section
from serving.reports.tables import Table, told
from serving.reports.words import Label, Lang, value_named, word

USE: Final = (
    "sections", "seats", "applied", "enrolled", "fill_rate", "applications_per_seat", "completed",
    "completion_rate",
)  # fmt: skip
"""Columns of a table of use, as the page shows them."""

HEAD: Final = (
    "sections", "seats", "applied", "enrolled", "fill_rate", "applications_per_seat",
    "completion_rate",
)  # fmt: skip
"""Figures that stand out."""

COUNTED: Final = Label(
    "只计线下、直播和双通道班次；录播不限学位，不计入。人次：一人上两门课计两次。"
    "满班率=入学人次÷学位；完课率=结业人次÷应结业人次。",
    "Classes in rooms, live and dual; recorded ones have no limit of seats and aren't counted. "
    "Somebody in two classes counts twice. Fill rate: enrolments by seats; completion rate: "
    "completions by those due.",
)


@dataclass(frozen=True, slots=True)
class Ground:
    """What all districts' reports of a run share.

    Attributes:
        tables: what came of each term.
        names: of divisions by code.
        districts: names of the districts by code.
        city: code of the city.
        city_map: draws the districts.
        given: tables of other verbs, by part.
        facts: what the reports rest on.
        lang: the reports' language.
    """

    tables: TermTables
    names: Mapping[str, str]
    districts: Mapping[str, str]
    city: str
    city_map: CityMap
    given: Mapping[str, pl.DataFrame]
    facts: tuple[tuple[Label, str], ...]
    lang: Lang


def term_report(ground: Ground, district: str, term: str) -> Report:
    """The report of a district.

    Args:
        ground: what it rests on.
        district: its code.
        term: one of the terms in ``ground.tables``.
    """
    name = ground.districts[district]
    facts = ((Label("区县", "District"), f"{name} {district}"), (Label("学期", "Term"), term))
    sections = (
        _programmes(ground, district, term),
        _categories(ground, district, term),
        _ages(ground, district, term),
        _course(ground, district, term),
        _beside(ground, district, term),
        *part_sections(ground.given, district, ground.lang),
    )
    return Report(
        "term-report",
        Label(f"{name}{term}学期报告", f"{name}: report of the term {term}"),
        ground.lang,
        (*facts, *ground.facts),
        _cards(ground, district, term),
        sections,
        (COUNTED, SUPPRESSION, UNKNOWN_NOTE),
    )


def _rows(frame: pl.DataFrame, division: str, term: str) -> pl.DataFrame:
    return frame.filter(pl.col("division_code") == division, pl.col("term") == term)


def _whole(ground: Ground, division: str, term: str) -> dict[str, Any]:
    """The row of all programmes together; empty where nothing was held."""
    rows = _rows(ground.tables.programmes, division, term).filter(pl.col("programme") == "all")
    return rows.row(0, named=True) if rows.height else dict.fromkeys(rows.columns)


def _cards(ground: Ground, district: str, term: str) -> tuple[Card, ...]:
    here, city = (_whole(ground, code, term) for code in (district, ground.city))
    lang = ground.lang
    beside = Label("全市", "city").of(lang)
    return tuple(
        Card(
            told(here, name, lang),
            Label(word(name).zh, word(name).en),
            f"{beside} {told(city, name, lang)}",
        )
        for name in HEAD
    )


def _programmes(ground: Ground, district: str, term: str) -> Section:
    rows = _rows(ground.tables.programmes, district, term)
    ordered = _in_order(rows, "programme", (*PROGRAMMES, "all"))
    title = Label("按办学类型", "By programme")
    table = Table("programmes", title, ordered, ("programme", *USE))
    return Section("by-programme", title, (), (_with_fill(table, "programme", ground.lang),))


def _categories(ground: Ground, district: str, term: str) -> Section:
    rows = _in_order(_rows(ground.tables.categories, district, term), "category", CATEGORIES)
    title = Label("按课程分类", "By category")
    table = Table("categories", title, rows, ("category", *USE))
    return Section("by-category", title, (), (_with_fill(table, "category", ground.lang),))


def _with_fill(table: Table, by: str, lang: Lang) -> Exhibit:
    """A table of use with its fill rates drawn."""
    caption = Label("满班率：入学人次占学位的比例", "Fill rate: enrolments by seats")
    about = Label("每行一条", "One bar a row").of(lang)
    tracks = [
        Share(
            value_named(row[by], lang),
            row["fill_rate"],
            told(row, "fill_rate", lang),
            strong=row[by] == "all",
        )
        for row in table.frame.iter_rows(named=True)
    ]
    if not tracks:
        return Exhibit(table)
    named = Named(f"{table.key}-chart", caption.of(lang), about)
    return Exhibit(table, ((caption, shares(named, tracks)),))


def _ages(ground: Ground, district: str, term: str) -> Section:
    lang = ground.lang
    rows = _in_order(_rows(ground.tables.ages, district, term), "age_band", AGE_BANDS)
    title = Label("按年龄段", "By age")
    table = Table(
        "ages", title, rows, ("age_band", "applied", "enrolled", "completed", "completion_rate")
    )
    caption = Label("各年龄段入学人次", "Enrolments by age")
    about = Label("每个年龄段一条", "One bar for each age").of(lang)
    drawn = [
        Bar(value_named(row["age_band"], lang), row["enrolled"], told(row, "enrolled", lang))
        for row in rows.iter_rows(named=True)
    ]
    if not drawn:
        return Section("by-age", title, (), (Exhibit(table),))
    chart = bars(Named("ages-chart", caption.of(lang), about), drawn, TickText())
    return Section("by-age", title, (), (Exhibit(table, ((caption, chart),)),))


def _course(ground: Ground, district: str, term: str) -> Section:
    """The terms up to this one, beside the whole city."""
    over = ground.tables.terms.filter(pl.col("over") | (pl.col("term") == term))
    listed = over["term"].to_list()
    listed = listed[: listed.index(term) + 1]
    title = Label("历学期走势", "Term by term")
    order = {name: number for number, name in enumerate(listed)}
    rows = ground.tables.programmes.filter(
        pl.col("programme") == "all",
        pl.col("division_code").is_in([district, ground.city]),
        pl.col("term").is_in(listed),
    )
    ordered = rows.sort(
        "division_code", pl.col("term").replace_strict(order, return_dtype=pl.Int64)
    )
    named = ordered.with_columns(
        division=pl.col("division_code").replace_strict(ground.names, return_dtype=pl.String)
    )
    table = Table("terms", title, named.drop("programme"), ("term", "division", *USE))
    charts = tuple(
        (Label(word(name).zh, word(name).en), _lines(ground, named, listed, name))
        for name in ("fill_rate", "completion_rate")
    )
    return Section("terms", title, (), (Exhibit(table, charts if len(listed) > 1 else ()),))


def _lines(ground: Ground, rows: pl.DataFrame, terms: list[str], column: str) -> Markup:
    name, lang = word(column).of(ground.lang), ground.lang
    drawn: list[Line] = []
    for division in rows["division"].unique(maintain_order=True).reverse():
        known = dict(rows.filter(division=division).select("term", column).iter_rows())
        drawn.append(Line(f"{division}", [Point(known.get(term)) for term in terms]))
    about = Label("本区与全市，逐学期", "The district and the city, term by term").of(lang)
    return lines(
        Named(f"terms-{column}", name, f"{name}: {about}"), terms, drawn, TickText(share=True)
    )


def _in_order(rows: pl.DataFrame, column: str, values: Sequence[str]) -> pl.DataFrame:
    """Rows in the order of a vocabulary; what isn't in it comes last."""
    known = {value: number for number, value in enumerate(values)}
    place = pl.col(column).replace_strict(known, default=len(known), return_dtype=pl.Int64)
    return rows.sort(place, column)


def _beside(ground: Ground, district: str, term: str) -> Section:
    """All districts of the term."""
    rows = ground.tables.programmes.filter(
        pl.col("term") == term,
        pl.col("programme") == "all",
        pl.col("division_code").is_in(list(ground.districts)),
    )
    named = rows.with_columns(
        division=pl.col("division_code").replace_strict(ground.names, return_dtype=pl.String)
    )
    title = Label("各区县满班率", "Fill rate by district")
    places = places_of(named, "fill_rate", ground.districts, [district], ground.lang)
    chart = ground.city_map.drawn(
        Named("map", title.of(ground.lang), ground.city_map.note.of(ground.lang)), places
    )
    table = Table(
        "districts", title, named.drop("programme"), ("division", *USE), (ground.city_map.note,)
    )
    return Section("districts", title, (), (Exhibit(table, ((title, chart),)),))
