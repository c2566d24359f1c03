"""Cuts: what whole sections can't do, so that the bound comes down.

A cell of g persons is left s >= 0 persons short, and sum b_i x_i + s >= g. Sections come whole, so
for any beta, with f0 the fraction of g / beta and f_i that of b_i / beta (mixed-integer rounding
[nemhauser1990]),

    sum (floor(b_i / beta) + min(1, f_i / f0)) x_i + s / (beta f0)  >=  ceil(g / beta)

which says of y = g - s, the persons covered,

    y - beta f0 sum (...) x_i  <=  g - beta f0 ceil(g / beta)

With g = 10 and sections that reach 7, the relaxation covers all ten with 1.43 of them; the cut of
beta = 7 says y <= 4 + 3 x: 8.3 persons.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import csr_array

from recsys.planning.opening.problem import Ints, Problem, Reals

LEAST_FRACTION: Final = 0.02
"""Of g / beta: below, a cut is numerically poor."""

PER_ROUND: Final = 400
"""Cuts of a round, those that take most away."""

LEAST_CUT: Final = 1e-3
"""Persons that a cut must take away, at least."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """Rows ``y of the cell - sum of coefficients of sections <= rhs``.

    Attributes:
        cell: index of each cut's cell.
        rhs: shape (cuts,).
        coefficient: of a section of each offer, shape (offers, cuts).
    """

    cell: Ints
    rhs: Reals
    coefficient: csr_array

    def joined(self, more: "Cuts") -> "Cuts":
        """These cuts, then more."""
        n = len(self.cell)
        both = _stacked(self.coefficient, more.coefficient, n)
        return Cuts(
            np.concatenate([self.cell, more.cell]), np.concatenate([self.rhs, more.rhs]), both
        )


def no_cuts(problem: Problem) -> Cuts:
    """No cut at all."""
    shape = len(problem.offers.course), 0
    return Cuts(np.zeros(0, dtype=np.int64), np.zeros(0), csr_array(shape))


def violated(problem: Problem, by_cell: csr_array, amount: Reals, covered: Reals) -> Cuts:
    """The cut of each cell that takes most away from a solution of the relaxation.

    Args:
        problem: what is planned.
        by_cell: ``cover`` turned, shape (cells, offers).
        amount: sections opened of each offer, parts of them too.
        covered: persons of each cell, by the relaxation.
    """
    total = problem.cells.total
    found: list[tuple[float, int, float]] = []
    for cell in np.flatnonzero(covered > LEAST_CUT).tolist():
        begin, end = by_cell.indptr[cell], by_cell.indptr[cell + 1]
        used = amount[by_cell.indices[begin:end]]
        here = np.flatnonzero(used > 1e-6)
        part, whole = by_cell.data[begin:end][here], used[here]
        if not len(here) or np.all(np.abs(whole - np.rint(whole)) < 1e-6):
            continue
        best = _best(float(total[cell]), part, whole, float(covered[cell]))
        if best is not None:
            found.append((-best[0] * float(problem.cells.value[cell, 0]), cell, best[1]))
    chosen = sorted(found)[:PER_ROUND]
    return _cuts(problem, by_cell, [(cell, beta, float(total[cell])) for _, cell, beta in chosen])


def _best(total: float, part: Reals, amount: Reals, covered: float) -> tuple[float, float] | None:
    """What the best cut takes away, and its beta; None where none takes enough."""
    tried = [
        float(beta) for beta in np.unique(part)[-6:] if _fraction(total, beta) > LEAST_FRACTION
    ]
    scores = [
        covered - _rhs(total, beta) - float(_coefficients(total, beta, part) @ amount)
        for beta in tried
    ]
    if not scores or max(scores) < LEAST_CUT:
        return None
    return max(scores), tried[int(np.argmax(scores))]


def _fraction(total: float, beta: float) -> float:
    return float(total / beta - np.floor(total / beta))


def _rhs(total: float, beta: float) -> float:
    return total - beta * _fraction(total, beta) * float(np.ceil(total / beta))


def _coefficients(total: float, beta: float, part: Reals) -> Reals:
    """Of sections that reach so many persons; raised by a hair, so that rounding can't cut off."""
    f0 = _fraction(total, beta)
    whole = np.floor(part / beta + 1e-9)
    rest = np.maximum(part / beta - whole, 0.0)
    return np.asarray(beta * f0 * (whole + np.minimum(1.0, rest / f0)) * (1 + 1e-9))


def _cuts(problem: Problem, by_cell: csr_array, found: list[tuple[int, float, float]]) -> Cuts:
    rows: list[Ints] = []
    values: list[Reals] = []
    for cell, beta, total in found:
        begin, end = by_cell.indptr[cell], by_cell.indptr[cell + 1]
        rows.append(by_cell.indices[begin:end].astype(np.int64))
        values.append(_coefficients(total, beta, by_cell.data[begin:end]))
    sizes = [len(row) for row in rows]
    column = np.repeat(np.arange(len(found)), sizes)
    shape = len(problem.offers.course), len(found)
    if not found:
        return no_cuts(problem)
    entries = (np.concatenate(values), (np.concatenate(rows), column))
    return Cuts(
        np.array([cell for cell, _, _ in found], dtype=np.int64),
        np.array([_rhs(total, beta) for _, beta, total in found]),
        csr_array(entries, shape=shape),
    )


def _stacked(left: csr_array, right: csr_array, offset: int) -> csr_array:
    one, other = left.tocoo(), right.tocoo()
    entries = (
        np.concatenate([one.data, other.data]),
        (np.concatenate([one.row, other.row]), np.concatenate([one.col, other.col + offset])),
    )
    return csr_array(entries, shape=(left.shape[0], offset + right.shape[1]))
