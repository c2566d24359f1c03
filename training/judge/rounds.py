"""An enrolment round as it was asked for and as it was answered, on numbered ids."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from training.judge.errors import JudgeError
from training.judge.files import check_unique, read_table
from training.judge.pairs import positions
from training.judge.stability import with_order
from training.judge.truth import Truth

PAIR: Final = ("learner_id", "section_id")
ORDERS: Final = ("priority", "lottery")
"""Columns of an allocation that say in which order a section took its applicants."""
ADMITTED: Final = "admitted"


@dataclass(frozen=True, slots=True)
class Round:
    """One round. Learners and sections are numbers; their ids stand at these places.

    Attributes:
        learners: ids of applicants and holders, ascending.
        sections: ids of the sections with known seats, ascending.
        entries: learner, section, choice_rank, first (it is the learner's first choice), held,
            and ``order`` where priorities are known; one row an application.
        seats: section, capacity; one row a section, in order.
        holders: learner, section (-1 where its seats are not known); one row a seat given.
        notes: what was left out, in words.
    """

    learners: pl.Series
    sections: pl.Series
    entries: pl.DataFrame
    seats: pl.DataFrame
    holders: pl.DataFrame
    notes: tuple[str, ...]


def read_round(truth: Truth, path: Path) -> Round:
    """Read a round: applications and seats of the truth, seats given of a file.

    Args:
        truth: a folder with applications.parquet and sections.parquet with capacity.
        path: learner_id, section_id; status, priority, lottery where there are any.

    Raises:
        JudgeError: a table is missing or breaks its contract, a pair or a choice rank stands
            twice, or no row is admitted.
    """
    applications = _applications(truth)
    capacities = _capacities(truth)
    answers = read_table(
        path,
        dict.fromkeys(PAIR, pl.String),
        {"status": pl.String, **dict.fromkeys(ORDERS, pl.Float64)},
    )
    check_unique(answers, PAIR, path, "a pair of learner and section")
    given = _admitted(answers, path)
    people = pl.concat([applications["learner_id"], given["learner_id"]]).unique().sort()
    sections = capacities["section_id"]
    entries, notes = _entries(applications, answers, given)
    placed = _numbered(entries, people, sections)
    known = placed.filter(pl.col("section") >= 0)
    lost = placed.height - known.height
    told = f"{lost:,} applications for sections without known seats are left out"
    return Round(
        people,
        sections,
        known,
        capacities.select(pl.int_range(pl.len()).alias("section"), "capacity"),
        _numbered(given, people, sections).select("learner", "section"),
        (*([told] if lost else []), *notes),
    )


def _applications(truth: Truth) -> pl.DataFrame:
    found = truth.required("applications")
    check_unique(
        found, ("learner_id", "choice_rank"), truth.path("applications"), "a learner's choice rank"
    )
    return found.with_columns(
        (pl.col("choice_rank") == pl.col("choice_rank").min().over("learner_id")).alias("first")
    )


def _capacities(truth: Truth) -> pl.DataFrame:
    sections = truth.required("sections")
    if "capacity" not in sections.columns:
        message = f"{truth.path('sections')} lacks column capacity; it has {sections.columns}"
        raise JudgeError(message)
    known = sections.select("section_id", "capacity").drop_nulls()
    return known.sort("section_id")


def _admitted(answers: pl.DataFrame, path: Path) -> pl.DataFrame:
    if "status" not in answers.columns:
        return answers.select(PAIR)
    given = answers.filter(pl.col("status") == ADMITTED).select(PAIR)
    if given.is_empty():
        found = answers["status"].unique().sort().to_list()
        message = f"no row of {path} has status {ADMITTED!r}; it has {found}"
        raise JudgeError(message)
    return given


def _entries(
    applications: pl.DataFrame, answers: pl.DataFrame, given: pl.DataFrame
) -> tuple[pl.DataFrame, list[str]]:
    """Applications with who holds a seat and the order known of them, and what isn't known."""
    held = given.with_columns(pl.lit(value=True).alias("held"))
    entries = applications.join(held, on=PAIR, how="left").with_columns(
        pl.col("held").fill_null(value=False)
    )
    own, told = _filled(applications, ORDERS[:1]), _filled(answers, ORDERS)
    if not own and not told:
        note = "no envy: neither the truth nor the file has priorities; only wasted seats are found"
        return entries, [note]
    entries = entries.join(_orders(answers, told), on=PAIR, how="left")
    if "lottery" in told:
        entries = _with_own_lottery(entries, answers)
    return with_order(entries, [*own, *(_told(name) for name in told)]), _unordered(entries, told)


def _filled(table: pl.DataFrame, names: Sequence[str]) -> list[str]:
    """Columns that are there and tell something."""
    return [n for n in names if n in table.columns and table[n].null_count() < table.height]


def _told(name: str) -> str:
    return f"told_{name}"


def _orders(answers: pl.DataFrame, told: Sequence[str]) -> pl.DataFrame:
    """What the file says of each pair's order, under names of its own."""
    return answers.select(*PAIR, *(pl.col(name).alias(_told(name)) for name in told))


def _with_own_lottery(entries: pl.DataFrame, answers: pl.DataFrame) -> pl.DataFrame:
    """Where each learner drew one number for the whole round, it holds for all her choices."""
    drawn = answers.drop_nulls("lottery").group_by("learner_id").agg("lottery")
    if (drawn["lottery"].list.n_unique() > 1).any():
        return entries
    numbers = drawn.with_columns(pl.col("lottery").list.first())
    filled = pl.coalesce(_told("lottery"), "lottery").alias(_told("lottery"))
    joined = entries.join(numbers, on="learner_id", how="left")
    return joined.with_columns(filled).drop("lottery")


def _unordered(entries: pl.DataFrame, told: Sequence[str]) -> list[str]:
    """How many applications the file gives no order to; they are taken as last."""
    if not told:
        return []
    missing = entries.select(pl.all_horizontal(pl.col(_told(n)).is_null() for n in told).sum())
    count = int(missing.item())
    note = f"{count:,} applications have no order in the file and are taken as last of their class"
    return [note] if count else []


def _numbered(table: pl.DataFrame, people: pl.Series, sections: pl.Series) -> pl.DataFrame:
    """Ids as numbers: learner, section; -1 for a section that isn't known."""
    return table.with_columns(
        pl.Series("learner", positions(table["learner_id"], people)),
        pl.Series("section", positions(table["section_id"], sections)),
    )
