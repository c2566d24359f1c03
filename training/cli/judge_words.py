"""A judgement in words and short tables, for whoever decides on it."""

from collections.abc import Sequence
from typing import Any, Final

from rich.markup import escape

from data.cli.console import out, print_table

VERDICTS: Final = {True: "better", False: "worse", None: "no clear difference"}
SHOWN: Final = 5
"""Rows of a long table that are printed; the JSON document holds all."""


def show(judged: dict[str, Any]) -> None:
    """Print a judgement of any kind, then what could not be judged."""
    kinds = {"recommendations": _recommendations, "gaps": _gaps, "allocation": _allocation}
    kinds[judged["judged"]](judged)
    for note in judged["notes"]:
        out.print(f"[yellow]{escape(note)}[/]")


def _recommendations(judged: dict[str, Any]) -> None:
    k = judged["k"]
    low, high = judged[f"value_at_{k}_over_oracle_interval"]
    ours = {**judged, "low": low, "high": high}
    out.print(
        f"{judged['learners']:,} learners, {judged['shown_pairs']:,} sections shown, "
        f"{judged['violations_total']:,} of them against a hard rule"
    )
    rows = [_worth("judged", ours, k), *(_rival(n, b, k) for n, b in judged["baselines"].items())]
    print_table(f"value of {k} shown sections, 95 % intervals", rows)
    if judged["violations"]:
        print_table("hard rules broken", _counted(judged["violations"], "rule", "shown"))
    if judged["cold"]:
        print_table("share of new courses", [_said(judged["cold"])])
    exposures: dict[str, dict[str, Any]] = judged["exposure"] or {}
    for name, found in exposures.items():
        title = f"exposure by {name}: Gini {_figure(found['gini'])}; shown least for its seats"
        _table(title, found["worst"])
    groups: list[dict[str, Any]] = judged["slices"] or []
    _table("by group of learners", [_group(row, k) for row in groups])


def _gaps(judged: dict[str, Any]) -> None:
    out.print(
        f"{judged['cells_ranked']:,} cells ranked by {judged['ranked_by']}; "
        f"{judged['true_gaps']:,} of {judged['cells']:,} are true gaps ({judged['true_gap']})"
    )
    names = ("precision", "recall", "average_precision", "base_rate", "interval_coverage")
    figures = [name for name in judged if name.startswith(names)]
    print_table("the ranking", [{"figure": name, "value": judged[name]} for name in figures])
    for name in (name for name in judged if name.startswith("decoys") and judged[name]):
        _table(f"{judged[name]['count']} decoys high in the ranking", judged[name]["cells"])


def _allocation(judged: dict[str, Any]) -> None:
    blocks = judged["blocking_pairs"]
    envy = "envy unknown" if blocks["envy"] is None else f"{blocks['envy']:,} of justified envy"
    out.print(
        f"{judged['admitted']:,} seats given of {judged['seats']:,} to {judged['applicants']:,} "
        f"applicants; {_percent(judged['matched_share'])} got a choice of theirs, at mean rank "
        f"{_figure(judged['mean_rank'])}"
    )
    out.print(f"{blocks['total']:,} blocking pairs: {blocks['wasted']:,} wasted seats, {envy}")
    print_table("rules broken", _counted(judged["violations"], "rule", "times"))
    _table("win rate by choice", judged["win_rate_by_choice"])
    _table("most contested", judged["contested"]["top"][:SHOWN])
    for name, found in judged["win_rates"].items():
        title = f"first choices in contested sections by {name}, p = {_figure(found['p_value'])}"
        _table(title, [_said(row) for row in found["rows"]])


def _worth(name: str, found: dict[str, Any], k: int) -> dict[str, Any]:
    return {
        "lists": name,
        "value": found[f"value_at_{k}"],
        "of oracle": found[f"value_at_{k}_over_oracle"],
        "interval": _interval(found),
        "ours is": "",
    }


def _rival(name: str, found: dict[str, Any], k: int) -> dict[str, Any]:
    times = "" if found["ours_over_it"] is None else f" ({found['ours_over_it']:.2f} x)"
    return {**_worth(name, found, k), "ours is": f"{VERDICTS[found['better']]}{times}"}


def _group(row: dict[str, Any], k: int) -> dict[str, Any]:
    return {
        "group": f"{row['slice']} {row['value']}",
        "n": row["n"],
        "of oracle": row[f"value_at_{k}_over_oracle"],
        "interval": _interval(row),
        "to overall": row["ratio_to_overall"],
    }


def _interval(found: dict[str, Any]) -> str:
    return "" if found["low"] is None else f"{found['low']:.3f}-{found['high']:.3f}"


def _counted(counts: dict[str, int], what: str, times: str) -> list[dict[str, Any]]:
    return [{what: name, times: count} for name, count in counts.items()]


def _said(row: dict[str, Any]) -> dict[str, Any]:
    """Names of columns with spaces, so that they wrap."""
    return {name.replace("_", " "): value for name, value in row.items()}


def _table(title: str, rows: Sequence[dict[str, Any]]) -> None:
    """A table, unless there is nothing to show."""
    if rows:
        print_table(title, rows)


def _figure(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.3f}"


def _percent(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.0%}"
