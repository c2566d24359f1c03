"""Models side by side: means over users with intervals, and differences of the same users."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from arena_baselines.report import over_seeds

from ranking_peers.measure import COSTS, MEASURES, Measured, Values
from training.metrics.intervals import bootstrap

ARENA: Final = ("value", "violations", "cold", "worst_slice")
"""Figures of each policy in the arena."""

Runs = Mapping[str, Sequence[Measured]]
"""By model, one run per seed, all over the same users."""


def set_summary(
    runs: Runs, *, ours: str, peers: Sequence[str], metric: str, confidence: float, draws: int
) -> dict[str, Any]:
    """One set: each model's figures, and how far ours is ahead of each other.

    A user's figure is the mean over seeds; intervals are percentile bootstrap over users, all
    models drawn on the same users.

    Args:
        runs: what was measured.
        ours: the model that is compared.
        peers: of whom the best is named.
        metric: orders the models; one of ``MEASURES``.
        confidence: of the intervals.
        draws: of the bootstrap.

    Returns:
        metric, users, best_peer (None without ours or any peer), and models (name -> each of
        ``MEASURES`` and of ``COSTS``, by_seed, ``ours_over_it`` by measure with its interval,
        runs as told), best first.
    """
    place = MEASURES.index(metric)
    values = {name: _over_runs(found) for name, found in runs.items()}
    order = sorted(values, key=lambda name: -float(values[name][:, place].mean()))
    models = {
        name: {
            **_intervals(values[name], confidence, draws),
            **{cost: _mean_cost(runs[name], cost) for cost in COSTS},
            "by_seed": [_by_measure(run.values.mean(axis=0)) for run in runs[name]],
            "ours_over_it": _ahead(values, ours, name, confidence, draws),
            "runs": [_told(run) for run in runs[name]],
        }
        for name in order
    }
    rivals = [name for name in order if name in peers]
    best = rivals[0] if rivals and ours in values else None
    users = len(next(iter(values.values())))
    return {"metric": metric, "users": users, "best_peer": best, "models": models}


def arena_summary(
    rows: Sequence[Mapping[str, Any]], plain: Sequence[str], confidence: float
) -> dict[str, Any]:
    """The arena: each policy's figures over seeds, and how far the product is ahead.

    Intervals are Student's t over seeds.

    Args:
        rows: what ``arena.measured`` returned, two or more.
        plain: policies that learn nothing but counts and a few weights.
        confidence: of the intervals.

    Returns:
        seeds, cold shares open and of the oracle, seconds of each verb, policies (name ->
        each of ``ARENA``), best first, ``ours_over_it`` (policy -> paired difference of
        value over the oracle's), ``times_best_plain`` (the product's value over that of the
        best plain policy of the same city) and ``without`` (factor -> value lost without it,
        over the seeds that were ablated).

    Raises:
        ValueError: fewer than two seeds have no interval.
    """
    if len(rows) < 2:
        message = f"an interval over seeds needs two or more; got {len(rows)}"
        raise ValueError(message)
    names = list(rows[0]["policies"])
    policies = {
        name: {figure: _over_told(rows, name, figure, confidence) for figure in ARENA}
        for name in names
    }
    order = sorted(names, key=lambda name: -policies[name]["value"]["mean"])
    ours = [row["policies"]["xuepei"]["value"] for row in rows]
    return {
        "seeds": [row["seed"] for row in rows],
        "oracle_value": over_seeds([row["oracle_value"] for row in rows], confidence),
        "cold": {
            name: over_seeds([row["cold"][name] for row in rows], confidence)
            for name in ("available", "oracle")
        },
        "seconds": {
            verb: over_seeds([row["seconds"][verb] for row in rows], confidence)
            for verb in rows[0]["seconds"]
        },
        "policies": {name: policies[name] for name in order},
        "ours_over_it": {
            name: over_seeds(
                [own - row["policies"][name]["value"] for own, row in zip(ours, rows, strict=True)],
                confidence,
            )
            for name in order
            if name != "xuepei"
        },
        "times_best_plain": over_seeds(
            [
                own / max(row["policies"][name]["value"] for name in plain)
                for own, row in zip(ours, rows, strict=True)
            ],
            confidence,
        ),
        "without": _lost(rows, confidence),
        "rows": list(rows),
    }


def _lost(rows: Sequence[Mapping[str, Any]], confidence: float) -> dict[str, Any]:
    """Value lost without each factor, the dearest first; nothing with fewer than two seeds."""
    told = [row for row in rows if row["without"]]
    if len(told) < 2:
        return {}
    losses = {
        factor: over_seeds(
            [row["policies"]["xuepei"]["value"] - row["without"][factor] for row in told],
            confidence,
        )
        for factor in told[0]["without"]
    }
    return dict(sorted(losses.items(), key=lambda loss: -loss[1]["mean"]))


def _over_told(
    rows: Sequence[Mapping[str, Any]], name: str, figure: str, confidence: float
) -> dict[str, Any] | None:
    """A figure over seeds; None where some seed can't tell it."""
    values = [row["policies"][name][figure] for row in rows]
    return None if any(value is None for value in values) else over_seeds(values, confidence)


def _over_runs(found: Sequence[Measured]) -> Values:
    """Each user's figures, the mean over seeds."""
    means: Values = np.mean([run.values for run in found], axis=0)
    return means


def _intervals(values: Values, confidence: float, draws: int) -> dict[str, dict[str, float]]:
    found = bootstrap(values, seed=0, confidence=confidence, draws=draws)
    return {
        name: {"mean": each.mean, "low": each.low, "high": each.high}
        for name, each in zip(MEASURES, found, strict=True)
    }


def _ahead(
    values: Mapping[str, Values], ours: str, other: str, confidence: float, draws: int
) -> dict[str, dict[str, float]] | None:
    """How far ours is ahead, over the same users; None for itself."""
    if other == ours or ours not in values:
        return None
    return _intervals(values[ours] - values[other], confidence, draws)


def _by_measure(means: Values) -> dict[str, float]:
    return dict(zip(MEASURES, means.tolist(), strict=True))


def _mean_cost(found: Sequence[Measured], cost: str) -> float:
    return round(float(np.mean([run.row[cost] for run in found])), 2)


def _told(run: Measured) -> dict[str, Any]:
    return {name: run.row[name] for name in ("seed", "notes", "choice")}
