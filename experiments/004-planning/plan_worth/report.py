"""Seeds joined, and their table."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


def summary(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Means over the seeds, geometric, with 95 % intervals by the normal of the logarithm."""
    found: dict[str, Any] = {"seeds": len(rows)}
    for name in ("over_ads", "over_popularity", "of_truth"):
        logs = np.log([row[name] for row in rows])
        found[name] = {"mean": round(float(np.exp(logs.mean())), 3), "interval": None}
        if len(logs) > 1:
            half = 1.96 * logs.std(ddof=1) / np.sqrt(len(logs))
            ends = [round(float(np.exp(logs.mean() + sign * half)), 3) for sign in (-1, 1)]
            found[name]["interval"] = ends
    return found


def markdown(rows: Sequence[Mapping[str, Any]]) -> str:
    """Persons a term that each seed's plans close, and the means below."""
    plans = {
        "posterior": "posterior",
        "ads": "posting counts",
        "popularity": "popularity",
        "truth": "the truth known",
    }
    heads = ["seed", "truly short", *plans.values(), "over counts", "over popularity"]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for row in rows:
        closed = [f"{row[name]['closed']:,.0f}" for name in plans]
        over = [f"{row['over_ads']:.2f}", f"{row['over_popularity']:.1f}"]
        cells = [str(row["seed"]), f"{row['short']:,.0f}", *closed, *over]
        lines.append(f"| {' | '.join(cells)} |")
    means = summary(rows)
    told = {
        "over_ads": "A plan from posterior gaps closes, of one from posting counts,",
        "over_popularity": "Of one from popularity,",
        "of_truth": "Of one that knows the truth,",
    }
    lines += ["", *(f"{words} {_times(means[name])}" for name, words in told.items())]
    return "\n".join(lines)


def _times(found: Mapping[str, Any]) -> str:
    interval = found["interval"]
    ends = f" [{interval[0]:.2f}, {interval[1]:.2f}]" if interval else ""
    return f"**{found['mean']:.2f} times**{ends}."
