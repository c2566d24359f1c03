"""``xuepei bench ranking``: a table of models on any train and test file."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from training.bench.models import known_models
from training.bench.tables import Tables, read_tables
from training.bench.worker import Job, Row
from training.errors import BenchError

Progress = Callable[[str, str], None]
"""Told the model and the step it is at."""


def bench_ranking(
    train: Path,
    test: Path,
    valid: Path | None = None,
    *,
    models: Sequence[str] | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> tuple[Tables, list[Row]]:
    """Fit and judge each model in a process of its own.

    Args:
        train: Parquet file with ``user``, ``item`` and optionally ``ts``.
        test: the same; every item that isn't in train is ranked for its users.
        valid: the same, for choosing; without it a part of train is held out for choosing.
        models: which to run, in this order; all by default.
        seed: of every random choice.
        progress: told what is being done.

    Returns:
        The tables as read, with notes on what was left out, and a row per model.

    Raises:
        BenchError: a file can't be used, a model is unknown, or a worker failed.
    """
    tables = read_tables(train, test, valid)
    chosen = tuple(models) if models else known_models()
    unknown = sorted(set(chosen) - set(known_models()))
    if unknown:
        message = f"unknown models {unknown}; there are {list(known_models())}"
        raise BenchError(message)
    paths = [str(path.resolve()) if path else None for path in (train, test, valid)]
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="xuepei-bench-") as folder:
        for name in chosen:
            out = Path(folder) / f"{name}.json"
            job = Job(name, f"{paths[0]}", f"{paths[1]}", paths[2], seed, str(out))
            rows.append(_run(job, out, progress))
    return tables, rows


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
