"""``xuepei batch``: lists for many learners, into one file."""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import polars as pl
import typer

from data.city import City
from data.cli.console import out, print_json, progress
from data.errors import XuepeiError
from data.store import open_snapshot
from features.asof import known
from recsys.artifact import load_bundle
from serving.cli.options import (
    AsJson,
    AsOf,
    ModelBundle,
    Prices,
    Programme,
    Snapshot,
    checked_programme,
    moment_of,
)
from serving.workers import Order, fulfil

app = typer.Typer(add_completion=False)

FORMATS: Final = (".parquet", ".csv")


@app.command("batch")
def batch_lists(
    snapshot: Snapshot,
    bundle: ModelBundle,
    target: Annotated[Path, typer.Option("--out", help="A .parquet or .csv file.")],
    as_of: AsOf = None,
    n: Annotated[int, typer.Option("-n", min=1, max=1000, help="Sections a list.")] = 10,
    learners: Annotated[
        Path | None,
        typer.Option(
            help="Whose lists: .csv or .parquet with a column learner_id, or a text file with an "
            "id a line; left out, every learner of the snapshot."
        ),
    ] = None,
    programme: Programme = None,
    prices: Prices = None,
    jobs: Annotated[
        int, typer.Option(min=0, help="Most processes; 0 takes one a processor core.")
    ] = 0,
    as_json: AsJson = False,
) -> dict[str, int | str]:
    """Write lists for many learners: learner_id, rank, section_id, course_id, score."""
    _check_format(target)
    city, model = open_snapshot(snapshot), load_bundle(bundle)
    moment = moment_of(as_of) or model.manifest.as_of
    ids = read_learners(learners) if learners else _all_learners(city, moment)
    order = Order(snapshot, bundle, moment, n, checked_programme(programme), prices)
    lists = _with_progress(order, ids, jobs or os.cpu_count() or 1)
    _write(lists, target)
    served = lists["learner_id"].n_unique()
    result: dict[str, int | str] = {
        "learners": len(ids),
        "with_a_list": served,
        "rows": lists.height,
        "out": str(target),
    }
    if as_json:
        print_json(result)
    else:
        out.print(
            f"{served:,} of {len(ids):,} learners have a list; {lists.height:,} rows in {target}"
        )
    return result


def read_learners(path: Path) -> list[str]:
    """The learner ids of a file, in order, each once.

    Raises:
        XuepeiError: the file can't be read or has no column ``learner_id``.
    """
    try:
        frame = _read(path)
    except (OSError, UnicodeDecodeError, pl.exceptions.PolarsError) as error:
        message = f"{path} can't be read: {error}; expected .csv, .parquet or a text file of ids"
        raise XuepeiError(message) from error
    if "learner_id" not in frame.columns:
        message = f"{path} has no column learner_id; it has {frame.columns}"
        raise XuepeiError(message)
    ids = frame["learner_id"].cast(pl.String).drop_nulls()
    return [learner for learner in ids.unique(maintain_order=True) if learner]


def _read(path: Path) -> pl.DataFrame:
    if path.suffix == ".parquet":
        return pl.read_parquet(path)
    if path.suffix == ".csv":
        return pl.read_csv(path, infer_schema=False)
    lines = path.read_text(encoding="utf-8").splitlines()
    return pl.DataFrame({"learner_id": [line.strip() for line in lines]})


def _all_learners(city: City, moment: datetime) -> list[str]:
    """Everyone registered; in a city without a register everyone who left a trace."""
    table = "learners" if city.has("learners") else "events"
    ids = known(city, table, moment).select(pl.col("learner_id").unique()).collect()
    return sorted(ids["learner_id"])


def _with_progress(order: Order, ids: Sequence[str], jobs: int) -> pl.DataFrame:
    with progress() as bar:
        task = bar.add_task("lists", total=len(ids))
        return fulfil(order, ids, jobs=jobs, done=lambda count: bar.advance(task, count))


def _check_format(target: Path) -> None:
    if target.suffix not in FORMATS:
        message = f"{target} should end in one of {', '.join(FORMATS)}"
        raise XuepeiError(message)


def _write(lists: pl.DataFrame, target: Path) -> None:
    """Whole or not at all: written beside the target, then renamed onto it."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.suffix == ".csv":
            lists.write_csv(part)
        else:
            lists.write_parquet(part)
        part.replace(target)
    except OSError as error:
        message = f"{target} can't be written: {error}"
        raise XuepeiError(message) from error
    finally:
        if part.exists():
            part.unlink()
