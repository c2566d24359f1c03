"""Problems small enough to try every plan, and others drawn at random."""

from collections.abc import Iterator
from itertools import product

import numpy as np
from scipy.sparse import csr_array

from recsys.planning.opening.problem import (
    HIRE,
    SLOTS,
    Cells,
    Limits,
    Offers,
    Problem,
    Sites,
    Staff,
    Templates,
    cut_to_need,
)
from recsys.planning.opening.verify import Section, covered_worth, violations


def small(
    seed: int, *, budget: float = 4.0, rural: float = 0.0, floor: int = 0, steps: int = 1
) -> Problem:
    """Two sites of two districts, three courses, four cells; everything in small numbers."""
    rng = np.random.default_rng(seed)
    site, course, window = (axis.ravel() for axis in np.indices((2, 3, 1)))
    window = window + 1
    seats = rng.integers(4, 9, len(site)).astype(float)
    cover = seats[:, None] * rng.random((len(site), 4)) * (rng.random((len(site), 4)) < 0.6)
    width = rng.integers(2, 9, (4, steps)).astype(float)
    cells = Cells(
        ("a", "a", "b", "b"),
        ("weld", "code", "weld", "code"),
        width,
        -np.sort(-rng.uniform(0.5, 1.5, (4, steps)), axis=1),
    )
    free = np.zeros((2, SLOTS), dtype=np.int64)
    free[:, [2, 5]] = rng.integers(0, 2, (2, 2)) + np.array([[1, 0], [1, 0]])
    return Problem(
        cells,
        Sites(("s0", "s1"), np.array([0, 1]), np.array([False, True]), np.array([9, 9]), free),
        Templates(
            ("c0", "c1", "c2"),
            np.array([1.0, 1.0, 2.0]),
            np.array([1, 1, 2]),
            np.array([2.0, 2.0, 4.0]),
            np.array([0, 1, 1]),
        ),
        Staff(
            ("t0", "t1"),
            np.array([0, 1]),
            np.array([0, 0]),
            np.array([4.0, 2.0]),
            np.array([1, 1]),
            csr_array(np.array([[1.0, 0.0], [1.0, 1.0]])),
            ("own", HIRE),
            np.array([0.2, 0.5]),
            np.array([1, 1]),
            4.0,
        ),
        Offers(
            course, site, window, seats, seats * 0.5, seats * 1.5, seats,
            np.full(len(site), 2), rng.uniform(0.5, 1.0, len(site)), seats * 0.8,
            cut_to_need(csr_array(cover), cells.total),
        ),
        Limits(
            budget, rural, np.full(2, floor), ("north", "south"), csr_array(np.eye(2))
        ),
    )  # fmt: skip


def every_plan(problem: Problem) -> Iterator[tuple[Section, ...]]:
    """Every plan that breaks no limit, a section at a time (floors aside)."""
    single = list(_sections(problem))
    waiting: list[tuple[int, tuple[Section, ...]]] = [(0, ())]
    while waiting:
        first, plan = waiting.pop()
        yield plan
        for number in range(first, len(single)):
            longer = (*plan, single[number])
            found = violations(problem, longer)
            if not any(n for name, n in found.items() if name not in {"rural", "town"}):
                waiting.append((number, longer))


def _sections(problem: Problem) -> Iterator[Section]:
    """Every single section there could be."""
    staff, hire = problem.staff, len(problem.staff.sources) - 1
    for offer in range(len(problem.offers.course)):
        meetings = problem.templates.meetings[problem.offers.course[offer]]
        pairs = [(2,), (5,)] if meetings == 1 else [(2, 5)]
        district = int(problem.sites.district[problem.offers.site[offer]])
        kind = int(problem.templates.qualification[problem.offers.course[offer]])
        hired = len(staff.pool_id) + district * staff.teaches.shape[1] + kind
        pools = [(int(staff.source[pool]), pool) for pool in range(len(staff.pool_id))]
        for slots, (source, pool) in product(pairs, [*pools, (hire, hired)]):
            section = (offer, source, pool, slots)
            if not any(
                n for k, n in violations(problem, [section]).items() if k not in {"rural", "town"}
            ):
                yield section


def best_of_all(problem: Problem) -> float | None:
    """The worth of the best plan by trying every one; None where none meets the floors."""
    worths = [
        covered_worth(problem, plan)
        for plan in every_plan(problem)
        if not any(violations(problem, plan).values())
    ]
    return max(worths, default=None)
