"""Counts of a term's sections and of what learners did in them, with their margins."""

from collections.abc import Sequence
from itertools import product
from typing import Final

import polars as pl

from data.privacy.suppression import ALL

WHO: Final = {
    "applied": "applicants",
    "enrolled": "learners",
    "given": "finishers",
}
"""What is counted, and the column of the distinct learners behind it."""

Keys = Sequence[Sequence[pl.Expr]]
"""For each dimension of a table, the ways to read it: as it is, or as its margin."""


def sections_by(sections: pl.DataFrame, keys: Keys) -> pl.DataFrame:
    """Sections and their seats under every combination of the keys.

    Args:
        sections: capacity, and whatever the keys read.
        keys: ways to read each dimension.

    Returns:
        The keys, sections, seats.
    """
    counts = [pl.len().cast(pl.Int64).alias("sections"), _sum("capacity", "seats")]
    return _counted(sections, keys, counts)


def acts_by(acts: pl.DataFrame, keys: Keys) -> pl.DataFrame:
    """What learners did under every combination of the keys.

    Args:
        acts: learner_id, applied, enrolled, given, completed, and whatever the keys read.
        keys: ways to read each dimension.

    Returns:
        The keys; applied, enrolled, given (acts); completed (of given); applicants, learners,
        finishers (distinct learners behind applied, enrolled, given).
    """
    counts = [_sum(act, act) for act in (*WHO, "completed")]
    counts += [
        pl.col("learner_id").filter(pl.col(act)).n_unique().cast(pl.Int64).alias(who)
        for act, who in WHO.items()
    ]
    return _counted(acts, keys, counts)


def both_ways(column: str) -> tuple[pl.Expr, pl.Expr]:
    """A column as it is, and its margin under the same name."""
    return pl.col(column).cast(pl.String), pl.lit(ALL).alias(column)


def _sum(column: str, name: str) -> pl.Expr:
    return pl.col(column).sum().cast(pl.Int64).alias(name)


def _counted(rows: pl.DataFrame, keys: Keys, counts: Sequence[pl.Expr]) -> pl.DataFrame:
    """One row for each combination, of every choice of one way for each dimension."""
    parts = [rows.lazy().group_by(*choice).agg(*counts) for choice in product(*keys)]
    return pl.concat(pl.collect_all(parts))
