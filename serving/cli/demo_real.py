"""The demonstration on real data: a catalogue of recorded sections, and job postings."""

from pathlib import Path

import polars as pl

from data.city import City
from data.cli.console import print_table
from data.errors import SourceError
from data.store import open_snapshot
from data.vocabulary import builtin
from features.demand.reading import asked_skills
from features.postings import parse_postings
from serving.cli.story import Story, serve_hint

CATALOGUE = "mooccubex_gear"
BOARDS = ("jobs_zh_hangzhou_fe_2023", "jobs_zh_bigdata_2019")
AS_OF = "2020-04-01"
"""Between the constant times that the feed gives the training and the test enrolments."""
HANGZHOU = "3301"
MOST_WANTED = 12
LEAST_SCORE = 0.5
"""Probability that a posting asks for a skill it names."""


def tell_real_story(datasets: Path, folder: Path) -> None:
    """Import, compare with popularity and EASE, show three lists, count wanted skills."""
    story = Story()
    snapshot, bundle = folder / "catalogue", folder / "model"
    source = datasets / CATALOGUE
    story.chapter("A catalogue in", "MOOCCubeX: Chinese courses and who enrolled in them.")
    files = [source / f"{name}.parquet" for name in ("courses", "users", "train", "test")]
    story.verb("import", *files, "--mapping", CATALOGUE, "--snapshot", snapshot)
    story.chapter("Against popularity and EASE", "Every course not yet taken is ranked.")
    story.verb(
        "bench", "ranking", "--train", source / "train.parquet", "--test", source / "test.parquet",
        "--models", "popularity,ease,xuepei",
    )  # fmt: skip
    story.chapter("Three learners' lists", "An online catalogue: no venues, homes or timetables.")
    story.verb("train", "--snapshot", snapshot, "--as-of", AS_OF, "--out", bundle, "--no-track")
    learners = _three_learners(open_snapshot(snapshot))
    for learner in learners:
        story.verb("recommend", learner, "--snapshot", snapshot, "--bundle", bundle, "-n", "5")
    story.chapter("Wanted in Hangzhou", "Job boards through mapping files, skills read in context.")
    _wanted_skills(story, datasets, folder / "postings")
    story.chapter("The API")
    story.tell(*serve_hint(snapshot, bundle, learners[0]))
    story.tell("", f"The demonstration took {story.seconds():.0f} s; its files are in {folder}.")


def require(datasets: Path) -> None:
    """Check that the data sets are there.

    Raises:
        SourceError: some are missing; says which.
    """
    missing = [name for name in (CATALOGUE, *BOARDS) if not (datasets / name).is_dir()]
    if missing:
        message = (
            f"{datasets} lacks {', '.join(missing)}; give the folder of the data sets, as in "
            "make demo-real DATASETS=/path/to/datasets"
        )
        raise SourceError(message)


def _three_learners(city: City) -> list[str]:
    """Learners with a short, a middling and a long history, by number of enrolments."""
    counts = (city.scan("events").group_by("learner_id").len().sort("len", "learner_id").collect())[
        "learner_id"
    ]
    return [str(counts[round(share * (counts.len() - 1))]) for share in (0.1, 0.5, 0.9)]


def _wanted_skills(story: Story, datasets: Path, snapshot: Path) -> None:
    for board in BOARDS:
        file = datasets / board / "jobs.parquet"
        story.verb("import", file, "--mapping", board, "--snapshot", snapshot)
    here = (
        open_snapshot(snapshot)
        .scan("postings")
        .filter(pl.col("division_code").str.starts_with(HANGZHOU))
    )
    parsed = parse_postings(here, None)
    wanted = _most_asked(asked_skills(parsed, builtin("skills")))
    rows = [
        {"skill": name, "postings": count, "share": count / parsed.height}
        for name, count in wanted.head(MOST_WANTED).iter_rows()
    ]
    print_table(f"Most asked for in {parsed.height:,} Hangzhou postings", rows)


def _most_asked(mentions: pl.DataFrame) -> pl.DataFrame:
    """Name and postings of each skill that is more likely asked for than not."""
    asked = mentions.filter(pl.col("score") >= LEAST_SCORE)
    counts = asked.group_by("skill_id").agg(postings=pl.col("posting_id").n_unique())
    named = counts.join(builtin("skills").select("skill_id", "name"), on="skill_id")
    return named.sort("postings", "skill_id", descending=[True, False]).select("name", "postings")
