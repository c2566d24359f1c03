"""``xuepei judge``: any lists, gaps or allocation held against what is true."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from data.cli.console import print_json
from training.cli.judge_words import show
from training.cli.options import AsJson, Seed
from training.judge.allocation import judge_allocation
from training.judge.errors import JudgeError
from training.judge.gaps import judge_gaps
from training.judge.recommendations import judge_recommendations
from training.judge.truth import open_truth

app = typer.Typer(add_completion=False)


@app.command("judge")
def judge_file(
    truth: Annotated[
        Path, typer.Option("--truth", help="The truth folder, or a city holding one.")
    ],
    recommendations: Annotated[
        Path | None, typer.Option(help="learner_id, rank, section_id: .parquet or .csv.")
    ] = None,
    gaps: Annotated[
        Path | None, typer.Option(help="division_code, skill_id, the largest gap first.")
    ] = None,
    allocation: Annotated[
        Path | None, typer.Option(help="learner_id, section_id of the seats given.")
    ] = None,
    baseline: Annotated[
        list[str] | None, typer.Option(help="NAME=FILE: other lists to compare with; repeatable.")
    ] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="Length judged.")] = 10,
    min_gap: Annotated[
        float, typer.Option(help="Persons that make a true gap, where the truth names no kinds.")
    ] = 5.0,
    seats_per_learner: Annotated[int, typer.Option(min=1, help="Seats a learner may hold.")] = 1,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> dict[str, Any]:
    """Judge lists, a ranking of gaps, or an allocation against a known truth."""
    chosen = {"recommendations": recommendations, "gaps": gaps, "allocation": allocation}
    kind, file = _one_of(chosen)
    if baseline and kind != "recommendations":
        message = f"--baseline compares lists; it doesn't go with --{kind}"
        raise JudgeError(message)
    known = open_truth(truth)
    if kind == "recommendations":
        named = named_files(baseline or ())
        result = judge_recommendations(known, file, baselines=named, k=k, seed=seed)
    elif kind == "gaps":
        result = judge_gaps(known, file, k=k, min_gap=min_gap)
    else:
        result = judge_allocation(known, file, seats_each=seats_per_learner)
    if as_json:
        print_json(result)
    else:
        show(result)
    return result


def named_files(texts: Sequence[str]) -> dict[str, Path]:
    """The files of ``--baseline``, by name.

    >>> named_files(["old=lists.csv"])["old"].name
    'lists.csv'

    Raises:
        JudgeError: a text isn't NAME=FILE, or a name stands twice.
    """
    found: dict[str, Path] = {}
    for text in texts:
        name, _, file = text.partition("=")
        if not name or not file:
            message = f"--baseline {text!r} should be NAME=FILE, such as old=old.parquet"
            raise JudgeError(message)
        if name in found:
            message = f"--baseline names {name!r} twice; each needs a name of its own"
            raise JudgeError(message)
        found[name] = Path(file)
    return found


def _one_of(chosen: dict[str, Path | None]) -> tuple[str, Path]:
    """The one file that was given, and what it is."""
    given = [(kind, file) for kind, file in chosen.items() if file is not None]
    if len(given) != 1:
        names = " and ".join(f"--{kind}" for kind, _ in given) or "none of them"
        message = f"give exactly one of {', '.join(f'--{kind}' for kind in chosen)}; got {names}"
        raise JudgeError(message)
    return given[0]
