"""The tables of a ranking benchmark: two or three Parquet files of users and items."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import polars as pl

from recsys.types import LearnerQuery, TrainingSet
from training.course_ranking import Catalogue
from training.errors import BenchError
from training.metrics.lists import Relevant

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""The moment of a table without times; whole-number times count seconds from it."""

PAIRS: Final = {"user": pl.String, "item": pl.String, "ts": pl.Float64}
"""A table once read; ``ts`` in seconds, null where the file knows no time."""


@dataclass(frozen=True, slots=True)
class Tables:
    """What models learn from and are judged on.

    Attributes:
        train: columns of ``PAIRS``, each pair once.
        valid: the same, for choosing; None when the caller gave none.
        test: the same, without pairs that are in train or valid.
        notes: what was left out of the files, in words.
    """

    train: pl.DataFrame
    valid: pl.DataFrame | None
    test: pl.DataFrame
    notes: tuple[str, ...]

    @property
    def known(self) -> pl.DataFrame:
        """All that may be learned from once choices are made: train and valid."""
        return self.train if self.valid is None else pl.concat([self.train, self.valid])


def read_tables(train: Path, test: Path, valid: Path | None = None) -> Tables:
    """Read the files of a benchmark; ids of any type are compared as text.

    Raises:
        BenchError: a file can't be read, lacks ``user`` or ``item``, or leaves no rows.
    """
    learned, said = read_pairs(train)
    chosen, said_valid = read_pairs(valid) if valid else (None, ())
    if chosen is not None:
        chosen, said_more = _apart(chosen, learned, f"{valid}", "train")
        said_valid = (*said_valid, *said_more)
    known = learned if chosen is None else pl.concat([learned, chosen])
    judged, said_test = read_pairs(test)
    judged, said_apart = _apart(judged, known, f"{test}", "train")
    if judged.is_empty():
        message = f"{test} holds no pair that isn't in train; there is nothing to judge on"
        raise BenchError(message)
    return Tables(learned, chosen, judged, (*said, *said_valid, *said_test, *said_apart))


def read_pairs(path: Path) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """One file's pairs in the columns of ``PAIRS``, each pair once with its latest time.

    Returns:
        The pairs in the file's order, and what was left out, in words.

    Raises:
        BenchError: the file can't be read, lacks a column, holds null ids, or is empty.
    """
    table = read_table(path)
    missing = [name for name in ("user", "item") if name not in table.columns]
    if missing:
        message = f"{path} lacks column {missing}; it has {table.columns}, expected user, item, ts?"
        raise BenchError(message)
    pairs = table.select(pl.col("user", "item").cast(pl.String), _seconds(table, path))
    _check(pairs, path)
    latest = pairs.sort("ts", nulls_last=False, maintain_order=True)
    unique = latest.unique(["user", "item"], keep="last", maintain_order=True)
    return unique, _note(pairs.height - unique.height, f"duplicate pairs dropped from {path}")


def training_set(pairs: pl.DataFrame, seed: int) -> TrainingSet:
    """The pairs as what scorers are fitted on; ages count from the latest pair."""
    newest = _newest(pairs)
    age = ((pl.lit(newest) - pl.col("ts")) / 86_400).fill_null(0.0).alias("age_days")
    interactions = pairs.select(
        pl.col("user").alias("learner_id"),
        pl.col("item").alias("course_id"),
        pl.lit(1.0).alias("weight"),
        age,
    )
    courses = interactions.select(pl.col("course_id").unique().sort())
    as_of = EPOCH + timedelta(seconds=newest)
    return TrainingSet(interactions, pl.DataFrame(), courses, as_of, seed)


def queries_of(users: pl.Series, pairs: pl.DataFrame) -> list[LearnerQuery]:
    """What is known of each user: the items of ``pairs``, oldest first; unknown users have none."""
    as_of = EPOCH + timedelta(seconds=_newest(pairs))
    taken = pairs.sort("ts", maintain_order=True).group_by("user").agg("item")
    asked = pl.DataFrame({"user": users}).join(taken, on="user", how="left", maintain_order="left")
    return [
        LearnerQuery(as_of=as_of, learner_id=user, personalised=True, history=tuple(items or ()))
        for user, items in asked.iter_rows()
    ]


def matrix_of(catalogue: Catalogue, users: pl.Series, pairs: pl.DataFrame) -> Relevant:
    """True where one of ``users`` (each once) has an item of the catalogue in ``pairs``."""
    rows = pl.DataFrame({"user": users}).with_row_index("row").cast({"row": pl.Int64})
    placed = pairs.join(rows, on="user", how="inner")
    return catalogue.matrix(placed["row"], placed["item"], len(users))


def read_table(path: Path) -> pl.DataFrame:
    """A Parquet file's rows.

    Raises:
        BenchError: the file can't be read.
    """
    try:
        return pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        message = f"{path} can't be read as Parquet: {error}"
        raise BenchError(message) from error


def _seconds(table: pl.DataFrame, path: Path) -> pl.Expr:
    """Times as seconds since 1970: dates and datetimes converted, numbers taken as seconds."""
    kind = table.schema.get("ts")
    if kind is None:
        return pl.lit(None, dtype=pl.Float64).alias("ts")
    if kind.is_numeric():
        return pl.col("ts").cast(pl.Float64)
    if kind.is_temporal() and not isinstance(kind, pl.Time | pl.Duration):
        return (pl.col("ts").dt.epoch("us") / 1e6).alias("ts")
    message = f"column ts of {path} is {kind}; expected a number of seconds, a date or a datetime"
    raise BenchError(message)


def _check(pairs: pl.DataFrame, path: Path) -> None:
    if pairs.is_empty():
        message = f"{path} holds no rows; a benchmark needs pairs of user and item"
        raise BenchError(message)
    nulls = pairs.select(pl.col("user", "item").null_count()).sum_horizontal().item()
    if nulls:
        message = f"{path} holds {nulls} empty user or item ids; every row needs both"
        raise BenchError(message)


def _apart(
    pairs: pl.DataFrame, other: pl.DataFrame, path: str, name: str
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    kept = pairs.join(other, on=["user", "item"], how="anti", maintain_order="left")
    return kept, _note(pairs.height - kept.height, f"pairs of {path} left out: already in {name}")


def _note(count: int, what: str) -> tuple[str, ...]:
    return (f"{count:,} {what}",) if count else ()


def _newest(pairs: pl.DataFrame) -> float:
    values: Iterable[float] = pairs["ts"].drop_nulls()
    return max(values, default=0.0)
