"""``xuepei targets``: how the city plan's targets stand on a day."""

from pathlib import Path
from typing import Annotated, Any, Final

import polars as pl
import typer

from data.cli.console import out, print_json, print_table, progress
from data.cli.moments import read_end
from data.cli.table_files import check_format, read_table, write_tables
from data.errors import XuepeiError
from data.store import open_snapshot
from data.vocab import CITY_TIME
from recsys.planning.indicators.matching import matching_of_city
from recsys.planning.targets import targets_of_city
from serving.cli.options import AsJson, Snapshot

app = typer.Typer(add_completion=False)

STATUSES: Final = {
    "green": "● 正常 on track",
    "amber": "▲ 偏慢 slow",
    "red": "■ 落后 behind",
    "unknown": "? 未知 unknown",
    "expired": "○ 到期 expired",
}
"""Said by sign and word: colour is never the only carrier."""

DEMAND_COLUMNS: Final = ("month", "division_code", "skill_id", "vacancies")


@app.command("targets")
def targets(
    snapshot: Snapshot,
    as_of: Annotated[
        str,
        typer.Option("--as-of", help="A day or moment; of a month, such as 2025-08, its end."),
    ],
    target: Annotated[
        Path | None, typer.Option("--out", help="A .csv, .xlsx, .json or .parquet file.")
    ] = None,
    matching: Annotated[
        Path | None,
        typer.Option(help="A file for the matching degree by district and programme as well."),
    ] = None,
    demand: Annotated[
        Path | None,
        typer.Option(help="A .csv or .parquet table of xuepei demand, to match skills as well."),
    ] = None,
    as_json: AsJson = False,
) -> dict[str, Any]:
    """Write each target with value, definition, trend and status as of a day; print them."""
    for path in (target, matching):
        if path is not None:
            check_format(path)
    if demand is not None and matching is None:
        message = "--demand is for the matching degree; say where it goes with --matching FILE"
        raise XuepeiError(message)
    moment = read_end(as_of)
    with progress() as bar:
        task = bar.add_task("counting", total=None)
        city = open_snapshot(snapshot)
        if not city.has("targets"):
            message = f"{snapshot} has no table targets; import one with target_id, indicator, …"
            raise XuepeiError(message)
        table = targets_of_city(city, moment)
        files = {} if target is None else {target: table}
        if matching is not None:
            bar.update(task, description="matching")
            asked = None if demand is None else read_demand(demand)
            files[matching] = matching_of_city(city, moment, asked)
        bar.update(task, description="writing")
        write_tables(files)
    result = {
        "as_of": moment.astimezone(CITY_TIME).isoformat(),
        "targets": table.drop("as_of").to_dicts(),
        "out": [str(path) for path in files],
    }
    if as_json:
        print_json(result)
    else:
        _print(result)
    return result


def read_demand(path: Path) -> pl.DataFrame:
    """The columns of a demand table that matching reads.

    Raises:
        XuepeiError: the file can't be read as one; says what it lacks.
    """
    try:
        return read_table(path).select(
            pl.col("month").cast(pl.String).str.to_date("%Y-%m-%d"),
            pl.col("division_code", "skill_id").cast(pl.String),
            pl.col("vacancies").cast(pl.Float64),
        )
    except pl.exceptions.PolarsError as error:
        message = f"{path} is no table of demand with {', '.join(DEMAND_COLUMNS)}: {error}"
        raise XuepeiError(message) from error


def _print(result: dict[str, Any]) -> None:
    print_table(f"targets as of {result['as_of']}", [_told(row) for row in result["targets"]])
    for path in result["out"]:
        out.print(f"written: {path}")


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """One target as the monitoring office reads it."""
    where = f" {row['division_code']}" if row["division_code"] else ""
    reached = {True: "，已达标 reached", False: "", None: ""}[row["reached"]]
    return {
        "target": f"{row['clause']}{where}",
        "value": _amount(row["value"]),
        "of": f"{_amount(row['target'])} {row['unit']}",
        "made of": _parts(row),
        "a year before": _amount(row["year_before"]),
        "due": f"{row['due_on']}",
        "status": f"{STATUSES[row['status']]}{reached}",
        "missing": row["missing"] or "",
    }


def _parts(row: dict[str, Any]) -> str:
    if row["numerator"] is None:
        return ""
    below = "" if row["denominator"] is None else f" / {row['denominator']:,.0f}"
    return f"{row['numerator']:,.0f}{below}"


def _amount(value: float | None) -> str:
    return "" if value is None else f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
