"""``xuepei interest``: what residents ask for and can't get."""

from collections.abc import Mapping
from datetime import datetime
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
from data.unmet import UnmetLedger
from features.asof import known
from features.demand.build import end_of
from recsys.planning.interest.reading import TERMS, Interest, read_interest
from recsys.planning.interest.release import released_files
from recsys.planning.interest.table import BY
from serving.cli.options import AsJson, Snapshot

app = typer.Typer(add_completion=False)

SHOWN: Final = 10
"""Rows of each printed table."""

HELD_BACK: Final = "—"
"""Stands for a figure that few people are behind, or that would tell of them."""

NOWHERE: Final = "not known"
"""What a place is called that nobody told."""

Target = Annotated[Path | None, typer.Option(help="A .csv, .xlsx, .json or .parquet file.")]


@app.command("interest")
def interest(
    snapshot: Snapshot,
    as_of: Annotated[
        str,
        typer.Option(
            "--as-of",
            help="A month such as 2025-08, seen from its end; or a moment: then the last month "
            "over by it.",
        ),
    ],
    target: Annotated[
        Path | None, typer.Option("--out", help="A .csv, .xlsx, .json or .parquet file.")
    ] = None,
    unmet: Annotated[
        Path | None, typer.Option(help="The service's unmet-demand ledger, such as var/unmet.db.")
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(help=f"What tells rows apart, repeatable: {', '.join(BY)}. Default category."),
    ] = None,
    terms: Annotated[
        int,
        typer.Option(min=1, help="Terms over their windows to look at; open ones come besides."),
    ] = TERMS,
    wants: Target = None,
    senior: Target = None,
    contested: Target = None,
    as_json: AsJson = False,
) -> dict[str, Any]:
    """Write what residents of each town, district and the city ask for and can't get.

    Waiting lists, lost lotteries, classes called off and, with the service's
    ledger, searches without a result. --wants writes seats wanted by town, category,
    slot and age band; --senior applications per seat of senior classes by town;
    --contested classes by applications per seat.
    """
    files = {"out": target, "wants": wants, "senior": senior, "contested": contested}
    chosen = {name: path for name, path in files.items() if path is not None}
    for path in chosen.values():
        check_format(path)
    moment, asks = end_of(read_month(as_of)), _ledger(unmet)
    city = open_snapshot(snapshot)
    with progress() as bar:
        task = bar.add_task("reading applications and seats", total=None)
        found = read_interest(city, moment, asks, terms=terms)
        bar.update(task, description="counting")
        tables = released_files(found, by or ["category"], with_wants=wants is not None)
        bar.update(task, description="writing")
        write_tables({path: tables[name] for name, path in chosen.items()})
    result = _summary(found, tables["out"], chosen)
    if as_json:
        print_json(result)
    else:
        _print(tables, by or ["category"], result, _names(city, moment))
    return result


def _ledger(path: Path | None) -> pl.DataFrame | None:
    """The counts of a ledger; opening one that isn't there would create it."""
    if path is None:
        return None
    if not path.is_file():
        message = f"there is no unmet-demand ledger at {path}; the service keeps one with --unmet"
        raise XuepeiError(message)
    with UnmetLedger(path) as ledger:
        return ledger.read()


def _summary(found: Interest, table: pl.DataFrame, files: Mapping[str, Path]) -> dict[str, Any]:
    total = table.filter(pl.col("level") == "city")
    sums = ("applications", "lost", "pending", "wanted", "asked", "empty")
    return {
        "terms": list(found.terms.names),
        "terms_over": found.terms.over,
        "rows": table.height,
        "rows_held_back": int(table["suppressed"].sum()),
        **{name: total[name].sum() if total[name].count() else None for name in sums},
        "out": {name: str(path) for name, path in files.items()},
    }


def _names(city: City, moment: datetime) -> dict[str, str]:
    """Names of divisions by code."""
    rows = known(city, "divisions", moment).select("division_code", "name").collect()
    return dict(rows.iter_rows())


def _print(
    tables: Mapping[str, pl.DataFrame],
    by: list[str],
    result: Mapping[str, Any],
    names: Mapping[str, str],
) -> None:
    out.print(
        f"terms {', '.join(result['terms'])}, {result['terms_over']} of them over; "
        f"{result['applications'] or 0:,.0f} applications, {result['lost'] or 0:,.0f} without a "
        f"seat, {result['wanted'] or 0:,.0f} seats wanted by learners who got none of the category"
    )
    table = tables["out"]
    whole, towns = (table.filter(pl.col("level") == level) for level in ("city", "town"))
    told = pl.col("division_code").is_not_null()
    searched = table["asked"].count() > 0
    for title, rows in (("wanted most in the city", whole), ("and by town", towns.filter(told))):
        _show(title, [_gap(row, by, names, with_searches=searched) for row in _head(rows)])
    senior = tables["senior"].filter(pl.col("level") == "town", told)
    _show("senior classes: applications per seat", [_senior(row, names) for row in _head(senior)])
    _show("most contested classes", [_class(row, names) for row in _head(tables["contested"])])
    out.print(f"{HELD_BACK} held back: fewer than ten people, or what would tell of them")
    for path in result["out"].values():
        out.print(f"written: {path}")


def _head(table: pl.DataFrame) -> list[dict[str, Any]]:
    return list(table.head(SHOWN).iter_rows(named=True))


def _show(title: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        print_table(title, rows)


def _place(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Town and district by name; a town's name alone may occur twice."""
    codes = [code for code in (row["parent_code"], row["division_code"]) if code is not None]
    return " ".join(names.get(code, code) for code in codes) or NOWHERE


def _gap(
    row: Mapping[str, Any], by: list[str], names: Mapping[str, str], *, with_searches: bool
) -> dict[str, Any]:
    """One cell as a planner reads it."""
    figures = {
        "place": _place(row, names),
        **{name: row[name] or "any" for name in by},
        "seats wanted": _with_ends(row, "wanted_mean", "wanted_low", "wanted_high", 0),
        "waiting": _whole(row["waitlisted"]),
        "lots lost": _whole(row["lottery_lost"]),
        "called off": _whole(row["cancelled"]),
        "a seat, here": _ratio(row["per_seat"]),
    }
    if with_searches:
        figures["searches, empty"] = f"{_whole(row['asked'])}, {_whole(row['empty'])}"
    return figures


def _senior(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "place": _place(row, names),
        "classes": row["sections"],
        "seats": row["seats"],
        "applications": _whole(row["applications"]),
        "a seat": _ratio(row["per_seat"]),
        "level": _with_ends(row, "per_seat_mean", "per_seat_low", "per_seat_high", 1),
        "lotteries": row["lotteries"],
        "a seat, drawn": _ratio(row["lottery_per_seat"]),
        "worst": _ratio(row["lottery_worst"]),
    }


def _class(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    where = row["town_code"] or row["district_code"]
    return {
        "class": row["title"],
        "term": row["term"],
        "place": "online" if where is None else names.get(where, where),
        "rule": row["rule"],
        "seats": row["capacity"],
        "applications": row["applications"],
        "a seat": _ratio(row["per_seat"]),
        "won": "" if row["win_rate"] is None else f"{row['win_rate']:.1%}",
    }


def _with_ends(row: Mapping[str, Any], mean: str, low: str, high: str, digits: int) -> str:
    if row[mean] is None:
        return HELD_BACK
    return f"{row[mean]:,.{digits}f} ({row[low]:,.{digits}f} to {row[high]:,.{digits}f})"


def _whole(value: float | None) -> str:
    return HELD_BACK if value is None else f"{value:,.0f}"


def _ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
