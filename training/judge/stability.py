"""Blocking pairs of an allocation: who would rather have a seat that is theirs by right.

A learner and a section block an allocation when she prefers it to what she holds, and it has a
seat free (wasted) or gave one to somebody after her in its order (justified envy)
[gale1962college, abdulkadiroglu2003school].
"""

from collections.abc import Sequence

import polars as pl

LAST = pl.UInt32.max()
"""The order of a learner who holds a seat and never applied: after all who did."""


def with_order(entries: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Applications with their place in one order, lower is better, ties equal.

    Args:
        entries: one row an application.
        keys: columns that order them, the first one first, lower is better, null last.

    Returns:
        The same rows with ``order`` (UInt32); their order of rows is not kept.

    >>> table = pl.DataFrame({"priority": [2, 1, 2], "lottery": [7, 9, 3]})
    >>> with_order(table, ["priority", "lottery"])["order"].to_list()
    [1, 2, 3]
    """
    ordered = entries.sort(keys, nulls_last=True, maintain_order=True)
    return ordered.with_columns((pl.struct(keys).rle_id() + 1).alias("order"))


def blocking(
    entries: pl.DataFrame, seats: pl.DataFrame, holders: pl.DataFrame, *, each: int
) -> pl.DataFrame:
    """The blocking pairs of an allocation.

    Args:
        entries: learner, section, choice_rank, and ``order`` where sections have one.
        seats: section, capacity.
        holders: learner, section of the seats given, applied for or not.
        each: seats a learner may hold.

    Returns:
        learner, section and ``wasted``: whether the section has a free seat; else it is envy.
        Without ``order`` envy can't be told, and only wasted seats are found.
    """
    order = pl.col("order") if "order" in entries.columns else pl.lit(None, dtype=pl.UInt32)
    ordered = entries.select("learner", "section", "choice_rank", order.alias("order"))
    given = holders.join(ordered, on=["learner", "section"], how="left")
    wanted = ordered.join(holders, on=["learner", "section"], how="anti")
    wanted = wanted.join(_held(given), on="learner", how="left")
    unfilled = pl.col("seats_held").is_null() | (pl.col("seats_held") < each)
    prefers = unfilled | (pl.col("choice_rank") < pl.col("worst_choice"))
    asked = wanted.filter(prefers).join(_taken(given, seats), on="section", how="left")
    wasted = pl.col("taken") < pl.col("capacity")
    envy = pl.col("order") < pl.col("last")
    return asked.filter(wasted | envy).select("learner", "section", wasted.alias("wasted"))


def _held(given: pl.DataFrame) -> pl.DataFrame:
    """Seats of each learner, and how far down her list the last of them stands."""
    unwanted = pl.col("choice_rank").fill_null(pl.Int64.max())
    return given.group_by("learner").agg(
        pl.len().alias("seats_held"), unwanted.max().alias("worst_choice")
    )


def _taken(given: pl.DataFrame, seats: pl.DataFrame) -> pl.DataFrame:
    """Seats taken of each section, and the last in its order who has one."""
    never_applied = pl.col("choice_rank").is_null()
    order = pl.when(never_applied).then(LAST).otherwise("order")
    taken = given.group_by("section").agg(pl.len().alias("taken"), order.max().alias("last"))
    return seats.join(taken, on="section", how="left").with_columns(pl.col("taken").fill_null(0))
