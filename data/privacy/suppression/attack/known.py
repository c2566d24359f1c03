"""What released tables say, put together as an attacker would: every cell and every sum."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import polars as pl

from data.privacy.suppression.dimensions import Dimension
from data.privacy.suppression.tabulation import SUPPRESSED, Tabulation

WHO: Final = "\u2063who"
"""The column of the population; no table's column is called so."""
FIGURE: Final = "\u2063figure"
"""The column of the part of the population that is counted."""
EVERYBODY: Final = ""

VALUE: Final = "\u2063value"
HELD: Final = "\u2063held"
CELL: Final = "\u2063cell"


@dataclass(frozen=True, slots=True)
class Ladder:
    """One dimension as steps: ``at`` each value, ``up`` to the value around it."""

    column: str
    kind: str
    steps: pl.DataFrame
    height: int
    """The most steps from a value to everybody."""


@dataclass(frozen=True, slots=True)
class Known:
    """All cells of a release as its readers see them."""

    cells: pl.DataFrame
    """A row each: a column for every dimension, the count (null where it isn't told), whether
    some table holds it back, and a number."""
    ladders: tuple[Ladder, ...]

    @property
    def place(self) -> list[str]:
        """The columns that say where a cell lies."""
        return [WHO, *(ladder.column for ladder in self.ladders)]

    def around(self, cells: pl.DataFrame, ladder: Ladder) -> pl.DataFrame:
        """Cells moved one step nearer to everybody; those already there are left out."""
        moved = cells.join(ladder.steps, left_on=ladder.column, right_on="at", how="inner")
        return moved.with_columns(pl.col("up").alias(ladder.column)).drop("up")


def known(tables: Sequence[Tabulation]) -> Known:
    """What the tables tell together: a cell that one of them tells is told.

    Args:
        tables: released tables, nulls for what they hold back.
    """
    ladders = tuple(_ladders(tables))
    columns = [WHO, *(ladder.column for ladder in ladders)]
    long = pl.concat([_long(table) for table in tables], how="diagonal")
    cells = (
        long.with_columns(pl.col(column).fill_null(EVERYBODY) for column in columns)
        .group_by(columns)
        .agg(pl.col(VALUE).drop_nulls().first(), pl.col(HELD).any())
        .sort(columns)
    )
    return _with_sums(Known(cells, ladders))


def _long(table: Tabulation) -> pl.DataFrame:
    """A row for each counting column of each row."""
    places = table.coordinates().with_columns(
        pl.col(dim.name).replace(dim.total, EVERYBODY) for dim in table.dimensions
    )
    held = table.frame[SUPPRESSED] if SUPPRESSED in table.frame.columns else pl.Series([True])
    return pl.concat(
        places.with_columns(
            pl.lit(table.population).alias(WHO),
            pl.lit(figure.name if figure.within else EVERYBODY).alias(FIGURE),
            table.frame[figure.column].cast(pl.Float64).alias(VALUE),
            (table.frame[figure.column].is_null() & held).alias(HELD),
        )
        for figure in table.figures
    )


def _ladders(tables: Sequence[Tabulation]) -> Iterator[Ladder]:
    dims: dict[str, Dimension] = {}
    values: dict[str, set[str]] = {}
    for table in tables:
        places = table.coordinates()
        for dim in table.dimensions:
            dims[dim.name] = dim
        for name in places.columns:
            values.setdefault(name, set()).update(places[name].unique().to_list())
    for name, dim in sorted(dims.items()):
        chains = [dim.chain(value) for value in sorted(values[name])]
        pairs = {at: up for chain in chains for at, up in pairwise([*chain, EVERYBODY])}
        yield Ladder(name, dim.kind, _steps(pairs), max(map(len, chains), default=0))
    parts = {
        figure.name: figure.within if figure.within != table.population else EVERYBODY
        for table in tables
        for figure in table.figures
        if figure.within
    }
    yield Ladder(FIGURE, "overlaps", _steps(parts), len(parts))


def _steps(pairs: dict[str, str]) -> pl.DataFrame:
    names = {"at": list(pairs), "up": list(pairs.values())}
    return pl.DataFrame(names, schema={"at": pl.String, "up": pl.String})


def _with_sums(told: Known) -> Known:
    """With the sums that no table shows, where a published cell lies above them."""
    cells = told.cells
    adding = [ladder for ladder in told.ladders if ladder.kind == "adds"]
    for ladder in adding:
        for _ in range(ladder.height):
            above = told.around(cells, ladder).select(told.place).unique()
            new = above.join(cells, on=told.place, how="anti", nulls_equal=True)
            cells = pl.concat(
                [
                    cells,
                    new.with_columns(
                        pl.lit(None, pl.Float64).alias(VALUE), pl.lit(False).alias(HELD)
                    ),
                ]
            )
    shown = told.cells.select(*told.place, pl.lit(True).alias("shown"))
    cells = cells.join(shown, on=told.place, how="left").with_columns(
        pl.col("shown").fill_null(False)
    )
    cells = cells.with_columns(under=pl.lit(False))
    for _ in range(sum(ladder.height for ladder in adding)):
        for ladder in adding:
            above = cells.select(*told.place, over=pl.col("shown") | pl.col("under"))
            below = told.around(cells.select(told.place).with_row_index(CELL), ladder)
            under = below.join(above, on=told.place).filter("over").select(CELL)
            marks = pl.Series(range(cells.height), dtype=pl.UInt32).is_in(under[CELL].implode())
            cells = cells.with_columns(under=pl.col("under") | marks)
    kept = cells.filter(pl.col("shown") | pl.col("under")).drop("shown", "under")
    return Known(kept.sort(told.place).with_row_index(CELL), told.ladders)
