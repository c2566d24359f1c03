"""Plans of a made city: the product's beside greedy alone and HiGHS begun from nothing.

All run on one instance, one after the other, in one process; each is held against the bound that
the product proved, and checked by the verifier.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from recsys.planning.opening.draft import Draft
from recsys.planning.opening.greedy import greedy
from recsys.planning.opening.problem import Problem
from recsys.planning.opening.program import solve_rest
from recsys.planning.opening.rest import rest_of
from recsys.planning.opening.rows import Rows
from recsys.planning.opening.solve import floors_met, solve
from recsys.planning.opening.tables import tables_of
from recsys.planning.opening.verify import covered_worth, violations
from training.bench.planning.instance import Size, made

Row = dict[str, Any]

METHODS: Final = ("xuepei", "greedy", "highs cold")
"""What is compared; the product comes first, as its bound is the common measure."""


def bench_plans(
    size: Size,
    seed: int,
    seconds: float,
    methods: Sequence[str] = METHODS,
    step: Callable[[str], None] = lambda text: None,
) -> list[Row]:
    """Plan one made city by each method.

    Args:
        size: of the city.
        seed: of the city.
        seconds: for each method.
        methods: names out of ``METHODS``; the product always runs, for the bound.
        step: is told what begins.
    """
    problem = made(size, seed)
    step("xuepei")
    begun, busy = time.monotonic(), time.process_time()
    found = solve(
        problem,
        clock=time.monotonic,
        seconds=seconds,
        rng=np.random.default_rng(seed),
        tell=lambda name, value, bound: step(f"xuepei, {name}: {value:,.0f} of {bound:,.0f}"),
    )
    rows = [_row("xuepei", problem, found.draft, found.bound, begun, busy, size)]
    first = next(row for row in found.history if row[2] >= 0.97 * found.bound) if (
        found.value >= 0.97 * found.bound) else None  # fmt: skip
    rows[0]["seconds_to_97"] = None if first is None else round(first[1], 1)
    makers: dict[str, Callable[[], Draft]] = {
        "greedy": lambda: greedy(problem),
        "highs cold": lambda: cold(problem, seconds),
    }
    for name, make in makers.items():
        if name in methods:
            step(name)
            begun, busy = time.monotonic(), time.process_time()
            rows.append(_row(name, problem, make(), found.bound, begun, busy, size))
    return rows


def cold(problem: Problem, seconds: float) -> Draft:
    """HiGHS on the whole integer program, begun from nothing."""
    tables = tables_of(problem)
    draft = Draft(problem, tables)
    able = Rows(problem, tables).teachable()
    offers = np.flatnonzero(able.any(axis=1))
    offer, source = np.nonzero(able[offers])
    solved = solve_rest(rest_of(draft, offers), offer, source, seconds=seconds, stop=lambda: False)
    for one, by in solved.chosen or ():
        draft.add(one, by)
    return draft


def _row(
    name: str, problem: Problem, draft: Draft, bound: float, begun: float, busy: float, size: Size
) -> Row:
    seconds, cpu = time.monotonic() - begun, time.process_time() - busy
    plan = [(it.offer, it.source, it.pool, it.slots) for it in draft.lines.values()]
    worth = covered_worth(problem, plan)
    return {
        "method": name,
        "cells": len(problem.cells.division),
        "sites": size.sites,
        "skills": size.skills,
        "sections": len(plan),
        "worth_over_need": round(worth / problem.cells.worth, 4),
        "bound_over_need": round(bound / problem.cells.worth, 4),
        "worth_over_bound": round(worth / bound, 4),
        "violations": int(sum(violations(problem, plan).values())),
        "floors_met": floors_met(draft),
        "seconds": round(seconds, 1),
        "cpu_s": round(cpu, 1),
    }
