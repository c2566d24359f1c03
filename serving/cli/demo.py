"""``xuepei demo``: from a city's tables to the first explained lists, by public verbs."""

import shutil
from datetime import date
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from data.city import City
from data.errors import XuepeiError
from data.store import open_snapshot
from features.demand.grid import after
from serving.cli.demo_real import require, tell_real_story
from serving.cli.story import Story, serve_hint

app = typer.Typer(add_completion=False)

SEED = "7"


@app.command()
def demo(
    real: Annotated[
        Path | None,
        typer.Option("--real", help="A folder of the real data sets, instead of a simulated city."),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", help="Where the demonstration keeps its files.")
    ] = Path("var/demo"),
) -> None:
    """Tell the whole story: tables in, a model, explained lists, and what to open where."""
    if real:
        require(real)
    folder = out / ("real" if real else "city")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if real:
        tell_real_story(real, folder)
    else:
        tell_city_story(folder)


def tell_city_story(folder: Path) -> None:
    """The story of a small simulated city."""
    story = Story()
    files, snapshot, bundle = folder / "files", folder / "snapshot", folder / "model"
    story.chapter("The city", "No download: a small district with known truth is simulated.")
    story.verb("simulate", "--preset", "tiny", "--seed", SEED, "--out", files)
    as_of = (files / "truth" / "as_of.txt").read_text(encoding="utf-8").strip()
    story.chapter("Its tables in", "Institutions' files as they come: GBK, old codes, bad rows.")
    story.verb("import", files, "--snapshot", snapshot)
    story.chapter("A model", f"Trained on what was known on {as_of}.")
    story.verb("train", "--snapshot", snapshot, "--as-of", as_of, "--out", bundle)
    story.chapter("Against popularity", "The last four days held out: what did learners choose?")
    story.verb("evaluate", "--snapshot", snapshot, "--bundle", bundle, "--holdout-days", "4")
    city = open_snapshot(snapshot)
    story.chapter("Three learners", "Why each section, and how many were left out by which rule.")
    learners = _three_learners(city)
    for learner, programme, options in learners:
        story.verb(
            "recommend", learner, "--snapshot", snapshot, "--bundle", bundle,
            "--programme", programme, "-n", "5", *options,
        )  # fmt: skip
    _tell_planners(story, folder, snapshot, as_of[: len("2025-09")])
    story.chapter("The API")
    story.tell(*serve_hint(snapshot, bundle, learners[0][0]))
    story.tell("", f"The demonstration took {story.seconds():.0f} s; its files are in {folder}.")


def _tell_planners(story: Story, folder: Path, snapshot: Path, this_month: str) -> None:
    """What a planner asks at the end of the month before the lists are made."""
    month = f"{after(date.fromisoformat(f'{this_month}-01'), -1):%Y-%m}"
    asked, gaps = ("--snapshot", snapshot, "--as-of", month), folder / "gaps.csv"
    story.chapter("What is short", "Postings against jobseekers and who completes what in reach.")
    story.verb("gaps", *asked, "--out", gaps)
    story.chapter("What to open", "Gaps and waiting lists, under a budget, with a proven bound.")
    story.verb(
        "plan", *asked, "--budget", "100000", "--gaps", gaps,
        "--max-seconds", "5", "--out", folder / "plan.xlsx",
    )  # fmt: skip


def _three_learners(city: City) -> list[tuple[str, str, tuple[str, ...]]]:
    """A night-school learner, a vocational one, and a senior one who needs step-free access."""
    known = city.scan("learners").filter(pl.col("consent_personalisation"))
    band = pl.col("age_band").cast(pl.String)
    young = known.filter(band.is_in(["25-34", "35-44"]), pl.col("needs").list.len() == 0)
    aiming = young.filter(pl.col("goal_occupation_code").is_not_null())
    senior = known.filter(
        band.is_in(["60-69", "70-79"]),
        pl.col("needs").list.eval(pl.element().cast(pl.String)).list.contains("step_free"),
    )
    first = _most_active(city, young, "night_school", except_for=())
    second = _most_active(city, aiming, "vocational", except_for=(first,))
    third = _most_active(city, senior, "senior", except_for=())
    return [
        (first, "night_school", ()),
        (second, "vocational", ()),
        (third, "senior", ("--elder",)),
    ]


def _most_active(
    city: City, learners: pl.LazyFrame, programme: str, *, except_for: tuple[str, ...]
) -> str:
    """Of these learners, the one with most enrolments in the programme; ties by id."""
    courses = city.scan("courses").filter(pl.col("programme") == programme).select("course_id")
    enrolments = (
        city.scan("events")
        .filter(pl.col("type") == "enrol")
        .join(courses, on="course_id", how="semi")
        .group_by("learner_id")
        .len()
    )
    chosen = (
        learners.filter(~pl.col("learner_id").is_in(except_for))
        .join(enrolments, on="learner_id", how="left")
        .sort(pl.col("len").fill_null(0), "learner_id", descending=[True, False])
        .select("learner_id")
        .head(1)
        .collect()
    )
    if chosen.is_empty():
        message = f"the city has no learner to show for {programme}; simulate it with another seed"
        raise XuepeiError(message)
    return str(chosen.item())
