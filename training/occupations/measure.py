"""Judges the linker on labelled postings: how often right, how sure, what unknown costs."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
import polars as pl

from features.occupations.link import OccupationLinker
from training.metrics.intervals import bootstrap
from training.occupations.gold.load import load_labels, load_postings

BINS: Final = 10
"""Bins of confidence in the calibration error."""

STEPS: Final = tuple(round(0.1 * step, 1) for step in range(10))
"""Thresholds of the trade-off between answering often and answering right."""

RIGHT: Final = ("top1", "top5", "strict")
"""Ways of being right: the first of the candidates is accepted, one of five is, the first is the
best label."""

Floats = npt.NDArray[np.float64]


def measure(
    datasets: Path, linker: OccupationLinker, part: str = "gold", *, seed: int = 0
) -> dict[str, Any]:
    """Figures of a linker on a labelled set.

    Args:
        datasets: the folder of the data sets that the labels point into.
        linker: what is judged.
        part: dev or gold.
        seed: of the intervals.

    Returns:
        ``accuracy`` (all, it, non_it: ``RIGHT`` with 95 % intervals over postings that name an
        occupation), ``unknown`` (threshold, coverage and accuracy at each of ``STEPS`` and at the
        linker's own), ``ece``, and ``named_none`` (postings without an occupation and how many of
        them were left unknown).

    Raises:
        GoldError: a data set isn't there or holds other texts.
    """
    labels = load_labels(part)
    judged = judge(linker.link(load_postings(datasets, labels)), labels)
    return {
        "part": part,
        "postings": judged.height,
        **figures(judged, linker.model.threshold, seed),
    }


def judge(linked: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """Each posting's answer beside its label.

    Args:
        linked: as ``OccupationLinker.link``.
        labels: key, it, best, accepted, in any order.

    Returns:
        it, named (the label has a code), confidence (0 without a candidate), ``RIGHT``.
    """
    codes = pl.col("candidates").list.eval(pl.element().struct.field("occupation_code"))
    first = pl.col("codes").list.first()
    return (
        labels.select("key", "it", "best", "accepted")
        .join(linked, left_on="key", right_on="posting_id", maintain_order="left")
        .with_columns(codes=codes)
        .select(
            "it",
            named=pl.col("best").is_not_null(),
            confidence=pl.col("confidence").fill_null(0.0),
            top1=first.is_in(pl.col("accepted")).fill_null(value=False),
            top5=pl.col("codes").list.set_intersection(pl.col("accepted")).list.len() > 0,
            strict=first.eq_missing(pl.col("best")) & pl.col("best").is_not_null(),
        )
    )


def figures(judged: pl.DataFrame, threshold: float, seed: int) -> dict[str, Any]:
    """Figures of judged postings; see ``measure``."""
    named = judged.filter("named")
    slices = {
        "all": named,
        "it": named.filter(pl.col("it").eq_missing(pl.lit(value=True))),
        "non_it": named.filter(pl.col("it").ne_missing(pl.lit(value=True))),
    }
    sure = judged["confidence"].to_numpy()
    right = judged["top1"].cast(pl.Float64).to_numpy()
    return {
        "accuracy": {name: _accuracy(part, seed) for name, part in slices.items()},
        "unknown": trade_off(sure, right, sorted({*STEPS, threshold})),
        "threshold": threshold,
        "ece": calibration_error(sure, right),
        "named_none": {
            "postings": judged.height - named.height,
            "left_unknown": judged.filter(
                ~pl.col("named"), pl.col("confidence") < threshold
            ).height,
        },
    }


def _accuracy(judged: pl.DataFrame, seed: int) -> dict[str, Any]:
    """Shares of right answers with their intervals."""
    values = judged.select(pl.col(RIGHT).cast(pl.Float64)).to_numpy()
    told = bootstrap(values, seed=seed)
    shares = {
        name: {"share": each.mean, "low": each.low, "high": each.high}
        for name, each in zip(RIGHT, told, strict=True)
    }
    return {"postings": judged.height, **shares}


def trade_off(sure: Floats, right: Floats, steps: Sequence[float]) -> list[Mapping[str, Any]]:
    """Share of postings answered, and of answers right, at thresholds.

    A posting that names no occupation counts as wrong where it is answered.

    >>> trade_off(np.array([0.9, 0.4]), np.array([1.0, 0.0]), [0.5])
    [{'threshold': 0.5, 'coverage': 0.5, 'accuracy': 1.0}]
    """
    rows: list[Mapping[str, Any]] = []
    for step in steps:
        told = sure >= step
        accuracy = float(right[told].mean()) if told.any() else None
        rows.append({"threshold": step, "coverage": float(told.mean()), "accuracy": accuracy})
    return rows


def calibration_error(sure: Floats, right: Floats) -> float:
    """Expected calibration error: sum over bins of n_b / n x |mean right - mean confidence|.

    Ten bins of equal width of confidence (Guo et al. 2017); 0 is best, 1 worst.

    >>> calibration_error(np.array([0.5, 0.5]), np.array([1.0, 0.0]))
    0.0
    """
    number = np.minimum((sure * BINS).astype(np.int64), BINS - 1)
    gap = np.bincount(number, right - sure, BINS)
    return float(np.abs(gap).sum() / max(len(sure), 1))


def measure_city(postings: pl.DataFrame, truth: pl.DataFrame, linker: OccupationLinker) -> float:
    """Share of a simulated city's postings linked to the occupation they were planted for.

    Args:
        postings: contract table ``postings``.
        truth: posting_id and occupation_code of each.
        linker: what is judged.
    """
    linked = linker.link(postings).join(truth, on="posting_id", suffix="_true")
    right = linked["occupation_code"].eq_missing(linked["occupation_code_true"])
    return cast(float, right.mean())
