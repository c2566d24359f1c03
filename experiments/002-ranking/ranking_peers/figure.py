"""Two figures: models on each real set, and policies in the arena.

Ours is told apart by its diamond and its bold name as well as by colour.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from arena_baselines.policies import LABELS as BASELINES
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from ranking_peers.report import METRICS

INK, QUIET, FAINT = "#1f2933", "#5f6b78", "#e4e7eb"
OURS_COLOUR, OTHER = "#c4622d", "#1b6ca8"
OURS: Final = "xuepei"
STYLE: Final[dict[Any, Any]] = {
    "svg.hashsalt": "xuepei-002",
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "text.color": INK,
    "xtick.color": QUIET,
}
"""A fixed salt and a bundled font: the same results give the same bytes."""

Bars = Mapping[str, Mapping[str, float]]
"""By name, best first: mean, low and high."""


def draw(results: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write a figure, as SVG and PNG, for the sets and for the arena where they were measured.

    Args:
        results: what ``run.py`` joined.
        folder: where the files go.
    """
    files: list[Path] = []
    sets = results.get("sets", {})
    if sets:
        panels = {
            f"{name}: {METRICS[found['metric']]}": {
                model: figures[found["metric"]] for model, figures in found["models"].items()
            }
            for name, found in sets.items()
        }
        files += _drawn(panels, folder / "sets", "95 % bootstrap interval over users")
    if "arena" in results:
        policies = results["arena"]["policies"]
        bars = {BASELINES.get(name, name): row["value"] for name, row in policies.items()}
        panel = {"the arena: value@10 / oracle": bars}
        files += _drawn(panel, folder / "arena", "95 % interval over seeds")
    return files


def _drawn(panels: Mapping[str, Bars], place: Path, what: str) -> list[Path]:
    """One panel beside the other, each with its own order of names."""
    with mpl.rc_context(STYLE):
        most = max(len(bars) for bars in panels.values())
        size = (1.2 + 3.4 * len(panels), 1.1 + 0.27 * most)
        figure = Figure(figsize=size, layout=ConstrainedLayoutEngine(w_pad=0.1))
        grid = figure.subplots(1, len(panels), squeeze=False)[0]
        for axes, (title, bars) in zip(grid, panels.items(), strict=True):
            _panel(axes, title, bars)
        note = f"mark: mean; bar: {what}; diamond and bold: xuepei"
        figure.supxlabel(note, fontsize=7.5, color=QUIET)
        files = [place.with_suffix(".svg"), place.with_suffix(".png")]
        figure.savefig(files[0], metadata={"Date": None})
        figure.savefig(files[1], dpi=160, metadata={"Software": None})
    return files


def _panel(axes: Axes, title: str, bars: Bars) -> None:
    names = list(bars)[::-1]
    for row, name in enumerate(names):
        _mark(axes, row, bars[name], ours=name == OURS)
    axes.set_title(title, loc="left", fontsize=9, color=INK)
    axes.set_yticks(range(len(names)), names)
    _embolden(axes, names)
    axes.set_xlim(left=0)
    axes.margins(x=0.18)
    axes.grid(axis="x", color=FAINT, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _mark(axes: Axes, row: int, bar: Mapping[str, float], *, ours: bool) -> None:
    shade = OURS_COLOUR if ours else OTHER
    axes.plot([bar["low"], bar["high"]], [row, row], color=shade, linewidth=3, alpha=0.45)
    axes.plot(bar["mean"], row, "D" if ours else "o", color=shade, markersize=6 if ours else 4)
    axes.annotate(
        f"{bar['mean']:.3f}",
        (bar["high"], row),
        xytext=(7, 0),
        textcoords="offset points",
        va="center",
        fontsize=7.5,
        color=shade,
    )


def _embolden(axes: Axes, names: Sequence[str]) -> None:
    for label, name in zip(axes.get_yticklabels(), names, strict=True):
        if name == OURS:
            label.set_fontweight("bold")
