"""``xuepei skills``: skills out of texts, and how well that goes."""

from pathlib import Path
from typing import Annotated, Any, Final

import orjson
import polars as pl
import typer

from data.cli.console import err, out, print_json, print_table, progress
from features.skills.extract import BATCH, SkillExtractor, strongest
from features.skills.model import save_model
from training.cli.options import AsJson, Seed
from training.skills.errors import SkillDataError
from training.skills.files import TextFile, read_texts, read_vocabulary
from training.skills.own_gold import fit_own, measure_own
from training.skills.skillspan import measure_skillspan

app = typer.Typer(add_completion=False, no_args_is_help=True)

SHOWN: Final = 40
"""Rows of the readable table, at most; ``--json`` gives all."""

CHUNK: Final = 10 * BATCH
"""Texts between two steps of the progress bar."""

Datasets = Annotated[Path, typer.Option("--datasets", help="The folder of the data sets.")]


@app.callback()
def group() -> None:
    """Extract the skills that job postings ask for, and measure how well."""


@app.command("extract")
def extract(
    file: Annotated[Path, typer.Argument(help="csv, tsv, xlsx, parquet, jsonl or ndjson.")],
    text: Annotated[str, typer.Option("--text", help="Column with the text.")],
    title: Annotated[str | None, typer.Option("--title", help="Column with the title.")] = None,
    vocabulary: Annotated[
        Path | None, typer.Option("--vocabulary", help="Skills of your own, in contract form.")
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Least probability; the model's own unless given."),
    ] = None,
    every: Annotated[
        bool, typer.Option("--every", help="Every naming, not each skill once a row.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="A line of JSON for each row, from row 0.")
    ] = False,
) -> pl.DataFrame:
    """Find the skills that each row's text asks for, with their places and probabilities."""
    extractor = SkillExtractor(read_vocabulary(vocabulary))
    read = read_texts(file, text, title)
    if read.refused:
        err.print(f"{read.refused:,} of {read.texts.height:,} rows can't be read: no skills there")
    found = _found(extractor, read, threshold, every=every)
    if as_json:
        _print_lines(read, found)
    else:
        _print_rows(read, found)
    return found


def _found(
    extractor: SkillExtractor, read: TextFile, threshold: float | None, *, every: bool
) -> pl.DataFrame:
    """The mentions of all rows, behind a progress bar."""
    parts: list[pl.DataFrame] = []
    with progress() as bar:
        task = bar.add_task("reading texts", total=read.texts.height)
        for start in range(0, max(read.texts.height, 1), CHUNK):
            part = extractor.mentions(read.texts.slice(start, CHUNK), threshold=threshold)
            parts.append(part.with_columns((pl.col("row") + start).cast(pl.UInt32)))
            bar.advance(task, min(CHUNK, read.texts.height - start))
    found = pl.concat(parts)
    return found if every else strongest(found)


def _print_lines(read: TextFile, found: pl.DataFrame) -> None:
    """One line a row, rows without skills too."""
    skills: dict[int, list[dict[str, Any]]] = {}
    for row in found.with_columns(pl.col("score").round(4)).iter_rows(named=True):
        skills.setdefault(row.pop("row"), []).append(row)
    for number, refused in read.texts.select("row", "refused").iter_rows():
        line = {"row": number, "skills": skills.get(number, [])}
        out.file.write(orjson.dumps(line | ({"refused": refused} if refused else {})).decode())
        out.file.write("\n")


def _print_rows(read: TextFile, found: pl.DataFrame) -> None:
    shown = found.head(SHOWN).select(
        "row", "skill_id", "name", "field", "start", "end", "score", "level"
    )
    rows = read.texts.height
    print_table(f"{found.height:,} skills in {rows:,} rows", shown.to_dicts())
    if found.height > SHOWN:
        out.print(f"the first {SHOWN} are shown; --json gives all")


@app.command("measure")
def measure(
    datasets: Datasets,
    gold: Annotated[
        Path | None,
        typer.Option(help="Folder with gold.jsonl; the project's own annotations unless given."),
    ] = None,
    annotator: Annotated[
        str, typer.Option("--pass", help="Which annotation: gold, pass_a or pass_b.")
    ] = "gold",
    part: Annotated[str, typer.Option(help="Which postings: test or train.")] = "test",
    as_json: AsJson = False,
) -> dict[str, Any]:
    """Score extraction on the project's annotated postings."""
    with progress() as bar:
        bar.add_task("reading texts", total=None)
        scores = measure_own(datasets, gold, annotator=annotator, part=part)
    if as_json:
        print_json(scores)
    else:
        _tell(scores, part)
    return scores


def _tell(scores: dict[str, Any], part: str) -> None:
    names = ("precision", "recall", "f1", "f1_interval", "both", "ours", "gold")
    rows = [
        {"judged by": what, **{name: _shown(scores[what][name]) for name in names}}
        for what in ("pairs", "spans")
    ]
    print_table(f"{scores['postings']} postings of {part}", rows)
    groups = [
        {"occupations": name, "postings": group["postings"]}
        | {key: _shown(group[key]) for key in ("precision", "recall", "f1", "f1_interval")}
        for name, group in scores["groups"].items()
    ]
    print_table("Pairs by kind of occupation", groups)
    out.print(f"false skills among those extracted: {_shown(scores['false_share'])}")


def _shown(value: float | list[float] | None) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return " to ".join(f"{end:.3f}" for end in value)
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"


@app.command("fit")
def fit(
    datasets: Datasets,
    out_file: Annotated[Path, typer.Option("--out", help="The model's file to write.")],
    gold: Annotated[
        Path | None,
        typer.Option(help="Folder with gold.jsonl; the project's own annotations unless given."),
    ] = None,
    annotator: Annotated[
        str, typer.Option("--pass", help="Which annotation: gold, pass_a or pass_b.")
    ] = "gold",
    seed: Seed = 0,
    as_json: AsJson = False,
) -> dict[str, Any]:
    """Fit the context model anew to the training part of the annotated postings."""
    if not out_file.parent.is_dir():
        message = f"the folder {out_file.parent} isn't there; the model is written into it"
        raise SkillDataError(message)
    with progress() as bar:
        bar.add_task("fitting", total=None)
        fitted = fit_own(datasets, gold, annotator=annotator, seed=seed)
    with out_file.open("wb") as file:
        save_model(fitted.model, file)
    told = {
        "findings": fitted.findings,
        "threshold": fitted.model.threshold,
        "precision_out_of_fold": fitted.precision,
        "recall_out_of_fold": fitted.recall,
        "file": str(out_file),
    }
    if as_json:
        print_json(told)
    else:
        print_table("Context model", [told])
    return told


@app.command("skillspan")
def skillspan(datasets: Datasets, seed: Seed = 0, as_json: AsJson = False) -> dict[str, Any]:
    """Score a simple tagger on SkillSpan's English test set, for the record."""
    with progress() as bar:
        bar.add_task("fitting and tagging", total=None)
        scores = measure_skillspan(datasets, seed=seed)
    if as_json:
        print_json(scores)
    else:
        rows = [{"spans": name} | values for name, values in scores.items() if name != "note"]
        print_table("SkillSpan, strict spans", rows)
    return scores
