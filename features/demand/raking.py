"""Raking: weights of cells moved as little as possible until their sums meet known totals.

Iterative proportional fitting (Deming and Stephan 1940): each margin in turn multiplies the
weights of each of its classes by target / sum, until no class of any margin is off. Where that is
slow, Newton's steps on the same convex dual, sum held - sum target * log factor, finish it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from features.errors import RakingError

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

EXACT: Final = 1e-11
"""Largest relative error left in a margin."""

ROUNDS: Final = 200
"""Turns of all margins. They come closer by a factor, which nears 1 where cells of one class
differ by many powers of ten; Newton's steps, which don't mind, take over from there."""

STEPS: Final = 200
"""Newton's steps at most."""

LONGEST: Final = 3.0
"""Largest change of a logarithm in one step."""


@dataclass(frozen=True, slots=True)
class Margin:
    """Known totals by one way of classing the cells.

    Attributes:
        label: class of each cell, -1 where the cell belongs to none of the classes.
        target: total of each class, not negative.
    """

    label: Ints
    target: Floats


@dataclass(frozen=True, slots=True)
class Raked:
    """Weights that meet the margins.

    Attributes:
        factor: what each cell's start is multiplied by; 1 where no margin speaks of it or
            nothing is there to multiply.
        unmet: of each margin, the classes with a target but nothing to carry it.
        agreed: total of each margin after all were brought to that of the first.
    """

    factor: Floats
    unmet: tuple[Bools, ...]
    agreed: tuple[float, ...]


def rake(start: Floats, margins: Sequence[Margin]) -> Raked:
    """Multiply cells until their sums meet every margin to 1e-9.

    Margins over the same cells must share a total. Official tables seldom do to the last
    person, so later margins are scaled to the first one's total over the cells they share;
    ``agreed`` tells what each was scaled to. A class with a target and no cells can't be met.

    Args:
        start: what the cells hold before, not negative, shape (n,).
        margins: known totals, the most trusted first.

    Raises:
        RakingError: a number is negative or not finite, or margins contradict each other.

    Two districts by two industries, from even cells:

    >>> rows, columns = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    >>> even = np.ones(4)
    >>> margins = [Margin(rows, np.array([30.0, 10.0])), Margin(columns, np.array([20.0, 20.0]))]
    >>> rake(even, margins).factor.round(6).tolist()
    [15.0, 15.0, 5.0, 5.0]
    """
    _check(start, margins)
    unmet = tuple(_empty(start, margin) & (margin.target > 0) for margin in margins)
    targets = _agreed(start, margins)
    held = start.copy()
    worst = 0.0
    for _ in range(ROUNDS):
        worst = max((_turn(held, m, t) for m, t in zip(margins, targets, strict=True)), default=0.0)
        if worst < EXACT:
            break
    else:
        worst = _newton(held, margins, targets)
    if not worst < EXACT:
        message = f"the margins contradict each other: still off by {worst:.2%} at the closest"
        raise RakingError(message)
    factor = np.divide(held, start, out=np.ones_like(start), where=start > 0)
    return Raked(factor, unmet, tuple(float(target.sum()) for target in targets))


def _newton(held: Floats, margins: Sequence[Margin], targets: Sequence[Floats]) -> float:
    """Meet all margins at once, in place; returns how far off the worst is, relative.

    A turn of the margins follows each step, so that no class is left at zero.
    """
    classes, target = _classes(margins), np.concatenate(targets)
    worst = np.inf
    for _ in range(STEPS):
        sums = classes @ held
        slope = (classes.multiply(held) @ classes.T).toarray()
        # Margins share their total, so the slope is singular; the shortest step is taken.
        step = np.linalg.lstsq(slope, target - sums, rcond=1e-13)[0]
        held *= np.exp(classes.T @ (step * min(1.0, LONGEST / max(np.abs(step).max(), 1e-300))))
        worst = max(_turn(held, m, t) for m, t in zip(margins, targets, strict=True))
        if worst < EXACT:
            break
    return float(worst)


def _classes(margins: Sequence[Margin]) -> csr_array:
    """(classes of all margins, cells) 1 where the cell belongs to the class."""
    rows: list[Ints] = []
    cells: list[Ints] = []
    before = 0
    for margin in margins:
        within = np.flatnonzero(margin.label >= 0)
        rows.append(margin.label[within] + before)
        cells.append(within)
        before += len(margin.target)
    row, cell = np.concatenate(rows), np.concatenate(cells)
    return csr_array((np.ones(len(row)), (row, cell)), shape=(before, len(margins[0].label)))


def _turn(held: Floats, margin: Margin, target: Floats) -> float:
    """Meet one margin in place; returns how far off it was, relative."""
    within = margin.label >= 0
    label = margin.label[within]
    total = np.bincount(label, held[within], len(target))
    ratio = np.divide(target, total, out=np.ones_like(target), where=total > 0)
    held[within] *= ratio[label]
    off = np.abs(ratio - 1)[total > 0]
    return float(off.max(initial=0.0))


def _agreed(start: Floats, margins: Sequence[Margin]) -> list[Floats]:
    """Targets that can be met, brought to the first margin's total."""
    targets = [np.where(_empty(start, margin), 0.0, margin.target) for margin in margins]
    whole = [(margin.label >= 0).all() for margin in margins]
    if not targets or not whole[0] or targets[0].sum() == 0:
        return targets
    total = targets[0].sum()
    return [
        target * (total / target.sum()) if complete and target.sum() > 0 else target
        for target, complete in zip(targets, whole, strict=True)
    ]


def _empty(start: Floats, margin: Margin) -> Bools:
    """Classes that hold nothing to begin with."""
    within = margin.label >= 0
    return np.bincount(margin.label[within], start[within], len(margin.target)) <= 0


def _check(start: Floats, margins: Sequence[Margin]) -> None:
    for values, what in ((start, "cell"), *((margin.target, "target") for margin in margins)):
        if not (np.isfinite(values).all() and (values >= 0).all()):
            message = f"a {what} of raking is negative or not finite; expected numbers from 0"
            raise RakingError(message)
