"""Splits that never leak: what is judged on is later than, or apart from, what is learned from."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import polars as pl

from training.errors import SplitError

FEWEST_TO_JUDGE: Final = 3
"""A user with fewer rows is only learned from."""


@dataclass(frozen=True, slots=True)
class Split:
    """The rows to learn from and the rows to judge on; no row is in both.

    Attributes:
        train: rows to learn from.
        test: rows to judge on, same columns.
    """

    train: pl.DataFrame
    test: pl.DataFrame


def split_at(
    events: pl.DataFrame,
    instant: datetime,
    *,
    window: timedelta | None = None,
    time: str = "occurred_at",
) -> Split:
    """Learn from what happened before an instant, judge on the window from it on.

    What happens at the instant itself is not yet known then (``features.asof``), so the test
    window is ``[instant, instant + window)``.

    Args:
        events: one row per event, with an aware datetime column ``time``.
        instant: the cut.
        window: length of the judged period; None judges on everything later.
        time: name of the time column.

    Raises:
        SplitError: the window isn't longer than zero.
    """
    if window is not None and window <= timedelta():
        message = f"the test window must be longer than zero, not {window}"
        raise SplitError(message)
    later = pl.col(time) >= instant
    inside = later if window is None else later & (pl.col(time) < instant + window)
    return Split(events.filter(pl.col(time) < instant), events.filter(inside))


def split_last_per_user(
    table: pl.DataFrame, share: float, *, user: str = "user", time: str = "ts"
) -> Split:
    """Judge on the last share of each user's rows by time.

    The number judged on is ``floor(share * rows)``, but at least one of a user with
    ``FEWEST_TO_JUDGE`` rows: otherwise short histories, the rule in course data, would never
    be judged. Rows of equal time keep the order of the table.

    Args:
        table: one row per interaction with columns ``user`` and ``time`` (any ordered type).
        share: part of each user's rows to judge on, in (0, 1).
        user: name of the user column.
        time: name of the time column.

    Raises:
        SplitError: the share isn't inside (0, 1).
    """
    _check_share(share)
    back = pl.int_range(pl.len(), 0, -1).over(user)
    rows = pl.len().over(user)
    least = (rows >= FEWEST_TO_JUDGE).cast(pl.Int64)
    judged = back <= pl.max_horizontal((share * rows).floor(), least)
    ordered = table.sort(time, maintain_order=True).with_columns(judged.alias("__judged"))
    return _divide(ordered)


def split_at_random(table: pl.DataFrame, share: float, *, seed: int) -> Split:
    """Judge on a seeded random share of the rows, for tables that know no time.

    A random split flatters (METHODS, section 7): use it only where there is no time column.
    The same rows in the same order with the same seed give the same split.

    Args:
        table: one row per interaction.
        share: probability of each row to be judged on, in (0, 1).
        seed: of the generator.

    Raises:
        SplitError: the share isn't inside (0, 1).
    """
    _check_share(share)
    judged = np.random.default_rng(seed).random(table.height) < share
    return _divide(table.with_columns(pl.Series("__judged", judged)))


def _divide(marked: pl.DataFrame) -> Split:
    train = marked.filter(~pl.col("__judged")).drop("__judged")
    return Split(train, marked.filter("__judged").drop("__judged"))


def _check_share(share: float) -> None:
    if not 0 < share < 1:
        message = f"the share to judge on must be between 0 and 1, not {share}"
        raise SplitError(message)
