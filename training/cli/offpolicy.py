"""``xuepei off-policy``: what lists would have earned, from the random part of the log."""

from dataclasses import asdict
from math import isfinite
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from data.city import City
from data.cli.console import out, print_json, print_table
from data.store import open_snapshot
from training.cli.options import AsJson, Seed, Snapshot, moment_of
from training.offpolicy.estimators import Estimate, Settings
from training.offpolicy.judge import Features, Judgement, Question, judge_lists
from training.offpolicy.logged import Window, first_shown
from training.offpolicy.pair_facts import pair_facts
from training.offpolicy.support import LEAST_SAMPLE, LEAST_SUPPORT, Floors
from training.offpolicy.target import read_lists

app = typer.Typer(add_completion=False)

BIASED: Final = "biased: learners could only take what the old page showed"


@app.command("off-policy")
def judge_off_policy(
    snapshot: Snapshot,
    lists: Annotated[
        Path,
        typer.Option(
            help="The lists to judge, .parquet or .csv as `batch` writes them: learner_id, "
            "section_id and rank, or propensity."
        ),
    ],
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="Places judged.")] = 10,
    reward: Annotated[str, typer.Option(help="What counts: apply, view or enrol.")] = "apply",
    since: Annotated[str | None, typer.Option(help="First moment of an impression.")] = None,
    until: Annotated[str | None, typer.Option(help="End of the impressions, excluded.")] = None,
    logged_by: Annotated[
        str | None, typer.Option(help="Read only lists of this policy, such as uniform-1.")
    ] = None,
    clip: Annotated[
        float, typer.Option(min=0, help="Clip weights at this level; 0 clips nothing.")
    ] = 0.0,
    least_sample: Annotated[
        float, typer.Option(min=0, help="Refuse below this effective sample, entries.")
    ] = LEAST_SAMPLE,
    least_support: Annotated[
        float, typer.Option(min=0, max=1, help="Refuse where the log can show less of the lists.")
    ] = LEAST_SUPPORT,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> dict[str, Any]:
    """Judge lists on logged random traffic: SNIPS, IPS, doubly robust, with intervals."""
    city = open_snapshot(snapshot)
    window = Window(reward, moment_of(since), moment_of(until), logged_by)
    question = Question(
        k, window, Settings(clip=clip or None, seed=seed), Floors(least_sample, least_support)
    )
    judged = judge_lists(city, read_lists(lists), question, _features(city, window))
    result = document(judged)
    if as_json:
        print_json(result)
    else:
        _print(judged)
    return result


def document(judged: Judgement) -> dict[str, Any]:
    """The judgement for programs; replay's figure carries its warning."""
    window, model = judged.question.window, judged.model
    return {
        "k": judged.question.k,
        "reward": window.reward,
        "since": window.since.isoformat() if window.since else None,
        "until": window.until.isoformat() if window.until else None,
        "logged_by": window.logged_by,
        "estimates": [asdict(estimate) for estimate in judged.estimates],
        "observed": asdict(judged.observed),
        "support": asdict(judged.support),
        "floors": asdict(judged.question.floors),
        "doubts": list(judged.doubts),
        "reward_model": None
        if model is None
        else {
            "brier": model.brier,
            "base_brier": model.base_brier,
            "calibration_error": model.calibration_error,
            "slope": _finite(model.slope),
        },
        "replay": {
            "recall": _finite(judged.replay.recall),
            "low": _finite(judged.replay.low),
            "high": _finite(judged.replay.high),
            "learners": judged.replay.learners,
            "warning": BIASED,
        },
    }


def _features(city: City, window: Window) -> Features:
    """Facts of pairs as they were known when the judged log began."""
    moment = first_shown(city, window)
    return lambda pairs: pair_facts(city, moment, pairs)


def _finite(value: float) -> float | None:
    """JSON has no NaN."""
    return value if isfinite(value) else None


def _print(judged: Judgement) -> None:
    k, reward, support = judged.question.k, judged.question.window.reward, judged.support
    rows = [_row(estimate, "of these lists") for estimate in judged.estimates]
    rows.append(_row(judged.observed, "of the logged lists"))
    print_table(f"P({reward}) per place, k = {k}, 95 % intervals over learners", rows)
    clip = "not clipped" if support.clip is None else f"clipped at {support.clip:g}"
    out.print(
        f"{support.learners:,} learners; {support.matched:,} of {support.logged:,} logged entries "
        f"stand in the lists; effective sample {support.effective_sample:,.1f}; mean weight "
        f"{support.mean_weight:.3f} ({support.mean_weight_low:.3f} to "
        f"{support.mean_weight_high:.3f}, 1 expected); weights {clip}"
    )
    for doubt in judged.doubts:
        out.print(f"[yellow]{doubt}[/]")
    out.print(_replayed(judged))


def _replayed(judged: Judgement) -> str:
    told, k = judged.replay, judged.question.k
    if not told.learners:
        return "replay: none of these learners took anything from the old page in this period"
    return (
        f"replay recall@{k} on the old log: {told.recall:.4f} ({told.low:.4f} to {told.high:.4f}, "
        f"{told.learners:,} learners), {BIASED}"
    )


def _row(estimate: Estimate, what: str) -> dict[str, Any]:
    return {
        "estimate": estimate.method,
        "value": estimate.value,
        "bootstrap": f"{estimate.low:.4f}-{estimate.high:.4f}",
        "asymptotic": f"{estimate.asymptotic_low:.4f}-{estimate.asymptotic_high:.4f}",
        "of": what,
    }
