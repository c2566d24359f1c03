"""A problem's columns as lists: looked up one at a time, many times as quick as arrays."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from scipy.sparse import csr_array

from recsys.planning.opening.problem import (
    SLOT_WINDOW,
    WINDOWS,
    Ints,
    Problem,
    Reals,
)

SLOTS_OF: Final = tuple(
    tuple(int(slot) for slot in np.flatnonzero(window == SLOT_WINDOW))
    for window in range(len(WINDOWS))
)
"""The slots of each window."""

Key = tuple[int, int]
"""District and qualification."""


@dataclass(frozen=True, slots=True)
class Tables:
    """What a search looks up for every section, by offer unless said otherwise.

    Attributes:
        site: index into the sites.
        window: index into ``WINDOWS``.
        most: sections at most.
        meetings: a week.
        hours: class hours a week.
        key: district and qualification.
        cost: yuan by source.
        rural: seats added to the rural floor's balance.
        cover: cells and completers reaching them.
        steps: width and value of each step, by cell.
        total: persons, by cell.
        heads: teachers, by pool.
        pools: pools by district, qualification and source; who can teach the least comes first.
        serving: towns with a floor for which a section counts, by site.
        section_cost: ``cost`` as an array, shape (offers, sources).
    """

    site: list[int]
    window: list[int]
    most: list[int]
    meetings: list[int]
    hours: list[float]
    key: list[Key]
    cost: list[list[float]]
    rural: list[float]
    cover: list[list[tuple[int, float]]]
    steps: list[list[tuple[float, float]]]
    total: list[float]
    heads: list[int]
    pools: dict[tuple[int, int, int], tuple[int, ...]]
    serving: list[list[int]]
    section_cost: Reals


def tables_of(problem: Problem) -> Tables:
    """The columns of a problem; made once, for every draft of it."""
    offers, templates = problem.offers, problem.templates
    district = problem.sites.district[offers.site].tolist()
    qualification = templates.qualification[offers.course].tolist()
    meetings = templates.meetings[offers.course]
    cells = zip(problem.cells.width.tolist(), problem.cells.value.tolist(), strict=True)
    return Tables(
        site=offers.site.tolist(),
        window=offers.window.tolist(),
        most=offers.most.tolist(),
        meetings=meetings.tolist(),
        hours=templates.weekly_hours[offers.course].tolist(),
        key=list(zip(district, qualification, strict=True)),
        cost=problem.section_cost.tolist(),
        rural=problem.rural_balance.tolist(),
        cover=_rows(offers.cover),
        steps=[list(zip(width, value, strict=True)) for width, value in cells],
        total=problem.cells.total.tolist(),
        heads=problem.staff.heads.tolist(),
        pools=eligible(problem),
        serving=_columns(problem.limits.serves),
        section_cost=problem.section_cost,
    )


def eligible(problem: Problem) -> dict[tuple[int, int, int], tuple[int, ...]]:
    """Pools by district, qualification and source; those who can teach the least come first."""
    staff = problem.staff
    known = staff.teaches
    found: dict[tuple[int, int, int], list[int]] = {}
    for pool in np.argsort(np.diff(known.indptr), kind="stable").tolist():
        for qualification in known.indices[known.indptr[pool] : known.indptr[pool + 1]].tolist():
            key = (int(staff.district[pool]), qualification, int(staff.source[pool]))
            found.setdefault(key, []).append(pool)
    return {key: tuple(pools) for key, pools in found.items()}


def members(matrix: csr_array, row: int) -> Ints:
    """The columns stored in a row."""
    return np.asarray(matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]], dtype=np.int64)


def _rows(matrix: csr_array) -> list[list[tuple[int, float]]]:
    pairs = list(zip(matrix.indices.tolist(), matrix.data.tolist(), strict=True))
    ends = matrix.indptr.tolist()
    return [pairs[begin:end] for begin, end in pairwise(ends)]


def _columns(matrix: csr_array) -> list[list[int]]:
    turned = matrix.T.tocsr()
    return [members(turned, row).tolist() for row in range(turned.shape[0])]
