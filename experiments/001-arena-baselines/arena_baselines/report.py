"""Figures of several seeds as means with intervals, and as a table to read."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from scipy.stats import t

from arena_baselines.policies import CEILINGS, LABELS

MEASURES: Final = ("value", "replay", "cold", "violations")
"""The figures of each policy."""
OF_THE_CITY: Final = ("oracle_value", "cold_available", "kendall_tau")
"""The figures of each seed as a whole."""

HEAD: Final = (
    "policy",
    "value@10 / oracle",
    "min–max",
    "replay recall@10",
    "cold share",
    "violations, access rule off",
)

Summary = Mapping[str, Any]


def summary(seeds: Sequence[Mapping[str, Any]], confidence: float) -> Summary:
    """Means over seeds with t-intervals, policies ordered by their value.

    Args:
        seeds: what ``measure.measured`` returned, two or more.
        confidence: of the intervals.

    Returns:
        policies (name -> measure -> mean, low, high, min, max, by_seed), the figures of
        ``OF_THE_CITY`` in the same form, and judged by seed.

    Raises:
        ValueError: fewer than two seeds have no interval.
    """
    if len(seeds) < 2:
        message = f"an interval over seeds needs two or more; got {len(seeds)}"
        raise ValueError(message)
    policies = {
        name: {
            measure: over_seeds([seed["policies"][name][measure] for seed in seeds], confidence)
            for measure in MEASURES
        }
        for name in LABELS
    }
    by_value = sorted(policies, key=lambda name: -policies[name]["value"]["mean"])
    return {
        "seeds": [seed["seed"] for seed in seeds],
        "policies": {name: policies[name] for name in by_value},
        **{name: over_seeds([seed[name] for seed in seeds], confidence) for name in OF_THE_CITY},
        "judged_by_seed": [seed["judged"] for seed in seeds],
    }


def over_seeds(values: Sequence[float], confidence: float) -> dict[str, Any]:
    """Mean and Student's t-interval over seeds, and the range.

    mean ± t(n - 1) * s / sqrt(n), s the standard deviation with n - 1.

    >>> over_seeds([1.0, 3.0], 0.5)["low"], over_seeds([1.0, 3.0], 0.5)["high"]
    (1.0, 3.0)
    """
    sample = np.array(values)
    n = len(sample)
    reach = t.ppf((1 + confidence) / 2, n - 1) * sample.std(ddof=1) / np.sqrt(n)
    figures = {
        "mean": sample.mean(),
        "low": sample.mean() - reach,
        "high": sample.mean() + reach,
        "min": sample.min(),
        "max": sample.max(),
    }
    rounded = {name: round(float(value), 4) for name, value in figures.items()}
    return {**rounded, "by_seed": [round(float(value), 4) for value in values]}


def markdown(results: Summary) -> str:
    """The table, best value first, and a line on each figure of the cities as a whole."""
    rows = [_row(name, figures) for name, figures in results["policies"].items()]
    rule = "|".join(["---", *["---:"] * (len(HEAD) - 1)])
    lines = [f"| {' | '.join(HEAD)} |", f"|{rule}|", *rows]
    return "\n".join([*lines, "", *_sentences(results)])


def _row(name: str, figures: Mapping[str, Any]) -> str:
    value = figures["value"]
    # a ceiling's score holds the access need itself, so no rule can be taken from it
    violations = "–" if name in CEILINGS else _interval(figures["violations"])
    cells = (
        LABELS[name],
        _interval(value),
        f"{_short(value['min'])}–{_short(value['max'])}",
        _interval(figures["replay"]),
        _interval(figures["cold"]),
        violations,
    )
    return f"| {' | '.join(cells)} |"


def _sentences(results: Summary) -> list[str]:
    tau, cold = results["kendall_tau"], results["cold_available"]
    each = ", ".join(f"{value:.2f}" for value in tau["by_seed"])
    oracle = results["policies"]["oracle"]["cold"]
    seeds, value = results["seeds"], results["oracle_value"]
    return [
        f"- Seeds: {', '.join(str(seed) for seed in seeds)}.",
        f"- The oracle's value@10 is a probability of {_interval(value)}.",
        f"- New courses are {_interval(cold)} of what may be shown, and {_interval(oracle)} of what"
        " the oracle shows.",
        f"- Kendall's tau between the order by replay and the true order is {_interval(tau)};"
        f" by seed {each}.",
    ]


def _interval(figure: Mapping[str, float]) -> str:
    return f"{_short(figure['mean'])} [{_short(figure['low'])}, {_short(figure['high'])}]"


def _short(value: float) -> str:
    """Three places below one, without the leading zero."""
    return f"{value:.3f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.2f}"
