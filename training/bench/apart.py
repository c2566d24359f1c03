"""A benchmark's models, each in a process of its own, and how sure the gaps between them are."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from training.bench.job import Job, Row
from training.errors import BenchError
from training.metrics.significance import paired_bootstrap

Progress = Callable[[str, str], None]
"""Told the model and the step it is at."""

Values = dict[str, NDArray[np.float64]]
"""By metric, one value per user judged."""

COMPARED: Final = ("recall_at_20", "ndcg_at_20", "ndcg_at_10")
"""Metrics whose gaps between models are told with an interval."""


def run_apart(jobs: Sequence[Job], progress: Progress | None = None) -> list[Row]:
    """Run each job to its end in a process of its own, passing its steps on.

    Returns:
        A row per job; ``gaps`` holds, by metric, the model's gap to the best other model of the
        run with its paired bootstrap interval, empty where it ran alone.

    Raises:
        BenchError: a worker failed.
    """
    rows: list[Row] = []
    values: list[Values] = []
    with tempfile.TemporaryDirectory(prefix="xuepei-bench-") as folder:
        for number, job in enumerate(jobs):
            out = Path(folder) / f"{number}.json"
            rows.append(_run(replace(job, out=str(out)), out, progress))
            values.append(_values(out))
    for row, own in zip(rows, values, strict=True):
        others = {o["model"]: v for o, v in zip(rows, values, strict=True) if o is not row and v}
        row["gaps"] = {metric: _gap(metric, own, others) for metric in COMPARED if own and others}
    return rows


def _gap(metric: str, own: Values, others: dict[str, Values]) -> dict[str, Any]:
    """The mean gap to the other model of the highest mean, with its 95 % interval."""
    best = max(others, key=lambda name: others[name][metric].mean())
    gap = paired_bootstrap(own[metric], others[best][metric], seed=0)
    return {"to": best, "mean": gap.mean, "low": gap.bca_low, "high": gap.bca_high, "users": gap.n}


def _values(out: Path) -> Values:
    """What the worker measured of each user; nothing where it was skipped."""
    file = out.with_suffix(".npz")
    if not file.exists():
        return {}
    with np.load(file, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in COMPARED}


def _run(job: Job, out: Path, progress: Progress | None) -> Row:
    """Run one worker to its end, passing its steps on."""
    file = out.with_suffix(".job")
    file.write_text(json.dumps(asdict(job)), encoding="utf-8")
    command = [sys.executable, "-m", "training.bench.worker", str(file)]
    said: list[str] = []
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as worker:  # noqa: S603 - our own module, no shell
        for line in _lines(worker):
            kind, _, step = line.rstrip("\n").partition(" ")
            if kind == "step" and progress:
                progress(job.model, step)
            elif kind != "step":
                said.append(line.removeprefix("error "))
    if worker.returncode:
        message = f"model {job.model} failed: {''.join(said[-5:]).strip() or worker.returncode}"
        raise BenchError(message)
    row: Row = json.loads(out.read_text(encoding="utf-8"))
    return row


def _lines(worker: subprocess.Popen[str]) -> Iterator[str]:
    """The worker's messages; an interruption here ends the worker too."""
    try:
        yield from worker.stderr or ()
    except BaseException:
        worker.kill()
        raise
