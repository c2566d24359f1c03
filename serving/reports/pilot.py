"""The report of the pilots: what changed, against what, and how surely."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from recsys.planning.pilots.outcomes import outcome_named
from recsys.planning.pilots.study import Study
from serving.reports.charts.bars import Bar, TickText, bars
from serving.reports.charts.canvas import Named
from serving.reports.charts.lines import Line, Point, lines
from serving.reports.maps import CityMap, places_of
from serving.reports.report import SUPPRESSION, UNKNOWN_NOTE, Exhibit, Report, Section
from serving.reports.tables import UNKNOWN, Table, number
from serving.reports.words import Label, Lang, value_named

METHOD: Final = Label(
    "双重差分：试点区县前后之差，减去对照区县前后之差。区间由全部可能的试点组合逐一比较得出（置换检验），"
    "前提是没有试点时各区县的变化可以互换，且各试点的作用相同。对照区县按开始前走势的相似程度加权。",
    "Difference in differences: the pilots' change less their comparison's. Intervals come from "
    "going through every set of districts that could have been the pilots; they hold if, without "
    "a pilot, the districts' changes are exchangeable, and if the effect is the same in every "
    "pilot. Comparison districts weigh by how alike they went before the start.",
)
RELEASED: Final = Label(
    "所有计算只用可以公布的数字；不公布的数字不进入任何估计。",
    "Only figures that may be released are reckoned with; what is held back is in no estimate.",
)
EFFECTS_SHOWN: Final = (
    "outcome", "pilots_before", "pilots_after", "comparison_before", "comparison_after", "effect",
    "low", "high", "confidence", "p_value", "p_family",
)  # fmt: skip


def pilot_report(
    study: Study,
    names: Mapping[str, str],
    city_map: CityMap,
    facts: tuple[tuple[Label, str], ...],
    lang: Lang,
) -> Report:
    """The report of a study.

    Args:
        study: what was found.
        names: of districts by code.
        city_map: draws the districts.
        facts: what the report rests on.
        lang: the page's language.
    """
    first = study.terms[study.before] if study.before < len(study.terms) else None
    own = (
        (Label("试点区县", "Pilots"), _listed(study.pilots, names)),
        (Label("对照区县", "Compared with"), _listed(study.comparisons, names)),
        (Label("已结束学期", "Finished terms"), "、".join(study.terms)),
        (Label("开始后首个学期", "First term after the start"), first or "—"),
    )
    sections = (
        _effects(study, lang),
        *(_path(study, row, lang) for row in study.effects.iter_rows(named=True)),
        _changes(study, names, city_map, lang),
        _weights(study, names),
        _panel(study, names),
    )
    return Report(
        "pilot-report",
        Label("人力资本提升试点：前后与对照", "The upskilling pilots: before, after, compared"),
        lang,
        (*own, *facts),
        (),
        sections,
        (METHOD, RELEASED, SUPPRESSION, UNKNOWN_NOTE),
    )


def _listed(codes: tuple[str, ...], names: Mapping[str, str]) -> str:
    return "、".join(names.get(code, code) for code in codes) or "—"


def _said(row: Mapping[str, Any]) -> Label:
    named = outcome_named(row["outcome"])
    return Label(f"{named.zh}：{row['note']}", f"{named.en}: {row['note_en']}")


def _effects(study: Study, lang: Lang) -> Section:
    title = Label("试点的作用", "What the pilots did")
    table = Table("effects", title, study.effects, EFFECTS_SHOWN)
    told = study.effects.filter(pl.col("effect").is_not_null() & (pl.col("pilots_before") > 0))
    caption = Label("双重差分，占试点开始前均值的比例", "Effect, against the pilots' mean before")
    about = Label("每项指标一条，细线为区间", "One bar an outcome; the thin line is the interval")
    named = Named("effects-chart", caption.of(lang), about.of(lang))
    drawn = [_effect_bar(row, lang) for row in told.iter_rows(named=True)]
    charts = ((caption, bars(named, drawn, TickText(share=True))),) if drawn else ()
    said = () if drawn else (_nothing(study),)
    return Section("effects", title, said, (Exhibit(table, charts),))


def _nothing(study: Study) -> Label:
    return Label(
        f"{len(study.pilots)} 个试点、{len(study.comparisons)} 个可作对照的区县、"
        f"{len(study.terms)} 个已结束学期，不足以说明试点的作用；以下各项写明缺什么。",
        f"{len(study.pilots)} pilots, {len(study.comparisons)} districts to compare with and "
        f"{len(study.terms)} finished terms don't suffice to tell what the pilots did; below "
        "stands what is lacking.",
    )


def _effect_bar(row: Mapping[str, Any], lang: Lang) -> Bar:
    base = row["pilots_before"]
    low, high = (None if row[end] is None else row[end] / base for end in ("low", "high"))
    share = row["effect"] / base
    return Bar(value_named(row["outcome"], lang), share, f"{share * 100:+.1f}%", low, high)


def _path(study: Study, row: Mapping[str, Any], lang: Lang) -> Section:
    """One outcome, term by term."""
    outcome = outcome_named(row["outcome"])
    title = Label(outcome.zh, outcome.en)
    path = study.paths.filter(pl.col("outcome") == row["outcome"])
    if path.is_empty():
        return Section(f"path-{outcome.name}", title, (_said(row),))
    places, ticks = path["term"].to_list(), TickText(share=outcome.share)
    named = Named(
        f"path-{outcome.name}-chart",
        title.of(lang),
        Label("试点与对照，逐学期", "Pilots and comparison, term by term").of(lang),
    )
    drawn = [
        Line(value.of(lang), [Point(each) for each in path[column]])
        for value, column in (
            (Label("试点", "pilots"), "pilots"),
            (Label("对照", "comparison"), "comparison"),
        )
    ]
    start = places.index(path.filter("after")["term"].item(0))
    chart = lines(named, places, drawn, ticks, (start, Label("试点开始", "start").of(lang)))
    table = Table(
        f"path-{outcome.name.replace('_', '-')}",
        Label(f"{outcome.zh}，逐学期", f"{outcome.en}, term by term"),
        path,
        ("term", "pilots", "comparison", "difference", "low", "high"),
        (_difference(row["confidence"]),),
    )
    exhibit = Exhibit(table, ((table.title, chart),))
    return Section(f"path-{outcome.name}", title, (_said(row),), (exhibit,))


def _difference(level: float | None) -> Label:
    """What the table's last columns are."""
    zh = "不足以给出区间" if level is None else f"{level:.0%} 区间"
    en = "too few for an interval" if level is None else f"{level:.0%} interval"
    return Label(
        f"“与开始前差距之差”：该学期试点与对照之差，减去开始前（不含该学期）之差；{zh}。",
        "The difference from before: pilots less comparison in the term, less the same before the "
        f"start (the term itself left out); {en}.",
    )


def _changes(study: Study, names: Mapping[str, str], city_map: CityMap, lang: Lang) -> Section:
    title = Label("各区县前后", "Each district before and after")
    frame = _with_district(study.changes, names)
    table = Table(
        "changes", title, frame, ("outcome", "district", "role", "before", "after", "change"),
        (city_map.note,),
    )  # fmt: skip
    first = frame["outcome"].item(0) if frame.height else None
    if first is None:
        said = Label("开始前后没有都有数字的区县。", "No district has figures on both sides.")
        return Section("changes", title, (said,), (Exhibit(table),))
    outcome = outcome_named(first)
    places = places_of(frame.filter(outcome=first), "change", names, study.pilots, lang)
    worded = [
        place._replace(text=_change(place.value, lang, share=outcome.share)) for place in places
    ]
    caption = Label(f"{outcome.zh}的变化", f"Change of {outcome.en}")
    named = Named("changes-map", caption.of(lang), city_map.note.of(lang))
    return Section(
        "changes", title, (), (Exhibit(table, ((caption, city_map.drawn(named, worded)),)),)
    )


def _change(value: float | None, lang: Lang, *, share: bool) -> str:
    if value is None:
        return UNKNOWN.of(lang)
    return f"{value * 100:+.1f}%" if share else number(value, "signed")


def _weights(study: Study, names: Mapping[str, str]) -> Section:
    title = Label("对照区县的权重", "How comparison districts weigh")
    frame = _with_district(study.weights, names)
    return Section(
        "weights",
        title,
        (),
        (Exhibit(Table("weights", title, frame, ("outcome", "district", "weight"))),),
    )


def _panel(study: Study, names: Mapping[str, str]) -> Section:
    title = Label("逐区县逐学期的数字", "All figures by district and term")
    shown = ("outcome", "district", "role", "term", "value")
    table = Table("panel", title, _with_district(study.panel, names), shown)
    return Section("panel", title, (), (Exhibit(table),))


def _with_district(frame: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    """The district's name beside its code."""
    named = pl.col("division_code").replace_strict(names, default=None, return_dtype=pl.String)
    return frame.with_columns(district=named)
