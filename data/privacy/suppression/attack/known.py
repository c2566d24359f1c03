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


def known(tables: Sequence[Tabulation], earlier: Sequence[Tabulation] = ()) -> Known:
    """What the tables tell together: a cell that one of them tells is told.

    Args:
        tables: released tables, nulls for what they hold back.
        earlier: tables released before, oldest first; what they tell of cells that aren't in
            ``tables`` is known as well.
    """
    ladders = tuple(_ladders([*tables, *earlier]))
    now, then = _told(tables, ladders), _told(earlier[::-1], ladders)
    place = [WHO, *(ladder.column for ladder in ladders)]
    past = then.filter(pl.col(VALUE).is_not_null()).join(now, on=place, how="anti")
    cells = pl.concat([now, past.with_columns(pl.lit(False).alias(HELD))])
    return _with_sums(Known(cells.sort(place), ladders))


def told_twice(
    tables: Sequence[Tabulation], earlier: Sequence[Tabulation]
) -> tuple[list[str], pl.DataFrame]:
    """Cells that earlier releases told and that are in this one: the count of then and of now.

    Returns:
        The columns that say where a cell lies, and a row for each cell and earlier table with
        these and the counts ``then`` and ``now`` (null where it is held back now).
    """
    ladders = tuple(_ladders([*tables, *earlier]))
    place = [WHO, *(ladder.column for ladder in ladders)]
    now = _told(tables, ladders).select(*place, now=VALUE)
    then = [
        _told([table], ladders).drop_nulls(VALUE).select(*place, then=VALUE) for table in earlier
    ]
    return place, pl.concat([each.join(now, on=place) for each in then]).unique().sort(place)


def _told(tables: Sequence[Tabulation], ladders: Sequence[Ladder]) -> pl.DataFrame:
    """A row for each cell of the tables: where it lies, its count, whether some hold it back."""
    place = [WHO, *(ladder.column for ladder in ladders)]
    schema = {**dict.fromkeys(place, pl.String), VALUE: pl.Float64, HELD: pl.Boolean}
    long = pl.concat([pl.DataFrame(schema=schema), *map(_long, tables)], how="diagonal")
    filled = long.with_columns(pl.col(column).fill_null(EVERYBODY) for column in place)
    told = pl.col(VALUE).drop_nulls().first()
    return filled.group_by(place, maintain_order=True).agg(told, pl.col(HELD).any())


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
