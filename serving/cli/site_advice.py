"""``xuepei site-advice``: what to open in a room, and where the next micro-spaces belong."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import polars as pl
import typer

from data.city import City
from data.cli.console import out, print_json, print_table, progress
from data.cli.moments import read_month
from data.cli.table_files import check_format, write_tables
from data.cli.titles import titled
from data.errors import XuepeiError
from data.store import open_snapshot
from features.demand.build import end_of
from recsys.planning.needs import NO_GAPS
from recsys.planning.opening.city.build import Ask, setting_of
from recsys.planning.opening.city.room import NEW_ROOM, room_at
from recsys.planning.siting.advice import site_advice
from recsys.planning.siting.micro import micro_spaces
from serving.cli.options import AsJson, Snapshot
from serving.cli.tables import read_table

app = typer.Typer(add_completion=False)

TOP: Final = 20


@app.command("site-advice")
def advise(
    snapshot: Snapshot,
    as_of: Annotated[
        str, typer.Option("--as-of", help="The last month known, such as 2025-08, or a moment.")
    ],
    target: Annotated[
        Path | None, typer.Option("--out", help="A .csv, .xlsx, .json or .parquet file.")
    ] = None,
    venue: Annotated[str | None, typer.Option(help="A venue of the snapshot.")] = None,
    at: Annotated[
        str | None, typer.Option(help="LON,LAT (WGS84) of a room that isn't in the snapshot.")
    ] = None,
    seats: Annotated[int, typer.Option(min=1, help="Seats of the room at --at.")] = 30,
    slots: Annotated[
        str | None, typer.Option(help="Slots such as 1E,3E; left out, those with a room free.")
    ] = None,
    gaps: Annotated[
        Path | None, typer.Option(help="Skills short by district, to rank by what closes.")
    ] = None,
    wants: Annotated[Path | None, typer.Option(help="Classes wanted by town.")] = None,
    top: Annotated[int, typer.Option(min=1, help="Rows at most.")] = TOP,
    micro: Annotated[
        int | None, typer.Option(min=1, help="Rank so many next micro-spaces instead.")
    ] = None,
    as_json: AsJson = False,
) -> dict[str, Any]:
    """Rank courses for a room by what they bring, or places for the next micro-spaces."""
    if target is not None:
        check_format(target)
    if sum(it is not None for it in (venue, at, micro)) != 1:
        message = "name a room by --venue or --at, or ask for micro-spaces by --micro: one of them"
        raise XuepeiError(message)
    city, moment = open_snapshot(snapshot), end_of(read_month(as_of))
    asked = [] if slots is None else slots.split(",")
    with progress() as bar:
        bar.add_task("looking around", total=None)
        if micro is not None:
            found = micro_spaces(city, moment, micro)
        else:
            room = None if at is None else _room(city, moment, at, seats, asked)
            needs = NO_GAPS.to_frame() if gaps is None else read_table(gaps)
            wanted = None if wants is None else read_table(wants)
            setting = setting_of(city, moment, Ask(0.0), needs, wanted, room, alone=True)
            found = site_advice(setting, venue or NEW_ROOM, asked, top)
        if target is not None:
            write_tables({target: found})
    rows = found.to_dicts()
    result: dict[str, Any] = {"rows": rows, "out": None if target is None else str(target)}
    if as_json:
        print_json(result)
    else:
        shown = [titled(row) for row in rows]
        print_table("micro-spaces" if micro else "courses for the room", shown)
        if target is not None:
            out.print(f"written: {target}")
    return result


def _room(city: City, moment: datetime, at: str, seats: int, slots: list[str]) -> pl.DataFrame:
    try:
        lon, lat = (float(part) for part in at.split(","))
    except ValueError:
        message = f"--at {at!r}: expected LON,LAT in WGS84 degrees, such as 120.3,30.42"
        raise XuepeiError(message) from None
    return room_at(city, moment, lon, lat, seats, slots=slots)
