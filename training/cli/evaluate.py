"""``xuepei evaluate``: a bundle judged on what learners did after its cut-off."""

from pathlib import Path
from typing import Annotated, Any, Final

import polars as pl
import typer

from data.cli.console import out, print_json, print_table, progress
from data.errors import XuepeiError
from data.store import open_snapshot
from data.vocab import PROGRAMMES
from recsys.artifact import load_bundle
from training.cli.options import AsJson, Seed, Snapshot, Track, TrackingFile, moment_of
from training.evaluate import Evaluation, Request, evaluate
from training.holdout import evaluate_holdout
from training.policy_lists import POLICY
from training.tracking import DEFAULT_FILE, Run, track

app = typer.Typer(add_completion=False)

SHOWN: Final = ("ndcg", "recall", "map", "coverage", "novelty")
"""Metrics of the printed table; the JSON document holds all."""


@app.command("evaluate")
def evaluate_bundle(
    snapshot: Snapshot,
    bundle: Annotated[Path, typer.Option("--bundle", help="The bundle; its as_of is the cut.")],
    test_until: Annotated[
        str | None, typer.Option(help="End of the judged period; left out, all that is known.")
    ] = None,
    holdout_days: Annotated[
        int | None,
        typer.Option(help="Fit the same recipe N days before the cut and judge the N days."),
    ] = None,
    ks: Annotated[str, typer.Option("-k", help="Lengths of lists, comma-separated.")] = "10,20",
    learners: Annotated[
        int, typer.Option(min=0, help="Judge at most this many, drawn by the seed; 0 judges all.")
    ] = 1000,
    programme: Annotated[
        str | None, typer.Option(help="Judge this programme's policy on its own courses.")
    ] = None,
    seed: Seed = 0,
    tracked: Track = True,
    tracking_file: TrackingFile = DEFAULT_FILE,
    as_json: AsJson = False,
) -> dict[str, Any]:
    """Judge a bundle: Recall, NDCG, MAP, coverage, novelty with intervals and slices."""
    city, model = open_snapshot(snapshot), load_bundle(bundle)
    request = Request(
        moment_of(test_until), lengths(ks), learners or None, _programme(programme), seed
    )
    _check_periods(test_until, holdout_days)
    with progress() as bar:
        task = bar.add_task("judging", total=None)

        def done(count: int, total: int) -> None:
            bar.update(task, completed=count, total=total)

        if holdout_days is None:
            judged = evaluate(city, model, request, done)
        else:
            judged = evaluate_holdout(city, model, holdout_days, request, done)
        if tracked:
            bar.update(task, description="tracking")
            track(run_of(judged, request, holdout_days), tracking_file)
    result = document(judged)
    if as_json:
        print_json(result)
    else:
        _print(judged, request)
    return result


def lengths(text: str) -> tuple[int, ...]:
    """The list lengths of ``-k``, ascending.

    >>> lengths("20,10")
    (10, 20)

    Raises:
        XuepeiError: no whole numbers from 1 to 100.
    """
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and 1 <= int(part) <= 100 for part in parts):
        message = f"-k {text!r} should be whole numbers from 1 to 100, such as 10,20"
        raise XuepeiError(message)
    return tuple(sorted({int(part) for part in parts}))


def document(judged: Evaluation) -> dict[str, Any]:
    """The judgement for programs: every figure with its interval, overall and by slice."""
    return {
        "model_version": judged.model_version,
        "as_of": judged.as_of.isoformat(),
        "test_until": judged.until.isoformat() if judged.until else None,
        "learners": judged.learners,
        "learners_known": judged.learners_known,
        "answers": judged.answers,
        "offered": judged.offered,
        "figures": judged.figures.to_dicts(),
        "differences": judged.differences.to_dicts(),
    }


def run_of(judged: Evaluation, request: Request, holdout_days: int | None) -> Run:
    """The judgement as a tracked run; slices are metrics of their own."""
    named = pl.concat_str("model", "slice", "value", "metric", separator=".")
    rows = judged.figures.select(named, "mean").drop_nulls().iter_rows()
    return Run(
        name="evaluate",
        params={
            "as_of": judged.as_of,
            "test_until": judged.until,
            "holdout_days": holdout_days,
            "k": request.ks,
            "learners": request.learners,
            "programme": request.programme,
            "seed": request.seed,
        },
        metrics=dict(rows),
        tags={"model_version": judged.model_version},
        texts={
            "figures.csv": judged.figures.write_csv(),
            "differences.csv": judged.differences.write_csv(),
        },
    )


def _programme(name: str | None) -> str | None:
    if name is not None and name not in PROGRAMMES:
        message = f"there is no programme {name!r}; there are {', '.join(PROGRAMMES)}"
        raise XuepeiError(message)
    return name


def _check_periods(test_until: str | None, holdout_days: int | None) -> None:
    if test_until is not None and holdout_days is not None:
        message = "--test-until and --holdout-days each set the judged period; give one of them"
        raise XuepeiError(message)


def _print(judged: Evaluation, request: Request) -> None:
    k = max(request.ks)
    drawn = "" if judged.learners == judged.learners_known else f" of {judged.learners_known:,}"
    out.print(
        f"model {judged.model_version}, cut {judged.as_of.isoformat()}: {judged.learners:,}{drawn} "
        f"learners, {judged.answers:,} courses chosen after it, {judged.offered:.0%} of them "
        "open to the learner at the cut"
    )
    if judged.offered == 0:
        out.print(
            "[yellow]nothing was open at the cut, so lists of sections are empty; only the rows "
            "of courses say something. Choose a cut inside an enrolment window[/]"
        )
    overall = judged.figures.filter(pl.col("slice") == "all")
    print_table(f"all learners, k = {k}, 95 % intervals", _rows(overall, "model", k))
    policy = judged.figures.filter((pl.col("model") == POLICY) & (pl.col("slice") != "all"))
    if policy.height and judged.offered:
        labelled = policy.with_columns(
            pl.concat_str("slice", "value", separator=" ").alias("group")
        )
        print_table("the policy by group", _rows(labelled, "group", k))
    for row in judged.differences.filter(pl.col("metric") == f"ndcg_at_{k}").to_dicts():
        out.print(_verdict(row, k))


def _verdict(row: dict[str, Any], k: int) -> str:
    words = {True: "better", False: "worse", None: "no clear difference"}[row["better"]]
    return (
        f"{row['model']} against {row['against']}: NDCG@{k} {row['mean']:+.4f} "
        f"({row['low']:+.4f} to {row['high']:+.4f}): {words}"
    )


def _rows(figures: pl.DataFrame, label: str, k: int) -> list[dict[str, Any]]:
    """One row per label: means, and the interval of NDCG."""
    rows: list[dict[str, Any]] = []
    for (name,), group in figures.group_by(label, maintain_order=True):
        cells = {row["metric"]: row for row in group.to_dicts()}
        means = {m: cells[f"{m}_at_{k}"]["mean"] for m in SHOWN if f"{m}_at_{k}" in cells}
        ends = cells[f"ndcg_at_{k}"]
        interval = f"{ends['low']:.3f}-{ends['high']:.3f}"
        first = {label: name, "n": group["n"].item(0), "ndcg": means.pop("ndcg")}
        rows.append({**first, "interval": interval, **means})
    return rows
