"""``xuepei bench``: measurements on files of the documented shapes."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from data.cli.console import err, out, print_json, print_table, progress
from training.bench.models import DEFAULT
from training.bench.ranking import bench_ranking
from training.bench.worker import Row
from training.cli.options import AsJson, Seed

app = typer.Typer(add_completion=False, no_args_is_help=True)

COLUMNS: Final = (
    *("model", "recall_at_20", "ndcg_at_20"),
    *("fit_s", "cpu_s", "rank_s", "peak_rss_mb", "blas_threads"),
)
"""Columns of the printed table; the JSON rows hold more."""


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
    if as_json:
        print_json(rows)
    else:
        _print(rows)
    return rows


def _print(rows: list[Row]) -> None:
    print_table("every item not in train is ranked", [_shown(row) for row in rows])
    for row in rows:
        for note in [*row["notes"], *([f"skipped: {row['skipped']}"] if row["skipped"] else [])]:
            out.print(f"{row['model']}: {note}")
        if row["model"] == DEFAULT and row["choice"]:
            out.print(_choice(row["choice"]))


def _shown(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in COLUMNS}


def _choice(choice: dict[str, Any]) -> str:
    """The blend in words."""
    parts = [f"{weight:+g} {name}" for name, weight in choice["weights"].items()]
    return f"{DEFAULT} = {' '.join(parts)}, chosen on {choice['validation_users']:,} users of train"
