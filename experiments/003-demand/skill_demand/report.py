"""Figures of several seeds joined, and as tables to read."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import polars as pl
from scipy.stats import t

from features.demand.intervals import STRATA
from skill_demand.measure import DENSITIES

MODELS: Final = {
    "xuepei": "share x season x level (mean)",
    "xuepei_median": "the same, median",
    "ses": "SES .3 a cell",
    "seasonal_naive": "seasonal naive",
    "naive": "naive",
}
RANKINGS: Final = {
    "xuepei": "lower bound of the cell's own level",
    "estimate": "estimated vacancies",
    "counted_ads": "the last month's advertisements",
}


def summary(seeds: Sequence[Mapping[str, Any]], confidence: float) -> dict[str, Any]:
    """Every figure over the seeds.

    Args:
        seeds: what ``measure.measured`` returned, two or more.
        confidence: of the intervals over seeds.
    """
    return {
        "seeds": [seed["seed"] for seed in seeds],
        "backtest": {name: _backtest(seeds, name, confidence) for name in DENSITIES},
        "forecast_intervals": {name: _forecast_cover(seeds, name) for name in DENSITIES},
        "table_intervals": {name: _table_cover(seeds, name) for name in DENSITIES},
        "shortages": _shortages(seeds, confidence),
        "reposts": _reposts(seeds),
        "models": {name: [seed[name]["model"] for seed in seeds] for name in DENSITIES},
        "mean_vacancies": {
            name: float(np.mean([seed[name]["mean_vacancies"] for seed in seeds]))
            for name in DENSITIES
        },
    }


def over_seeds(values: Sequence[float], confidence: float) -> dict[str, Any]:
    """Mean, Student's t-interval over seeds, and each seed's value.

    >>> over_seeds([1.0, 3.0], 0.5)["low"]
    1.0
    """
    sample = np.array(values)
    n = len(sample)
    reach = t.ppf((1 + confidence) / 2, n - 1) * sample.std(ddof=1) / np.sqrt(n)
    mean = sample.mean()
    ends = {"mean": mean, "low": mean - reach, "high": mean + reach}
    rounded = {name: round(float(value), 4) for name, value in ends.items()}
    return {**rounded, "by_seed": [round(float(value), 4) for value in values]}


def _backtest(
    seeds: Sequence[Mapping[str, Any]], density: str, confidence: float
) -> list[dict[str, Any]]:
    """ahead, model, wape and ratio to seasonal naive, each over seeds."""
    by_seed: dict[tuple[int, str], list[float]] = {}
    for seed in seeds:
        for row in seed[density]["errors"]:
            key = (row["ahead"], row["model"])
            by_seed.setdefault(key, []).append(row["error"] / row["actual"])
    rows: list[dict[str, Any]] = []
    for (ahead, model), values in by_seed.items():
        rival = by_seed[ahead, "seasonal_naive"]
        ratio = [own / other for own, other in zip(values, rival, strict=True)]
        rows.append(
            {
                "ahead": ahead,
                "model": model,
                "wape": over_seeds(values, confidence),
                "ratio": over_seeds(ratio, confidence),
            }
        )
    return rows


def _forecast_cover(seeds: Sequence[Mapping[str, Any]], density: str) -> list[dict[str, Any]]:
    rows = pl.DataFrame([row for seed in seeds for row in seed[density]["forecast_intervals"]])
    return _covered(rows, ["ahead", "stratum"])


def _table_cover(seeds: Sequence[Mapping[str, Any]], density: str) -> list[dict[str, Any]]:
    rows = pl.DataFrame([row for seed in seeds for row in seed[density]["table_intervals"]])
    return _covered(rows, ["stratum"])


def _covered(rows: pl.DataFrame, by: list[str]) -> list[dict[str, Any]]:
    total = rows.group_by(by).agg(pl.col("cells", "inside").sum()).filter(pl.col("cells") > 0)
    share = (pl.col("inside") / pl.col("cells")).alias("coverage")
    return total.with_columns(share).sort(by).to_dicts()


def _shortages(seeds: Sequence[Mapping[str, Any]], confidence: float) -> list[dict[str, Any]]:
    held: dict[tuple[int, str], list[Mapping[str, Any]]] = {}
    for seed in seeds:
        for row in seed["shortages"]:
            held.setdefault((row["months"], row["ranking"]), []).append(row)
    return [
        {
            "months": months,
            "ranking": ranking,
            "precision": over_seeds([row["precision_at_20"] for row in rows], confidence),
            "decoys": over_seeds([float(row["decoys_at_20"]) for row in rows], confidence),
        }
        for (months, ranking), rows in held.items()
    ]


def _reposts(seeds: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    rows = pl.DataFrame([row for seed in seeds for row in seed["reposts"]])
    most = pl.col("vacancies").abs().max().alias("most")
    return (
        rows.group_by("missed")
        .agg(pl.col("vacancies", "ads").mean(), most)
        .sort("missed")
        .to_dicts()
    )


def markdown(results: Mapping[str, Any]) -> str:
    """All tables."""
    parts = [_backtest_table(results), _cover_table(results), _shortage_table(results)]
    parts += [_repost_table(results), _ets_table(results)]
    seeds = ", ".join(str(seed) for seed in results["seeds"])
    return "\n\n".join([*parts, f"Seeds: {seeds}."])


def _backtest_table(results: Mapping[str, Any]) -> str:
    lines = [
        "**Backtest**: WAPE over all cells against the truth, and its ratio to seasonal naive.",
        "",
        "| market | months ahead | model | WAPE | ratio to seasonal naive |",
        "|---|---:|---|---:|---:|",
    ]
    for density, rows in results["backtest"].items():
        name = f"{density} ({results['mean_vacancies'][density]:.1f} persons a cell)"
        order = list(MODELS)
        for row in sorted(rows, key=lambda row: (row["ahead"], order.index(row["model"]))):
            cells = (
                name,
                row["ahead"],
                MODELS[row["model"]],
                _told(row["wape"]),
                _told(row["ratio"]),
            )
            lines.append(f"| {' | '.join(str(cell) for cell in cells)} |")
    return "\n".join(lines)


def _cover_table(results: Mapping[str, Any]) -> str:
    lines = [
        "**Coverage** of 90 % intervals by what was expected of the cell, all seeds together.",
        "",
        "| market | intervals of | expected persons | cells | inside |",
        "|---|---|---|---:|---:|",
    ]
    for density in results["table_intervals"]:
        table, ahead = (results[f"{what}_intervals"][density] for what in ("table", "forecast"))
        lines += [_cover_row(density, "the table", row) for row in table]
        lines += [_cover_row(density, f"forecasts {row['ahead']} ahead", row) for row in ahead]
    return "\n".join(lines)


def _cover_row(density: str, what: str, row: Mapping[str, Any]) -> str:
    share = f"{row['coverage']:.3f}".lstrip("0")
    return f"| {density} | {what} | {stratum_name(row['stratum'])} | {row['cells']:,} | {share} |"


def stratum_name(number: int) -> str:
    """A stratum's ends in words.

    >>> stratum_name(0), stratum_name(len(STRATA))
    ('under 0.5', '30 and more')
    """
    if number == 0:
        return f"under {STRATA[0]:g}"
    if number == len(STRATA):
        return f"{STRATA[-1]:g} and more"
    return f"{STRATA[number - 1]:g} to {STRATA[number]:g}"


def _shortage_table(results: Mapping[str, Any]) -> str:
    lines = [
        "**Planted shortages**: the first 20 of about 3,000 cells, 20 of them planted, ranked by "
        "log((V + .5) / (supply + .5)).",
        "",
        "| months of postings | V is | precision@20 | decoys |",
        "|---:|---|---:|---:|",
    ]
    for row in results["shortages"]:
        cells = (
            row["months"],
            RANKINGS[row["ranking"]],
            _told(row["precision"]),
            _told(row["decoys"]),
        )
        lines.append(f"| {' | '.join(str(cell) for cell in cells)} |")
    return "\n".join(lines)


def _repost_table(results: Mapping[str, Any]) -> str:
    lines = [
        "**Reposts**: change of the spam cells' estimate when each of their vacancies is posted "
        "six times instead of once.",
        "",
        "| copies not recognised | ads counted | estimate, mean | estimate, worst seed |",
        "|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {row['missed']:.0%} | {row['ads']:+.0%} | {row['vacancies']:+.1%} | {row['most']:.1%} |"
        for row in results["reposts"]
    ]
    return "\n".join(lines)


def _ets_table(results: Mapping[str, Any]) -> str:
    if not results.get("ets"):
        return "ETS was not measured: no interpreter with statsforecast was given by --ets."
    lines = [
        "**ETS** (statsforecast's AutoETS, season 12) on 200 cells of the first seed's dense "
        "market.",
        "",
        "| months ahead | model | WAPE |",
        "|---:|---|---:|",
    ]
    names = {**MODELS, "ets": "AutoETS"}
    lines += [
        f"| {row['ahead']} | {names[row['model']]} | {_short(row['wape'])} |"
        for row in results["ets"]
    ]
    return "\n".join(lines)


def _told(figure: Mapping[str, float]) -> str:
    return f"{_short(figure['mean'])} [{_short(figure['low'])}, {_short(figure['high'])}]"


def _short(value: float) -> str:
    """Three places below one, without the leading zero."""
    return f"{value:.3f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.2f}"
