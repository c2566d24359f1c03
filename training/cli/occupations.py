"""``xuepei occupations``: job titles to occupations, and how often that is right."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final

import polars as pl
import typer

from data.cli.console import out, print_json, print_table, progress
from data.store import open_snapshot
from data.vocabulary import builtin
from features.occupations.link import OccupationLinker
from training.cli.options import AsJson, Seed
from training.occupations.measure import RIGHT, measure
from training.occupations.read import read_titles

app = typer.Typer(add_completion=False, no_args_is_help=True)

STEP: Final = 20_000
"""Postings between two movements of the progress bar."""

SHOWN: Final = 20
"""Rows printed where no JSON is asked for."""


@app.callback()
def group() -> None:
    """Link job titles to occupations of the 职业分类大典 (2022)."""


@app.command("link")
def link(
    file: Annotated[Path, typer.Argument(help="Postings, .parquet or .csv.")],
    title: Annotated[str, typer.Option(help="Column of the job title.")],
    description: Annotated[
        str | None, typer.Option(help="Column of the free text: second evidence.")
    ] = None,
    snapshot: Annotated[
        Path | None, typer.Option(help="A snapshot whose occupations and ties count.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Give each row an occupation, or an honest unknown: with --json a line per row."""
    postings = read_titles(file, title, description)
    linker = linker_of(snapshot)
    with progress() as bar:
        task = bar.add_task("linking", total=postings.height)
        parts: list[pl.DataFrame] = []
        for block in postings.iter_slices(STEP):
            parts.append(linker.link(block))
            bar.advance(task, block.height)
    linked = pl.concat(parts) if parts else linker.link(postings)
    if as_json:
        for line in lines(linked):
            print_json(line)
    else:
        _show(postings, linked)
    return 0


@app.command("measure")
def measure_linker(
    datasets: Annotated[Path, typer.Option(help="The folder of the data sets labels point into.")],
    part: Annotated[str, typer.Option(help="gold to judge, dev to develop.")] = "gold",
    seed: Seed = 0,
    as_json: AsJson = False,
) -> int:
    """Hold the linker against postings whose occupation was read by hand."""
    found = measure(datasets, linker_of(None), part, seed=seed)
    if as_json:
        print_json(found)
    else:
        _show_figures(found)
    return 0


def linker_of(snapshot: Path | None) -> OccupationLinker:
    """A linker to a snapshot's occupations, or to the built-in ones."""
    if snapshot is None:
        return OccupationLinker.of(builtin("occupations"), builtin("occupation_skills"))
    city = open_snapshot(snapshot)
    occupations, ties = (
        getattr(city, name).collect() for name in ("occupations", "occupation_skills")
    )
    return OccupationLinker.of(occupations, ties)


def lines(linked: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """One JSON object per row: row, occupation_code, name, confidence, candidates."""
    for row, found in enumerate(linked.drop("posting_id").iter_rows(named=True)):
        yield {"row": row, **found}


def _show(postings: pl.DataFrame, linked: pl.DataFrame) -> None:
    """The first rows and how many are known."""
    known = linked["occupation_code"].is_not_null().sum()
    head = linked.head(SHOWN).select("occupation_code", "name", "confidence")
    rows = postings.head(SHOWN).select("title").hstack(head)
    print_table("occupations", rows.to_dicts())
    out.print(f"{known:,} of {linked.height:,} known")


def _show_figures(found: dict[str, Any]) -> None:
    """The figures as tables."""
    rows = [
        {"slice": name, "postings": part["postings"], "way": way, **part[way]}
        for name, part in found["accuracy"].items()
        for way in RIGHT
    ]
    print_table(f"accuracy on {found['part']}", rows)
    print_table("unknown below a threshold", found["unknown"])
    out.print(f"calibration error {found['ece']:.3f}, threshold {found['threshold']}")
