"""What each floor costs: the plan made again without it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from recsys.planning.opening.problem import Problem
from recsys.planning.opening.solve import Plan, Seconds, solve


@dataclass(frozen=True, slots=True)
class FloorPrice:
    """The price of a floor.

    Attributes:
        floor: rural or town.
        worth_without: of the plan made without it.
        lost: what the floor takes from the plan, at least 0: both plans are searched for, so a
            difference within ``of_bound`` of either says nothing.
        bound_lost: the same by the proven bounds.
    """

    floor: str
    worth_without: float
    lost: float
    bound_lost: float


def floor_prices(
    problem: Problem,
    plan: Plan,
    *,
    clock: Seconds,
    seconds: float,
    rng: np.random.Generator,
    stop: Callable[[], bool] = lambda: False,
) -> list[FloorPrice]:
    """Plan again without each floor that is asked for.

    Args:
        problem: with its floors.
        plan: made for it.
        clock: seconds since some moment.
        seconds: for each plan without a floor.
        rng: the random generator.
        stop: asked again and again whether to end.
    """
    limits = problem.limits
    without: dict[str, Problem] = {}
    if limits.rural_share > 0:
        without["rural"] = replace(problem, limits=replace(limits, rural_share=0.0))
    if limits.floor.any():
        free = replace(limits, floor=np.zeros_like(limits.floor))
        without["town"] = replace(problem, limits=free)
    found: list[FloorPrice] = []
    for name, other in without.items():
        if stop():
            break
        again = solve(other, clock=clock, seconds=seconds, rng=rng, stop=stop)
        value = max(again.value, plan.value)
        lost = value - plan.value
        found.append(FloorPrice(name, value, lost, max(again.bound - plan.bound, 0.0)))
    return found
