"""The problem of what to open where, as arrays.

    x[i,s]   sections opened of offer i, taught by staff of source s      whole, sum_s <= most_i
    y[k,t]   persons of step t of cell k that are covered                 0 to width[k,t]

    max  sum value[k,t] y[k,t]
    sum_t y[k,t]                    <= sum_i cover[i,k] sum_s x[i,s]      each cell
    sum cost[i,s] x[i,s]            <= budget
    meetings in a slot of a site    <= rooms free then                    each site and slot
    weekly hours of a teacher       <= hours left; one class at a time    each teacher
    teachers hired in a district    <= what the cap leaves                each district
    sum (rural_i - share) seats_i x >= 0                                  the rural floor
    sections that count for a town  >= its floor                          each town

An **offer** is a course at a site in a part of the week: that decides who applies, what it costs
and whom it covers. A cell's value falls from step to step, so covering it is worth less and less:
the objective is concave, and the best plan is not simply the best sections.

A section never covers more of a cell than there is in it, so ``cover`` is cut to the cell's
width: no whole plan is worth less for it, and the bound of the relaxation comes down.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recsys.planning.opening.errors import PlanningError

Reals = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SLOTS: Final = 21
"""Slots of a week: seven days of morning, afternoon and evening (``features.slots``)."""

WINDOWS: Final = ("daytime", "evening", "weekend")
"""Parts of a week: mornings and afternoons from Monday to Friday, their evenings, the weekend."""

SLOT_WINDOW: Final = np.array(
    [2 if day >= 5 else int(half == 2) for day in range(7) for half in range(3)]
)
"""The window of each slot, shape (SLOTS,)."""

HIRE: Final = "hire"
"""The source of teachers that aren't there yet; always the last one."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Who needs what, where.

    Attributes:
        division: code of each cell's area.
        topic: skill or category.
        width: persons a term in each step, shape (cells, steps).
        value: of a person covered, by step, falling along the steps, shape (cells, steps).
    """

    division: tuple[str, ...]
    topic: tuple[str, ...]
    width: Reals
    value: Reals

    @property
    def total(self) -> Reals:
        """Persons a term of each cell."""
        return np.asarray(self.width.sum(axis=1))

    @property
    def worth(self) -> float:
        """What covering everything would be worth."""
        return float((self.width * self.value).sum())


@dataclass(frozen=True, slots=True)
class Sites:
    """Where sections can be held.

    Attributes:
        site_id: venue ids.
        district: index into the districts.
        rural: whether a section there counts for the rural floor.
        seats: of one room.
        free: rooms free in each slot, shape (sites, SLOTS).
    """

    site_id: tuple[str, ...]
    district: Ints
    rural: Bools
    seats: Ints
    free: Ints


@dataclass(frozen=True, slots=True)
class Templates:
    """Courses that may be opened.

    Attributes:
        course_id: ids.
        hours: class hours of a section.
        meetings: a week.
        weekly_hours: class hours a week.
        qualification: index of what its teacher must know.
    """

    course_id: tuple[str, ...]
    hours: Reals
    meetings: Ints
    weekly_hours: Reals
    qualification: Ints


@dataclass(frozen=True, slots=True)
class Staff:
    """Who can teach, and who can still be hired.

    Attributes:
        pool_id: one teacher, or several who are alike.
        district: where the pool teaches.
        source: index into the sources, never that of hires.
        hours: class hours a week still free.
        heads: teachers in the pool: so many classes at a time.
        teaches: whether the pool has a qualification, shape (pools, qualifications).
        sources: names of the sources; the last is ``HIRE``.
        rate: yuan per class hour by source.
        hires_left: teachers that each district may still hire.
        hire_hours: class hours a week of one hired; a hire teaches one qualification.
    """

    pool_id: tuple[str, ...]
    district: Ints
    source: Ints
    hours: Reals
    heads: Ints
    teaches: csr_array
    sources: tuple[str, ...]
    rate: Reals
    hires_left: Ints
    hire_hours: float


@dataclass(frozen=True, slots=True)
class Offers:
    """Courses at sites in parts of the week, one entry each.

    Attributes:
        course: index into the templates.
        site: index into the sites.
        window: index into ``WINDOWS``.
        seats: learners expected in a section, not over the room's seats.
        low: 5 % end of the applicants expected.
        high: 95 % end.
        applicants: expected for a section.
        most: sections that applicants are expected to fill.
        cost: yuan of a section without its teacher.
        completers: learners of a section expected to complete.
        cover: completers reaching each cell, shape (offers, cells).
    """

    course: Ints
    site: Ints
    window: Ints
    seats: Reals
    low: Reals
    high: Reals
    applicants: Reals
    most: Ints
    cost: Reals
    completers: Reals
    cover: csr_array


@dataclass(frozen=True, slots=True)
class Limits:
    """What a plan has to keep to.

    Attributes:
        budget: yuan.
        rural_share: share of learners' seats at rural sites, at least.
        floor: sections that each town must have, at least.
        town: codes of the towns with a floor.
        serves: whether a section at a site counts for a town, shape (towns, sites).
    """

    budget: float
    rural_share: float
    floor: Ints
    town: tuple[str, ...]
    serves: csr_array


@dataclass(frozen=True, slots=True)
class Problem:
    """What to open where: everything that a plan is made from.

    Attributes:
        cells: who needs what.
        sites: where.
        templates: what.
        staff: by whom.
        offers: what, where and when, with whom it covers.
        limits: within what.
    """

    cells: Cells
    sites: Sites
    templates: Templates
    staff: Staff
    offers: Offers
    limits: Limits

    def __post_init__(self) -> None:
        """Refuse arrays that don't fit each other, and values that a search would run wild on."""
        n, k = len(self.offers.course), len(self.cells.division)
        if self.offers.cover.shape != (n, k):
            message = f"cover has shape {self.offers.cover.shape}; expected {(n, k)}"
            raise PlanningError(message)
        if np.any(np.diff(self.cells.value, axis=1) > 1e-12):
            message = "a cell's value rises along its steps; expected it to fall"
            raise PlanningError(message)
        if np.any(self.offers.cost < 0) or np.any(self.staff.rate < 0):
            message = "costs and rates are yuan, none below zero"
            raise PlanningError(message)
        if not 0 <= self.limits.rural_share <= 1 or not self.limits.budget >= 0:
            message = "a rural share lies between 0 and 1, a budget isn't below zero"
            raise PlanningError(message)

    @property
    def section_cost(self) -> Reals:
        """Yuan of a section by offer and source of its teacher, shape (offers, sources)."""
        hours = self.templates.hours[self.offers.course]
        return self.offers.cost[:, None] + hours[:, None] * self.staff.rate

    @property
    def rural_balance(self) -> Reals:
        """What a section of each offer adds to the rural floor's balance, in seats."""
        rural = self.sites.rural[self.offers.site]
        return (rural - self.limits.rural_share) * self.offers.seats

    def worth(self, covered: Reals, cells: NDArray[np.integer[Any]] | None = None) -> Reals:
        """What covered persons are worth, cell by cell.

        Args:
            covered: persons a term.
            cells: whose they are; None for all cells in order.
        """
        width = self.cells.width if cells is None else self.cells.width[cells]
        value = self.cells.value if cells is None else self.cells.value[cells]
        left, total = covered, np.zeros(len(covered))
        for step in range(width.shape[1]):
            part = np.minimum(left, width[:, step])
            total += part * value[:, step]
            left = left - part
        return total


def cut_to_need(cover: csr_array, total: Reals) -> csr_array:
    """A section's cover, never more of a cell than there is in it; what covers nothing is gone.

    Args:
        cover: completers reaching each cell, shape (offers, cells).
        total: persons of each cell.
    """
    cut = csr_array(
        (np.minimum(cover.data, total[cover.indices]), cover.indices, cover.indptr),
        shape=cover.shape,
    )
    cut.eliminate_zeros()
    return cut
