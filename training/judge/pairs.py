"""The true probability of applying, as a matrix of judged learners and open sections."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from training.judge.errors import JudgeError
from training.judge.truth import PROBABILITY, Truth

UNKNOWN: Final = -1
ALLOWED: Final = 0
NOT_OPEN: Final = "not_open"
"""What a shown pair breaks that the truth doesn't hold."""
NOT_ALLOWED: Final = "not_allowed"
"""What a pair of probability 0 breaks where the truth names no rules."""

COLUMNS: Final = ("learner_id", "section_id", "apply_probability")
RULE: Final = "barred_by"


@dataclass(frozen=True, slots=True)
class Pairs:
    """What would happen if a section were shown to a learner.

    Attributes:
        learners: ids of the judged learners, ascending; their place is their row.
        sections: ids of the open sections, ascending; their place is their column.
        chance: probability that the learner applies once shown, 0 to 1; shape (learners,
            sections). 0 where the pair is barred or not in the truth.
        rule: ``UNKNOWN`` where the truth doesn't hold the pair, ``ALLOWED``, or n where
            ``rules[n - 1]`` bars it; same shape.
        rules: names of the hard rules.
    """

    learners: pl.Series
    sections: pl.Series
    chance: NDArray[np.float64]
    rule: NDArray[np.int16]
    rules: tuple[str, ...]


def read_pairs(truth: Truth) -> Pairs:
    """Read the true probabilities; some ten million pairs take seconds.

    Raises:
        JudgeError: the table is not there, lacks a column, holds a pair twice, an empty id, a
            probability outside 0 to 1, or one above 0 for a pair that is barred.
    """
    path = truth.path(PROBABILITY)
    if not path.is_file():
        raise JudgeError(truth.lacking(PROBABILITY))
    try:
        return _read(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        message = f"{path} can't be read: {error}"
        raise JudgeError(message) from error


def positions(ids: pl.Series, among: pl.Series) -> NDArray[np.int64]:
    """Where each id stands among known ids; -1 where it doesn't.

    >>> positions(pl.Series(["b", "z"]), pl.Series(["a", "b"]))
    array([ 1, -1])
    """
    found = ids.cast(pl.Enum(among), strict=False).to_physical()
    return found.cast(pl.Int64).fill_null(-1).to_numpy()


def aligned(table: pl.DataFrame, ids: pl.Series) -> pl.DataFrame:
    """The rows of a table in the order of ids that its column of the same name holds.

    Nulls stand for an id the table doesn't hold.

    >>> table = pl.DataFrame({"section_id": ["b", "a"], "seats": [2, 1]})
    >>> aligned(table, pl.Series("section_id", ["a", "c", "b"]))["seats"].to_list()
    [1, None, 2]
    """
    return ids.to_frame().join(table, on=ids.name, how="left", maintain_order="left")


def _read(path: Path) -> Pairs:
    scan = pl.scan_parquet(path)
    columns = scan.collect_schema().names()
    missing = [name for name in COLUMNS if name not in columns]
    if missing:
        message = f"{path} lacks column {missing}; it has {columns}"
        raise JudgeError(message)
    named: list[str] = [name for name in (*COLUMNS[:2], RULE) if name in columns]
    ids = {name: _distinct(scan, name) for name in named}
    rows = scan.select(
        *(_number(name, among) for name, among in ids.items()),
        pl.col("apply_probability").cast(pl.Float64),
    ).collect(engine="streaming")
    return _matrix(rows, ids, path)


def _distinct(scan: pl.LazyFrame, name: str) -> pl.Series:
    found = scan.select(pl.col(name).cast(pl.String).unique()).collect(engine="streaming")
    return found[name].drop_nulls().sort()


def _number(name: str, among: pl.Series) -> pl.Expr:
    """Ids as their place among all of them: four bytes a row instead of a text."""
    return pl.col(name).cast(pl.String).cast(pl.Enum(among)).to_physical().cast(pl.Int32)


def _matrix(rows: pl.DataFrame, ids: dict[str, pl.Series], path: Path) -> Pairs:
    _check(rows, path)
    learners, sections = ids["learner_id"], ids["section_id"]
    shape = (learners.len(), sections.len())
    place = rows["learner_id"].to_numpy().astype(np.int64) * shape[1] + rows["section_id"]
    chances = rows["apply_probability"].to_numpy()
    numbers, names = _rules(rows, ids, chances)
    if ((numbers > ALLOWED) & (chances > 0)).any():
        message = f"{path} gives barred pairs a probability above 0; a barred pair has 0"
        raise JudgeError(message)
    chance = np.zeros(shape, dtype=np.float64)
    rule = np.full(shape, UNKNOWN, dtype=np.int16)
    chance.ravel()[place] = chances
    rule.ravel()[place] = numbers
    if (rule != UNKNOWN).sum() != rows.height:
        message = f"{path} holds a pair of learner and section twice; each pair stands once"
        raise JudgeError(message)
    return Pairs(learners, sections, chance, rule, names)


def _rules(
    rows: pl.DataFrame, ids: dict[str, pl.Series], chances: NDArray[np.float64]
) -> tuple[NDArray[np.int16], tuple[str, ...]]:
    """The number of the rule that bars each pair, and the names of the rules."""
    if RULE not in rows.columns:
        return (chances == 0).astype(np.int16), (NOT_ALLOWED,)
    numbers = rows[RULE].cast(pl.Int16).fill_null(-1).to_numpy() + np.int16(1)
    return numbers, tuple(ids[RULE])


def _check(rows: pl.DataFrame, path: Path) -> None:
    if rows.is_empty():
        message = f"{path} holds no rows; expected every judged learner with every open section"
        raise JudgeError(message)
    for name in COLUMNS:
        empty = rows[name].null_count()
        if empty:
            message = f"column {name} of {path} is empty in {empty:,} rows"
            raise JudgeError(message)
    wrong = rows.filter(~pl.col("apply_probability").is_between(0, 1)).height
    if wrong:
        message = f"{path} holds {wrong:,} probabilities outside 0 to 1"
        raise JudgeError(message)
