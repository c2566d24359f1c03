"""The best path by an integer program, with a bound proven where time runs out.

First the largest weighted gap closed, then as few courses as can be that aren't on offer, then
the fewest hours, then the least fees, then the first ids: each is a program of its own that
holds what the earlier ones found. Solved by HiGHS [huangfu2018].
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from recsys.paths.levels import Wanted
from recsys.paths.options import Budget, Option, climbed
from recsys.paths.program import HOUR_STEPS, Program, gained, program

Reals = NDArray[np.float64]

Seconds = Callable[[], float]
"""Seconds since some moment; passed in, as every clock is."""

HALF: Final = 0.5
"""What is whole is held to its value by less than one unit."""

LEAST_SECONDS: Final = 0.05
"""A program that is begun at all gets this much time."""


@dataclass(frozen=True, slots=True)
class Found:
    """The best options found.

    Attributes:
        chosen: what to take, by id.
        gain: whole units of gap closed.
        bound: no path closes more, in whole units.
        proven: whether no path is better in any of the objectives.
    """

    chosen: tuple[Option, ...]
    gain: int
    bound: int
    proven: bool


def best_path(
    options: Sequence[Option],
    held: Mapping[str, int],
    wanted: Sequence[Wanted],
    budget: Budget,
    *,
    clock: Seconds,
    time_limit_s: float,
) -> Found:
    """The best path that options allow.

    Args:
        options: what may be taken, each course at most once.
        held: levels at the outset, by skill.
        wanted: what is asked for.
        budget: what a path may take.
        clock: how time passes.
        time_limit_s: after this many seconds the best found so far is the answer.
    """
    ordered = sorted(options, key=lambda option: option.key)
    if not ordered:
        return Found((), 0, 0, proven=True)
    whole = program(ordered, held, wanted, budget)
    if not whole.gain.any():
        return Found((), 0, 0, proven=True)
    search = _Search(whole, clock, clock() + time_limit_s)
    bound = search.largest(whole.gain)
    for costs in _costs(ordered):
        search.least(whole.per_option(costs))
    chosen = search.chosen()
    gain = _gain_of(chosen, held, wanted)
    kept = chosen if search.proven else _needed(chosen, held, wanted, gain)
    return Found(kept, gain, max(gain, bound), search.proven and gain >= bound)


class _Search:
    """One program solved for one objective after the other."""

    def __init__(self, whole: Program, clock: Seconds, until: float) -> None:
        self._program, self._clock, self._until = whole, clock, until
        self._limits: list[LinearConstraint] = [LinearConstraint(whole.matrix, -np.inf, whole.most)]
        self._best: Reals = np.zeros(len(whole.gain))
        self.proven = True

    def largest(self, values: Reals) -> int:
        """Find the largest sum of values; returns the proven bound."""
        solved = self._solve(-values)
        most = int(values.sum())
        if solved is None:
            return most
        bound = (
            most if solved.mip_dual_bound is None else int(np.floor(HALF - solved.mip_dual_bound))
        )
        reached = float(np.round(values @ self._best))
        self._limits.append(LinearConstraint(values[None, :], reached - HALF, np.inf))
        return min(bound, most)

    def least(self, costs: Reals) -> None:
        """Find the least sum of costs among what is best so far."""
        if not costs.any() or not self.proven:
            return
        self._solve(costs)
        reached = float(np.round(costs @ self._best))
        self._limits.append(LinearConstraint(costs[None, :], -np.inf, reached + HALF))

    def chosen(self) -> tuple[Option, ...]:
        """The options of the best solution."""
        return tuple(
            option
            for option, taken in zip(self._program.options, self._best, strict=False)
            if taken > HALF
        )

    def _solve(self, costs: Reals) -> OptimizeResult | None:
        left = max(LEAST_SECONDS, self._until - self._clock())
        found = milp(
            costs,
            integrality=self._program.whole,
            bounds=Bounds(0, 1),
            constraints=self._limits,
            options={"time_limit": left, "mip_rel_gap": 0.0},
        )
        self.proven &= found.status == 0
        if found.x is None:
            return None if found.mip_dual_bound is None else found
        self._best = found.x
        return found


def _costs(options: Sequence[Option]) -> list[list[float]]:
    """What is kept small, first things first, in whole units."""
    dearest = max((option.price_fen or 0 for option in options), default=0)
    return [
        [float(option.later > 0) for option in options],
        [float(round(option.step.hours * HOUR_STEPS)) for option in options],
        # a price that isn't known yet is taken for the dearest, not for nothing
        [float(dearest if o.price_fen is None else o.price_fen) for o in options],
        [float(place) for place in range(1, len(options) + 1)],
    ]


def _gain_of(chosen: Sequence[Option], held: Mapping[str, int], wanted: Sequence[Wanted]) -> int:
    levels = dict(held)
    for _, rises in climbed(chosen, held):
        levels |= {skill: after for skill, (_, after) in rises.items()}
    return gained(levels, held, wanted)


def _needed(
    chosen: Sequence[Option], held: Mapping[str, int], wanted: Sequence[Wanted], gain: int
) -> tuple[Option, ...]:
    """A path cut short before it was polished, without what closes nothing of its own."""
    kept = list(chosen)
    for option in reversed(chosen):
        without = [each for each in kept if each is not option]
        asked = {course for each in without for course in each.step.prerequisites}
        if option.step.course_id not in asked and _gain_of(without, held, wanted) == gain:
            kept = without
    return tuple(kept)
