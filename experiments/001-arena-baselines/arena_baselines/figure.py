"""Truth and replay side by side: one row per policy, best by truth on top."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from arena_baselines.policies import CEILINGS, LABELS
from arena_baselines.report import Summary

INK, QUIET, FAINT = "#1f2933", "#8a94a0", "#e4e7eb"
TRUTH, REPLAY = "#1b6ca8", "#c4622d"
PANELS: Final = (
    ("value", "by the truth: value@10 / oracle", TRUTH),
    ("replay", "by replay of the old log: recall@10", REPLAY),
)
STYLE: Final[dict[Any, Any]] = {
    "svg.hashsalt": "xuepei-001",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.color": INK,
    "xtick.color": QUIET,
}
"""A fixed salt and a bundled font: the same results give the same bytes."""


def draw(results: Summary, folder: Path) -> list[Path]:
    """Write the figure as SVG and PNG.

    Args:
        results: what ``report.summary`` returned.
        folder: where figure.svg and figure.png go.

    Returns:
        The two files.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(9.2, 4.4), layout=ConstrainedLayoutEngine(w_pad=0.12))
        panels = figure.subplots(1, len(PANELS), sharey=True)
        for axes, (measure, title, colour) in zip(panels, PANELS, strict=True):
            _panel(axes, results["policies"], measure, title, colour)
        count = len(results["seeds"])
        note = (
            f"dot: mean of {count} seeds; bar: 95 % interval over seeds; grey: reads the answer key"
        )
        figure.supxlabel(note, fontsize=8, color=QUIET)
        files = [folder / "figure.svg", folder / "figure.png"]
        figure.savefig(files[0], metadata={"Date": None})
        figure.savefig(files[1], dpi=160, metadata={"Software": None})
    return files


def _panel(axes: Axes, policies: Mapping[str, Any], measure: str, title: str, colour: str) -> None:
    rows = list(policies)[::-1]
    for row, name in enumerate(rows):
        figures = policies[name][measure]
        shade = QUIET if name in (*CEILINGS, "true_taste") else colour
        axes.plot(
            [figures["low"], figures["high"]], [row, row], color=shade, linewidth=3, alpha=0.45
        )
        axes.plot(figures["mean"], row, "o", color=shade, markersize=4.5)
        axes.annotate(
            f"{figures['mean']:.2f}",
            (max(figures["high"], figures["mean"]), row),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=shade,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )
    axes.set_title(title, loc="left", fontsize=10, color=INK)
    axes.set_yticks(range(len(rows)), [LABELS[name] for name in rows])
    axes.set_xlim(left=0)
    axes.margins(x=0.12)
    axes.grid(axis="x", color=FAINT, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
