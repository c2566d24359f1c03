"""The audit of a release: hidden cells that can be worked out, and few people set apart."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import polars as pl

from data.privacy.suppression.attack.bounds import Ints, equations, groups
from data.privacy.suppression.attack.known import (
    CELL,
    FIGURE,
    HELD,
    VALUE,
    WHO,
    Known,
    known,
    told_twice,
)
from data.privacy.suppression.tabulation import Tabulation

DETERMINED: float = 1e-3
"""Width under which a cell is as good as told."""


@dataclass(frozen=True, slots=True)
class Narrow:
    """A hidden cell and the bounds that anybody can put on it."""

    cell: dict[str, str]
    low: float
    high: float

    @property
    def recovered(self) -> bool:
        """Whether it is known to the person."""
        return self.high - self.low < DETERMINED


@dataclass(frozen=True, slots=True)
class Pair:
    """Two told cells, one within the other, that differ by few people.

    Or one cell told at two times, between which few came or left.
    """

    outer: dict[str, str]
    inner: dict[str, str]
    people: float


@dataclass(frozen=True, slots=True)
class Findings:
    """What an attacker who reads every released table can find."""

    told: int
    hidden: int
    audited: int
    narrow: tuple[Narrow, ...]
    """Audited cells bounded more narrowly than the protection width."""
    pairs: tuple[Pair, ...]
    few: tuple[dict[str, str], ...]
    """Told cells of 1 to k - 1 people."""
    told_before: tuple[dict[str, str], ...] = ()
    """Cells held back that earlier releases told: revised since, or held back in vain. For
    whoever knows which; no fault by itself."""

    @property
    def recovered(self) -> tuple[Narrow, ...]:
        """Audited cells that are known to the person."""
        return tuple(each for each in self.narrow if each.recovered)

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not (self.narrow or self.pairs or self.few)


def audit(
    tables: Sequence[Tabulation],
    k: int = 10,
    *,
    width: float | None = None,
    cells: int | None = None,
    seed: int = 0,
    earlier: Sequence[Tabulation] = (),
) -> Findings:
    """Attack released tables with all that they tell: linear programs, and pairs of cells.

    Args:
        tables: everything that is released together, nulls for what is held back.
        k: the smallest number of people that may be told of.
        width: how wide open each hidden cell must be; ``k`` when None.
        cells: how many hidden cells to bound, drawn at random; all when None.
        seed: draws the cells.
        earlier: what was released before, oldest first.
    """
    told = known(tables, earlier)
    wide = float(k if width is None else width)
    hidden = np.flatnonzero(told.cells[HELD].to_numpy())
    drawn = np.random.default_rng(seed).permutation(hidden)[: cells if cells is not None else None]
    changed, before = _since(tables, earlier, k)
    return Findings(
        told=told.cells[VALUE].count(),
        hidden=len(hidden),
        audited=len(drawn),
        narrow=tuple(_narrow(told, drawn, wide)),
        pairs=(*_pairs(told, k), *changed),
        few=tuple(_in_words(row) for row in _few(told, k).iter_rows(named=True)),
        told_before=before,
    )


def _narrow(told: Known, drawn: Ints, width: float) -> Iterator[Narrow]:
    value = told.cells[VALUE].to_numpy().astype(float)
    places = told.cells.select(told.place)
    for at in drawn[~np.isnan(value[drawn])]:
        # Held back in one table, told in another.
        yield Narrow(_in_words(places.row(int(at), named=True)), float(value[at]), float(value[at]))
    system = equations(told)
    is_drawn = np.isin(system.cells, drawn)
    for group in groups(system, width):
        if is_drawn[group.columns].any():
            for cell, low, high in group.narrow(is_drawn[group.columns]):
                yield Narrow(_in_words(places.row(cell, named=True)), low, high)


def _since(
    tables: Sequence[Tabulation], earlier: Sequence[Tabulation], k: int
) -> tuple[tuple[Pair, ...], tuple[dict[str, str], ...]]:
    """Cells that changed by few since an earlier release, and those it told that are held now."""
    if not earlier:
        return (), ()
    place, twice = told_twice(tables, earlier)
    change = (pl.col("now") - pl.col("then")).abs()
    slack = 1e-6 * pl.max_horizontal(pl.lit(1.0), pl.col("then"))
    few = twice.with_columns(change=change).filter((change > slack) & (change < k - slack))
    held = twice.filter(pl.col("now").is_null()).select(place).unique(maintain_order=True)
    pairs = (
        Pair(_in_words(where), _in_words(where), people)
        for where, people in zip(
            few.select(place).iter_rows(named=True), few["change"], strict=True
        )
    )
    return tuple(pairs), tuple(_in_words(row) for row in held.iter_rows(named=True))


def _few(told: Known, k: int) -> pl.DataFrame:
    few = (pl.col(VALUE) > 1e-6) & (pl.col(VALUE) < k - 1e-6)
    return told.cells.filter(few).select(told.place)


def _pairs(told: Known, k: int) -> Iterator[Pair]:
    """Pairs of told cells whose difference is 1 to k - 1, by every way of lying within."""
    seen = told.cells.filter(pl.col(VALUE).is_not_null()).select(CELL, VALUE, *told.place)
    outer = seen.rename({CELL: "outer", VALUE: "whole"})
    steps = [ladder for ladder in told.ladders if ladder.kind != "apart"]
    for ups in product(*(range(ladder.height + 1) for ladder in steps)):
        moved = seen
        for ladder, up in zip(steps, ups, strict=True):
            for _ in range(up):
                moved = told.around(moved, ladder)
        more = pl.col("whole") - pl.col(VALUE)
        slack = 1e-6 * pl.max_horizontal(pl.lit(1.0), pl.col("whole"))
        close = moved.join(outer, on=told.place).filter((more > slack) & (more < k - slack))
        for row in close.select(CELL, "outer", people=more).iter_rows():
            yield Pair(_at(told, row[1]), _at(told, row[0]), row[2])


def _at(told: Known, cell: int) -> dict[str, str]:
    return _in_words(told.cells.select(told.place).row(cell, named=True))


def _in_words(place: dict[str, str]) -> dict[str, str]:
    words = {WHO: "population", FIGURE: "part"}
    return {words.get(name, name): value for name, value in place.items() if value}
