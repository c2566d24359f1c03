"""``xuepei report``: the report of a term, district by district."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import polars as pl
import typer

from data.city import City
from data.cli.console import out, print_json, progress
from data.cli.moments import read_month
from data.errors import XuepeiError
from data.store import open_snapshot
from features.asof import known
from features.course import skill_names
from features.demand.build import end_of
from features.terms import terms
from recsys.planning.terms.tables import TermTables, term_tables
from serving.cli.options import AsJson, Snapshot
from serving.cli.report_options import AsOfMonth, Geojson, ReportFolder, checked_lang, facts_of
from serving.reports.folder import write_reports
from serving.reports.given import PARTS, read_given, with_names
from serving.reports.index import index_page
from serving.reports.maps import CityMap
from serving.reports.term import Ground, term_report

app = typer.Typer(add_completion=False)

ALL: Final = "all"

Given = Path | None


@app.command("report")
def report(
    snapshot: Snapshot,
    as_of: AsOfMonth,
    target: ReportFolder,
    division: Annotated[
        str, typer.Option(help="A district's code, 6 or 12 digits, or all of them: all.")
    ] = ALL,
    term: Annotated[
        str | None, typer.Option(help="Which term; left out, the last one that is over.")
    ] = None,
    gaps: Annotated[Given, typer.Option(help="A table of `xuepei gaps`.")] = None,
    coverage: Annotated[Given, typer.Option(help="A table of `xuepei coverage`.")] = None,
    targets: Annotated[Given, typer.Option(help="A table of `xuepei targets`.")] = None,
    interest: Annotated[Given, typer.Option(help="A table of `xuepei interest`.")] = None,
    plan: Annotated[Given, typer.Option(help="A table of `xuepei plan`.")] = None,
    geojson: Geojson = None,
    lang: Annotated[str, typer.Option(help="zh or en.")] = "zh",
    as_json: AsJson = False,
) -> dict[str, Any]:
    """Write a district's report of a term: a page, a workbook, CSV and JSON."""
    language, month = checked_lang(lang), read_month(as_of)
    files = dict(zip(PARTS, (gaps, coverage, targets, interest, plan), strict=True))
    city, moment = open_snapshot(snapshot), end_of(month)
    with progress() as bar:
        task = bar.add_task("counting", total=None)
        names = _names(city, moment)
        districts = {code: name for code, name in names.items() if _is_district(code)}
        city_map = CityMap(districts, geojson)
        beside = _ids(city, moment, names)
        given = {
            key: with_names(read_given(path, key), beside)
            for key, path in files.items()
            if path is not None
        }
        which, asked = _term(term, terms(city, moment)), _districts(division, districts)
        tables = term_tables(city, moment, lambda step: bar.update(task, description=step))
        chosen = asked if division != ALL else _holding(asked, tables)
        ground = Ground(
            tables, names, districts, _city_code(districts), city_map, given,
            facts_of(month, city), language,
        )  # fmt: skip
        bar.update(task, description="writing")
        reports = {code: term_report(ground, code, which) for code in chosen}
        if division == ALL:
            index = index_page(ground, {code: districts[code] for code in chosen}, which)
            write_reports(target, reports, index)
        else:
            write_reports(target, {"": reports[chosen[0]]})
    result = {
        "as_of": f"{month:%Y-%m}",
        "term": which,
        "districts": chosen,
        "parts": list(given),
        "unplaced_sections": tables.unplaced,
        "out": str(target),
    }
    if as_json:
        print_json(result)
    else:
        _print(result, districts)
    return result


def _names(city: City, moment: datetime) -> dict[str, str]:
    rows = known(city, "divisions", moment).select("division_code", "name").collect()
    return dict(rows.sort("division_code").iter_rows())


def _is_district(code: str) -> bool:
    return code.endswith("000000") and not code.endswith("00000000")


def _city_code(districts: Mapping[str, str]) -> str:
    return next(iter(districts), "")[:4].ljust(12, "0")


def _ids(city: City, moment: datetime, names: Mapping[str, str]) -> dict[str, pl.DataFrame]:
    """Names by the ids that tables of other verbs carry."""
    tables = (("courses", "course_id", "title", "course"), ("venues", "venue_id", "name", "venue"))
    found = {
        key: known(city, table, moment).select(key, pl.col(column).alias(called)).collect()
        for table, key, column, called in tables
    }
    skills = skill_names(city, moment).rename({"name": "skill"}).collect()
    places = pl.DataFrame({"division_code": list(names), "name": list(names.values())})
    return {"skill_id": skills.unique("skill_id"), "division_code": places, **found}


def _districts(division: str, districts: Mapping[str, str]) -> list[str]:
    """The districts asked for.

    Raises:
        XuepeiError: it is no district of the snapshot.
    """
    if division == ALL:
        return list(districts)
    code = division.ljust(12, "0")
    if code not in districts:
        listed = ", ".join(f"{code} {name}" for code, name in districts.items()) or "none"
        message = f"{division!r} is no district of the snapshot; there are {listed}, or {ALL}"
        raise XuepeiError(message)
    return [code]


def _holding(districts: Sequence[str], tables: TermTables) -> list[str]:
    """Those that ever held a section.

    Raises:
        XuepeiError: none did.
    """
    held = set(tables.programmes["division_code"])
    chosen = [code for code in districts if code in held]
    if not chosen:
        message = "no district of the snapshot held a section; there is nothing to report"
        raise XuepeiError(message)
    return chosen


def _term(wanted: str | None, listed: pl.DataFrame) -> str:
    """The term asked for, else the last that is over.

    Raises:
        XuepeiError: no such term, or none is over.
    """
    names = listed["term"].to_list()
    over = listed.filter("over")["term"].to_list()
    if wanted is None and over:
        return str(over[-1])
    if wanted not in names:
        asked = "no term is over" if wanted is None else f"there is no term {wanted!r}"
        message = f"{asked}; the snapshot has {', '.join(names) or 'none'}"
        raise XuepeiError(message)
    return str(wanted)


def _print(result: dict[str, Any], districts: Mapping[str, str]) -> None:
    listed = "、".join(districts[code] for code in result["districts"])
    out.print(f"{result['term']} {listed}")
    if result["unplaced_sections"]:
        out.print(f"{result['unplaced_sections']} sections are in no report: nobody tells where")
    out.print(f"written: {result['out']}")
