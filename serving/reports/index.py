"""The page that leads to the reports of all districts."""

from collections.abc import Mapping

import polars as pl

from serving.reports.charts.canvas import Named
from serving.reports.maps import places_of
from serving.reports.page import page_of
from serving.reports.report import SUPPRESSION, UNKNOWN_NOTE, Exhibit, Report, Section
from serving.reports.tables import Table
from serving.reports.term import COUNTED, USE, Ground
from serving.reports.words import Label


def index_page(ground: Ground, districts: Mapping[str, str], term: str) -> str:
    """A page with the districts side by side, each name a link to its report.

    Args:
        ground: what the reports rest on.
        districts: names of those that have a report, by code.
        term: which term.
    """
    rows = ground.tables.programmes.filter(
        pl.col("term") == term,
        pl.col("programme") == "all",
        pl.col("division_code").is_in(list(districts)),
    )
    named = rows.with_columns(
        division=pl.col("division_code").replace_strict(districts, return_dtype=pl.String)
    ).drop("programme")
    title = Label("各区县满班率", "Fill rate by district")
    places = places_of(named, "fill_rate", ground.districts, [], ground.lang)
    chart = ground.city_map.drawn(
        Named("map", title.of(ground.lang), ground.city_map.note.of(ground.lang)), places
    )
    table = Table("districts", title, named, ("division", *USE), (ground.city_map.note,))
    report = Report(
        "index",
        Label(f"{term}学期报告", f"Reports of the term {term}"),
        ground.lang,
        ground.facts,
        (),
        (Section("districts", title, (), (Exhibit(table, ((title, chart),)),)),),
        (COUNTED, SUPPRESSION, UNKNOWN_NOTE),
    )
    return page_of(report, links={f"{code}/report.html": name for code, name in districts.items()})
