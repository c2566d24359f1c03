"""``xuepei plan``: what to open next term, where, when and with whom."""

import signal
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, Final

import numpy as np
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
from recsys.planning.needs import Needs, needs_of_city
from recsys.planning.opening.city.build import Ask, Setting, setting_of
from recsys.planning.opening.costs import Costs, read_costs
from recsys.planning.opening.floors import floor_prices
from recsys.planning.opening.report import plan_table, summary
from recsys.planning.opening.solve import Plan, section_prices, solve
from serving.cli.changes import (
    Change,
    apply_change,
    extra_room,
    kept_pairs,
    read_change,
    told,
    without_extra,
)
from serving.cli.options import AsJson, Snapshot
from serving.cli.tables import read_table

app = typer.Typer(add_completion=False)

SECONDS: Final = 60.0
"""Time of the search."""

FLOOR_SHARE: Final = 0.25
"""Share of it for each plan without a floor."""

SHOWN: Final = 20
"""Lines of the printed table."""

TOWN: Final = "town"


@app.command("plan")
def plan_of_city(
    snapshot: Snapshot,
    as_of: Annotated[
        str, typer.Option("--as-of", help="The last month known, such as 2025-08, or a moment.")
    ],
    budget: Annotated[float, typer.Option(min=0, help="Yuan for a term.")],
    target: Annotated[
        Path, typer.Option("--out", help="A .csv, .xlsx, .json or .parquet file for the lines.")
    ],
    gaps: Annotated[
        Path | None,
        typer.Option(
            help="Skills short by district: division_code, skill_id, gap, gap_low?, …; left out, "
            "as `xuepei gaps` finds them."
        ),
    ] = None,
    wants: Annotated[
        Path | None,
        typer.Option(
            help="Classes wanted by town: division_code, category, slot, age_band, wanted; left "
            "out, as applications tell."
        ),
    ] = None,
    rural_share: Annotated[
        float, typer.Option(min=0, max=1, help="Share of seats at rural sites, at least.")
    ] = 0.0,
    teachers_cap: Annotated[
        float | None, typer.Option(min=0, help="Teachers for 10,000 residents, at most.")
    ] = None,
    floor: Annotated[
        list[str] | None, typer.Option(help="town=N: sections for every town, at least.")
    ] = None,
    max_seconds: Annotated[float, typer.Option(min=1, help="Seconds of search.")] = SECONDS,
    costs: Annotated[
        Path | None, typer.Option(help="A TOML file of costs in place of the shipped one.")
    ] = None,
    add: Annotated[
        list[str] | None,
        typer.Option(
            help="What if: section:COURSE@VENUE@SLOT, teacher:SKILL@DISTRICT=HOURS or "
            "venue:LON,LAT,SEATS; repeatable."
        ),
    ] = None,
    drop: Annotated[
        list[str] | None,
        typer.Option(help="What if: section:COURSE@VENUE, teacher:ID or venue:ID; repeatable."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of every random choice.")] = 0,
    as_json: AsJson = False,
) -> dict[str, Any]:
    """Plan new sections under a budget, with a proven bound; Ctrl-C keeps the best so far."""
    check_format(target)
    changes = [read_change(text, adds=True) for text in add or []]
    changes += [read_change(text, adds=False) for text in drop or []]
    ask = Ask(budget, rural_share, teachers_cap, _floor(floor or []), _costs(costs))
    city, month = open_snapshot(snapshot), read_month(as_of)
    given = [None if path is None else read_table(path) for path in (gaps, wants)]
    with progress() as bar, _stoppable() as stopped:
        task = bar.add_task("reading", total=None)
        needs = needs_of_city(city, month, lambda step: bar.update(task, description=step), *given)
        setting = _setting(city, month, ask, needs, changes)
        base = replace(
            setting.problem, sites=replace(setting.problem.sites, free=without_extra(setting))
        )
        found = solve(
            base,
            clock=time.monotonic,
            seconds=max_seconds,
            rng=np.random.default_rng(seed),
            stop=stopped.is_set,
            tell=lambda step, value, bound: bar.update(
                task, description=f"{step}: {value:,.1f} of at most {bound:,.1f}"
            ),
        )
        bar.update(task, description="what floors cost")
        result = _result(setting, found, stopped, max_seconds, seed)
        result["what_if"] = _effects(setting, found, changes)
        bar.update(task, description="writing")
        lines = plan_table(setting, found.draft)
        write_tables({target: lines})
    result["out"] = str(target)
    _show(result, lines, as_json=as_json)
    return result


def _setting(
    city: City,
    month: date,
    ask: Ask,
    needs: Needs,
    changes: list[Change],
) -> Setting:
    moment = end_of(month)
    room = extra_room(city, moment, changes)
    return setting_of(city, moment, ask, needs.gaps, needs.wants, room, kept_pairs(changes))


def _result(
    setting: Setting, found: Plan, stopped: threading.Event, seconds: float, seed: int
) -> dict[str, Any]:
    result = summary(setting, found)
    prices = floor_prices(
        found.draft.problem,
        found,
        clock=time.monotonic,
        seconds=FLOOR_SHARE * seconds,
        rng=np.random.default_rng(seed),
        stop=stopped.is_set,
    )
    result["floors"] = [
        {
            "floor": it.floor,
            "lost": round(it.lost, 4),
            "worth_without": round(it.worth_without, 4),
            "bound_lost": round(it.bound_lost, 4),
        }
        for it in prices
    ]
    return result


def _effects(setting: Setting, found: Plan, changes: Sequence[Change]) -> list[dict[str, Any]]:
    price = section_prices(found)
    return [told(it, apply_change(setting, found.draft, price, it)) for it in changes]


def _floor(given: Sequence[str]) -> int:
    """Sections for every town.

    Raises:
        XuepeiError: another kind of floor, or no whole number.
    """
    least = 0
    for text in given:
        kind, _, number = text.partition("=")
        if kind != TOWN or not number.isdecimal():
            message = f"--floor {text!r}: expected town=N, such as town=1"
            raise XuepeiError(message)
        least = int(number)
    return least


def _costs(path: Path | None) -> Costs | None:
    if path is None:
        return None
    try:
        return read_costs(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path} can't be read: {error}"
        raise XuepeiError(message) from error


@contextmanager
def _stoppable() -> Generator[threading.Event]:
    """Ctrl-C asks the search to end with what it has; a second one ends the program."""
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        if stopped.is_set():
            raise KeyboardInterrupt
        stopped.set()

    if threading.current_thread() is not threading.main_thread():
        yield stopped
        return
    before = signal.signal(signal.SIGINT, stop)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, before)


def _show(result: dict[str, Any], lines: pl.DataFrame, *, as_json: bool) -> None:
    if as_json:
        print_json(result)
        return
    jobs, wants = result["jobs"], result["wants"]
    out.print(
        f"{result['sections']:,} sections for {result['cost']:,.0f} of {result['budget']:,.0f} "
        "yuan; "
        f"worth {result['worth']:,.1f}, no plan is worth more than {result['bound']:,.1f} "
        f"({result['of_bound']:.1%} of the bound{', proven best' if result['proven'] else ''})"
    )
    for name, part in (("gaps of jobs", jobs), ("classes wanted", wants)):
        if part["share"] is not None:
            out.print(f"{name}: {part['closed']:,.1f} of {part['needed']:,.1f} closed")
    for it in result["floors"]:
        out.print(f"the {it['floor']} floor costs {it['lost']:,.1f}")
    for it in result["binding"][:5]:
        more = f"one {it['unit']} more is worth {it['price']:,.2f}"
        out.print(f"binding: {it['limit']} {it['where']}: {more}")
    for it in result["what_if"]:
        out.print(f"{it['change']}: {it['gap_closed']:+,.2f} closed, {it['cost']:+,.0f} yuan")
    shown = (
        "line",
        "title",
        "venue_name",
        "slots",
        "teacher_source",
        "applicants",
        "gap_closed",
        "unit_cost",
    )
    head = lines.head(SHOWN).select(shown).iter_rows(named=True)
    print_table("what to open", [titled(row) for row in head])
    out.print(f"written: {result['out']}")
