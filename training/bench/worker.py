"""One model of a benchmark, in a process of its own.

``python -m training.bench.worker JOB`` reads a job file, fits and ranks, and writes the row to
the job's ``out``. A process of its own keeps the peak memory of one model out of another's row.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from threadpoolctl import threadpool_info

from data.errors import XuepeiError
from recsys.errors import ScorerUnavailableError
from recsys.scorers import discover
from training.bench.coldstart import fit_cold, rank_cold, read_cold
from training.bench.job import Job, Row
from training.bench.models import FittedModel, catalogue_of, fit_model
from training.bench.resident import peak_rss_mb
from training.bench.tables import Tables, matrix_of, queries_of, read_tables
from training.course_ranking import Score, rank_courses
from training.metrics.lists import Judged, judge
from training.metrics.ranking import Values, ndcg, recall

K: Final = 20

METRICS: Final = {
    "recall_at_20": (recall, 20),
    "ndcg_at_20": (ndcg, 20),
    "recall_at_10": (recall, 10),
    "ndcg_at_10": (ndcg, 10),
}
COLD_METRICS: Final = {**METRICS, "recall_at_100": (recall, 100)}
TIMES: Final = ("fit_s", "cpu_s", "rank_s", "peak_rss_mb")


@dataclass(frozen=True, slots=True)
class Task:
    """A job's tables, bound to what fits a model on them and what judges it."""

    fit: Callable[[], FittedModel]
    judge: Callable[[Score], Judged]
    metrics: Mapping[str, tuple[Callable[[Judged, int], Values], int]]


def task_of(job: Job) -> Task:
    """Read the job's tables: a cold start where it names item features, else a ranking."""
    train, test = Path(job.train), Path(job.test)
    valid = Path(job.valid) if job.valid else None
    if job.item_features:
        cold = read_cold(train, test, Path(job.item_features), valid, seed=job.seed)
        return Task(
            lambda: fit_cold(job.model, cold, job.seed, _say),
            lambda score: rank_cold(score, cold),
            COLD_METRICS,
        )
    tables = read_tables(train, test, valid)
    return Task(
        lambda: fit_model(job.model, tables, job.seed, _say),
        lambda score: rank_test(score, tables),
        METRICS,
    )


def run_job(job: Job) -> tuple[Row, dict[str, Values]]:
    """Fit and judge one model.

    Returns:
        The row of the benchmark's table, and by metric one value per user judged.
    """
    task = task_of(job)
    discover()  # loads the scorers' libraries, which is no part of a fit
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        model = task.fit()
    except ScorerUnavailableError as error:
        return skipped_row(job.model, str(error), list(task.metrics)), {}
    fit_s, cpu_s = time.perf_counter() - wall, time.process_time() - cpu
    _say("ranking")
    wall = time.perf_counter()
    judged = task.judge(model.score)
    values = {name: metric(judged, k) for name, (metric, k) in task.metrics.items()}
    row: Row = {
        "model": job.model,
        **{name: float(value.mean()) for name, value in values.items()},
        "fit_s": round(fit_s, 3),
        "cpu_s": round(cpu_s, 3),
        "rank_s": round(time.perf_counter() - wall, 3),
        "peak_rss_mb": round(peak_rss_mb(), 1),
        "blas_threads": max((pool["num_threads"] for pool in threadpool_info()), default=1),
        "users": len(judged.relevant),
        "skipped": None,
        "notes": list(model.notes),
        "choice": dict(model.choice),
    }
    return row, values


def rank_test(score: Score, tables: Tables) -> Judged:
    """Rank every item that isn't in train for each user of test, and hold it against test."""
    catalogue = catalogue_of(tables)
    users = tables.test["user"].unique().sort()
    queries = queries_of(users, tables.known)
    barred = matrix_of(catalogue, users, tables.known)
    items = rank_courses(score, queries, barred, K)
    return judge(items, matrix_of(catalogue, users, tables.test))


def skipped_row(model: str, reason: str, metrics: list[str]) -> Row:
    """The row of a model that can't be run here: its figures are null, never zero."""
    empty: Row = dict.fromkeys([*metrics, *TIMES])
    rest: Row = {"blas_threads": None, "users": None, "skipped": reason, "notes": [], "choice": {}}
    return {"model": model, **empty, **rest}


def _say(step: str) -> None:
    """One line per step, read by the parent's progress bar."""
    sys.stderr.write(f"step {step}\n")
    sys.stderr.flush()


def main(arguments: list[str]) -> int:
    """Run the job of a file; 2 and a sentence on stderr for bad input."""
    job = Job(**json.loads(Path(arguments[0]).read_text(encoding="utf-8")))
    try:
        row, values = run_job(job)
    except XuepeiError as error:
        sys.stderr.write(f"error {error}\n")
        return 2
    Path(job.out).write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    if values:
        np.savez(Path(job.out).with_suffix(".npz"), allow_pickle=False, **values)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
