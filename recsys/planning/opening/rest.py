"""What a draft leaves: the problem of opening some offers beside what stays open."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from recsys.planning.opening.draft import Draft
from recsys.planning.opening.problem import (
    Cells,
    Ints,
    Limits,
    Offers,
    Problem,
    Reals,
    cut_to_need,
)


@dataclass(frozen=True, slots=True)
class Rest:
    """A problem left by a draft.

    Attributes:
        problem: needs, rooms, hours, money and floors that are left, and some of the offers.
        offer: index of each of its offers in the whole problem.
        balance: of the rural floor so far, in seats.
        worth: of what the draft covers already.
    """

    problem: Problem
    offer: Ints
    balance: float
    worth: float


def rest_of(draft: Draft, offers: Ints) -> Rest:
    """The problem that a draft leaves.

    Args:
        draft: what stays open.
        offers: index of the offers that may be opened beside it.
    """
    whole = draft.problem
    cover = whole.offers.cover[offers]
    cells = np.unique(cover.indices).astype(np.int64)
    left = _cells(whole.cells, cells, np.array(draft.covered)[cells])
    number = np.full(cover.shape[1], -1)
    number[cells] = np.arange(len(cells))
    own = csr_array(
        (cover.data, number[cover.indices], cover.indptr), shape=(len(offers), len(cells))
    )
    free, hours, hires = draft.left()
    problem = Problem(
        cells=left,
        sites=replace(whole.sites, free=free),
        templates=whole.templates,
        staff=replace(whole.staff, hours=hours, hires_left=hires),
        offers=_offers(whole.offers, offers, cut_to_need(own, left.total), np.array(draft.count)),
        limits=_limits(whole.limits, draft),
    )
    return Rest(problem, offers, draft.balance, draft.value)


def _cells(cells: Cells, chosen: Ints, covered: Reals) -> Cells:
    """Needs not covered yet; the dearest steps are covered first."""
    width, held = cells.width[chosen], covered.copy()
    left = np.empty_like(width)
    for step in range(width.shape[1]):
        left[:, step] = np.maximum(width[:, step] - held, 0.0)
        held = np.maximum(held - width[:, step], 0.0)
    numbers: list[int] = chosen.tolist()
    return Cells(
        tuple(cells.division[cell] for cell in numbers),
        tuple(cells.topic[cell] for cell in numbers),
        left,
        cells.value[chosen],
    )


def _offers(whole: Offers, chosen: Ints, cover: csr_array, count: Ints) -> Offers:
    return Offers(
        course=whole.course[chosen],
        site=whole.site[chosen],
        window=whole.window[chosen],
        seats=whole.seats[chosen],
        low=whole.low[chosen],
        high=whole.high[chosen],
        applicants=whole.applicants[chosen],
        most=whole.most[chosen] - count[chosen],
        cost=whole.cost[chosen],
        completers=whole.completers[chosen],
        cover=cover,
    )


def _limits(whole: Limits, draft: Draft) -> Limits:
    return replace(
        whole,
        budget=max(0.0, whole.budget - draft.spent),
        floor=np.maximum(whole.floor - np.array(draft.towns, dtype=np.int64), 0),
    )
