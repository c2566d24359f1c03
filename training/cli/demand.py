"""``xuepei demand``: which skills are asked for, where and how surely."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import polars as pl
import typer

from data.city import City
from data.cli.console import out, print_json, print_table, progress
from data.cli.moments import read_month
from data.cli.table_files import check_format, write_tables
from data.errors import XuepeiError
from data.store import open_snapshot
from features.demand.build import Demand, demand_of_city, end_of
from features.demand.reading import Words
from training.cli.options import AsJson, Snapshot

app = typer.Typer(add_completion=False)

SHOWN: Final = 20
"""Rows of the printed table."""

MOST_AHEAD: Final = 6


@app.command("demand")
def demand(
    snapshot: Snapshot,
    as_of: Annotated[
        str,
        typer.Option(
            "--as-of",
            help="The last month, such as 2025-08; or a moment: then the last month over by it.",
        ),
    ],
    target: Annotated[
        Path | None, typer.Option("--out", help="A .csv, .xlsx, .json or .parquet file.")
    ] = None,
    division: Annotated[
        list[str] | None,
        typer.Option(help="Only this division, 12 digits; repeatable. The city has its own rows."),
    ] = None,
    skill: Annotated[list[str] | None, typer.Option(help="Only this skill; repeatable.")] = None,
    month: Annotated[
        list[str] | None, typer.Option(help="Only this month, such as 2025-06; repeatable.")
    ] = None,
    ahead: Annotated[
        int,
        typer.Option("--forecast", min=0, max=MOST_AHEAD, help="Months to look ahead as well."),
    ] = 0,
    evidence: Annotated[
        Path | None, typer.Option(help="A file for the ids of the postings behind each figure.")
    ] = None,
    as_json: AsJson = False,
) -> dict[str, Any]:
    """Write the demand table: month by division by skill, with intervals; print its head."""
    for path in (target, evidence):
        if path is not None:
            check_format(path)
    last, months = read_month(as_of), [read_month(text) for text in month or []]
    city = open_snapshot(snapshot)
    with progress() as bar:
        task = bar.add_task("reading", total=None)
        found = demand_of_city(city, last, lambda step: bar.update(task, description=step))
        bar.update(task, description="filling the table")
        table = _asked(_table(found, ahead, months), division or [], skill or [], months)
        files = {} if target is None else {target: table}
        if evidence is not None:
            files[evidence] = _behind(found, table)
        bar.update(task, description="writing")
        write_tables(files)
    result = _summary(found, table, files)
    if as_json:
        print_json(result)
    else:
        _print(found, table, result, _names(city, end_of(last)))
    return result


def _table(found: Demand, ahead: int, months: Sequence[date]) -> pl.DataFrame:
    """Known months, then the months ahead; ``ahead`` is 0 for what is known.

    Only the months asked for are filled, where the grid has one of them.
    """
    known = found.table([month for month in found.grid.months if month in months] or None)
    if not ahead:
        return known
    return pl.concat(
        [known.with_columns(pl.lit(0, pl.Int64).alias("ahead")), found.forecast(ahead)],
        how="diagonal",
    )


def _asked(
    table: pl.DataFrame, divisions: Sequence[str], skills: Sequence[str], months: Sequence[date]
) -> pl.DataFrame:
    """The rows asked for; whatever nothing is known of is an error, not an empty table."""
    wanted = {"division_code": divisions, "skill_id": skills, "month": months}
    for name, values in wanted.items():
        if not values:
            continue
        held = set(table[name].to_list())
        unknown = [value for value in values if value not in held]
        if unknown:
            few = ", ".join(str(value) for value in table[name].unique().sort().head(5))
            message = f"the table has no {name} {unknown[0]}; it has {few}, and so on"
            raise XuepeiError(message)
        table = table.filter(pl.col(name).is_in(list(values)))
    return table


def _behind(found: Demand, table: pl.DataFrame) -> pl.DataFrame:
    """Evidence of the rows in the table; a city's row brings that of every district."""
    rows = found.evidence()
    keys = table.select("month", "division_code", "skill_id")
    city = found.grid.city
    whole = keys.filter(pl.col("division_code") == city).select("month", "skill_id")
    of_city = rows.join(whole, on=["month", "skill_id"], how="semi")
    own = rows.join(keys, on=keys.columns, how="semi")
    return pl.concat([own, of_city]).unique(maintain_order=True).sort(*keys.columns, "posting_id")


def _summary(found: Demand, table: pl.DataFrame, files: dict[Path, pl.DataFrame]) -> dict[str, Any]:
    model = found.districts.model
    return {
        "as_of": f"{found.grid.months[-1]:%Y-%m}",
        "months": len(found.grid.months),
        "divisions": len(found.grid.areas),
        "skills": len(found.grid.skills),
        "rows": table.height,
        "copies_removed": round(found.removed, 4),
        "model": {
            "discount": model.discount,
            "dispersion": model.dispersion,
            "prior_variance": model.prior_variance,
        },
        "out": [str(path) for path in files],
    }


def _names(city: City, as_of: datetime) -> dict[str, str]:
    """Names of skills and divisions by their ids."""
    words = Words.of(city, as_of)
    skills = words.skills.select("skill_id", "name")
    names = dict(skills.iter_rows())
    if words.divisions is not None:
        names |= dict(words.divisions.select("division_code", "name").iter_rows())
    return names


def _told(row: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """One row of the table as a planner reads it."""
    growth = row["trend"]
    return {
        "division": names.get(row["division_code"], row["division_code"]),
        "skill": f"{names.get(row['skill_id'], '')} {row['skill_id']}".strip(),
        "ads": row["ads"],
        "live": row["live"],
        "vacancies": f"{row['vacancies']:.1f} ({row['low']:.1f} to {row['high']:.1f})",
        "n_eff": f"{row['n_eff']:.0f}",
        "a month": "" if growth is None else f"{growth:+.1%}",
        "told at": row["level"],
    }


def _print(
    found: Demand, table: pl.DataFrame, result: dict[str, Any], names: Mapping[str, str]
) -> None:
    model = result["model"]
    out.print(
        f"{result['months']} months to {result['as_of']}, {result['divisions']} divisions, "
        f"{result['skills']:,} skills; {found.removed:.0%} of the postings are copies"
    )
    out.print(
        f"fitted: a month keeps {model['discount']:.3f} of what was known before it, dispersion "
        f"{model['dispersion']:.1f}, prior variance {model['prior_variance']:.2f}"
    )
    newest = table.filter(pl.col("month") == pl.col("month").max())
    top = newest.sort("vacancies", "division_code", "skill_id", descending=[True, False, False])
    title = f"most wanted in {newest['month'].item(0):%Y-%m}" if newest.height else "no rows"
    print_table(title, [_told(row, names) for row in top.head(SHOWN).iter_rows(named=True)])
    for path in result["out"]:
        out.print(f"written: {path}")
