"""``xuepei train``: a model bundle from a snapshot."""

import time
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from data.cli.console import out, print_json, progress
from data.cli.moments import read_moment
from data.store import open_snapshot
from data.vocab import CITY_TIME
from recsys.artifact import Bundle, save_bundle
from recsys.errors import DemandTableError
from recsys.pipeline.policy import Policy, load_policy, shipped_policies
from training.cli.options import AsJson, AsOf, Seed, Snapshot, Track, TrackingFile
from training.fit import fit_bundle
from training.tracking import DEFAULT_FILE, Run, track

app = typer.Typer(add_completion=False)


@app.command("train")
def train(
    snapshot: Snapshot,
    as_of: AsOf,
    target: Annotated[Path, typer.Option("--out", help="The bundle folder; replaced whole.")],
    policy: Annotated[
        list[Path] | None,
        typer.Option(help="A policy TOML; repeatable. Left out, the shipped policies."),
    ] = None,
    seed: Seed = 0,
    demand: Annotated[
        Path | None,
        typer.Option(
            help="What each area lacks, .csv or .parquet, as `xuepei demand` writes it: "
            "division_code, skill_id, and gap_low, own_low or low; month if there are several."
        ),
    ] = None,
    demand_month: Annotated[
        str | None,
        typer.Option(
            help="The month of that table, such as 2025-08; left out, the latest that had begun."
        ),
    ] = None,
    tracked: Track = True,
    tracking_file: TrackingFile = DEFAULT_FILE,
    as_json: AsJson = False,
) -> dict[str, Any]:
    """Fit a model on what was known at a moment: a bundle of arrays and a manifest."""
    moment = read_moment(as_of)
    city = open_snapshot(snapshot)
    policies = read_policies(policy or [])
    table = read_demand(demand, demand_month, moment)
    started = time.perf_counter()
    with progress() as bar:
        task = bar.add_task("reading", total=None)
        bundle = fit_bundle(
            city,
            moment,
            policies,
            seed=seed,
            demand=table,
            progress=lambda name, done, total: bar.update(
                task, description=f"fitting {name}", completed=done, total=total
            ),
        )
        bar.update(task, description="writing")
        save_bundle(bundle, target)
        took = time.perf_counter() - started
        if tracked:
            bar.update(task, description="tracking")
            track(run_of(bundle, snapshot, took), tracking_file)
    result = summary(bundle, target, took)
    if as_json:
        print_json(result)
    else:
        _print(bundle, target, took)
    return result


def read_policies(files: list[Path]) -> dict[str, Policy]:
    """The policies of these files by name; without files, the shipped ones.

    Raises:
        PolicyError: a file can't be read or names what doesn't exist.
    """
    given = {policy.name: policy for policy in map(load_policy, files)}
    return given or shipped_policies()


def read_demand(path: Path | None, month: str | None, as_of: datetime) -> pl.DataFrame | None:
    """The table of demand in a file, or one month of it; None without one.

    Args:
        path: a .csv or .parquet file.
        month: such as 2025-08; None for all, of which the latest that had begun will count.
        as_of: the cut-off, with an offset from UTC.

    Raises:
        DemandTableError: the file can't be read, or a month of it is named that it doesn't hold
            or that hadn't begun.
    """
    if path is None and month is not None:
        message = "--demand-month names a month of the table that --demand gives; it gives none"
        raise DemandTableError(message)
    if path is None:
        return None
    table = _file(path)
    return table if month is None else _month_of(table, month, as_of)


def _month_of(table: pl.DataFrame, month: str, as_of: datetime) -> pl.DataFrame:
    """The rows of one month."""
    if "month" not in table.columns:
        message = f"--demand-month is {month!r}, but the table of demand has no column month"
        raise DemandTableError(message)
    if month > f"{as_of.astimezone(CITY_TIME):%Y-%m}":
        message = f"--demand-month is {month!r}, which hadn't begun by --as-of"
        raise DemandTableError(message)
    months = table["month"].cast(pl.String).str.slice(0, 7)
    if month not in months:
        held = ", ".join(months.drop_nulls().unique().sort().tail(6))
        message = f"the table of demand has no month {month!r}; its latest are {held}"
        raise DemandTableError(message)
    return table.filter(months == month)


def _file(path: Path) -> pl.DataFrame:
    """A table in a file, the cells of a CSV as text.

    Raises:
        DemandTableError: it can't be read.
    """
    try:
        if path.suffix == ".parquet":
            return pl.read_parquet(path)
        return pl.read_csv(
            path, infer_schema=False
        )  # codes are text, though they look like numbers
    except (OSError, pl.exceptions.PolarsError) as error:
        message = f"{path} can't be read: {error}; expected a .csv or .parquet file"
        raise DemandTableError(message) from error


def summary(bundle: Bundle, target: Path, took: float) -> dict[str, Any]:
    """What was made, for programs."""
    manifest = bundle.manifest
    return {
        "bundle": str(target),
        "model_version": manifest.model_version,
        "as_of": manifest.as_of.isoformat(),
        "snapshot_id": manifest.snapshot_id,
        "seed": manifest.seed,
        "scorers": sorted(bundle.scorers),
        "learned": sorted(manifest.rankers),
        "absent": manifest.absent,
        "policies": sorted(bundle.policies),
        "training": manifest.training.model_dump(),
        "fit_s": round(took, 3),
    }


def run_of(bundle: Bundle, snapshot: Path, took: float) -> Run:
    """The bundle as a tracked run."""
    manifest = bundle.manifest
    settings: dict[str, object] = {
        f"{name}.{option}": value
        for name, entry in manifest.scorers.items()
        for option, value in entry.config.items()
    }
    counted = {name: float(n) for name, n in manifest.training.model_dump().items()}
    return Run(
        name="train",
        params={"snapshot": snapshot, "as_of": manifest.as_of, "seed": manifest.seed, **settings},
        metrics={**counted, "fit_s": took},
        tags={"model_version": manifest.model_version, "snapshot_id": manifest.snapshot_id},
        texts={"manifest.json": manifest.model_dump_json(indent=2)},
    )


def _print(bundle: Bundle, target: Path, took: float) -> None:
    counted = bundle.manifest.training
    out.print(
        f"[bold]{target}[/]  model {bundle.manifest.model_version}, fitted in {took:.1f} s on "
        f"{counted.n_interactions:,} interactions of {counted.n_learners:,} learners and "
        f"{counted.n_courses:,} courses"
    )
    out.print(f"scorers: {', '.join(sorted(bundle.scorers))}")
    if bundle.manifest.rankers:
        out.print(f"learned from the log: {', '.join(sorted(bundle.manifest.rankers))}")
    for name, reason in bundle.manifest.absent.items():
        out.print(f"[yellow]without {name}[/]: {reason}")
