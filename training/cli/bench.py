"""``xuepei bench``: measurements on files of the documented shapes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from data.cli.console import err, out, print_json, print_table, progress
from data.cli.moments import read_moment, read_month
from data.store import open_snapshot
from recsys.artifact import load_bundle
from training.bench.city import whole_city
from training.bench.coldstart import bench_coldstart
from training.bench.demand import demand_chain
from training.bench.job import Row
from training.bench.memory import memory as measure_memory
from training.bench.models import DEFAULT
from training.bench.planning.instance import Size
from training.bench.planning.run import METHODS, bench_plans
from training.bench.ranking import bench_ranking
from training.bench.speed import first_stage, pipeline
from training.cli.options import AsJson, Seed
from training.errors import BenchError

app = typer.Typer(add_completion=False, no_args_is_help=True)

COLUMNS: Final = (
    *("model", "recall_at_20", "ndcg_at_20", "ndcg_at_10"),
    *("fit_s", "cpu_s", "rank_s", "peak_rss_mb", "blas_threads"),
)
"""Columns of the printed table; the JSON rows hold more."""

PLAN_COLUMNS: Final = (
    *("method", "sections", "worth_over_need", "worth_over_bound", "violations", "floors_met"),
    *("seconds", "cpu_s"),
)

COLD_COLUMNS: Final = (
    *("model", "recall_at_20", "ndcg_at_20", "recall_at_100"),
    *("fit_s", "cpu_s", "peak_rss_mb"),
)


@app.callback()
def group() -> None:
    """Measure models and speed on any files of the documented shapes."""


@app.command("ranking")
def ranking(
    train: Annotated[Path, typer.Option(help="Parquet file with user, item, ts?")],
    test: Annotated[Path, typer.Option(help="The same: what is to be found.")],
    valid: Annotated[
        Path | None,
        typer.Option(help="The same, for choosing; left out, a tenth of train is held out."),
    ] = None,
    models: Annotated[
        str | None, typer.Option(help="Comma-separated; left out, all there are.")
    ] = None,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> list[Row]:
    """Compare models on a train and a test file, ranking every item that isn't in train."""
    wanted = [name.strip() for name in models.split(",")] if models else None
    with progress() as bar:
        task = bar.add_task("reading", total=None)
        tables, rows = bench_ranking(
            train,
            test,
            valid,
            models=wanted,
            seed=seed,
            progress=lambda model, step: bar.update(task, description=f"{model}: {step}"),
        )
    for note in tables.notes:
        err.print(note)
    _tell(rows, "every item not in train is ranked", COLUMNS, as_json=as_json)
    return rows


@app.command("coldstart")
def coldstart(
    train: Annotated[Path, typer.Option(help="Parquet file with user, item, ts?")],
    test: Annotated[Path, typer.Option(help="The same: its items that are new are ranked.")],
    item_features: Annotated[
        Path, typer.Option(help="Parquet file with item and any columns, of text or of values.")
    ],
    valid: Annotated[
        Path | None,
        typer.Option(help="As test, for choosing; left out, a tenth of train's items is held out."),
    ] = None,
    models: Annotated[
        str | None, typer.Option(help="Comma-separated; left out, all there are.")
    ] = None,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> list[Row]:
    """Compare models on items that nobody has taken yet, known by their features alone."""
    wanted = [name.strip() for name in models.split(",")] if models else None
    with progress() as bar:
        task = bar.add_task("reading", total=None)
        tables, rows = bench_coldstart(
            train,
            test,
            item_features,
            valid,
            models=wanted,
            seed=seed,
            progress=lambda model, step: bar.update(task, description=f"{model}: {step}"),
        )
    for note in tables.notes:
        err.print(note)
    _tell(rows, "only items new in test are ranked", COLD_COLUMNS, as_json=as_json)
    return rows


def _tell(rows: list[Row], title: str, columns: Sequence[str], *, as_json: bool) -> None:
    """Print the rows as JSON, or as a table with what is to be known of each below it."""
    if as_json:
        print_json(rows)
        return
    print_table(title, [{name: row[name] for name in columns} for row in rows])
    for row in rows:
        for note in [*row["notes"], *([f"skipped: {row['skipped']}"] if row["skipped"] else [])]:
            out.print(f"{row['model']}: {note}")
        if row["model"] == DEFAULT and row["choice"]:
            out.print(_choice(row["choice"]))
        if row["model"] == DEFAULT and row["gaps"]:
            out.print(_gaps(row["gaps"]))


def _choice(choice: dict[str, Any]) -> str:
    """The blend in words."""
    parts = [f"{weight:+g} {name}" for name, weight in choice["weights"].items()]
    return f"{DEFAULT} = {' '.join(parts)}, chosen on {choice['validation_users']:,} users of train"


def _gaps(gaps: dict[str, dict[str, Any]]) -> str:
    """How far the default is from the best other model of the run, in words."""
    told = [
        f"{metric} {gap['mean']:+.4f} ({gap['low']:+.4f} to {gap['high']:+.4f}) over {gap['to']}"
        for metric, gap in gaps.items()
    ]
    return f"{DEFAULT}, with 95 % intervals: {'; '.join(told)}"


@app.command("speed")
def speed(
    snapshot: Annotated[
        Path | None, typer.Option(help="Snapshot to make lists from; with --bundle and --as-of.")
    ] = None,
    bundle: Annotated[Path | None, typer.Option(help="Bundle to make lists with.")] = None,
    as_of: Annotated[str | None, typer.Option(help="Moment of the lists.")] = None,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> list[Row]:
    """Time the first stage beside its peers, and whole lists of a snapshot, on one thread."""
    given = (snapshot, bundle, as_of)
    if any(given) and not all(given):
        message = "--snapshot, --bundle and --as-of are given together, or none of them"
        raise BenchError(message)
    with progress() as bar:
        bar.add_task("measuring", total=None)
        rows: list[Row] = [first_stage(seed)]
        if snapshot is not None and bundle is not None and as_of is not None:
            city, moment = open_snapshot(snapshot), read_moment(as_of)
            rows.append(pipeline(city, load_bundle(bundle), moment))
    _tell_figures(rows, as_json=as_json)
    return rows


@app.command("memory")
def memory(
    snapshot: Annotated[Path, typer.Option(help="Snapshot to make lists from.")],
    bundle: Annotated[Path, typer.Option(help="Bundle to make lists with.")],
    as_of: Annotated[str, typer.Option(help="Moment of the lists.")],
    as_json: AsJson = False,
) -> list[Row]:
    """Weigh a process that has loaded a snapshot and a bundle, in MiB, before and after lists."""
    with progress() as bar:
        bar.add_task("measuring", total=None)
        rows = [measure_memory(snapshot, bundle, read_moment(as_of))]
    _tell_figures(rows, as_json=as_json)
    return rows


@app.command("demand")
def demand(
    snapshot: Annotated[Path, typer.Option(help="Snapshot with postings.")],
    as_of: Annotated[str, typer.Option(help="The last month, such as 2025-08.")],
    as_json: AsJson = False,
) -> list[Row]:
    """Time and weigh the chain from postings to the demand table, step by step."""
    with progress() as bar:
        bar.add_task("measuring", total=None)
        rows = [demand_chain(snapshot, read_month(as_of))]
    _tell_figures(rows, as_json=as_json)
    return rows


@app.command("city")
def city(
    snapshot: Annotated[Path, typer.Option(help="Snapshot of a city.")],
    as_of: Annotated[str, typer.Option(help="The last month, such as 2025-08.")],
    demand: Annotated[
        Path | None,
        typer.Option(
            help="A table that `xuepei demand` wrote, of all months; left out, postings are read."
        ),
    ] = None,
    as_json: AsJson = False,
) -> list[Row]:
    """Time and weigh gaps, coverage and targets of a whole city, each in its own process."""
    with progress() as bar:
        task = bar.add_task("measuring", total=None)
        rows = whole_city(
            snapshot, read_month(as_of), demand, lambda part: bar.update(task, description=part)
        )
    if as_json:
        print_json(rows)
    else:
        print_table("from the snapshot's tables to CSV files", rows)
    return rows


@app.command("plan")
def plan(
    towns: Annotated[int, typer.Option(min=1, help="Towns; cells are towns by skills.")] = 84,
    sites: Annotated[int, typer.Option(min=1, help="Venues.")] = 500,
    skills: Annotated[int, typer.Option(min=2, help="Skills.")] = 60,
    seconds: Annotated[float, typer.Option(min=1, help="For each method.")] = 60.0,
    cold: Annotated[
        bool, typer.Option("--cold/--no-cold", help="Whether HiGHS begun from nothing runs too.")
    ] = True,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> list[Row]:
    """Plan what to open where in a made city: worth over the proven bound, and seconds."""
    methods = [name for name in METHODS if cold or name != "highs cold"]
    with progress() as bar:
        task = bar.add_task("making a city", total=None)
        rows = bench_plans(
            Size(towns=towns, sites=sites, skills=skills),
            seed,
            seconds,
            methods,
            lambda text: bar.update(task, description=text),
        )
    if as_json:
        print_json(rows)
    else:
        print_table("plans of one made city", [{k: r.get(k) for k in PLAN_COLUMNS} for r in rows])
    return rows


def _tell_figures(rows: list[Row], *, as_json: bool) -> None:
    """Print rows that share no columns: one figure a line."""
    if as_json:
        print_json(rows)
        return
    for row in rows:
        for name, value in row.items():
            out.print(f"{name:28} {value}")
        out.print()
