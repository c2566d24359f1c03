"""``xuepei pilot-report``: what the pilot districts changed, and how surely."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from data.city import City
from data.cli.console import out, print_json, progress
from data.cli.moments import read_month
from data.errors import XuepeiError
from data.store import open_snapshot
from features.demand.build import end_of
from features.terms import terms
from recsys.planning.pilots.comparison import Weighting
from recsys.planning.pilots.districts import (
    check_districts,
    district_people,
    pilot_districts,
    terms_before,
)
from recsys.planning.pilots.outcomes import check_panel, gap_outcome, outcomes, reach_outcome
from recsys.planning.pilots.study import Study, study
from recsys.planning.terms.tables import term_tables
from serving.cli.options import AsJson, Snapshot
from serving.cli.report_options import AsOfMonth, Geojson, ReportFolder, checked_lang, facts_of
from serving.reports.folder import write_reports
from serving.reports.given import read_given
from serving.reports.maps import CityMap
from serving.reports.pilot import pilot_report

app = typer.Typer(add_completion=False)


@app.command("pilot-report")
def pilot(
    snapshot: Snapshot,
    as_of: AsOfMonth,
    start: Annotated[
        str,
        typer.Option(
            help="The first term of the pilots, or a day: then the first term from it on."
        ),
    ],
    target: ReportFolder,
    pilots: Annotated[
        list[str] | None,
        typer.Option("--pilot", help="A pilot district; repeatable. Left out, the plan's targets."),
    ] = None,
    others: Annotated[
        list[str] | None,
        typer.Option(
            "--compare",
            help="A comparison district; repeatable. Left out, all others that hold sections.",
        ),
    ] = None,
    weights: Annotated[
        str,
        typer.Option(help="likeness: comparison districts weigh by how alike they went; or equal."),
    ] = "likeness",
    gaps: Annotated[
        list[Path] | None,
        typer.Option(help="A table of `xuepei gaps`; repeatable, a month or more each."),
    ] = None,
    panel: Annotated[
        list[Path] | None,
        typer.Option(
            "--outcomes", help="More outcomes: division_code, term, outcome, value; repeatable."
        ),
    ] = None,
    geojson: Geojson = None,
    lang: Annotated[str, typer.Option(help="zh or en.")] = "zh",
    as_json: AsJson = False,
) -> dict[str, Any]:
    """Write the pilots' report: before and after, comparison, difference in differences."""
    language, month, weighting = checked_lang(lang), read_month(as_of), _weighting(weights)
    city, moment = open_snapshot(snapshot), end_of(month)
    with progress() as bar:
        task = bar.add_task("counting", total=None)
        people = district_people(city, moment)
        names = {
            code: name or code for code, name in people.select("district_code", "name").iter_rows()
        }
        city_map = CityMap(names, geojson)
        tried = _pilots(city, moment, pilots, people)
        named = _others(others or [], people, tried)
        over = terms(city, moment).filter("over")
        listed, before = over["term"].to_list(), terms_before(over, start)
        given = _given(gaps or [], panel or [], over, people)
        tables = term_tables(city, moment, lambda step: bar.update(task, description=step))
        bar.update(task, description="comparing")
        holding = tables.programmes["division_code"].unique().to_list()
        compared = named or [code for code in names if code in holding and code not in tried]
        figures = pl.concat(
            [
                outcomes(tables.programmes, tables.residents, people),
                reach_outcome(city, moment, listed, holding),
                *given,
            ]
        )
        found = study(figures, tried, compared, listed, before, weighting, names)
        bar.update(task, description="writing")
        facts = facts_of(month, city)
        write_reports(target, {"": pilot_report(found, names, city_map, facts, language)})
    result = _summary(found, str(target))
    if as_json:
        print_json(result)
    else:
        _print(found, result)
    return result


def _weighting(text: str) -> Weighting:
    if text == "equal":
        return "equal"
    if text == "likeness":
        return "likeness"
    message = f"--weights is {text!r}; expected likeness or equal"
    raise XuepeiError(message)


def _pilots(
    city: City, moment: datetime, named: Sequence[str] | None, people: pl.DataFrame
) -> tuple[str, ...]:
    if named:
        return check_districts(named, people, "pilots")
    return pilot_districts(city, moment)


def _others(named: Sequence[str], people: pl.DataFrame, pilots: Sequence[str]) -> tuple[str, ...]:
    """The comparison districts that are named.

    Raises:
        XuepeiError: a pilot is named as its own comparison.
    """
    codes = check_districts(named, people, "comparison districts")
    both = [code for code in codes if code in pilots]
    if both:
        message = f"{both[0]} is a pilot and can't be compared with itself"
        raise XuepeiError(message)
    return codes


def _given(
    gaps: Sequence[Path], panels: Sequence[Path], terms: pl.DataFrame, people: pl.DataFrame
) -> list[pl.DataFrame]:
    """Outcomes from files: gaps of several months, and whatever else is brought."""
    found = [check_panel(read_given(path)) for path in panels]
    if gaps:
        monthly = [_months(path) for path in gaps]
        found.append(gap_outcome(pl.concat(monthly), terms, people))
    return found


def _months(path: Path) -> pl.DataFrame:
    """month, division_code and gap of a table of gaps.

    Raises:
        XuepeiError: it doesn't tell its months.
    """
    frame = read_given(path, "gaps")
    if "month" not in frame.columns:
        message = f"{path} has no column month; expected a table of `xuepei gaps`"
        raise XuepeiError(message)
    month = pl.col("month").cast(pl.String).str.slice(0, 7).str.to_date("%Y-%m", strict=False)
    return frame.select(
        month,
        pl.col("division_code").cast(pl.String),
        pl.col("skill_id").cast(pl.String),
        pl.col("gap").cast(pl.Float64),
    )


def _summary(found: Study, target: str) -> dict[str, Any]:
    return {
        "pilots": list(found.pilots),
        "comparisons": list(found.comparisons),
        "terms": list(found.terms),
        "terms_before": found.before,
        "effects": found.effects.to_dicts(),
        "out": target,
    }


def _print(found: Study, result: dict[str, Any]) -> None:
    for row in found.effects.iter_rows(named=True):
        out.print(f"[bold]{row['outcome']}[/] {row['note']}", soft_wrap=True)
    out.print(f"written: {result['out']}")
