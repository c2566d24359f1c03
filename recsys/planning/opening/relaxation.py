"""The relaxation: sections may be opened in part, which gives prices and a proven bound.

There are far more sections that could be opened than any plan opens. So the linear program
begins with those of a plan, and takes in whatever its own prices say would pay, round by round
(column generation [desaulniers2005]). Every round's prices give a bound that needs no trust in the
solver: it is summed up over all sections from the prices alone (``Rows.bound``). What whole
sections can't do is then cut away (``cuts``).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import highspy
import numpy as np

from recsys.planning.opening.cuts import violated
from recsys.planning.opening.problem import Ints, Problem, Reals
from recsys.planning.opening.rows import Prices, Rows
from recsys.planning.opening.tables import Tables

PER_ROUND: Final = 4_000
"""Sections taken in by a round, at most."""

CLOSE: Final = 1e-4
"""Nothing more is taken in when the bound is this near to the program's own value."""

WORTH_CUTTING: Final = 1e-4
"""Cuts end when a round of them brings the bound down by less than this share."""


@dataclass(frozen=True, slots=True)
class Relaxed:
    """A relaxation solved, as far as time allowed.

    Attributes:
        value: of the program over the sections taken in.
        bound: no plan is worth more.
        prices: under which the bound was found.
        reduced: worth of a section beyond them, shape (offers, sources).
        offer: index of the offer of each section that is opened in part or whole.
        source: index of its source.
        amount: how many are opened.
    """

    value: float
    bound: float
    prices: Prices
    reduced: Reals
    offer: Ints
    source: Ints
    amount: Reals


class Relaxation:
    """The linear program of a problem, growing by columns."""

    def __init__(self, problem: Problem, tables: Tables, rows: Rows) -> None:
        """The program without any section."""
        self.problem, self.rows = problem, rows
        self._offer: list[int] = []
        self._source: list[int] = []
        self._held: set[tuple[int, int]] = set()
        self._last = np.inf
        self._highs = quiet()
        base = base_columns(problem, rows)
        pass_program(self._highs, base, rows.most)
        self._first = len(base.cost)
        self._by_cell = problem.offers.cover.T.tocsr()

    def take_in(self, columns: Iterable[tuple[int, int]]) -> int:
        """Add sections by offer and source; returns how many are new."""
        new = [pair for pair in dict.fromkeys(columns) if pair not in self._held]
        if not new:
            return 0
        self._held.update(new)
        offer, source = (np.array(axis) for axis in zip(*new, strict=True))
        self._offer += offer.tolist()
        self._source += source.tolist()
        takes = self.rows.takes(offer, source)
        self._highs.addCols(
            len(new),
            np.zeros(len(new)),
            np.zeros(len(new)),
            self.problem.offers.most[offer].astype(np.float64),
            takes.nnz,
            takes.indptr[:-1].astype(np.int32),
            takes.indices.astype(np.int32),
            takes.data,
        )
        return len(new)

    def solve(
        self,
        until: Callable[[], bool],
        tell: Callable[[float, float], None],
        seconds: Callable[[], float],
    ) -> Relaxed | None:
        """Solve, take in what pays, and again, until nothing does or time is over.

        Args:
            until: whether to stop.
            tell: is told the program's value and the bound after each round.
            seconds: left for one solution of the program.
        """
        best: Relaxed | None = None
        while not until():
            found = self._round(max(seconds(), 0.1))
            if found is None:
                break
            before = np.inf if best is None else best.bound
            if found.bound < before:
                best = found
            tell(found.value, min(before, found.bound))
            if found.bound - found.value > CLOSE * abs(found.bound):
                self.take_in(self._paying(found.reduced))
            elif not self._cut(found):
                break
        return best

    def _cut(self, found: Relaxed) -> bool:
        """Add the cuts that a solved program breaks, while they bring the bound down enough."""
        if self._last - found.bound < WORTH_CUTTING * abs(found.bound):
            return False
        self._last = found.bound
        offers = len(self.problem.offers.course)
        cells, steps = (int(n) for n in self.problem.cells.width.shape)
        amount = np.zeros(offers)
        np.add.at(amount, found.offer, found.amount)
        value = np.array(self._highs.getSolution().col_value)[: cells * steps]
        covered = value.reshape(cells, steps).sum(axis=1)
        cuts = violated(self.problem, self._by_cell, amount, covered)
        if not len(cuts.cell):
            return False
        self.rows.cuts = self.rows.cuts.joined(cuts)
        own = cuts.coefficient[np.array(self._offer, dtype=np.int64)].T.tocsr()
        y: Ints = cuts.cell[:, None] * steps + np.arange(steps)
        ends = own.indptr + steps * np.arange(len(own.indptr))
        index, entry = np.zeros(ends[-1], dtype=np.int64), np.zeros(ends[-1])
        for row in range(len(cuts.cell)):
            columns = slice(own.indptr[row], own.indptr[row + 1])
            index[ends[row] : ends[row + 1]] = [*y[row], *(self._first + own.indices[columns])]
            entry[ends[row] : ends[row + 1]] = [*np.ones(steps), *-own.data[columns]]
        self._highs.addRows(
            len(cuts.cell), np.full(len(cuts.cell), -np.inf), cuts.rhs, len(index),
            ends[:-1].astype(np.int32), index.astype(np.int32), entry,
        )  # fmt: skip
        return True

    def _round(self, seconds: float) -> Relaxed | None:
        self._highs.setOptionValue("time_limit", float(self._highs.getRunTime()) + seconds)
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = self._highs.getSolution()
        prices = self.rows.prices(np.array(solution.row_dual))
        reduced = self.rows.reduced(prices)
        amount = np.array(solution.col_value)[self._first :]
        used = np.flatnonzero(amount > 1e-9)
        return Relaxed(
            value=-self._highs.getInfo().objective_function_value,
            bound=self.rows.bound(prices, reduced),
            prices=prices,
            reduced=reduced,
            offer=np.array(self._offer, dtype=np.int64)[used],
            source=np.array(self._source, dtype=np.int64)[used],
            amount=amount[used],
        )

    def _paying(self, reduced: Reals) -> list[tuple[int, int]]:
        """The sections that would pay most, a few of each site and window."""
        best, source = reduced.max(axis=1), reduced.argmax(axis=1)
        paying = np.flatnonzero(best > 1e-7)
        ranked = paying[np.argsort(-best[paying], kind="stable")][:PER_ROUND]
        return list(zip(ranked.tolist(), source[ranked].tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of a program that is to be least.

    Attributes:
        cost: of each.
        most: each lies between 0 and this.
        starts: where each one's entries begin.
        index: row of each entry.
        entry: values.
    """

    cost: Reals
    most: Reals
    starts: Ints
    index: Ints
    entry: Reals


def base_columns(problem: Problem, rows: Rows) -> Columns:
    """Persons covered by cell and step, then hours that each pool gives to each kind of section."""
    cells, steps = (int(n) for n in problem.cells.width.shape)
    kind = np.array([kind for kind, _ in rows.given], dtype=np.int64)
    pool = np.array([pool for _, pool in rows.given], dtype=np.int64)
    n, m = cells * steps, len(kind)
    hours = np.stack([rows.staff + kind, rows.pool + pool], axis=1)
    return Columns(
        cost=np.concatenate([-problem.cells.value.ravel(), np.zeros(m)]),
        most=np.concatenate([problem.cells.width.ravel(), problem.staff.hours[pool]]),
        starts=np.concatenate([np.arange(n), n + 2 * np.arange(m)]),
        index=np.concatenate([rows.cell + np.repeat(np.arange(cells), steps), hours.ravel()]),
        entry=np.concatenate([np.ones(n), np.tile([-1.0, 1.0], m)]),
    )


def pass_program(highs: highspy.Highs, columns: Columns, most: Reals) -> None:
    """Hand columns and rows to the solver."""
    n, none = len(columns.cost), np.zeros(0)
    highs.addRows(
        len(most),
        np.full(len(most), -np.inf),
        most,
        0,
        np.zeros(len(most), np.int32),
        np.zeros(0, np.int32),
        none,
    )
    highs.addCols(
        n, columns.cost, np.zeros(n), columns.most, len(columns.index),
        columns.starts.astype(np.int32), columns.index.astype(np.int32), columns.entry,
    )  # fmt: skip


class _Quiet(highspy.Highs):
    """A solver that prints nothing, not even while it's being made."""

    def enableCallbacks(self) -> None:  # noqa: N802  # its name in highspy
        """Silence comes first: the constructor's callbacks print a banner."""
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def quiet() -> highspy.Highs:
    """A solver that prints nothing and keeps to one thread: the same run gives the same."""
    highs = _Quiet()  # type: ignore[no-untyped-call]
    highs.setOptionValue("threads", 1)
    return highs
