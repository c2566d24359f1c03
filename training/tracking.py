"""Runs kept for comparison: the only door to MLflow.

By default runs go to one local SQLite file; ``MLFLOW_TRACKING_URI`` names a server instead.
MLflow takes seconds to import, so it is loaded on the first run tracked, and its own warnings
and logs are kept from whoever asked for a model.
"""

import logging
import math
import os
import re
import warnings
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

EXPERIMENT: Final = "xuepei"
SERVER: Final = "MLFLOW_TRACKING_URI"
DEFAULT_FILE: Final = Path("var/mlflow.db")
NOISY: Final = ("mlflow", "alembic", "sqlalchemy")
ALLOWED: Final = re.compile(r"[^0-9A-Za-z_\-. /]")
MOST_PARAM: Final = 500
"""Characters of a parameter's value that MLflow keeps safely."""
MOST_AT_ONCE: Final = 1000
"""Figures that MLflow takes in one write."""


@dataclass(frozen=True, slots=True)
class Run:
    """One thing worth comparing later.

    Attributes:
        name: what was done: ``train``, ``evaluate``, ``bench``.
        params: settings.
        metrics: figures; those that aren't finite are left out.
        tags: identities such as ``model_version``.
        texts: further documents by file name.
    """

    name: str
    params: Mapping[str, object] = field(default_factory=dict[str, object])
    metrics: Mapping[str, float] = field(default_factory=dict[str, float])
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    texts: Mapping[str, str] = field(default_factory=dict[str, str])


def track(run: Run, file: Path = DEFAULT_FILE) -> str:
    """Keep a run, in the file or on the server that ``MLFLOW_TRACKING_URI`` names.

    Documents of a local run lie beside the file, in ``<stem>-artifacts``; nothing is written
    anywhere else.

    Args:
        run: what to keep.
        file: the SQLite file; created with its folder when missing.

    Returns:
        The run's id.
    """
    with _quiet():
        client = _client(file)
        begun = client.create_run(
            _experiment(client, file), tags=dict(run.tags), run_name=run.name
        ).info
        kept = begun.run_id
        _log(client, kept, run, begun.start_time)
        for name, text in run.texts.items():
            client.log_text(kept, text, name)
        client.set_terminated(kept)
    return str(kept)


def _log(client: "MlflowClient", run_id: str, run: Run, at_ms: int) -> None:
    """Settings and figures in few writes: one each would wait for the disk hundreds of times."""
    from mlflow.entities import Metric, Param

    params: list[Param] = [
        Param(clean_name(name), str(value)[:MOST_PARAM]) for name, value in run.params.items()
    ]
    finite = [(n, v) for n, v in run.metrics.items() if math.isfinite(v)]
    metrics: list[Metric] = [Metric(clean_name(name), value, at_ms, 0) for name, value in finite]
    client.log_batch(run_id, params=params)
    for start in range(0, len(metrics), MOST_AT_ONCE):
        client.log_batch(run_id, metrics=metrics[start : start + MOST_AT_ONCE])


def clean_name(name: str) -> str:
    """A name MLflow accepts: no ``@``, no punctuation of other scripts.

    >>> clean_name("recall@20 | age_band <14")
    'recall_20 _ age_band _14'
    """
    return ALLOWED.sub("_", name)


def _client(file: Path) -> "MlflowClient":
    from mlflow.tracking import MlflowClient

    server = os.environ.get(SERVER)
    if server:
        return MlflowClient(tracking_uri=server)
    if not file.exists():
        _create(file)
    return MlflowClient(tracking_uri=f"sqlite:///{file.resolve()}")


def _create(file: Path) -> None:
    """Make the file's tables beside its place, then rename: interrupted, there is no file.

    The tables come from a hundred small migrations. Waiting for the disk after each would take
    most of a minute; a file that has no rows yet needs no such care.
    """
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.resolve().with_name(f".{file.name}.{os.getpid()}.part")
    event.listen(Engine, "connect", _without_waiting)
    try:
        store = SqlAlchemyStore(f"sqlite:///{part}", _documents(file))  # type: ignore[no-untyped-call]  # mlflow leaves it unannotated
        store.engine.dispose()
        part.replace(file)
    finally:
        event.remove(Engine, "connect", _without_waiting)
        part.unlink(missing_ok=True)


def _without_waiting(connection: DBAPIConnection, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = OFF")
    cursor.execute("PRAGMA journal_mode = MEMORY")
    cursor.close()


def _documents(file: Path) -> str:
    return file.resolve().with_name(f"{file.stem}-artifacts").as_uri()


def _experiment(client: "MlflowClient", file: Path) -> str:
    """The product's experiment; locally with a place of its own for documents."""
    found = client.get_experiment_by_name(EXPERIMENT)
    if found is not None:
        return str(found.experiment_id)
    where = None if os.environ.get(SERVER) else _documents(file)
    return str(client.create_experiment(EXPERIMENT, artifact_location=where))


@contextmanager
def _quiet() -> Generator[None]:
    """Nothing of the tracking library's own talk reaches the terminal."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "ERROR")
    loggers = [logging.getLogger(name) for name in NOISY]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
