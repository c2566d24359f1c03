"""Sections of a term report that rest on files of other verbs."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import polars as pl

from serving.reports.charts.bars import Bar, TickText, bars
from serving.reports.charts.canvas import Named
from serving.reports.charts.shares import Share, shares
from serving.reports.given import PARTS, Part, inside
from serving.reports.markup import Markup
from serving.reports.report import Exhibit, Section
from serving.reports.tables import Table, told
from serving.reports.words import Label, Lang

TOP: Final = 20
"""Rows of a long table that a report shows; the verb's own file holds all of them."""

Draw = Callable[[pl.DataFrame, Lang], tuple[Label, Markup]]


def part_sections(
    given: Mapping[str, pl.DataFrame], district: str, lang: Lang
) -> Iterator[Section]:
    """One section for each part; that of a part nobody gave says so.

    Args:
        given: tables by part.
        district: whose rows are shown.
        lang: of the charts.
    """
    for key, part in PARTS.items():
        if key not in given:
            yield Section(key, part.title, (_not_given(part),), absent=True)
            continue
        rows = given[key] if key == "targets" else inside(given[key], district)
        own = _targets(rows, district) if key == "targets" else rows
        yield _section(part, own, lang)


def _not_given(part: Part) -> Label:
    return Label(
        f"本报告未附这一部分：没有提供 --{part.key} 文件（由 xuepei {part.verb} 生成）。",
        f"Not in this report: no --{part.key} file was given (`xuepei {part.verb}` writes one).",
    )


def _section(part: Part, rows: pl.DataFrame, lang: Lang) -> Section:
    first = _ORDER[part.key](rows) if part.key in _ORDER else rows
    shown = first.head(TOP)
    if rows.is_empty():
        said = Label("所附文件中没有本区县的数据。", "The file given has no rows of this district.")
        return Section(part.key, part.title, (said,), absent=True)
    notes = () if shown.height == rows.height else (_cut(shown.height, rows.height),)
    table = Table(part.key, part.title, shown, part.shown, notes)
    charts = (_CHARTS[part.key](shown, lang),) if part.key in _CHARTS else ()
    return Section(part.key, part.title, (), (Exhibit(table, charts),))


def _cut(shown: int, held: int) -> Label:
    return Label(
        f"共 {held} 行，列出前 {shown} 行。", f"The first {shown} of {held} rows are shown."
    )


def _targets(rows: pl.DataFrame, district: str) -> pl.DataFrame:
    """Targets of the whole city and of this district, not of others."""
    if "division_code" not in rows.columns:
        return rows
    code = pl.col("division_code").cast(pl.String)
    ours = code.is_null() | code.str.starts_with(district[:6]) | code.str.ends_with("00000000")
    return rows.filter(ours)


def _by_rank(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.sort("rank") if "rank" in rows.columns else rows.sort("gap", descending=True)


def _worst_covered(rows: pl.DataFrame) -> pl.DataFrame:
    """The district itself, then its towns with the most people outside; all people together."""
    whole = rows
    for column in ("band", "need", "area"):
        if column in whole.columns:
            whole = whole.filter(pl.col(column).cast(pl.String).is_in(["all", "everybody", ""]))
    kept = whole if whole.height else rows
    if "level" in kept.columns:
        kept = kept.filter(pl.col("level").cast(pl.String) != "village")
    outside = pl.col("persons") - pl.col("covered")
    own = pl.col("division_code").cast(pl.String).str.ends_with("000000")
    return kept.sort(own, outside, descending=[True, True], nulls_last=True)


def _most_wanted(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.sort("wanted", descending=True, nulls_last=True)


def _gap_chart(rows: pl.DataFrame, lang: Lang) -> tuple[Label, Markup]:
    caption = Label("每月缺口人数，含 5%–95% 区间", "Gap a month, with its 5-95 % interval")
    about = Label("每项技能一条，细线为区间", "One bar a skill; the thin line is the interval")
    name = "skill" if "skill" in rows.columns else "skill_id"
    drawn = [
        Bar(
            str(row[name] or row["skill_id"]),
            row["gap"],
            told(row, "gap", lang),
            row.get("gap_low"),
            row.get("gap_high"),
        )
        for row in rows.iter_rows(named=True)
    ]
    named = Named("gaps-chart", caption.of(lang), about.of(lang))
    return caption, bars(named, drawn, TickText())


def _coverage_chart(rows: pl.DataFrame, lang: Lang) -> tuple[Label, Markup]:
    caption = Label("学习圈覆盖率", "Share of residents inside")
    about = Label("每个镇街、每种学习圈一条", "One bar for each town and circle")
    drawn = [
        Share(_covered_name(row, lang), row["share"], told(row, "share", lang))
        for row in rows.iter_rows(named=True)
    ]
    named = Named("coverage-chart", caption.of(lang), about.of(lang))
    return caption, shares(named, drawn)


def _covered_name(row: Mapping[str, Any], lang: Lang) -> str:
    parts = (told(row, name, lang) for name in ("name", "circle") if row.get(name))
    return " ".join(parts)


_ORDER: Final[Mapping[str, Callable[[pl.DataFrame], pl.DataFrame]]] = {
    "gaps": _by_rank,
    "coverage": _worst_covered,
    "interest": _most_wanted,
}
_CHARTS: Final[Mapping[str, Draw]] = {"gaps": _gap_chart, "coverage": _coverage_chart}
