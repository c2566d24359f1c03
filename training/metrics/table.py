"""From per-learner values to figures with intervals, overall and by slice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from training.metrics.breadth import coverage, novelty
from training.metrics.intervals import bootstrap
from training.metrics.lists import Judged
from training.metrics.ranking import average_precision, ndcg, precision, recall

ALL: Final = "all"
FEWEST: Final = 10
"""A group of fewer learners is left out: its mean would tell of persons, and of nothing else."""

ACCURACY: Final = MappingProxyType(
    {"recall": recall, "ndcg": ndcg, "map": average_precision, "precision": precision}
)
"""Metrics with one value per learner that need nothing but hits."""

FIGURES: Final = {
    "model": pl.String,
    "slice": pl.String,
    "value": pl.String,
    "metric": pl.String,
    "mean": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.Int64,
}
"""Columns of a table of figures; ``slice`` is ``all`` for the overall rows, whose value is
``all`` too. ``low`` and ``high`` are null where a metric is a property of all lists together."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What was known of the items before the judged period.

    Attributes:
        takers: learners of the training period who took each item; shape (items,).
        n_learners: learners of the training period.
    """

    takers: NDArray[np.int64]
    n_learners: int


def metric_name(metric: str, k: int) -> str:
    """Name of a metric at a length: ``recall_at_20``.

    >>> metric_name("recall", 20)
    'recall_at_20'
    """
    return f"{metric}_at_{k}"


def per_learner(judged: Judged, catalogue: Catalogue, ks: Sequence[int]) -> pl.DataFrame:
    """One column per metric and length, one row per learner in the order of the lists."""
    columns = {
        metric_name(name, k): measure(judged, k) for k in ks for name, measure in ACCURACY.items()
    }
    surprise = {
        metric_name("novelty", k): novelty(judged.items, catalogue.takers, catalogue.n_learners, k)
        for k in ks
    }
    return pl.DataFrame({**columns, **surprise})


def figures(
    model: str,
    judged: Judged,
    catalogue: Catalogue,
    ks: Sequence[int],
    slices: pl.DataFrame,
    *,
    seed: int,
) -> pl.DataFrame:
    """All figures of one model.

    Args:
        model: name for the table.
        judged: its lists, held against what learners did.
        catalogue: what was known of the items.
        ks: lengths to judge at, none longer than the lists.
        slices: rows ``row`` (Int64, number of the learner), ``slice``, ``value`` (text); a
            learner may stand in several values of one slice. Values with fewer than ``FEWEST``
            learners are left out.
        seed: of the bootstrap; the same learners are drawn for every model.

    Returns:
        The columns of ``FIGURES``.
    """
    values = per_learner(judged, catalogue, ks)
    parts = [
        _interval_rows(model, name, value, values[rows.to_list()], seed=seed)
        for name, value, rows in _groups(slices, values.height)
        if name == ALL or len(rows) >= FEWEST
    ]
    whole = [
        (model, ALL, ALL, metric_name("coverage", k), share, None, None, values.height)
        for k in ks
        for share in [coverage(judged.items, len(catalogue.takers), k)]
    ]
    return pl.concat([*parts, pl.DataFrame(whole, schema=FIGURES, orient="row")])


def differences(
    values: pl.DataFrame, baseline: pl.DataFrame, model: str, against: str, *, seed: int
) -> pl.DataFrame:
    """How much better a model is than a baseline on the same learners.

    Args:
        values: ``per_learner`` of the model.
        baseline: ``per_learner`` of the baseline, same learners in the same order.
        model: name of the model.
        against: name of the baseline.
        seed: of the bootstrap.

    Returns:
        model, against, metric, mean, low, high (of model minus baseline), n, and ``better``:
        true when the whole interval is above 0, false when it is below, null when it holds 0.
    """
    gaps = values - baseline
    rows = _interval_rows(model, ALL, ALL, gaps, seed=seed)
    verdict = pl.when(pl.col("low") > 0).then(statement=True).when(pl.col("high") < 0)
    return rows.select(
        "model",
        pl.lit(against).alias("against"),
        *("metric", "mean", "low", "high", "n"),
        verdict.then(statement=False).alias("better"),
    )


def _groups(slices: pl.DataFrame, height: int) -> Iterator[tuple[str, str, pl.Series]]:
    yield ALL, ALL, pl.Series(range(height), dtype=pl.Int64)
    for (name, value), group in slices.sort("slice", "value", "row").group_by(
        "slice", "value", maintain_order=True
    ):
        yield str(name), str(value), group["row"]


def _interval_rows(
    model: str, name: str, value: str, values: pl.DataFrame, *, seed: int
) -> pl.DataFrame:
    intervals = bootstrap(values.to_numpy().astype(np.float64), seed=seed)
    rows = [
        (model, name, value, metric, found.mean, found.low, found.high, found.n)
        for metric, found in zip(values.columns, intervals, strict=True)
    ]
    return pl.DataFrame(rows, schema=FIGURES, orient="row")
