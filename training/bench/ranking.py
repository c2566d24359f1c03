"""``xuepei bench ranking``: a table of models on any train and test file."""

from collections.abc import Sequence
from pathlib import Path

from training.bench.apart import Progress, run_apart
from training.bench.job import Job, Row
from training.bench.models import known_models
from training.bench.tables import Tables, read_tables
from training.errors import BenchError


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
    jobs = [Job(name, f"{paths[0]}", f"{paths[1]}", paths[2], seed, "") for name in chosen]
    return tables, run_apart(jobs, progress)
