"""One model on one set: the benchmark's own row, and each user's figures beside it."""

import json
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ranking_peers.splits import Files
from recsys.scorers import discover
from training.bench.models import catalogue_of, fit_model
from training.bench.resident import peak_rss_mb
from training.bench.tables import Tables, matrix_of, read_tables
from training.bench.worker import rank_test
from training.metrics.lists import Judged, judge
from training.metrics.ranking import ndcg, recall

MEASURES: Final = ("recall_at_20", "ndcg_at_20", "ndcg_at_10")
"""The figures of each user."""
COSTS: Final = ("fit_s", "cpu_s", "rank_s", "peak_rss_mb")
"""What a model took; ``fit_s`` and ``cpu_s`` hold its choice of settings."""

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one process found out.

    Attributes:
        row: model, set, seed, the ``COSTS``, users, notes and choice.
        values: each user's ``MEASURES``, users by ascending id; shape (users, measures).
    """

    row: dict[str, Any]
    values: Values


def measured(files: Files, model: str, seed: int) -> Measured:
    """Fit and judge one model in this process, as ``xuepei bench ranking`` does.

    Args:
        files: of the set.
        model: a name of the benchmark.
        seed: of every random choice.
    """
    tables = read_tables(files.train, files.test, files.valid)
    discover()  # loads the libraries, which is no part of a fit
    wall, cpu = time.perf_counter(), time.process_time()
    fitted = fit_model(model, tables, seed)
    fit_s, cpu_s = time.perf_counter() - wall, time.process_time() - cpu
    wall = time.perf_counter()
    values = figures(rank_test(fitted.score, tables))
    costs = (fit_s, cpu_s, time.perf_counter() - wall, peak_rss_mb())
    notes = [*tables.notes, *fitted.notes]
    return Measured(_row(model, seed, costs, len(values), notes, fitted.choice), values)


def measured_outside(
    files: Files, model: str, seed: int, python: Path, script: Path, scratch: Path
) -> Measured:
    """The same for a model of another environment, whose lists are judged here.

    Args:
        files: of the set.
        model: a name that the script knows.
        seed: of every random choice.
        python: the other environment's interpreter.
        script: writes lists (user, rank, item) and its costs.
        scratch: where it writes them.
    """
    tables = read_tables(files.train, files.test, files.valid)
    train, test = (scratch / f"{model}-{seed}-{part}.parquet" for part in ("train", "test"))
    tables.known.write_parquet(train)
    tables.test.write_parquet(test)
    lists, costs = (scratch / f"{model}-{seed}.{kind}" for kind in ("parquet", "json"))
    command = [python, script, model, train, test, lists, costs, str(seed)]
    subprocess.run([str(word) for word in command], check=True)  # noqa: S603 - our own script
    told = json.loads(costs.read_text(encoding="utf-8"))
    values = figures(_judged(tables, pl.read_parquet(lists)))
    spent = tuple(float(told[name]) for name in COSTS)
    return Measured(_row(model, seed, spent, len(values), told["notes"], told["choice"]), values)


def figures(judged: Judged) -> Values:
    """Each user's ``MEASURES``; shape (users, measures)."""
    return np.stack([recall(judged, 20), ndcg(judged, 20), ndcg(judged, 10)], axis=1)


def _judged(tables: Tables, lists: pl.DataFrame) -> Judged:
    """Hold lists of user, rank (1 is first) and item against test."""
    catalogue, users = catalogue_of(tables), tables.test["user"].unique().sort()
    rows = pl.DataFrame({"user": users}).with_row_index("row")
    placed = lists.cast({"user": pl.String, "item": pl.String}).join(rows, on="user")
    items = np.full((len(users), 20), -1, dtype=np.int64)
    columns = catalogue.numbers(placed["item"]).to_numpy()
    items[placed["row"].to_numpy(), placed["rank"].to_numpy() - 1] = columns
    return judge(items, matrix_of(catalogue, users, tables.test))


def _row(
    model: str,
    seed: int,
    costs: tuple[float, ...],
    users: int,
    notes: list[str],
    choice: Mapping[str, Any],
) -> dict[str, Any]:
    spent = {name: round(cost, 3) for name, cost in zip(COSTS, costs, strict=True)}
    return {
        "model": model,
        "seed": seed,
        **spent,
        "users": users,
        "notes": notes,
        "choice": dict(choice),
    }
