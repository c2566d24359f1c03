"""The common case: one frame, its dimensions, what counts and what is worked out from counts."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import polars as pl

from data.privacy.suppression.dimensions import UNKNOWN, Dimension
from data.privacy.suppression.release import K, suppress
from data.privacy.suppression.tabulation import Tabulation, Zeros


def suppress_frame(
    frame: pl.DataFrame,
    dims: Sequence[Dimension | str],
    count: str,
    *,
    parts: Mapping[str, str] | None = None,
    derived: Mapping[str, Sequence[str]] | Sequence[str] = (),
    k: int = K,
    zeros: Zeros = "publish",
) -> pl.DataFrame:
    """One table as it may be released, where no other table counts the same people.

    Args:
        frame: the table, margins among its rows.
        dims: what it is broken down by; ``divisions()`` for division codes.
        count: the column that counts people.
        parts: columns that count some of them, with the column they are a part of.
        derived: columns worked out from the counts, with those they need; just their names
            where they need all.
        k: the smallest number of people that may be told of.
        zeros: whether "nobody" may be told.

    Returns:
        The frame with nulls for what is held back, and the column ``suppressed``.

    Raises:
        SuppressionError: the frame isn't as described.
    """
    inner = dict(parts or {})
    needs = derived if isinstance(derived, Mapping) else dict.fromkeys(derived, (count, *inner))
    table = Tabulation("table", frame, tuple(dims), count, parts=inner, derived=needs, zeros=zeros)
    return suppress([table], k).frame("table")


def with_margins(table: Tabulation) -> Tabulation:
    """The same table with a row for each sum along dimensions that add up, where it lacks one.

    Counts are summed, so ``contributors``, which don't add up, may not be asked for; columns
    that neither count nor break down are null in the new rows.
    """
    frame = table.frame.with_columns(
        pl.col(dim.column).cast(pl.String).fill_null(UNKNOWN) for dim in table.dimensions
    )
    for dim in table.dimensions:
        if dim.kind == "adds":
            frame = _with_sums(table, frame, dim)
    return table.with_frame(frame.sort([dim.column for dim in table.dimensions]))


def _with_sums(table: Tabulation, frame: pl.DataFrame, dim: Dimension) -> pl.DataFrame:
    place = [each.column for each in table.dimensions]
    chains = [[*dim.chain(value), dim.total] for value in frame[dim.column].unique()]
    up = {at: around for chain in chains for at, around in pairwise(chain)}
    height = max(map(len, chains), default=1)
    for level in range(height, 1, -1):
        deep = [at for at in up if len(dim.chain(at)) + 1 == level]
        sums = (
            frame.filter(pl.col(dim.column).is_in(deep))
            .with_columns(pl.col(dim.column).replace_strict(up, default=None))
            .group_by(place)
            .agg(pl.col(column).sum() for column in table.counting)
            .join(frame, on=place, how="anti")
        )
        frame = pl.concat([frame, sums], how="diagonal")
    return frame
