"""The answers in three panels: backtest, coverage, planted shortages."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from skill_demand.report import MODELS, RANKINGS, stratum_name

INK, QUIET, FAINT = "#1f2933", "#8a94a0", "#e4e7eb"
COLOURS: Final = ("#1b6ca8", "#c4622d", "#8a94a0")
STYLE: Final[dict[Any, Any]] = {
    "svg.hashsalt": "xuepei-003",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.color": INK,
}
"""A fixed salt and a bundled font: the same results give the same bytes."""

PROMISED: Final = (0.87, 0.90, 0.93)


def draw(results: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write the figure as SVG and PNG into a folder; returns the two files."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(12.5, 4.2), layout=ConstrainedLayoutEngine(w_pad=0.12))
        panels = figure.subplots(1, 3)
        _backtest(panels[0], results)
        _coverage(panels[1], results)
        _shortages(panels[2], results)
        for axes in panels:
            axes.spines[["top", "right"]].set_visible(False)
            axes.set_axisbelow(True)
        files = [folder / "figure.svg", folder / "figure.png"]
        figure.savefig(files[0], metadata={"Date": None})
        figure.savefig(files[1], dpi=160, metadata={"Software": None})
    return files


def _backtest(axes: Axes, results: Mapping[str, Any]) -> None:
    """Ratio to seasonal naive, one month ahead, both markets."""
    for colour, (density, rows) in zip(COLOURS, results["backtest"].items(), strict=False):
        ahead = {row["model"]: row["ratio"] for row in rows if row["ahead"] == 1}
        shift = 0.12 if density == "dense" else -0.12
        for place, model in enumerate(reversed(list(MODELS))):
            figure = ahead[model]
            height = place + shift
            axes.plot([figure["low"], figure["high"]], [height] * 2, color=colour, lw=3, alpha=0.4)
            axes.plot(
                figure["mean"], height, "o", color=colour, label=density if not place else None
            )
    axes.axvline(0.75, color=INK, lw=0.8, ls=":")
    axes.set_yticks(range(len(MODELS)), list(reversed(list(MODELS.values()))))
    axes.set_title("WAPE one month ahead / seasonal naive's", loc="left", fontsize=10)
    axes.grid(axis="x", color=FAINT)
    axes.legend(frameon=False)


def _coverage(axes: Axes, results: Mapping[str, Any]) -> None:
    """Share of true vacancies inside, by stratum; strata of fewer than 500 cells left out."""
    for colour, (density, rows) in zip(COLOURS, results["table_intervals"].items(), strict=False):
        ahead = [row for row in results["forecast_intervals"][density] if row["ahead"] == 1]
        for marker, part, what in (("o", rows, "table"), ("x", ahead, "1 month ahead")):
            shown = [row for row in part if row["cells"] >= 500]
            axes.plot(
                [row["stratum"] for row in shown],
                [row["coverage"] for row in shown],
                marker,
                ls="-",
                lw=0.8,
                color=colour,
                label=f"{density}, {what}",
            )
    for level in PROMISED:
        axes.axhline(level, color=INK, lw=0.8, ls="-" if level == 0.9 else ":")
    axes.set_ylim(0.8, 1.0)
    axes.set_xticks(range(6), [stratum_name(number) for number in range(6)], rotation=30)
    axes.set_title("inside 90 % intervals, by expected persons", loc="left", fontsize=10)
    axes.grid(axis="y", color=FAINT)
    axes.legend(frameon=False, fontsize=8)


def _shortages(axes: Axes, results: Mapping[str, Any]) -> None:
    """Precision by months of postings."""
    for colour, (ranking, label) in zip(COLOURS, RANKINGS.items(), strict=True):
        rows = [row for row in results["shortages"] if row["ranking"] == ranking]
        months = [row["months"] for row in rows]
        axes.fill_between(
            months,
            [row["precision"]["low"] for row in rows],
            [row["precision"]["high"] for row in rows],
            color=colour,
            alpha=0.15,
            lw=0,
        )
        axes.plot(
            months, [row["precision"]["mean"] for row in rows], "o-", color=colour, label=label
        )
    axes.axhline(0.75, color=INK, lw=0.8, ls=":")
    axes.set_ylim(0, 1)
    axes.set_xlabel("months of postings")
    axes.set_title("planted shortages among the first 20", loc="left", fontsize=10)
    axes.grid(axis="y", color=FAINT)
    axes.legend(frameon=False, fontsize=8)
