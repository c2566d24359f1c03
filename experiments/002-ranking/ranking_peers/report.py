"""Results as tables to read."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from arena_baselines.policies import LABELS as BASELINES

SET_HEAD: Final = (
    "model",
    "Recall@20",
    "NDCG@20",
    "NDCG@10",
    "xuepei ahead by",
    "fit, CPU s",
    "peak MB",
)
ARENA_HEAD: Final = (
    "policy",
    "value@10 / oracle",
    "xuepei ahead by",
    "violations",
    "cold / oracle's",
    "worst slice / overall",
)
ABLATION_HEAD: Final = ("factor", "value@10 / oracle lost")
METRICS: Final = {"recall_at_20": "Recall@20", "ndcg_at_20": "NDCG@20", "ndcg_at_10": "NDCG@10"}
LABELS: Final[Mapping[str, str]] = {**BASELINES, "xuepei": "**xuepei**"}

Results = Mapping[str, Any]


def markdown(results: Results) -> str:
    """Everything that was measured, a heading and a table each, and what was not."""
    blocks = [_set(name, found) for name, found in results.get("sets", {}).items()]
    blocks += [
        _plain(f"{name}, items nobody has taken", rows)
        for name, rows in results.get("cold", {}).items()
    ]
    if "arena" in results:
        blocks.append(_arena(results["arena"]))
    blocks += [
        _plain(f"speed: {name.replace('_', ' ')}", rows)
        for name, rows in results.get("speed", {}).items()
    ]
    blocks += [_plain("memory, MiB", rows) for rows in results.get("memory", {}).values()]
    if results.get("not_run"):
        lines = [f"- {name}: {reason}" for name, reason in results["not_run"].items()]
        blocks.append("\n".join(["Not run:", "", *lines]))
    return "\n\n".join(blocks)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, all columns but the first to the right.

    >>> print(table(["model", "n"], [["ease", "1"]]))
    | model | n |
    |---|---:|
    | ease | 1 |
    """
    rule = "|".join(["---", *["---:"] * (len(head) - 1)])
    lines = [f"| {' | '.join(cells)} |" for cells in (head, *rows)]
    return "\n".join([lines[0], f"|{rule}|", *lines[1:]])


def interval(figure: Mapping[str, float], *, signed: bool = False) -> str:
    """A mean with its interval.

    >>> interval({"mean": 0.0187, "low": 0.011, "high": 0.026}, signed=True)
    '+.0187 [+.0110, +.0260]'
    """
    show = _signed if signed else _number
    return f"{show(figure['mean'])} [{show(figure['low'])}, {show(figure['high'])}]"


def _set(name: str, found: Results) -> str:
    metric, best = found["metric"], found["best_peer"]
    rows = [
        _model(model, figures, metric, best=model == best)
        for model, figures in found["models"].items()
    ]
    said = f"{name}: {found['users']:,} users, by {METRICS[metric]}"
    return "\n\n".join([f"**{said}**", table(SET_HEAD, rows), *_sentence(found)])


def _model(name: str, figures: Results, metric: str, *, best: bool) -> list[str]:
    ahead = figures["ours_over_it"]
    label = LABELS.get(name, name) if name == "xuepei" else name
    return [
        f"{label} (best peer)" if best else label,
        *(_number(figures[measure]["mean"]) for measure in METRICS),
        "–" if ahead is None else interval(ahead[metric], signed=True),
        f"{figures['cpu_s']:,.1f}",
        f"{figures['peak_rss_mb']:,.0f}",
    ]


def _sentence(found: Results) -> list[str]:
    """Whether ours is ahead of the best peer; nothing where one of them is missing."""
    best = found["best_peer"]
    if best is None:
        return []
    gap = found["models"][best]["ours_over_it"][found["metric"]]
    word = "ahead of" if gap["low"] > 0 else "behind" if gap["high"] < 0 else "level with"
    return [f"xuepei is {word} {best}, its best peer: {interval(gap, signed=True)}."]


def _arena(found: Results) -> str:
    rows = [
        [
            LABELS.get(name, name),
            _three(figures["value"]),
            _ahead(found["ours_over_it"].get(name)),
            f"{figures['violations']['mean']:,.1f}",
            _three(figures["cold"]),
            _three(figures["worst_slice"]),
        ]
        for name, figures in found["policies"].items()
    ]
    seeds = ", ".join(str(seed) for seed in found["seeds"])
    cold, verbs = found["cold"], found["seconds"]
    seconds = ", ".join(f"{verb} {figure['mean']:.0f}" for verb, figure in verbs.items())
    lines = [
        f"- Seeds: {seeds}. The oracle's value@10 is a probability of"
        f" {_three(found['oracle_value'])}.",
        f"- New courses are {_three(cold['available'])} of what is open and"
        f" {_three(cold['oracle'])} of what the oracle shows.",
        f"- xuepei's value is {_times(found['times_best_plain'])} times that of the best plain"
        " policy in the same city.",
        f"- Wall seconds of the product's verbs, the mean over seeds: {seconds}.",
    ]
    blocks = ["**The arena**", table(ARENA_HEAD, rows), "\n".join(lines)]
    return "\n\n".join([*blocks, *_without(found["without"])])


def _without(losses: Mapping[str, Mapping[str, float]]) -> list[str]:
    """What the product loses without each factor of its ranker."""
    if not losses:
        return []
    rows = [[factor, _three(lost)] for factor, lost in losses.items()]
    return ["**Without one factor of the ranker**", table(ABLATION_HEAD, rows)]


def _times(figure: Mapping[str, float]) -> str:
    return "{mean:.2f} [{low:.2f}, {high:.2f}]".format_map(figure)


def _ahead(figure: Mapping[str, float] | None) -> str:
    if figure is None:
        return "–"
    mean, low, high = (_signed(figure[name], 3) for name in ("mean", "low", "high"))
    return f"{mean} [{low}, {high}]"


def _plain(title: str, rows: Sequence[Mapping[str, Any]] | Mapping[str, Any]) -> str:
    """Rows of another verb as they come; only single values have a column."""
    told = [rows] if isinstance(rows, Mapping) else list(rows)
    head = [
        name
        for name in (told[0] if told else {})
        if not any(isinstance(row.get(name), (list, dict)) for row in told)
    ]
    if not head:
        return f"**{title}**\n\nno rows"
    return f"**{title}**\n\n" + table(
        head, [[_cell(row.get(name)) for name in head] for row in told]
    )


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return _number(value) if abs(value) < 1 else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _three(figure: Mapping[str, float] | None) -> str:
    if figure is None:
        return "–"
    mean, low, high = (_number(figure[name], 3) for name in ("mean", "low", "high"))
    return f"{mean} [{low}, {high}]"


def _number(value: float, places: int = 4) -> str:
    """Without the leading zero below one."""
    return f"{value:.{places}f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.2f}"


def _signed(value: float, places: int = 4) -> str:
    return f"{'+' if value >= 0 else ''}{_number(value, places)}"
