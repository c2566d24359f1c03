"""``xuepei coverage``: who lives within 15 and 30 minutes of a suitable section, and where not."""

from pathlib import Path
from typing import Annotated, Any, Final

import polars as pl
import typer

from data.cli.console import out, print_json, print_table, progress
from data.cli.moments import read_end
from data.cli.table_files import check_format, write_tables
from data.cli.titles import COVERAGE
from data.errors import XuepeiError
from data.store import open_snapshot
from data.vocab import CITY_TIME, PROGRAMMES, TRAVEL_MODES
from recsys.planning.circles import ALL, circles_of, coverage, streets_without, worst
from serving.cli.options import AsJson, Snapshot

app = typer.Typer(add_completion=False)

WORDS: Final = {"citizen": "市民学习圈", "vocational": "职业技能培训圈"}


@app.command("coverage")
def coverage_verb(
    snapshot: Snapshot,
    as_of: Annotated[
        str, typer.Option("--as-of", help="A month, such as 2025-08, for its end; or a moment.")
    ],
    target: Annotated[
        Path | None, typer.Option("--out", help="A .csv, .xlsx, .json or .parquet file.")
    ] = None,
    count: Annotated[
        int, typer.Option("--worst", min=0, help="Cells with the most residents outside to show.")
    ] = 10,
    programme: Annotated[
        list[str] | None,
        typer.Option(
            help=f"A circle of this programme alone, of {', '.join(PROGRAMMES)}; repeatable."
        ),
    ] = None,
    travel_mode: Annotated[
        str | None,
        typer.Option(help=f"One of {', '.join(TRAVEL_MODES)}; left out, on foot or by transit."),
    ] = None,
    as_json: AsJson = False,
) -> dict[str, Any]:
    """Write who is within the circles by village, town, district and city; print the worst."""
    if target is not None:
        check_format(target)
    if travel_mode is not None and travel_mode not in TRAVEL_MODES:
        message = f"there is no travel mode {travel_mode!r}; there are {', '.join(TRAVEL_MODES)}"
        raise XuepeiError(message)
    moment, circles = read_end(as_of), circles_of(programme or [])
    with progress() as bar:
        task = bar.add_task("measuring", total=None)
        city = open_snapshot(snapshot)
        if not city.has("divisions"):
            message = f"{snapshot} has no table divisions, which tells where people live"
            raise XuepeiError(message)
        table = coverage(city, moment, circles=circles, travel_mode=travel_mode)
        streets = streets_without(city, moment, travel_mode=travel_mode)
        bar.update(task, description="writing")
        write_tables({} if target is None else {target: table}, COVERAGE)
    result = {
        "as_of": moment.astimezone(CITY_TIME).isoformat(),
        "basis": table["basis"].first(),
        "rows": table.height,
        "city": _rows(table.filter(pl.col("level") == "city", pl.col("area") == ALL)),
        "worst": {
            circle.name: _rows(worst(table, count, circle=circle.name)) for circle in circles
        },
        "streets_without": streets.to_dicts(),
        "out": [] if target is None else [str(target)],
    }
    if as_json:
        print_json(result)
    else:
        _print(result)
    return result


def _rows(table: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows of the table without what all of them share."""
    return table.drop("as_of", "basis").to_dicts()


def _print(result: dict[str, Any]) -> None:
    out.print(f"sections counted: {result['basis']} at {result['as_of']}")
    # every band, and every need, but not each with each
    rows = [row for row in result["city"] if ALL in (row["band"], row["need"])]
    print_table("residents within the circles", [_told(row) for row in rows])
    for circle, rows in result["worst"].items():
        title = f"{WORDS.get(circle, circle)} {circle}: most residents outside"
        print_table(title, [_told_worst(row) for row in rows])
    if result["streets_without"]:
        title = "streets from whose centre nothing is taught within 30 minutes"
        print_table(title, result["streets_without"])
    for path in result["out"]:
        out.print(f"written: {path}")


def _told(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "circle": f"{row['circle']} {row['limit_min']:g} min",
        "age": row["band"],
        "need": row["need"],
        "persons": row["persons"],
        "within": row["covered"],
        "share": "unknown" if row["share"] is None else f"{row['share']:.1%}",
        "": "estimate" if row["estimated"] else "",
    }


def _told_worst(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "division": f"{row['name'] or ''} {row['division_code']}".strip(),
        "persons": row["persons"],
        "outside": row["uncovered"],
        "nearest": row["nearest_venue"] or "none",
        "minutes": row["nearest_min"],
    }
